"""The rule book as a document: what may stand in it and of which form. The laws about it lie in the files beside."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.limits import (
    FieldBound,
    Limit,
    Measure,
    Need,
    NeedAll,
    NeedAny,
    NeedLeaf,
    NeedSome,
    NeedTree,
    Selection,
    Share,
)
from creditbank.conversion.rules.plain import Amount, Code, Day, Pair, Part, Truth
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.sources import All, AnyBranch, One, Pool, Some, Source
from creditbank.conversion.rules.targets import (
    AwardLine,
    Between,
    ChooseLine,
    CourseLine,
    CreditsLine,
    LevelLine,
    Line,
    LineOrBundle,
    PartLine,
)
from creditbank.conversion.rules.words import Words

__all__ = [
    "Adjust",
    "Adoption",
    "All",
    "AmountRow",
    "AnyBranch",
    "Award",
    "AwardLine",
    "Between",
    "Book",
    "BookKind",
    "Case",
    "ChooseLine",
    "Cite",
    "CourseLine",
    "CreditMode",
    "CreditsLine",
    "Deviation",
    "Effective",
    "Expectation",
    "FieldBound",
    "GradeRow",
    "LevelLine",
    "Limit",
    "Line",
    "LineOrBundle",
    "Measure",
    "Need",
    "NeedAll",
    "NeedAny",
    "NeedLeaf",
    "NeedSome",
    "NeedTree",
    "Nothing",
    "One",
    "OpenLine",
    "PartLine",
    "Party",
    "Policies",
    "Pool",
    "RecordGrade",
    "Requirement",
    "Rule",
    "Selection",
    "Share",
    "Some",
    "Source",
    "Surplus",
]


class BookKind(StrEnum):
    """Who may be bound by a book."""

    GUIDANCE = "guidance"
    INSTITUTIONAL = "institutional"
    AGREEMENT = "agreement"
    AWARD = "award"


class Party(Part):
    """An organisation, by its code in the bank where it has one."""

    name: Pair
    code: Code | None = None


class Effective(Part):
    """The days a book is in force, both included, and the event whose day decides."""

    since: Day = Field(alias="from")
    until: Day | None = Field(None, alias="to")
    by: Literal["application", "enrolment", "acquired"] = "application"


class Cite(Part):
    """A regulation that is quoted."""

    id: Code
    title: Pair
    clause: str | None = Field(None, min_length=1)
    url: str | None = Field(None, min_length=1, max_length=2000)


class AmountRow(Part):
    """So many credits where the conditions hold."""

    if_: Conditions = Field(alias="if")
    amount: Amount


class Adjust(Part):
    """So many credits more, or fewer, where the conditions hold."""

    if_: Conditions = Field(alias="if")
    add: Amount


class CreditMode(Part):
    """How many credits a grant counts."""

    mode: Literal["target", "fixed", "source", "least", "table", "none"]
    amount: Amount | None = None
    rows: tuple[AmountRow, ...] | None = None
    adjust: tuple[Adjust, ...] = ()


class Surplus(Part):
    """Source credits above the target's become generic credits of a category, so many at most."""

    to: Code
    at_most: Amount | None = None


class GradeRow(Part):
    """The grade recorded where the conditions hold."""

    if_: Conditions = Field(alias="if")
    value: Code


class RecordGrade(Part):
    """The grade recorded with the grant, by rows or by a grade map of the book; the original stays beside it."""

    scale: Code | None = None
    rows: tuple[GradeRow, ...] | None = None
    map: Code | None = None


class Requirement(Part):
    """Another grant of the plan by this rule, or a course already done or granted."""

    rule: Code | None = None
    course: Code | None = None


class Rule(Part):
    """What somebody may be given for what; the id stays the same over the editions."""

    id: Code
    title: Pair | None = None
    cites: tuple[Code, ...] = ()
    tags: tuple[Code, ...] = ()
    when: Conditions = ()
    source: Source = Field(alias="from")
    gives: tuple[Line, ...] = Field(min_length=1)
    credits: CreditMode
    surplus: Surplus | None = None
    record_grade: RecordGrade | None = None
    requires: tuple[Requirement, ...] = ()
    times: Literal["once", "any"] = "once"
    may_deviate: Literal["no", "narrower", "free"] | None = None


class Nothing(Part):
    """A course for which the owner says on purpose that nothing frees it."""

    id: Code
    course: Code
    reason: Pair


class Policies(Part):
    """The laws of the book about using an achievement again, families, whole grants and what is preferred."""

    reuse: Literal["once", "free"] = "once"
    spent_elsewhere: Literal["refuse", "allow"] = "refuse"
    target_once: Truth = True
    families: dict[Code, Literal["highest", "one", "all"]] = Field(default_factory=dict)
    divisible: Truth = False
    prefer: tuple[
        Literal[
            "useful_credits",
            "credits",
            "benefits",
            "fewest_achievements",
            "oldest_first",
            "soonest_expiry_first",
            "book_order",
        ],
        ...,
    ] = ("credits", "benefits", "fewest_achievements", "oldest_first", "book_order")


class Award(Part):
    """An award or degree and what it asks for."""

    id: Code
    title: Pair
    cites: tuple[Code, ...] = ()
    needs: NeedTree


class OpenLine(Part):
    """Credits of a category and source that can still be earned."""

    category: Code
    via: Code | None = None


class Deviation(Part):
    """One marked departure from the guidance that is adopted."""

    op: Literal["add", "replace", "remove", "limit"]
    rule: Code | None = None
    replacement: Rule | Limit | None = Field(None, alias="with")
    reason: Pair
    cites: tuple[Code, ...] = ()


class Adoption(Part):
    """The guidance a book adopts, by its digest, with the deviations."""

    book: Code
    edition: Code
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    deviations: tuple[Deviation, ...] = ()


class Expectation(Part):
    """What a case must come to."""

    credits: Amount | None = None
    uses_rules: tuple[Code, ...] | None = None
    not_rules: dict[Code, Code] | None = None
    binding: tuple[Code, ...] | None = None
    attained: Truth | None = None
    missing: dict[Code, Amount] | None = None
    credits_still_needed: Amount | None = None


class Case(Part):
    """A golden test inside the document."""

    id: Code
    title: Pair | None = None
    given: Problem
    expect: Expectation


class Book(Part):
    """A whole rule book; the order of the rules is meaning."""

    format: Literal["creditbank-rules/1"]
    id: str = Field(min_length=1, max_length=120)
    edition: str = Field(min_length=1, max_length=40)
    kind: BookKind
    owner: Party
    parties: tuple[Party, Party] | None = None
    title: Pair
    scope: Conditions = ()
    effective: Effective
    cites: tuple[Cite, ...] = ()
    unit: Code
    words: Words = Words()
    policies: Policies = Policies()
    rules: tuple[Rule, ...] = ()
    none: tuple[Nothing, ...] = ()
    caps: tuple[Limit, ...] = ()
    awards: tuple[Award, ...] = ()
    open_lines: tuple[OpenLine, ...] = ()
    adopts: Adoption | None = None
    cases: tuple[Case, ...] = ()
