"""Refusals of this room: the fact first, then the way on."""

from creditbank.kernel.errors import Refusal, RefusalKind


class EnrolmentNotFound(Refusal):
    """There is no such enrolment, or the actor may not know of it."""

    code = "enrolments.enrolment.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这条学籍，或不属于您所在的学校。请从学籍列表进入。"
    en = "There is no such enrolment at your school. Open it from the list."


class StatusImpossible(Refusal):
    """An enrolment cannot go from its present status to the wanted one."""

    code = "enrolments.enrolment.status"
    kind = RefusalKind.CONFLICT
    zh = "学籍现在是“{present}”，不能改为“{wanted}”。请核对后再改。"
    en = "The enrolment stands at {present} and cannot become {wanted}. Compare and change again."


class StepTooEarly(Refusal):
    """A step of an enrolment would begin before the step that it follows."""

    code = "enrolments.enrolment.step_too_early"
    kind = RefusalKind.CONFLICT
    zh = "上一步从{previous}起，新的一步不能早于这一天。请改生效日期。"
    en = "The step before began on {previous}; the new one cannot begin earlier. Change the day."


class ListUnreadable(Refusal):
    """A school's list is neither XLSX nor CSV, or lacks the columns."""

    code = "enrolments.list.unreadable"
    zh = "名册读不出来：前5行里找不到“姓名”“身份证号”“学号”三列。请用XLSX或CSV，表头照模板填写。"
    en = (
        "The list cannot be read: the columns 姓名, 身份证号 and 学号 are not in its first five rows. "
        "Use XLSX or CSV with the header of the template."
    )


class ListTooLong(Refusal):
    """A school's list has more rows than are taken at once."""

    code = "enrolments.list.too_long"
    zh = "名册有{rows}行，一次最多{limit}行。请分成几份上传。"
    en = "The list has {rows} rows; at most {limit} are taken at once. Split it."


class NobodyToPrintFor(Refusal):
    """Nobody in the chosen class has an unclaimed account."""

    code = "enrolments.slips.nobody"
    kind = RefusalKind.CONFLICT
    zh = "这个范围里的账户都已认领，没有要打印的认领单。可换一个班级。"
    en = "Every account in this range is claimed; there is no slip to print. Choose another class."


class RangeTooWide(Refusal):
    """More slips than a printer should get at once."""

    code = "enrolments.slips.too_many"
    zh = "这个范围有{count}人，一次最多打印{limit}人。请先按班级筛选。"
    en = "This range has {count} people; at most {limit} slips are printed at once. Choose a class first."
