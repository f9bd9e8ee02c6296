"""Refusals of this room."""

from creditbank.kernel.errors import Refusal, RefusalKind


class SpecificationNotFound(Refusal):
    """There is no such specification, or the actor may not know of it."""

    code = "catalogue.specification.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "名录里没有找到这一项。请回到名录，按名称或拼音首字母查找。"
    en = "The catalogue has no such entry. Go back to it and search by name or pinyin initials."


class SpecificationExists(Refusal):
    """The issuer has a specification of this kind, name and level already."""

    code = "catalogue.specification.exists"
    kind = RefusalKind.CONFLICT
    zh = "这个机构已有同类、同名、同级的“{name}”。要改内容请为它出新版本。"
    en = "This issuer already has {name} of the same kind and level. To change it, publish a new edition of it."


class NameMissing(Refusal):
    """A specification was to have no Chinese name, or a name that is too long."""

    code = "catalogue.name.missing"
    zh = "名称应有1至200个字。请按证书或课程标准上的写法填写。"
    en = "A name has 1 to 200 characters. Write it as it stands on the certificate or in the course standard."


class TextTooLong(Refusal):
    """A text is longer than its field holds."""

    code = "catalogue.text.too_long"
    zh = "这里最多写{limit}个字。请写短一些。"
    en = "At most {limit} characters fit here. Write less."


class ValueOutOfRange(Refusal):
    """A number of credits, hours, months or a level lies outside of what can be."""

    code = "catalogue.value.out_of_range"
    zh = "“{value}”超出了可填的范围。学分、学时为0至9999，框架等级为1至20，有效期为1至1200个月。"
    en = "{value} is out of range. Credits and hours run to 9999, framework levels to 20, validity to 1200 months."


class UnitUnknown(Refusal):
    """Credits were given without a unit, or in one that the framework does not know."""

    code = "catalogue.unit.unknown"
    zh = "填了学分就要选计量单位，而且单位要在框架里有。请从列表中选一个。"
    en = "Credits need a unit, and one that the framework knows. Choose it from the list."


class StatusDiffers(Refusal):
    """The specification is not in the status that this act starts from."""

    code = "catalogue.status.differs"
    kind = RefusalKind.CONFLICT
    zh = "这一项现在的状态不能这样做，可能刚有人改过。刷新页面看最新状态。"
    en = "This entry's status does not allow it; somebody may have just changed it. Reload the page to see it."


class EditionSuperseded(Refusal):
    """A newer edition of the specification exists, so none can follow this one."""

    code = "catalogue.edition.superseded"
    kind = RefusalKind.CONFLICT
    zh = "这一项已有更新的版本。请打开最新版本，在它的基础上修改。"
    en = "A newer edition of this entry exists. Open the newest one and continue from it."


class DayOutOfRange(Refusal):
    """An edition was to start or end on a day that cannot be meant."""

    code = "catalogue.day.out_of_range"
    zh = "“{day}”不在可填的日期之内：最早{first}，最晚{last}。请改日期。"
    en = "{day} is not a day that can be meant here: {first} at the earliest, {last} at the latest. Change the day."


class EditionBackwards(Refusal):
    """An edition was to start before the one that it follows starts."""

    code = "catalogue.edition.backwards"
    kind = RefusalKind.CONFLICT
    zh = "上一版自{before}起施行，新版本不能更早。请改施行日期。"
    en = "The edition before starts on {before}, and this one cannot start earlier. Change the day it starts."


class ProgrammeIncomplete(Refusal):
    """A programme has no groups, asks for more than its courses give, or names a course that is not its own."""

    code = "catalogue.programme.incomplete"
    zh = "课程组{group}不完整：每组要有名录里的课程，一门只列一次，应修学分不能多于组内课程之和。请改这一组。"
    en = "Group {group} needs courses of the catalogue, each once, giving the credits it asks for. Change that group."


class ProgrammeOutOfReach(Refusal):
    """A programme requires more credits than all of its courses give."""

    code = "catalogue.programme.out_of_reach"
    zh = "应修{required}学分，而全部课程合计只有{given}学分。请减少应修学分，或补上课程。"
    en = "{required} credits are required, but all courses give {given}. Require fewer credits or add courses."


class ProgrammeNotFound(Refusal):
    """There is no such programme."""

    code = "catalogue.programme.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这个培养方案。请回到培养方案列表，按名称或学校查找。"
    en = "There is no such programme. Go back to the list of programmes and search by name or institution."


class CertificationUnitIncomplete(Refusal):
    """A certification unit is made of nothing, or of something the catalogue does not have."""

    code = "catalogue.certification_unit.incomplete"
    zh = "认证单元至少要由名录里的一项构成。请从名录中选。"
    en = "A certification unit is made of at least one entry of the catalogue. Choose it there."


