"""Deciding about enrolments: values in, an answer out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from creditbank.catalogue.types import Programme
from creditbank.enrolments.errors import StatusImpossible, StepTooEarly
from creditbank.enrolments.types import STATUS_NAMES, Pace, PeopleList, Status
from creditbank.kernel.text import fold

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


def check_since(previous: date | None, since: date) -> None:
    """Refuse a step that begins before the one it follows."""
    if previous is not None and since < previous:
        raise StepTooEarly(field="since", previous=previous.isoformat())


@dataclass(frozen=True, slots=True)
class Study:
    """What tells under which programme of a school somebody studies."""

    major: str
    level_code: str
    category_code: str
    entry_year: int | None


def edition(programmes: Sequence[Programme], study: Study) -> int | None:
    """Return the id of the edition under which somebody studies, or None where the catalogue does not tell.

    Of the programmes of level and category that go by the major's name (or, where there is just one, begin with it),
    it is the last edition that had begun by the end of the year of entry and had not ended before that year.
    Without a year of entry it is the only edition there is.
    """
    alike = [p for p in programmes if (p.level_code, p.category_code) == (study.level_code, study.category_code)]
    wanted = fold(study.major)
    found = [p for p in alike if fold(p.name.zh) == wanted]
    if wanted and not found:
        found = [p for p in alike if fold(p.name.zh).startswith(wanted)]
    if len({p.code for p in found}) != 1:
        return None
    if study.entry_year is None:
        return found[0].id if len(found) == 1 else None
    year = study.entry_year
    open_then = [p for p in found if p.starts.year <= year and (p.ends is None or p.ends.year >= year)]
    newest = max(open_then, key=lambda p: (p.starts, p.edition), default=None)
    return None if newest is None else newest.id


def pace(of: PeopleList, *, now: datetime) -> Pace | None:
    """Return how fast a list has gone since its job went at it last, or None where nothing can be said yet."""
    if not of.moving or of.resumed_at is None or of.done <= of.resumed_done:
        return None
    seconds = max(0.001, (now - of.resumed_at).total_seconds())
    rate = (of.done - of.resumed_done) / seconds
    return Pace(
        rows_a_second=rate, seconds_left=round((of.expected - of.done) / rate) if of.expected > of.done else None
    )
