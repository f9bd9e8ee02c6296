"""The sentences of the conditions: one template a language for every tag and every way its fields are filled."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Form:
    """How a condition reads: fields in braces are printed as values in 「」; `fixed` are told by the words alone."""

    tag: str
    zh: str
    en: str
    fixed: Mapping[str, str] = field(default_factory=dict)


FORMS = (
    Form("spec", "成果为{in}", "the achievement is {in}"),
    Form("family", "成果属于同类{in}", "the achievement belongs to the family {in}"),
    Form("kind", "成果类型为{in}", "the kind of achievement is {in}"),
    Form("issuer", "颁发机构为{in}", "the issuer is {in}"),
    Form("subject", "科目为{in}", "the subject is {in}"),
    Form("category", "成果类别为{in}或其下级", "the category of the achievement is {in} or below"),
    Form("via", "学分来源为{in}", "the credits were earned through {in}"),
    Form("rank", "名次为{in}", "the prize is {in}"),
    Form("reach", "赛事级别为{in}", "the reach of the competition is {in}"),
    Form("role", "承担角色为{in}", "the role is {in}"),
    Form("register", "登记状态为{in}", "the register says {in}"),
    Form("level", "等级（{scale}）为{exactly}", "the level ({scale}) is {exactly}"),
    Form("level", "等级（{scale}）不低于{at_least}", "the level ({scale}) is at least {at_least}"),
    Form("level", "等级（{scale}）不高于{at_most}", "the level ({scale}) is at most {at_most}"),
    Form(
        "level",
        "等级（{scale}）不低于{at_least}、不高于{at_most}",
        "the level ({scale}) is at least {at_least} and at most {at_most}",
    ),
    Form("grade", "成绩（{scale}）不低于{at_least}", "the grade ({scale}) is at least {at_least}"),
    Form("passed", "成绩合格", "the grade is a pass"),
    Form("credits", "学分不少于{at_least}（{unit}）", "the credits are at least {at_least} ({unit})"),
    Form("hours", "学时不少于{at_least}（{unit}）", "the hours are at least {at_least} ({unit})"),
    Form("attendance", "出勤不少于{at_least}（{unit}）", "the attendance is at least {at_least} ({unit})"),
    Form(
        "framework_level",
        "资历框架{framework}的级别不低于{at_least}",
        "the level on the framework {framework} is at least {at_least}",
    ),
    Form("acquired", "取得日期自{from}起", "it was acquired on or after {from}"),
    Form("acquired", "取得日期至{to}止", "it was acquired on or before {to}"),
    Form("acquired", "取得日期自{from}起至{to}止", "it was acquired from {from} to {to}"),
    Form(
        "age",
        "取得日期在事件{at}之前{at_most_months}个月以内",
        "it was acquired no more than {at_most_months} months before the event {at}",
    ),
    Form("order", "取得日期早于事件{event}", "it was acquired before the event {event}", {"when": "before"}),
    Form(
        "order",
        "取得日期不早于事件{event}",
        "it was acquired on the day of the event {event} or after",
        {"when": "after"},
    ),
    Form("valid", "在事件{at}时有效", "it is valid at the event {at}"),
    Form(
        "overlap", "与每门目标课程的重合度不低于{at_least}%", "the overlap with every target is at least {at_least} %"
    ),
    Form("learner_status", "学习者状态为{in}", "the learner's status is {in}"),
    Form("learner_major", "学习者专业为{in}", "the learner's major is {in}"),
    Form("learner_group", "学习者属于{in}", "the learner belongs to {in}"),
    Form("programme", "培养方案为{in}", "the programme is {in}"),
    Form("study_mode", "学习形式为{in}", "the mode of study is {in}"),
    Form("enrolled", "入学日期自{from}起", "the learner enrolled on or after {from}"),
    Form("enrolled", "入学日期至{to}止", "the learner enrolled on or before {to}"),
    Form("enrolled", "入学日期自{from}起至{to}止", "the learner enrolled from {from} to {to}"),
    Form(
        "waited",
        "事件{event}之后已满{at_least_days}天",
        "at least {at_least_days} days have passed since the event {event}",
    ),
    Form("course", "课程为{in}", "the course is {in}"),
    Form("course_nature", "课程性质为{in}", "the nature of the course is {in}"),
    Form("course_kind", "课程类别为{in}", "the kind of course is {in}"),
    Form("course_practice", "实践课程标记为{in}", "the practice mark of the course is {in}"),
    Form("course_category", "课程所属类别为{in}或其下级", "the category of the course is {in} or below"),
)

# What a tag is called where a reason names it; no two alike in one language.
TAG_NAMES: dict[str, tuple[str, str]] = {
    "spec": ("成果", "the achievement"),
    "family": ("同类成果", "the family"),
    "kind": ("成果类型", "the kind of achievement"),
    "issuer": ("颁发机构", "the issuer"),
    "subject": ("科目", "the subject"),
    "category": ("成果类别", "the category of the achievement"),
    "via": ("学分来源", "the way the credits were earned"),
    "rank": ("名次", "the prize"),
    "reach": ("赛事级别", "the reach of the competition"),
    "role": ("承担角色", "the role"),
    "register": ("登记状态", "the register"),
    "level": ("等级", "the level"),
    "grade": ("成绩", "the grade"),
    "passed": ("合格", "a pass"),
    "credits": ("学分", "the credits"),
    "hours": ("学时", "the hours"),
    "attendance": ("出勤", "the attendance"),
    "framework_level": ("资历级别", "the framework level"),
    "acquired": ("取得日期", "the date acquired"),
    "age": ("取得时限", "the shelf life"),
    "order": ("取得先后", "the order of dates"),
    "valid": ("有效期", "the validity"),
    "overlap": ("内容重合度", "the overlap of contents"),
    "learner_status": ("学习者状态", "the learner's status"),
    "learner_major": ("学习者专业", "the learner's major"),
    "learner_group": ("学习者所属群体", "the learner's group"),
    "programme": ("培养方案", "the programme"),
    "credits_required": ("专业要求的学分", "the credits that the programme requires"),
    "study_mode": ("学习形式", "the mode of study"),
    "enrolled": ("入学日期", "the date of enrolment"),
    "waited": ("等候天数", "the waiting time"),
    "course": ("课程", "the course"),
    "course_nature": ("课程性质", "the nature of the course"),
    "course_kind": ("课程类别", "the kind of course"),
    "course_practice": ("实践课程标记", "the practice mark of the course"),
    "course_category": ("课程所属类别", "the category of the course"),
    "not": ("排除的情形", "what is excluded"),
    "pool": ("合计", "the sum"),
    "one": ("任何成果", "any achievement"),
    "unit": ("计量单位", "the unit"),
    "effective": ("规则有效期间", "the days in force"),
}
