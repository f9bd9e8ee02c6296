"""The conditions: one frozen value a tag. A tag is registered once, with its meaning, and never used for another."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag

from creditbank.conversion.rules.plain import Amount, Code, Day, Part, Whole


def _tag_is_required(schema: dict[str, Any]) -> None:
    """Say in the published schema that a condition names its tag; only code may leave it to the class."""
    schema["required"] = ["is", *schema.get("required", ())]


class Condition(Part):
    """What is asked of one subject: an achievement, the learner with the programme, or a course."""

    model_config = ConfigDict(json_schema_extra=_tag_is_required)

    subject: ClassVar[Literal["achievement", "learner", "course"]]
    tag: str = Field(alias="is")

    def model_post_init(self, _: object) -> None:
        """Count the tag as said, so that it is written out even where the code left it to the class."""
        self.__pydantic_fields_set__.add("tag")


class _Among(Condition):
    """The value, or any of the values, is one of those listed; `@name` stands for a reference of the problem."""

    among: tuple[Code, ...] = Field(alias="in", min_length=1)


class _OfAchievement(_Among):
    subject: ClassVar[Literal["achievement", "learner", "course"]] = "achievement"


class _OfLearner(_Among):
    subject: ClassVar[Literal["achievement", "learner", "course"]] = "learner"


class _OfCourse(_Among):
    subject: ClassVar[Literal["achievement", "learner", "course"]] = "course"


class Spec(_OfAchievement):
    """成果是所列之一。The achievement is one of those listed."""

    tag: Literal["spec"] = Field("spec", alias="is")


class Family(_OfAchievement):
    """成果属于所列同类之一。The achievement belongs to one of the families listed."""

    tag: Literal["family"] = Field("family", alias="is")


class Kind(_OfAchievement):
    """成果类型为所列之一。The achievement is of one of the kinds listed."""

    tag: Literal["kind"] = Field("kind", alias="is")


class Issuer(_OfAchievement):
    """颁发机构为所列之一。The achievement was given by one of the issuers listed."""

    tag: Literal["issuer"] = Field("issuer", alias="is")


class Subject(_OfAchievement):
    """科目为所列之一。The subject is one of those listed."""

    tag: Literal["subject"] = Field("subject", alias="is")


class Category(_OfAchievement):
    """成果类别为所列之一或其下级。The category is one of those listed, or stands below one."""

    tag: Literal["category"] = Field("category", alias="is")


class Via(_OfAchievement):
    """学分来源为所列之一。The credits were earned in one of the ways listed."""

    tag: Literal["via"] = Field("via", alias="is")


class Rank(_OfAchievement):
    """名次为所列之一。The prize is one of those listed."""

    tag: Literal["rank"] = Field("rank", alias="is")


class Reach(_OfAchievement):
    """赛事级别为所列之一。The competition is of one of the reaches listed."""

    tag: Literal["reach"] = Field("reach", alias="is")


class Role(_OfAchievement):
    """承担角色为所列之一。The learner had one of the roles listed."""

    tag: Literal["role"] = Field("role", alias="is")


class Register(_OfAchievement):
    """登记状态为所列之一。The register says one of the states listed."""

    tag: Literal["register"] = Field("register", alias="is")


class _Achieved(Condition):
    subject: ClassVar[Literal["achievement", "learner", "course"]] = "achievement"


class Level(_Achieved):
    """等级在同一等级制内达到要求。The level, by its place on the same scale, is within the bounds."""

    tag: Literal["level"] = Field("level", alias="is")
    scale: Code
    at_least: Code | None = None
    at_most: Code | None = None
    exactly: Code | None = None


class Grade(_Achieved):
    """成绩在本成绩制内、或经换算表后，不低于要求。The grade, on its scale or through a grade map, is at least this."""

    tag: Literal["grade"] = Field("grade", alias="is")
    scale: Code
    at_least: Code


class Passed(_Achieved):
    """按来源自己的成绩制合格。Passed, as judged on the scale of the source itself."""

    tag: Literal["passed"] = Field("passed", alias="is")


class _Measured(_Achieved):
    at_least: Amount
    unit: Code


class Credits(_Measured):
    """学分不少于要求。At least so many credits, of the same unit or by an exact map."""

    tag: Literal["credits"] = Field("credits", alias="is")


class Hours(_Measured):
    """学时不少于要求。At least so many hours, of the same kind or by an exact map."""

    tag: Literal["hours"] = Field("hours", alias="is")


class Attendance(_Measured):
    """出勤不少于要求。At least so much attendance."""

    tag: Literal["attendance"] = Field("attendance", alias="is")


class FrameworkLevel(_Achieved):
    """在该资历框架中的级别不低于要求。At least this level of this framework; frameworks never compare."""

    tag: Literal["framework_level"] = Field("framework_level", alias="is")
    framework: Code
    at_least: Amount


class Acquired(_Achieved):
    """取得日期在所给的起止日之内，首尾两日都算。Acquired within the dates, both days included."""

    tag: Literal["acquired"] = Field("acquired", alias="is")
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")


class Age(_Achieved):
    """取得日期不早于该事件前若干个月；最后一天算在内。Acquired no more than so many months before the event."""

    tag: Literal["age"] = Field("age", alias="is")
    at_most_months: Whole = Field(ge=0)
    at: Code


class Order(_Achieved):
    """取得日期在该事件之前，或当日及之后。Acquired before the event, or on its day and after."""

    tag: Literal["order"] = Field("order", alias="is")
    event: Code
    when: Literal["before", "after"]


class Valid(_Achieved):
    """没有截止日期，或截止日期不早于该事件。Without an end, or ending no earlier than the event."""

    tag: Literal["valid"] = Field("valid", alias="is")
    at: Code


class Overlap(_Achieved):
    """经人认定，与每一门目标课程的内容重合度不低于要求。A recorded overlap with every target, at least this."""

    tag: Literal["overlap"] = Field("overlap", alias="is")
    at_least: Amount


class LearnerStatus(_OfLearner):
    """学习者状态为所列之一。The learner has one of the states listed."""

    tag: Literal["learner_status"] = Field("learner_status", alias="is")


class LearnerMajor(_OfLearner):
    """学习者专业为所列之一。The learner's major is one of those listed."""

    tag: Literal["learner_major"] = Field("learner_major", alias="is")


