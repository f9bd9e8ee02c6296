"""What decides in this room, pure: which values a specification, a programme and a certification unit may have."""

from collections.abc import Set as AbstractSet
from typing import Final

from creditbank.catalogue import errors
from creditbank.catalogue.types import NewProgramme, NewSpecification, RequirementGroup, Status
from creditbank.kernel.credits import HUNDREDTHS_MAX

NAME_CHARACTERS_MAX: Final = 200
FRAMEWORK_LEVEL_MAX: Final = 20
VALID_MONTHS_MAX: Final = 1200


def check_name(text: str) -> str:
    """Return a name without surplus spaces; refused: none, or more than 200 characters."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_CHARACTERS_MAX:
        raise errors.NameMissing(field="name_zh")
    return name


def check_values(new: NewSpecification, *, units: AbstractSet[int]) -> None:
    """Refuse numbers out of range, and credits without a unit that the framework knows."""
    ranges = (
        ("credits", new.credits, 0, HUNDREDTHS_MAX, 100),
        ("hours", new.hours, 0, HUNDREDTHS_MAX, 100),
        ("framework_level", new.framework_level, 1, FRAMEWORK_LEVEL_MAX, 1),
        ("valid_months", new.valid_months, 1, VALID_MONTHS_MAX, 1),
    )
    for field, value, low, high, scale in ranges:
        if value is not None and not low <= value <= high:
            raise errors.ValueOutOfRange(value=value / scale, field=field)
    if new.credits is not None and new.unit_id not in units:
        raise errors.UnitUnknown(field="unit_id")


def check_may_withdraw(status: Status) -> None:
    """Refuse to withdraw twice."""
    if status is Status.WITHDRAWN:
        raise errors.StatusDiffers(status=status.value)


def check_programme(new: NewProgramme, *, known: AbstractSet[int], units: AbstractSet[int]) -> None:
    """Refuse a programme without groups, groups without known courses, and groups that ask for more than they give."""
    if new.unit_id not in units:
        raise errors.UnitUnknown(field="unit_id")
    if not new.groups or new.credits_required <= 0:
        raise errors.ProgrammeIncomplete(group="-")
    for group in new.groups:
        if not _is_whole(group, known):
            raise errors.ProgrammeIncomplete(group=group.name.zh)


def _is_whole(group: RequirementGroup, known: AbstractSet[int]) -> bool:
    named = {course.specification_id for course in group.courses}
    given = sum(course.credits for course in group.courses)
    return bool(named) and named <= known and (group.credits_min or 0) <= given
