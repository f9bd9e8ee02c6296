"""The Jinja2 environment: strict, escaped, translated, with the filters that pages share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.conf import settings
from django.templatetags.static import static
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from creditbank.archive.queries import Line
from creditbank.archive.types import grade_in_words
from creditbank.entrance.addresses import address
from creditbank.kernel.text import Text
from creditbank.portal.frame import demo_people
from creditbank.project import translating
from creditbank.project.marking import Page, language


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


def told(achievements: Sequence[Line], shapes: Mapping[str, Any], units: Mapping[int, Text]) -> Markup:
    """Return the lines of an archive in the shapes of a template: what many lines have in common is made once for all.

    `line` takes address, name, class, amount, unit, source, day, grade, hours, state and correction. The amount, the
    grade and the hours have shapes of their own and may be absent; `states` are by what claims an achievement.
    """
    words = language()
    english, states, corrected = words == "en", shapes["states"], shapes["corrected"]
    whole, amounts, grades, lasting = (str(shapes[name]) for name in ("line", "amount", "grade", "hours"))
    names = {number: escape(unit.in_language(words)[0]) for number, unit in units.items()}
    hours_unit = escape(_("学时"))
    if not achievements:
        return Markup()
    addresses = _escaped(line.address for line in achievements)
    courses = _escaped((english and line.name_en) or line.name_zh for line in achievements)
    sources = _escaped((english and line.source_en) or line.source_zh for line in achievements)
    made = []
    for line, to, name, source in zip(achievements, addresses, courses, sources, strict=True):
        amount = credits_text(line.credits or line.hours or None)
        unit = names[line.unit_id] if line.credits else hours_unit if line.hours else escape(text(line.kind_name))
        grade = _grade(line.grade_scale, line.grade_value, words)
        hours = line.credits and line.hours
        made.append(
            whole
            % (
                to,
                name,
                "" if amount else " muted",
                amount and amounts % amount,
                unit,
                source,
                _partial(line.obtained, words) if line.obtained else "",
                grade and grades % grade,
                lasting % credits_text(hours) if hours else "",
                states[line.claimed],
                corrected if line.revision else "",
            )
        )
    return Markup("".join(made))  # noqa: S704  # every text in it is escaped


def _escaped(texts: Iterable[str]) -> list[str]:
    """Return texts escaped, all in one go, with what stands in no text of the database between them."""
    return str(escape("\x00".join(texts))).split("\x00")


@lru_cache(maxsize=16_384)
def _grade(scale: int, value: int, words: str) -> str:
    return escape(grade_in_words(scale, value).in_language(words)[0])


def size(value: int) -> str:
    """Bytes as KB or MB."""
    kilo, mega = 1024, 1024 * 1024
    return f"{number(round(value / mega, 1))} MB" if value >= mega else f"{number(max(1, value // kilo))} KB"


def build(*, autoescape: bool, **options: Any) -> Environment:  # noqa: ANN401  # Django's options
    """Return the environment that Django's Jinja2 backend uses."""
    assert autoescape
    environment = Environment(
        autoescape=True,
        **{
            **options,
            "undefined": StrictUndefined,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    )
    translating.install(environment)
    environment.globals.update(
        {"url": address, "static": lru_cache(static), "demo_people": demo_people, "demo": settings.ENVIRONMENT.demo}
    )
    environment.filters.update(number=number, credits=credits_text, day=day, moment=moment, partial=partial, size=size)
    environment.filters.update(text=text, told=told)
    environment.template_class = Page
    return environment
