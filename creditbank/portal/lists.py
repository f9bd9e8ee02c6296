"""What every list page does with its address: page number, sort links, and the same rows as a CSV file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final, TypeVar, cast
from urllib.parse import quote, urlencode

from django.http import StreamingHttpResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils import translation

from creditbank.entrance.requests import BankRequest

DIGITS_MAX: Final = 7
Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: `values` narrow and order the list, `page` cuts it."""

    values: dict[str, str]
    page: int

    @property
    def pages(self) -> str:
        """Return the address of a page of this list up to the number."""
        return f"?{urlencode({**self._kept(), 'page': ''})}"

    @property
    def query(self) -> str:
        """Return the part of the address that says what the list is narrowed to and ordered by."""
        return urlencode(self._kept())

    @property
    def narrowed(self) -> bool:
        """Say whether anything but the order is asked for."""
        return any(name != "sort" for name in self._kept())

    def sort(self, order: str) -> str:
        """Return the address of the same list in another order."""
        return f"?{urlencode({**self._kept(), 'sort': order})}"

    def _kept(self) -> dict[str, str]:
        return {name: value for name, value in self.values.items() if value}


def asked(request: BankRequest, *names: str, sort: str) -> Asked:
    """Read the named filters, the order (`sort` by default) and the page number from the address."""
    values = {name: request.GET.get(name, "").strip() for name in (*names, "sort")}
    values["sort"] = values["sort"] or sort
    number = request.GET.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) <= DIGITS_MAX
    return Asked(values=values, page=int(number) if is_number else 1)


def chosen(words: type[Chosen], text: str) -> Chosen | None:
    """Return the member with this value, or nothing where there is none."""
    return words(text) if text in set(words) else None


def words(template: str, name: str) -> Callable[[str], str]:
    """Return what says a code in words of the page's language: a table or a macro that the template gives its pages.

    It keeps to that language: the rows of a file are made when the page that was asked for is long done.
    """
    environment = cast("Jinja2", engines["jinja2"]).env
    said: Mapping[str, object] | Callable[[str], object] = getattr(
        environment.get_template(template).make_module(), name
    )
    language = translation.get_language()

    def word(code: str) -> str:
        with translation.override(language):
            return str(said[code] if isinstance(said, Mapping) else said(code))

    return word


def in_pieces(name: str, content: Iterable[bytes]) -> StreamingHttpResponse:
    """Return a file to be kept, sent while it is made."""
    response = StreamingHttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    return response


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Return rows as a CSV file that spreadsheets read as UTF-8, sent while it is made."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    return response


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff"
    for row in chain([head], rows):
        line = io.StringIO()
        csv.writer(line).writerow([_plain(cell) for cell in row])
        yield line.getvalue()


def _plain(cell: object) -> object:
    """Keep a spreadsheet from reading a text as a formula; nothing is an empty cell."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
