"""Amounts of credit: exact, never negative, never without their unit."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import total_ordering
from typing import Self

from creditbank.kernel.errors import Refusal

HUNDREDTHS_MAX = 9999_00
"""The greatest amount a person or a file may state at once; sums may go beyond it."""

_NUMBER = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


class UnitKind(StrEnum):
    """What a unit counts. Amounts of different kinds never add up, nor do those of different units of a kind."""

    FRAMEWORK_CREDIT = "framework-credit"
    CONTACT_HOURS = "contact-hours"
    WORKLOAD_HOURS = "workload-hours"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as the framework defines it; `code` is what files and refusals call it."""

    id: int
    code: str
    kind: UnitKind


class UnitsDiffer(Refusal):
    """Two amounts in different units were to be added, subtracted or compared."""

    code = "kernel.credits.units_differ"
    zh = "{left}与{right}是不同的计量单位，不能相加、相减或比较。请先按已公布的规则转换。"
    en = "{left} and {right} are different units and cannot be added, subtracted or compared. Convert by a rule first."


class BelowZero(Refusal):
    """More was to be taken away than there is."""

    code = "kernel.credits.below_zero"
    zh = "现有{available} {unit}，不够减去{taken}。请改小数量。"
    en = "There are {available} {unit}, fewer than the {taken} to be taken away. Take a smaller amount."


class NotAnAmount(Refusal):
    """A text does not state an amount of credit."""

    code = "kernel.credits.not_an_amount"
    zh = "“{text}”不是学分数量。请填写0至9999之间的数，小数最多两位，如2.5。"
    en = '"{text}" is not an amount of credit. Write a number from 0 to 9999 with at most two decimals, such as 2.5.'


@total_ordering
@dataclass(frozen=True, slots=True)
class Amount:
    """So many hundredths of one unit.

    Amounts of one unit add, subtract and compare; across units all three are refused
    (`UnitsDiffer`), except that amounts of different units are simply not equal.
    """

    hundredths: int
    unit: Unit

    def __post_init__(self) -> None:
        """Stop a negative amount where it is made."""
        assert self.hundredths >= 0, self

    @classmethod
    def parse(cls, text: str, unit: Unit) -> Self:
        """Return the amount a text states: "3", "2.5", full-width digits, spaces around.

        Refused: whatever is no plain number, is negative, has more than two decimals or exceeds 9999.
        """
        found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise NotAnAmount(text=text[:40])
        whole, decimals = found.groups(default="")
        hundredths = int(whole) * 100 + int(decimals.ljust(2, "0"))
        if hundredths > HUNDREDTHS_MAX:
            raise NotAnAmount(text=text[:40])
        return cls(hundredths, unit)

    @property
    def value(self) -> Decimal:
        """Return the exact number, with two decimals."""
        return Decimal(self.hundredths).scaleb(-2)

    def __add__(self, other: Self) -> Self:
        """Return both together; refused across units."""
        self._check_same_unit(other)
        return type(self)(self.hundredths + other.hundredths, self.unit)

    def __sub__(self, other: Self) -> Self:
        """Return what remains; refused across units, and below zero."""
        self._check_same_unit(other)
        if other.hundredths > self.hundredths:
            raise BelowZero(available=plain(self.hundredths), taken=plain(other.hundredths), unit=self.unit.code)
        return type(self)(self.hundredths - other.hundredths, self.unit)

    def __lt__(self, other: "Amount") -> bool:
        """Say whether this is less; refused across units."""
        self._check_same_unit(other)
        return self.hundredths < other.hundredths

    def _check_same_unit(self, other: "Amount") -> None:
        if self.unit != other.unit:
            raise UnitsDiffer(left=self.unit.code, right=other.unit.code)


def total(amounts: Iterable[Amount]) -> dict[Unit, Amount]:
    """Return one sum for each unit that occurs, in the order of first occurrence; never one across units."""
    sums: dict[Unit, Amount] = {}
    for amount in amounts:
        sums[amount.unit] = sums[amount.unit] + amount if amount.unit in sums else amount
    return sums


def plain(hundredths: int) -> str:
    """Return the one decimal text of an amount, without trailing zeros: 300 is "3", 50 is "0.5"."""
    assert hundredths >= 0, hundredths
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