class LearnerGroup(_OfLearner):
    """学习者属于所列群体之一。The learner is in one of the groups listed."""

    tag: Literal["learner_group"] = Field("learner_group", alias="is")


class Programme(_OfLearner):
    """专业（培养方案）为所列之一。The programme is one of those listed."""

    tag: Literal["programme"] = Field("programme", alias="is")


class StudyMode(_OfLearner):
    """学习形式为所列之一。The learner studies in one of the modes listed."""

    tag: Literal["study_mode"] = Field("study_mode", alias="is")


class _Learner(Condition):
    subject: ClassVar[Literal["achievement", "learner", "course"]] = "learner"


class Enrolled(_Learner):
    """入学日期在所给的起止日之内。Enrolled within the dates, both days included."""

    tag: Literal["enrolled"] = Field("enrolled", alias="is")
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")


class Waited(_Learner):
    """该事件之后已满若干天。At least so many days have passed since the event."""

    tag: Literal["waited"] = Field("waited", alias="is")
    event: Code
    at_least_days: Whole = Field(ge=0)


class Course(_OfCourse):
    """课程是所列之一。The course is one of those listed."""

    tag: Literal["course"] = Field("course", alias="is")


class CourseNature(_OfCourse):
    """课程性质为所列之一。The course is of one of the natures listed."""

    tag: Literal["course_nature"] = Field("course_nature", alias="is")


class CourseKind(_OfCourse):
    """课程类别为所列之一。The course is of one of the kinds listed."""

    tag: Literal["course_kind"] = Field("course_kind", alias="is")


class CoursePractice(_OfCourse):
    """是否实践课程为所列之一。Whether the course is practice."""

    tag: Literal["course_practice"] = Field("course_practice", alias="is")


