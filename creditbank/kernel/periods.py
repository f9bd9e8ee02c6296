"""Stretches of days: from a day on, up to but without another, or without an end."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from creditbank.kernel.errors import Refusal


class PeriodEmpty(Refusal):
    """A period was to end on the day it starts, or earlier."""

    code = "kernel.periods.empty"
    zh = "期间自{starts}起，到{ends}前止，其中没有一天。请把结束日期改到开始日期之后。"
    en = "The period starts on {starts} and ends before {ends}, so no day lies in it. Move its end past its start."


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `starts` on and before `ends`; without `ends` it never ends. Refused: a period without a day."""

    starts: date
    ends: date | None = None

    def __post_init__(self) -> None:
        """Refuse a period in which no day lies."""
        if self.ends is not None and self.ends <= self.starts:
            raise PeriodEmpty(starts=self.starts.isoformat(), ends=self.ends.isoformat())

    def contains(self, day: date) -> bool:
        """Say whether a day lies in the period."""
        return self.starts <= day and (self.ends is None or day < self.ends)

    def overlaps(self, other: Self) -> bool:
        """Say whether some day lies in both periods."""
        return self.contains(other.starts) or other.contains(self.starts)

    def within(self, other: Self) -> bool:
        """Say whether every day of this period lies in the other."""
        if self.ends is None or other.ends is None:
            return other.ends is None and other.starts <= self.starts
        return other.starts <= self.starts and self.ends <= other.ends
