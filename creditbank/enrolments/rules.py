"""Deciding about enrolments: values in, an answer out."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from creditbank.enrolments.errors import StatusImpossible
from creditbank.enrolments.types import STATUS_NAMES, Status

BANK_ZONE: Final = ZoneInfo("Asia/Shanghai")
OUTCOMES: Final = {"1261": Status.GRADUATED, "1262": Status.COMPLETED}
"""What the outcome of a deposit says; 在校 and an empty cell say nothing."""

MOVES: Final = {
    Status.REGISTERED: frozenset({Status.SUSPENDED, Status.GRADUATED, Status.COMPLETED, Status.LEFT}),
    Status.SUSPENDED: frozenset({Status.REGISTERED, Status.LEFT}),
    Status.COMPLETED: frozenset({Status.GRADUATED}),
    Status.LEFT: frozenset({Status.REGISTERED}),
    Status.GRADUATED: frozenset(),
}
"""The machine of an enrolment: who completed may still graduate, who left may come back."""


def bank_day(now: datetime) -> date:
    """Return the day of the bank's zone in which an instant lies."""
    return now.astimezone(BANK_ZONE).date()


def told_status(outcome_code: str | None, status: Status | None) -> Status | None:
    """Return the status that a row tells, by its own word or by its outcome, or None."""
    return status or OUTCOMES.get(outcome_code or "")


def after(present: Status, told: Status | None) -> Status:
    """Return where an enrolment stands after a row told something; what the machine does not allow is not taken."""
    return told if told is not None and told in MOVES[present] else present


def check_move(present: Status, wanted: Status) -> None:
    """Refuse a step that the machine does not have."""
    if wanted not in MOVES[present]:
        raise StatusImpossible(present=STATUS_NAMES[present].zh, wanted=STATUS_NAMES[wanted].zh)