class CourseCategory(_OfCourse):
    """课程所属类别为所列之一或其下级。The course is in one of the categories listed, or below one."""

    tag: Literal["course_category"] = Field("course_category", alias="is")


ACHIEVEMENT_TAGS = (
    Spec,
    Family,
    Kind,
    Issuer,
    Subject,
    Category,
    Via,
    Rank,
    Reach,
    Role,
    Register,
    Level,
    Grade,
    Passed,
    Credits,
    Hours,
    Attendance,
    FrameworkLevel,
    Acquired,
    Age,
    Order,
    Valid,
    Overlap,
)
LEARNER_TAGS = (LearnerStatus, LearnerMajor, LearnerGroup, Programme, StudyMode, Enrolled, Waited)
COURSE_TAGS = (Course, CourseNature, CourseKind, CoursePractice, CourseCategory)
TAGS: dict[Code, type[Condition]] = {
    each.model_fields["tag"].default: each for each in (*ACHIEVEMENT_TAGS, *LEARNER_TAGS, *COURSE_TAGS)
}


class AnyOf(Part):
    """One of the branches holds; a branch is a condition or a list of which all hold."""

    any: tuple["Branch", ...] = Field(min_length=1)


class Not(Part):
    """The condition is refused; what is unknown stays unknown."""

    negated: "Clause" = Field(alias="not")


def _branch(value: object) -> object:
    """Let a single condition stand for the list of one."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _which(value: object) -> str:
    """Tell the form of a clause by the one key that only it has."""
    if isinstance(value, dict):
        return str(value.get("is", "any" if "any" in value else "not" if "not" in value else "is"))
    if isinstance(value, Condition):
        return value.tag
    return "any" if isinstance(value, AnyOf) else "not"


Clause = Annotated[
    Annotated[Spec, Tag("spec")]
    | Annotated[Family, Tag("family")]
    | Annotated[Kind, Tag("kind")]
    | Annotated[Issuer, Tag("issuer")]
    | Annotated[Subject, Tag("subject")]
    | Annotated[Category, Tag("category")]
    | Annotated[Via, Tag("via")]
    | Annotated[Rank, Tag("rank")]
    | Annotated[Reach, Tag("reach")]
    | Annotated[Role, Tag("role")]
    | Annotated[Register, Tag("register")]
    | Annotated[Level, Tag("level")]
    | Annotated[Grade, Tag("grade")]
    | Annotated[Passed, Tag("passed")]
    | Annotated[Credits, Tag("credits")]
    | Annotated[Hours, Tag("hours")]
    | Annotated[Attendance, Tag("attendance")]
    | Annotated[FrameworkLevel, Tag("framework_level")]
    | Annotated[Acquired, Tag("acquired")]
    | Annotated[Age, Tag("age")]
    | Annotated[Order, Tag("order")]
    | Annotated[Valid, Tag("valid")]
    | Annotated[Overlap, Tag("overlap")]
    | Annotated[LearnerStatus, Tag("learner_status")]
    | Annotated[LearnerMajor, Tag("learner_major")]
    | Annotated[LearnerGroup, Tag("learner_group")]
    | Annotated[Programme, Tag("programme")]
    | Annotated[StudyMode, Tag("study_mode")]
    | Annotated[Enrolled, Tag("enrolled")]
    | Annotated[Waited, Tag("waited")]
    | Annotated[Course, Tag("course")]
    | Annotated[CourseNature, Tag("course_nature")]
    | Annotated[CourseKind, Tag("course_kind")]
    | Annotated[CoursePractice, Tag("course_practice")]
    | Annotated[CourseCategory, Tag("course_category")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_which),
]
"""One condition, or a combination of them."""

Conditions = tuple[Clause, ...]
"""All of these hold; none at all asks for nothing."""

Branch = Annotated[Conditions, BeforeValidator(_branch, json_schema_input_type=Clause | Conditions)]
"""One branch of an any-of: a condition, or a list of which all hold."""

AnyOf.model_rebuild()
Not.model_rebuild()
