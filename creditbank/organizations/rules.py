"""What decides in this room, pure: forms of codes, and which change of status may follow which."""

import re
from typing import Final

from creditbank.kernel.credits import plain
from creditbank.organizations import errors
from creditbank.organizations.types import DEPOSITORS, OrganizationKind, Status

NAME_CHARACTERS_MAX: Final = 100
ENGLISH_CHARACTERS_MAX: Final = 200
TOLERANCE_HUNDREDTHS_MAX: Final = 2_00

# GB/T 2260, the codes of provinces and what ranks with them.
PROVINCES: Final = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for number in range(first, last + 1)
)
SCHOOL_PREFIXES: Final = frozenset({"41", "42", "36"})
OFFICES: Final = frozenset({OrganizationKind.COMMITTEE, OrganizationKind.CENTRE})

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,29}")
_SCHOOL = re.compile(r"[0-9]{10}")
_REGION = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")


def check_depositing(kind: OrganizationKind, *, credits_tolerance: int) -> None:
    """Refuse to say how files are taken from an organization that deposits none, and a tolerance beyond 2 credits."""
    if kind not in DEPOSITORS:
        raise errors.NoDepositor
    if not 0 <= credits_tolerance <= TOLERANCE_HUNDREDTHS_MAX:
        raise errors.ToleranceOutOfRange(most=plain(TOLERANCE_HUNDREDTHS_MAX), field="credits_tolerance")


def check_code(kind: OrganizationKind, text: str) -> str:
    """Return the code of an organization in capitals.

    Refused: other characters or lengths; for an institution, ten digits that do not begin
    with 41, 42 or 36 and a province.
    """
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise errors.CodeMalformed(text=text.strip()[:40], field="code")
    is_school = kind is OrganizationKind.INSTITUTION and _SCHOOL.fullmatch(code) is not None
    if is_school and (code[:2] not in SCHOOL_PREFIXES or code[2:4] not in PROVINCES):
        raise errors.SchoolCodeMalformed(text=code, field="code")
    return code


def check_region(text: str) -> str:
    """Return a region code of 2, 4 or 6 digits, or nothing for nothing; refused: another form, no province."""
    code = text.strip()
    if code and (not _REGION.fullmatch(code) or code[:2] not in PROVINCES):
        raise errors.RegionCodeMalformed(text=code[:40], field="region_code")
    return code


def check_name(text: str) -> str:
    """Return a name without surplus spaces; refused: none, or more than 100 characters."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_CHARACTERS_MAX:
        raise errors.NameMissing(field="name_zh")
    return name


def check_english_name(text: str) -> str:
    """Return an English name without surplus spaces, maybe empty; refused: more than 200 characters."""
    name = " ".join(text.split())
    if len(name) > ENGLISH_CHARACTERS_MAX:
        raise errors.EnglishNameTooLong(field="name_en")
    return name


def check_may_suspend(kind: OrganizationKind, status: Status) -> None:
    """Refuse to suspend what is not active, and the offices that alone could resume it."""
    if kind in OFFICES:
        raise errors.OfficeStaysOpen
    if status is not Status.ACTIVE:
        raise errors.StatusDiffers(status=status.value)


def check_may_reopen(status: Status) -> None:
    """Refuse to reopen what is not suspended; a closed organization stays closed."""
    if status is not Status.SUSPENDED:
        raise errors.StatusDiffers(status=status.value)


def check_may_close(status: Status, *, open_children: int) -> None:
    """Refuse to close twice, or above organizations that are still open."""
    if status is Status.CLOSED:
        raise errors.StatusDiffers(status=status.value)
    if open_children:
        raise errors.ChildrenOpen(count=open_children)
