"""The facts given: the learner, the programme and the achievements that a plan is made for. Missing is not empty."""

from typing import Literal

from pydantic import Field

from creditbank.conversion.rules.plain import Amount, Code, CreditQuantity, Credits, Day, Part, Quantity, Truth


class Learner(Part):
    """What is known of the learner; a field that is absent is unknown, an empty list is known to be none."""

    status: Code | None = None
    mode: Code | None = None
    major: Code | None = None
    groups: tuple[Code, ...] | None = None
    enrolled: Day | None = None


class Course(Part):
    """One course of the programme."""

    code: Code
    credits: Credits
    nature: Code | None = None
    kind: Code | None = None
    category: Code | None = None
    practice: Code | None = None
    same_as: Code | None = None


class Programme(Part):
    """The programme that credits would be granted in."""

    code: Code
    unit: Code
    credits_required: Credits | None = None
    courses: tuple[Course, ...] = ()
    done: tuple[Code, ...] = ()


class Grade(Part):
    """A grade on its own scale."""

    scale: Code
    value: Code


class Achievement(Part):
    """One achievement; `overlap` holds findings recorded by a reader, per target, in percent."""

    id: Code
    acquired: Day
    spec: Code | None = None
    family: Code | None = None
    kind: Code | None = None
    issuer: Code | None = None
    subject: Code | None = None
    category: Code | None = None
    via: Code | None = None
    level: Code | None = None
    level_scale: Code | None = None
    rank: Code | None = None
    reach: Code | None = None
    role: Code | None = None
    credits: CreditQuantity | None = None
    hours: Quantity | None = None
    attendance: Quantity | None = None
    grade: Grade | None = None
    passed: Truth | None = None
    framework_level: dict[Code, Amount] | None = None
    valid_until: Day | None = None
    register_: Code | None = Field(None, alias="register")
    overlap: dict[Code, Amount] | None = None


class Given(Part):
    """One line that was given: a course, generic credits, or a benefit."""

    kind: Literal["course", "credits", "part", "level", "award"]
    target: Code
    credits: Credits | None = None
    of: Code | None = None
    grade: Grade | None = None


class PriorGrant(Part):
    """A grant approved earlier in this programme; a constant in every cap, family, reuse and target limit."""

    rule: Code
    uses: tuple[Code, ...]
    gives: tuple[Given, ...]


class Wish(Part):
    """Achievements, rules or targets that the learner pins or holds back."""

    achievements: tuple[Code, ...] = ()
    rules: tuple[Code, ...] = ()
    targets: tuple[Code, ...] = ()


class Wishes(Part):
    """What the learner wants kept and avoided; they restrict the choice and are shown with their price."""

    keep: Wish = Wish()
    avoid: Wish = Wish()


class Problem(Part):
    """Everything a plan depends on beside the books."""

    as_of: Day
    events: dict[Code, Day] = Field(default_factory=dict)
    learner: Learner = Learner()
    programme: Programme
    achievements: tuple[Achievement, ...] = ()
    spent: tuple[Code, ...] = ()
    award: Code | None = None
    refs: dict[Code, Code] = Field(default_factory=dict)
    prior: tuple[PriorGrant, ...] = ()
    wishes: Wishes = Wishes()
