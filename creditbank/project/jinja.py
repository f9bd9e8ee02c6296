"""The Jinja2 environment: strict, escaped, translated, with the filters that pages share."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from jinja2 import Environment, StrictUndefined

from creditbank.kernel.text import Text
from creditbank.portal.frame import demo_people
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


def size(value: int) -> str:
    """Bytes as KB or MB."""
    kilo, mega = 1024, 1024 * 1024
    return f"{number(round(value / mega, 1))} MB" if value >= mega else f"{number(max(1, value // kilo))} KB"


def address(name: str, **kwargs: Any) -> str:  # noqa: ANN401  # what a path converter takes
    """Return the address of a page, in the language of this page."""
    return reverse(name, kwargs=kwargs or None)


def build(**options: Any) -> Environment:  # noqa: ANN401  # Django's options
    """Return the environment that Django's Jinja2 backend uses."""
    environment = Environment(  # noqa: S701  # autoescape comes in with Django's options
        **{
            **options,
            "undefined": StrictUndefined,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    assert environment.autoescape
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    environment.globals.update(
        {"url": address, "static": static, "demo_people": demo_people, "demo": settings.ENVIRONMENT.demo}
    )
    environment.filters.update(number=number, credits=credits_text, day=day, moment=moment, partial=partial, size=size)
    environment.filters.update(text=text)
    environment.template_class = Page
    return environment
