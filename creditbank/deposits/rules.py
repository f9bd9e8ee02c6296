"""Deciding how long files are kept, what was deposited soon, what postings are called. Values in, an answer out."""

from calendar import monthrange
from datetime import MINYEAR, date, datetime, timedelta
from typing import Final

MONTHS: Final = 12
#: An achievement that is deposited within so many days after it was obtained is fresh.
FRESH_DAYS: Final = 90


def correction_reference(batch: str, *, row: int, item: int) -> str:
    """Return what the posting is called by which one row of a batch corrects what another institution had stored."""
    return f"{batch}.c{row}" + (f".{item}" if item else "")


def corrections_prefix(batch: str) -> str:
    """Return how the references of all corrections begin that rows of a batch led to."""
    return f"{batch}.c"


def batch_of(reference: str) -> str:
    """Return the public id of the batch that a posting came out of."""
    return reference.partition(".")[0]


def kept_since(now: datetime, *, months: int) -> datetime:
    """Return the instant before which a batch must have ended for its original to go: so many months ago.

    The day is the last of its month where that month is shorter.
    """
    whole = now.year * MONTHS + now.month - 1 - months
    year, month = max(whole // MONTHS, MINYEAR), whole % MONTHS + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


def fresh_since(today: date) -> int:
    """Return the first day (yyyymmdd) on which what is deposited today may have been obtained to be fresh."""
    first = today - timedelta(days=FRESH_DAYS)
    return first.year * 10_000 + first.month * 100 + first.day
