"""Dates as far as they are known: a year, a month or a day, and never an invented day."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from creditbank.kernel.errors import Refusal

YEAR_MIN = 1900
YEAR_MAX = 2199

# A month after a dot has two digits: a spreadsheet turns 2020.10 into the number 2020.1, and October into January.
_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"([0-9]{4})(?:([0-9]{2})([0-9]{2})?)?",
        r"([0-9]{4})([-/])([0-9]{1,2})(?:\2([0-9]{1,2}))?",
        r"([0-9]{4})\.([0-9]{2})",
        r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})",
        r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})日)?)?",
    )
)
_SEPARATORS = ("-", "/")


class NotADate(Refusal):
    """A text or its parts are no day, month or year between 1900 and 2199."""

    code = "kernel.dates.not_a_date"
    zh = "“{text}”不是日期。请填写年、年月或年月日，如2020、202012、2020-12-31。"
    en = '"{text}" is not a date. Write a year, a month or a day, such as 2020, 202012 or 2020-12-31.'


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date with its precision, as the number yyyymmdd in which 00 stands for what is unknown.

    They sort by that number, so a year comes before its months and a month before its days.
    """

    number: int

    def __post_init__(self) -> None:
        """Stop a number that is no date where it is made."""
        assert _exists(self.year, self.number // 100 % 100, self.number % 100), self.number

    @classmethod
    def from_parts(cls, year: int, month: int | None = None, day: int | None = None) -> Self:
        """Return the date of these parts; refused: parts that no calendar has, and a day without a month."""
        if 0 in (month, day) or not _exists(year, month or 0, day or 0):
            raise NotADate(text="-".join(str(part) for part in (year, month, day) if part is not None))
        return cls(year * 10000 + (month or 0) * 100 + (day or 0))

    @property
    def year(self) -> int:
        """Return the year, which is always known."""
        return self.number // 10000

    @property
    def month(self) -> int | None:
        """Return the month from 1 to 12, or None where only the year is known."""
        return self.number // 100 % 100 or None

    @property
    def day(self) -> int | None:
        """Return the day of the month, or None where it is not known."""
        return self.number % 100 or None

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        """Say how much of the date is known."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def iso(self) -> str:
        """Return the ISO 8601 text of what is known: "2020", "2020-12" or "2020-12-31"."""
        text = f"{self.number:08d}"
        return "-".join(part for part in (text[:4], text[4:6], text[6:]) if part != "00")

    @property
    def first_day(self) -> date:
        """Return the earliest day the date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """Return the latest day the date can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


def parse(text: str) -> PartialDate:
    """Return the date a text states, with the precision it states.

    Understood: 2020, 202012, 20201231, 2020-12(-31), 2020/12(/31), 2020.12(.31) and 2020年12月(31日), full-width
    or not, spaces around. Refused: other texts, days no calendar has, and years before 1900 or after 2199.
    """
    spelled = unicodedata.normalize("NFKC", text).strip()
    found = next(filter(None, (spelling.fullmatch(spelled) for spelling in _SPELLINGS)), None)
    if found is None:
        raise NotADate(text=text[:40])
    parts = [int(part) for part in found.groups() if part and part not in _SEPARATORS]
    if 0 in parts[1:] or not _exists(*parts):
        raise NotADate(text=text[:40])
    return PartialDate.from_parts(*parts)


def _exists(year: int, month: int = 0, day: int = 0) -> bool:
    """Say whether a calendar has the date, 0 meaning unknown."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        return False
    if month == 0:
        return day == 0
    return 1 <= month <= 12 and 0 <= day <= monthrange(year, month)[1]  # noqa: PLR2004  # months of a year
