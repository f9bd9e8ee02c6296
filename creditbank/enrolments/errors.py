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
    """A list is neither XLSX nor CSV, or lacks the columns."""

    code = "enrolments.list.unreadable"
    zh = "名册读不出来：前5行里找不到{columns}这几列。请用XLSX或CSV，表头照模板填写。"
    en = (
        "The list cannot be read: the columns {columns} are not in its first five rows. "
        "Use XLSX or CSV with the header of the template."
    )


class ListTooLong(Refusal):
    """A list has more rows than are taken at once."""

    code = "enrolments.list.too_long"
    zh = "名册有{rows}行，一次最多{limit}行。请分成几份上传。"
    en = "The list has {rows} rows; at most {limit} are taken at once. Split it."


class NobodyToPrintFor(Refusal):
    """Nobody in the chosen class has an unclaimed account."""

    code = "enrolments.slips.nobody"
    kind = RefusalKind.CONFLICT
    zh = "这个范围里的账户都已认领，没有要打印的认领单。可换一个班级。"
    en = "Every account in this range is claimed; there is no slip to print. Choose another class."


class ListNotFound(Refusal):
    """There is no such list, or the actor may not know of it."""

    code = "enrolments.list.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这份名册，或不属于您办理的机构。请从名册列表进入。"
    en = "There is no such list at your organizations. Open it from the lists handed in."


class ListBusy(Refusal):
    """Another process works on the list."""

    code = "enrolments.list.busy"
    kind = RefusalKind.CONFLICT
    zh = "这份名册正在处理。请等它完成，或在它的页面上停止。"
    en = "This list is being worked on. Wait for it to end, or stop it on its page."


class ListEnded(Refusal):
    """The list has come to its end, so it cannot be stopped."""

    code = "enrolments.list.ended"
    kind = RefusalKind.CONFLICT
    zh = "这份名册已经处理完，不能再停止。结果见它的页面。"
    en = "This list has come to its end and cannot be stopped. Its page shows what became of it."


class ListFailed(Refusal):
    """The bank itself failed at a list three times."""

    code = "enrolments.list.failed"
    kind = RefusalKind.UNAVAILABLE
    zh = "处理这份名册时系统出错，试了三次。已登记的行有效；请联系系统管理员，修好后重传整份名册。"
    en = (
        "The bank failed at this list, three times. Rows taken so far stand; "
        "tell the system's administrator, and hand the whole list in again afterwards."
    )


class ListsMoving(Refusal):
    """Lists are being worked through, which may name the person who is to be erased."""

    code = "enrolments.erasing.lists"
    kind = RefusalKind.CONFLICT
    zh = "还有名册没办完：{lists}，里面可能有这个人。等几分钟再办；一直不动的，请机构停止那一份。"
    en = (
        "Lists are still being worked through: {lists}. They may name this person. "
        "Try again in some minutes; if a list does not end, ask the institution to stop it."
    )


class ListFileMissing(Refusal):
    """No file came, an empty one, or one that is larger than is taken."""

    code = "enrolments.list.file"
    zh = "请选择名册文件：XLSX或CSV，不能是空的，不超过{megabytes} MB。"
    en = "Choose the list: XLSX or CSV, not empty, at most {megabytes} MB."
