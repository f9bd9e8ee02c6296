"""How what the bank keeps is said in the words of rule books: an archive becomes the facts of a problem. Pure.

A specification is named by its code in the catalogue, or by its Chinese name where it has none; its family is its
name, which the levels of one certificate share; its kind is the catalogue's category (X证书, 职业资格证书) and, where
there is none, the kind itself. A date known to the month or year stands for its last day, a result is complete then,
or for the day it was deposited, where that comes first.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from creditbank.archive.types import ArchivedAchievement
from creditbank.catalogue.types import CourseKind, Nature, Programme, Specification, SpecificationKind
from creditbank.conversion.rules import problem as given
from creditbank.conversion.rules.book import Award, Book, Rule
from creditbank.conversion.rules.limits import Need, NeedAll, NeedAny, NeedLeaf, NeedTree
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.quantities import months_before
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.types import Named, Supposed
from creditbank.enrolments.types import Enrolment
from creditbank.kernel.credits import plain
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.grades import Scale, label, parse, passed

BANK_ZONE: Final = ZoneInfo("Asia/Shanghai")
CONTACT_HOURS: Final = "contact.hours"

#: The scales of levels of the field, lowest first: NCRE counts upwards, vocational qualifications downwards.
LEVEL_SCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "x": ("初级", "中级", "高级"),
    "ncre": ("一级", "二级", "三级", "四级"),
    "vocational": ("五级", "四级", "三级", "二级", "一级"),
}
SCALE_NAMES: Final = {
    Scale.PERCENT: "percent",
    Scale.FIVE: "five",
    Scale.LETTER: "letter",
    Scale.PASS: "pass",
}
_NATURES: Final = {Nature.REQUIRED: "required", Nature.ELECTIVE: "elective", Nature.PRACTICE: "practice"}
_KINDS: Final = {CourseKind.FOUNDATION: "基础", CourseKind.CORE: "核心", CourseKind.OTHER: "其他"}
_SELF_STUDY: Final = "1421"
_CERTIFIED: Final = frozenset({SpecificationKind.CERTIFICATE, SpecificationKind.QUALIFICATION})


def spec_code(specification: Specification) -> str:
    """Return what rule books call a specification."""
    return specification.code or specification.name.zh


def named(specification: Specification) -> Named:
    """Return what a page shows for the code of a specification."""
    return Named(spec_code(specification), specification.name, specification.level, specification.public_id)


def level_scale(specification: Specification) -> str | None:
    """Return the scale a level belongs to, or None where there is no level or no known scale."""
    if specification.kind is SpecificationKind.QUALIFICATION and specification.level in LEVEL_SCALES["vocational"]:
        return "vocational"
    return next((name for name, order in LEVEL_SCALES.items() if specification.level in order), None)


def _day(obtained: PartialDate, *, deposited: datetime) -> date:
    """Return the day something is taken to be of: the last that its date can mean, but none after it was deposited."""
    if obtained.precision == "day":
        return obtained.first_day
    return max(obtained.first_day, min(obtained.last_day, deposited.astimezone(BANK_ZONE).date()))


def achievement(
    archived: ArchivedAchievement, specification: Specification, *, framework: str | None, via: str | None
) -> given.Achievement:
    """Return one entry of an archive as rule books see it; what the bank does not know stays missing."""
    entry = archived.entry
    obtained = PartialDate(entry.key.obtained)
    grade = entry.grade
    levels = (
        {framework: Decimal(specification.framework_level)} if framework and specification.framework_level else None
    )
    amount = None if entry.credits is None else Quantity(value=Decimal(plain(entry.credits)), unit=archived.unit.code)
    hours = None if entry.hours is None else Quantity(value=Decimal(plain(entry.hours)), unit=CONTACT_HOURS)
    known: dict[str, object] = {
        "id": archived.address,
        "acquired": _day(obtained, deposited=entry.posted_at).isoformat(),
        "spec": spec_code(specification),
        "family": specification.name.zh,
        "kind": (specification.category if specification.kind in _CERTIFIED else "") or archived.kind,
        "issuer": archived.source_code,
        "category": specification.category or None,
        "via": "certificate" if specification.kind in _CERTIFIED else via,
        "level": specification.level or None,
        "level_scale": level_scale(specification),
        "credits": amount,
        "hours": hours,
        "grade": None if grade.scale is Scale.NONE else {"scale": SCALE_NAMES[grade.scale], "value": label(grade)},
        "passed": passed(grade),
        "framework_level": levels,
        "valid_until": _valid_until(obtained.last_day, specification.valid_months),
    }
    return given.Achievement.model_validate({name: value for name, value in known.items() if value is not None})


def supposed(
    value: Supposed,
    specification: Specification,
    *,
    id: str,  # noqa: A002 - what the document calls it
    issuer: str,
    unit: str | None,
    framework: str | None,
    day: date,
) -> given.Achievement:
    """Return an achievement that somebody supposes to hold, as it would be seen if it lay in an archive."""
    grade = parse(value.grade)
    obtained = value.obtained or day
    amount, hours = specification.credits, specification.hours
    certified = specification.kind in _CERTIFIED
    level = specification.framework_level
    known: dict[str, object] = {
        "id": id,
        "acquired": obtained.isoformat(),
        "spec": spec_code(specification),
        "family": specification.name.zh,
        "kind": (specification.category if certified else "") or specification.kind.value,
        "issuer": issuer,
        "category": specification.category or None,
        "via": "certificate" if certified else "accredited",
        "level": specification.level or None,
        "level_scale": level_scale(specification),
        "credits": None if amount is None or unit is None else Quantity(value=Decimal(plain(amount)), unit=unit),
        "hours": None if hours is None else Quantity(value=Decimal(plain(hours)), unit=CONTACT_HOURS),
        "grade": None if grade.scale is Scale.NONE else {"scale": SCALE_NAMES[grade.scale], "value": label(grade)},
        "passed": True if grade.scale is Scale.NONE else passed(grade),
        "framework_level": {framework: Decimal(level)} if framework and level else None,
        "valid_until": _valid_until(obtained, specification.valid_months),
    }
    return given.Achievement.model_validate({name: value for name, value in known.items() if value is not None})


def programme(
    value: Programme, courses: Mapping[int, Specification], *, unit: str, done: Iterable[str] = ()
) -> given.Programme:
    """Return a programme as rule books see it; `done` are the codes of courses passed in it already."""
    return given.Programme(
        code=value.code,
        unit=unit,
        credits_required=Decimal(plain(value.credits_required)),
        courses=tuple(
            given.Course(
                code=spec_code(courses[course.specification_id]),
                credits=Decimal(plain(course.credits)),
                nature=_NATURES[course.nature],
                kind=_KINDS[course.kind],
                category=group.code,
                practice="yes" if course.nature is Nature.PRACTICE else "no",
            )
            for group in value.groups
            for course in group.courses
        ),
        done=tuple(sorted(done)),
    )


def learner(enrolment: Enrolment | None, groups: Iterable[str] | None) -> given.Learner:
    """Return what rule books may ask of the learner; without an enrolment nearly nothing is known."""
    told = None if groups is None else tuple(sorted(groups))
    if enrolment is None:
        return given.Learner(groups=told)
    return given.Learner(
        status=enrolment.status.value,
        mode=enrolment.category_code or None,
        major=enrolment.major or None,
        groups=told,
        enrolled=f"{enrolment.entry_year}-09-01" if enrolment.entry_year else None,
    )


def codes_of(book: Book) -> frozenset[str]:
    """Return every code of a specification or course that the rules of a book name."""
    return frozenset(_codes([document_of(rule) for rule in book.rules]))


def listed_in(book: Book, tag: str) -> frozenset[str]:
    """Return every value that the conditions of one kind in a book list; references of a problem are left out."""
    parts = (book.scope, *book.rules, *book.caps, *book.awards)
    trees = [document_of(each) for part in parts for each in (part if isinstance(part, tuple) else (part,))]
    return frozenset(_listed(trees, tag))


def _listed(tree: object, tag: str) -> Iterator[str]:
    if isinstance(tree, dict):
        if tree.get("is") == tag:
            yield from (code for code in tree["in"] if not code.startswith("@"))
        for part in tree.values():
            yield from _listed(part, tag)
    elif isinstance(tree, list):
        for part in tree:
            yield from _listed(part, tag)


def targets_of(rule: Rule) -> tuple[str, ...]:
    """Return the codes of the courses a rule may free, in its order."""
    return tuple(dict.fromkeys(_under(document_of(rule)["gives"], "course")))


def benefits_of(rule: Rule) -> tuple[str, ...]:
    """Return what a rule gives besides courses, in its order: categories of credits, parts, levels and awards."""
    gives = document_of(rule)["gives"]
    found = dict.fromkeys(code for key in ("credits", "part", "level", "award") for code in _under(gives, key))
    return tuple(code for code in found if not code.startswith("@"))


def counts_towards(rule: Rule, award: Award) -> bool:
    """Say whether some need of an award may count what a rule gives, as far as rules, tags and categories tell."""
    lines = document_of(rule)["gives"]
    categories = set(_under(lines, "credits"))
    open_ended = not categories or any(each.startswith("@") for each in categories) or any(_under(lines, "course"))
    return any(
        (of.rules is None or rule.id in of.rules)
        and (of.tags is None or not set(of.tags).isdisjoint(rule.tags))
        and (of.categories is None or open_ended or not categories.isdisjoint(of.categories))
        for of in (need.of for need in needs_of(award.needs) if need.holds is None)
    )


def needs_of(tree: NeedTree) -> Iterator[Need]:
    """Yield every single need of what an award asks for, in its order."""
    if isinstance(tree, NeedLeaf):
        yield tree.need
        return
    for each in tree.all if isinstance(tree, NeedAll) else tree.any if isinstance(tree, NeedAny) else tree.of:
        yield from needs_of(each)


def sources_of(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Return what a rule asks for by name, in its order: codes of specifications, else families or kinds, with a level.

    The level is the least that fits, or the highest where only that is bounded; empty where none is asked.
    """
    return tuple(dict.fromkeys(_asked(document_of(rule)["from"])))