class CertificationUnitNotFound(Refusal):
    """There is no such certification unit."""

    code = "catalogue.certification_unit.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这个认证单元。请回到认证单元列表，按名称或代码查找。"
    en = "There is no such certification unit. Go back to the list and search by name or code."


class OccupationCodeFaulty(Refusal):
    """The code of an occupation is not of the form of the national classification."""

    code = "catalogue.occupation.code_faulty"
    zh = "“{value}”不是职业分类代码。请照国家职业分类大典写成4-02-06-01的样子。"
    en = (
        "{value} is no code of the classification of occupations. Write it like 4-02-06-01, as the classification does."
    )


class OccupationIncomplete(Refusal):
    """An occupation has no routes, or one of them asks for nothing, for something unknown, or for one thing twice."""

    code = "catalogue.occupation.incomplete"
    zh = "途径“{route}”不完整：至少要有一条途径，每条至少一项要求，都在名录里，一项只写一次。请改这一条。"
    en = "Route {route} is not whole: it needs one requirement or more, known to the catalogue, each once. Change it."


class OccupationNotFound(Refusal):
    """There is no such occupation, or it does not hold on that day."""

    code = "catalogue.occupation.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这个职业。请回到职业列表，按名称、拼音首字母或代码查找。"
    en = "There is no such occupation. Go back to the list and search by name, pinyin initials or code."


class CodeMissing(Refusal):
    """A programme or a certification unit was to have no code, or one that is too long."""

    code = "catalogue.code.missing"
    zh = "代码应有1至40个字。同一代码再次公布就是下一个版本。"
    en = "A code has 1 to 40 characters. Publishing the same code again makes the next edition."


class EditionAtOnce(Refusal):
    """Somebody published the same edition at the same time."""

    code = "catalogue.edition.at_once"
    kind = RefusalKind.CONFLICT
    zh = "刚有人为“{code}”公布了新版本。刷新页面，看过新版本后再改。"
    en = "Somebody has just published an edition of {code}. Reload the page and look at it before you change it."


class AliasIsName(Refusal):
    """The catalogue has this name already, so it needs no alias."""

    code = "catalogue.alias.is_name"
    kind = RefusalKind.CONFLICT
    zh = "名录里已有“{name}”，文件里写它就能认出来。请直接用这一项，不用加别名。"
    en = "The catalogue has {name} already, and files that say so are understood. Use that entry; no alias is needed."


class AliasTaken(Refusal):
    """In the files of the institution this name leads to something already."""

    code = "catalogue.alias.taken"
    kind = RefusalKind.CONFLICT
    zh = "“{name}”已是另一项的别名。要改的话，先在那一项里删去它。"
    en = "{name} is an alias of another entry already. To change that, remove it there first."


class AliasNotFound(Refusal):
    """There is no such alias."""

    code = "catalogue.alias.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这个别名，可能刚有人删去。刷新页面再看。"
    en = "There is no such alias; somebody may have just removed it. Reload the page."


class ToleranceOutOfRange(Refusal):
    """A tolerance of credits was to be negative or larger than makes sense."""

    code = "catalogue.tolerance.out_of_range"
    zh = "学分容差为0至{most}，最多两位小数。差得更多时，请改文件，或为课程出新版本。"
    en = "A tolerance is 0 to {most} credits. Where files differ by more, correct them or publish a new edition."


class DecisionMissing(Refusal):
    """An accreditation did not name the decision it rests on, or at too great a length."""

    code = "catalogue.accreditation.decision_missing"
    zh = "请写明依据的决定，1至100个字，如“云学银发2026年第12号”。"
    en = "Name the decision it rests on in 1 to 100 characters, as its document does."


class AccreditationOverlaps(Refusal):
    """Another accreditation of the specification holds in some of these days."""

    code = "catalogue.accreditation.overlaps"
    kind = RefusalKind.CONFLICT
    zh = "自{starts}起的认可期与这一期重叠。请先结束那一期，或改日期。"
    en = "The accreditation from {starts} overlaps with this one. End that one first, or change the days."


class AccreditationNotFound(Refusal):
    """There is no such accreditation."""

    code = "catalogue.accreditation.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这一期认可。刷新页面再看。"
    en = "There is no such accreditation. Reload the page."


class AccreditationEnded(Refusal):
    """The accreditation ended on that day or before."""

    code = "catalogue.accreditation.ended"
    kind = RefusalKind.CONFLICT
    zh = "这一期认可在{ends}已经结束。请填更早的日期，或不用再改。"
    en = "This accreditation ended on {ends} already. Give an earlier day, or leave it as it is."


class AccreditationBackwards(Refusal):
    """An accreditation was to end before it begins."""

    code = "catalogue.accreditation.backwards"
    kind = RefusalKind.CONFLICT
    zh = "这一期认可自{starts}起，不能在那之前结束。要整期收回，请填它的第一天。"
    en = "This accreditation starts on {starts} and cannot end before. To take it back whole, give its first day."
