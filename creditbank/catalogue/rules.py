"""What decides in this room, pure: which values a specification, a programme, a unit and an occupation may have."""

import re
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from creditbank.catalogue import errors
from creditbank.catalogue.types import (
    NewCertificationUnit,
    NewOccupation,
    NewProgramme,
    NewSpecification,
    RequirementGroup,
    Route,
    Status,
)
from creditbank.kernel.credits import HUNDREDTHS_MAX, plain
from creditbank.kernel.text import fold

NAME_CHARACTERS_MAX: Final = 200
CODE_CHARACTERS_MAX: Final = 40
#: What the other texts of this room may hold, in characters.
LENGTHS: Final = {
    "name_en": 300, "code": 60, "level": 30, "category": 60, "uri": 300,
    "group_code": 40, "level_code": 8, "category_code": 8,
    "about_zh": 400, "about_en": 800, "note_zh": 200, "note_en": 400, "award": 120,
}  # fmt: skip
#: Editions start and end from the first day of the republic to the end of the year so many years ahead.
FIRST_DAY: Final = date(1949, 10, 1)
YEARS_AHEAD: Final = 10
FRAMEWORK_LEVEL_MAX: Final = 20
DECISION_CHARACTERS_MAX: Final = 100
TOLERANCE_HUNDREDTHS_MAX: Final = 2_00
#: The national classification of 2022: large, middle and small group, occupation.
OCCUPATION_CODE: Final = re.compile(r"[1-8]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
VALID_MONTHS_MAX: Final = 1200


def check_name(text: str) -> str:
    """Return a name without surplus spaces; refused: none, or more than 200 characters."""
    name = " ".join(text.split())
    # Some single characters (ﷺ, ㍿) are words once they are folded, and the key has the limit of the name.
    if not name or max(len(name), len(fold(name))) > NAME_CHARACTERS_MAX:
        raise errors.NameMissing(field="name_zh")
    return name


def check_alias(text: str) -> str:
    """Return another name without surplus spaces; refused: none, or more than 200 characters."""
    try:
        return check_name(text)
    except errors.NameMissing as refusal:
        raise errors.NameMissing(field="alias") from refusal


def check_decision(text: str) -> str:
    """Return how a decision is named, without surplus spaces; refused: nothing, or more than 100 characters."""
    words = " ".join(text.split())
    if not words or len(words) > DECISION_CHARACTERS_MAX:
        raise errors.DecisionMissing(field="decision")
    return words


def check_tolerance(hundredths: int) -> None:
    """Refuse a tolerance of less than nothing or of more than 2 credits."""
    if not 0 <= hundredths <= TOLERANCE_HUNDREDTHS_MAX:
        raise errors.ToleranceOutOfRange(most=plain(TOLERANCE_HUNDREDTHS_MAX), field="tolerance")


def check_lengths(**texts: str) -> None:
    """Refuse texts that are longer than their field holds; each is named as in `LENGTHS`."""
    for field, text in texts.items():
        if len(text) > LENGTHS[field]:
            raise errors.TextTooLong(field=field, limit=LENGTHS[field])


def check_code(text: str) -> str:
    """Return the code of a programme or a certification unit; refused: none, or more than 40 characters."""
    code = text.strip()
    if not code or len(code) > CODE_CHARACTERS_MAX:
        raise errors.CodeMissing(field="code")
    return code


def check_days(*, starts: date, ends: date | None, before: date | None, today: date) -> None:
    """Refuse days that cannot be meant, and an edition that starts before the last one did (`before`).

    One that starts on the same day takes the place of the last one altogether, so that a slip can be put right.
    """
    last = date(today.year + YEARS_AHEAD, 12, 31)
    for field, day in (("starts", starts), ("ends", ends)):
        if day is not None and not FIRST_DAY <= day <= last:
            told = {"day": day.isoformat(), "first": FIRST_DAY.isoformat(), "last": last.isoformat()}
            raise errors.DayOutOfRange(**told, field=field)
    if before is not None and starts < before:
        raise errors.EditionBackwards(before=before.isoformat(), field="starts")


def check_values(new: NewSpecification, *, units: AbstractSet[int]) -> None:
    """Refuse texts too long, numbers out of range, and credits without a unit that the framework knows."""
    check_lengths(name_en=new.name.en, code=new.code, level=new.level, category=new.category, uri=new.uri or "")
    _check_credits("credits", new.credits)
    _check_credits("hours", new.hours)
    _check_number("framework_level", new.framework_level, FRAMEWORK_LEVEL_MAX)
    _check_number("valid_months", new.valid_months, VALID_MONTHS_MAX)
    if new.credits is not None and new.unit_id not in units:
        raise errors.UnitUnknown(field="unit_id")


def check_certification_unit(new: NewCertificationUnit, *, known: AbstractSet[int], units: AbstractSet[int]) -> None:
    """Refuse a certification unit with values out of range, in an unknown unit, or made of nothing that is known."""
    check_lengths(name_en=new.name.en, level=new.level)
    _check_credits("credits", new.credits)
    _check_number("framework_level", new.framework_level, FRAMEWORK_LEVEL_MAX)
    if new.unit_id not in units:
        raise errors.UnitUnknown(field="unit_id")
    named = set(new.specification_ids)
    if not named or not named <= known:
        raise errors.CertificationUnitIncomplete(field="parts")


def _check_credits(field: str, value: int | None) -> None:
    if value is not None and not 0 <= value <= HUNDREDTHS_MAX:
        raise errors.ValueOutOfRange(value=value / 100, field=field)


def _check_number(field: str, value: int | None, high: int) -> None:
    if value is not None and not 1 <= value <= high:
        raise errors.ValueOutOfRange(value=value, field=field)


def check_may_withdraw(status: Status) -> None:
    """Refuse to withdraw twice."""
    if status is Status.WITHDRAWN:
        raise errors.StatusDiffers(status=status.value)


def check_programme(new: NewProgramme, *, known: AbstractSet[int], units: AbstractSet[int]) -> None:
    """Refuse a programme that nobody could finish.

    Refused: no groups, a group that `_is_whole` says no to (its place is in the details), two groups of one code,
    fewer credits in all courses than are required.
    """
    check_lengths(name_en=new.name.en, level_code=new.level_code, category_code=new.category_code)
    if new.unit_id not in units:
        raise errors.UnitUnknown(field="unit_id")
    if not new.groups or new.credits_required <= 0:
        raise errors.ProgrammeIncomplete(group="-", place=0)
    seen: set[str] = set()
    for place, group in enumerate(new.groups):
        _check_texts(group, place)
        if group.code in seen or not _is_whole(group, known):
            raise errors.ProgrammeIncomplete(group=group.name.zh, place=place)
        seen.add(group.code)
    given = sum(course.credits for group in new.groups for course in group.courses)
    if given < new.credits_required:
        raise errors.ProgrammeOutOfReach(
            required=plain(new.credits_required), given=plain(given), field="credits_required"
        )


def _check_texts(group: RequirementGroup, place: int) -> None:
    """Refuse a group with a text that is missing or too long; the refusal names its place."""
    try:
        check_name(group.name.zh)
        check_lengths(name_en=group.name.en, group_code=group.code)
    except (errors.NameMissing, errors.TextTooLong) as refusal:
        raise type(refusal)(**refusal.details, place=place) from None


def _is_whole(group: RequirementGroup, known: AbstractSet[int]) -> bool:
    """Say whether a group has courses, each once and in the catalogue, that give what it asks for."""
    named = {course.specification_id for course in group.courses}
    given = sum(course.credits for course in group.courses)
    once = len(named) == len(group.courses)
    return bool(named) and once and named <= known and (group.credits_min or 0) <= given


def check_occupation_code(text: str) -> str:
    """Return the code of an occupation; refused: one that is not of the form of the national classification."""
    code = text.strip()
    if not OCCUPATION_CODE.fullmatch(code):
        raise errors.OccupationCodeFaulty(value=code[:CODE_CHARACTERS_MAX] or "-", field="code")
    return code


def check_occupation(new: NewOccupation, *, specifications: AbstractSet[int], programmes: AbstractSet[int]) -> None:
    """Refuse texts too long, and an occupation that nobody could come into.

    Refused: no routes, and a route without a name, without needs, with one twice, or with one that is not known
    (`specifications`, `programmes`); awards are known to the rooms above. The place of a route is in the details.
    """
    about, note = new.about, new.note
    check_lengths(name_en=new.name.en, about_zh=about.zh, about_en=about.en, note_zh=note.zh, note_en=note.en)
    if not new.routes:
        raise errors.OccupationIncomplete(route="-", place=0)
    for place, route in enumerate(new.routes):
        try:
            check_name(route.name.zh)
            check_lengths(name_en=route.name.en)
        except (errors.NameMissing, errors.TextTooLong) as refusal:
            raise type(refusal)(**refusal.details, place=place) from None
        if not _is_walkable(route, specifications, programmes):
            raise errors.OccupationIncomplete(route=route.name.zh, place=place)


def _is_walkable(route: Route, specifications: AbstractSet[int], programmes: AbstractSet[int]) -> bool:
    """Say whether a route asks for something, each thing once and known."""
    each_once = len(set(route.needs)) == len(route.needs) > 0
    return each_once and all(
        [need.specification_id is not None, need.programme_id is not None, bool(need.award)].count(True) == 1
        and (need.specification_id is None or need.specification_id in specifications)
        and (need.programme_id is None or need.programme_id in programmes)
        and len(need.award) <= LENGTHS["award"]
        for need in route.needs
    )
