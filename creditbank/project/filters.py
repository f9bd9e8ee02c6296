"""How numbers, amounts, dates and names read on a page: the filters that templates share."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils.timezone import localtime

from creditbank.kernel.text import Text
from creditbank.project.marking import language


def _locale() -> str:
    return "en_GB" if language() == "en" else "zh_Hans_CN"


def number(value: float | Decimal) -> str:
    """1234.5 -> 1,234.5 in both languages."""
    return str(format_decimal(value, locale=_locale()))


@lru_cache(maxsize=16_384)  # pages are full of the same few, and numbers read alike in both languages
def credits_text(hundredths: int | None) -> str:
    """Integer hundredths -> 2.5; nothing where there is nothing."""
    return "" if hundredths is None else number(Decimal(hundredths) / 100)


def day(value: date | None) -> str:
    """A date in words of the page's language."""
    if value is None:
        return ""
    return str(format_date(value, "y年M月d日" if language() == "zh" else "d MMMM y", locale=_locale()))


def moment(value: datetime | None) -> str:
    """An instant in the bank's zone, to the minute."""
    if value is None:
        return ""
    pattern = "y年M月d日 HH:mm" if language() == "zh" else "d MMM y, HH:mm"
    return str(format_datetime(localtime(value), pattern, locale=_locale()))


def partial(value: int | None) -> str:
    """A partial date (yyyymmdd, 00 for unknown) in words, with the precision that it has."""
    return _partial(value, language()) if value else ""


@lru_cache(maxsize=16_384)
def _partial(value: int, words: str) -> str:
    """Return the date in the words of a language, which is the page's."""
    year, month, dom = value // 10000, value // 100 % 100, value % 100
    if not month:
        return f"{year}年" if words == "zh" else str(year)
    if not dom:
        pattern = "y年M月" if words == "zh" else "MMMM y"
        return str(format_date(date(year, month, 1), pattern, locale=_locale()))
    return day(date(year, month, dom))


def text(value: Text) -> str:
    """A name in the page's language, or in Chinese where it has no other."""
    return value.in_language(language())[0]


def size(value: int) -> str:
    """Bytes as KB or MB."""
    kilo, mega = 1024, 1024 * 1024
    return f"{number(round(value / mega, 1))} MB" if value >= mega else f"{number(max(1, value // kilo))} KB"
