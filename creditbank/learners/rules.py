"""Deciding about accounts: values in, an answer out. No database, no clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from creditbank.kernel.ids import is_foreign_number
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Process
from creditbank.learners.errors import AliasInvalid, OwnAccounts, ReasonMissing, StatusUnchanged
from creditbank.learners.types import Status

BANK_ZONE: Final = ZoneInfo("Asia/Shanghai")
CODE_DAYS: Final = 90
CODE_CHARACTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 12
FAILURES_MAX: Final = 5
LOCK_HOURS: Final = 24
REPAIR_DAYS: Final = 5
VOUCHING_MINUTES: Final = 15
BANK_PATTERN: Final = r"[0-9A-Z-]{2,16}"
REASON_MIN: Final = 2
REASON_MAX: Final = 120

OPENING: Final = Process(edition="opening-1", readings=(Permission.LEARNERS_ACCOUNT_OPEN,))
"""An application is read once, by the outlet it was sent to."""

MOVES: Final = {
    "suspend": (frozenset({Status.UNCLAIMED, Status.ACTIVE}), Status.SUSPENDED),
    "close": (frozenset({Status.UNCLAIMED, Status.ACTIVE, Status.SUSPENDED}), Status.CLOSED),
    "reopen": (frozenset({Status.SUSPENDED, Status.CLOSED}), Status.ACTIVE),
}
"""The machine of an account's standing. Claiming and merging have operations of their own."""


class Fit(StrEnum):
    """How what a person stated compares with the account."""

    WHOLE = "whole"
    NAME_DIFFERS = "name-differs"
    DOCUMENT_DIFFERS = "document-differs"
    BOTH_DIFFER = "both-differ"
    CODE_DIFFERS = "code-differs"


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed attempts so far, and until when the account rests."""

    failures: int
    locked_until: datetime | None


def bank_day(now: datetime) -> date:
    """Return the day of the bank's zone in which an instant lies."""
    return now.astimezone(BANK_ZONE).date()


def compare(*, stated_key: str, name_key: str, document_leads_here: bool) -> Fit:
    """Return how a stated name and document fit an account."""
    if stated_key == name_key:
        return Fit.WHOLE if document_leads_here else Fit.DOCUMENT_DIFFERS
    return Fit.NAME_DIFFERS if document_leads_here else Fit.BOTH_DIFFER


def is_locked(attempts: Attempts, now: datetime) -> bool:
    """Say whether the account rests now."""
    return attempts.locked_until is not None and now < attempts.locked_until


def after_failure(attempts: Attempts, now: datetime) -> Attempts:
    """Return the count after one more failure; the fifth in a row locks for a day, a lock that ran out starts anew."""
    ran_out = attempts.locked_until is not None and not is_locked(attempts, now)
    failures = (0 if ran_out else attempts.failures) + 1
    if failures < FAILURES_MAX:
        return Attempts(failures, None)
    return Attempts(failures, attempts.locked_until if is_locked(attempts, now) else now + timedelta(hours=LOCK_HOURS))


def moved(present: Status, move: str, *, claimed: bool) -> Status:
    """Return where a move leads; an account nobody claimed is reopened as unclaimed."""
    origins, target = MOVES[move]
    if present not in origins:
        raise StatusUnchanged(present=present.value, wanted=target.value)
    return Status.UNCLAIMED if move == "reopen" and not claimed else target


def read_code(text: str) -> str:
    """Return a typed claim code as it was issued: capitals, no hyphens, O read as 0, I and L as 1."""
    kept = unicodedata.normalize("NFKC", text).upper().translate(str.maketrans("OIL", "011"))
    return "".join(character for character in kept if character in CODE_CHARACTERS)


def printed_code(code: str) -> str:
    """Return a claim code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_reason(text: str) -> str:
    """Return the reason of a change, or refuse a missing or overlong one."""
    reason = " ".join(text.split())
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise ReasonMissing
    return reason


def check_alias(*, number: str, bank_code: str) -> None:
    """Refuse what no bank could give out: anything but up to 32 and 16 capitals, digits and hyphens."""
    if not is_foreign_number(number):
        raise AliasInvalid(field="alias")
    check_bank(bank_code)


def check_bank(bank_code: str, *, own: str = "") -> None:
    """Refuse what is no code of a bank, and the code of this one."""
    if not re.fullmatch(BANK_PATTERN, bank_code):
        raise AliasInvalid(field="bank_code")
    if bank_code == own:
        raise OwnAccounts(field="bank_code")


def masked_account(number: str) -> str:
    """Return an account number of which bank and last three digits can be read."""
    return f"{number[:4]}********{number[-3:]}"