def _asked(tree: object) -> Iterator[tuple[str, str]]:
    if isinstance(tree, list) and tree and all(isinstance(each, dict) and "is" in each for each in tree):
        level: dict[str, Any] = next((each for each in tree if each["is"] == "level"), {})
        bound = level.get("exactly") or level.get("at_least") or level.get("at_most") or ""
        for tag in ("spec", "family", "kind"):
            codes = [code for each in tree if each["is"] == tag for code in each.get("in", ())]
            if codes:
                yield from ((code, "" if tag == "spec" else bound) for code in codes)
                return
        return
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _asked(part)


def _under(tree: object, key: str) -> Iterator[str]:
    """Yield the texts that stand under a key."""
    if isinstance(tree, dict):
        if isinstance(tree.get(key), str):
            yield tree[key]
        for part in tree.values():
            yield from _under(part, key)
    elif isinstance(tree, list):
        for part in tree:
            yield from _under(part, key)


def _codes(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        if tree.get("is") in {"spec", "course"}:
            yield from (code for code in tree["in"] if not code.startswith("@"))
        if isinstance(tree.get("course"), str):
            yield tree["course"]
        for part in tree.values():
            yield from _codes(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _codes(part)


def via_of(category_code: str) -> str:
    """Return how credits of an enrolment category are earned."""
    return "self_study_exam" if category_code == _SELF_STUDY else "accredited"


def _valid_until(obtained: date, months: int | None) -> str | None:
    """Return the last day of validity: the same day so many months on, kept within a short month."""
    return None if months is None else months_before(obtained.isoformat(), -months)
