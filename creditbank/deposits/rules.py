"""Deciding how long a batch's files are kept. Values in, an answer out."""

from calendar import monthrange
from datetime import MINYEAR, datetime
from typing import Final

MONTHS: Final = 12


def kept_since(now: datetime, *, months: int) -> datetime:
    """Return the instant before which a batch must have ended for its original to go: so many months ago.

    The day is the last of its month where that month is shorter.
    """
    whole = now.year * MONTHS + now.month - 1 - months
    year, month = max(whole // MONTHS, MINYEAR), whole % MONTHS + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))
