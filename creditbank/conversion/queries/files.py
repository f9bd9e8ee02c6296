"""Documents as files: JSON, YAML and the office spreadsheet in, the same three out."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from creditbank.conversion.errors import BookFaulty, SheetFaulty
from creditbank.conversion.rules.faults import FaultyError
from creditbank.conversion.rules.reading import book_of, document_of
from creditbank.conversion.rules.sheets import exchange
from creditbank.conversion.rules.trees import tree_of

JSON: Final = "json"
YAML_: Final = "yaml"
XLSX: Final = "xlsx"
_WIDTH: Final = 110
_ORDER: Final = (
    "format", "is", "op", "id", "edition", "kind", "owner", "parties", "name", "zh", "en", "title", "code", "scope",
    "effective", "from", "to", "by", "spec", "family", "issuer", "scale", "level_scale", "level", "acquired", "cites",
    "unit", "words", "policies", "rule", "tags", "when", "in", "one", "all", "any", "some", "pool", "choose", "of",
    "where", "at_least", "at_most", "gives", "credits", "mode", "amount", "surplus", "record_grade", "requires",
    "times", "may_deviate", "measure", "per", "rules", "none", "caps", "awards", "open_lines", "adopts", "given",
    "as_of", "events", "learner", "programme", "achievements", "expect", "cases",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookFile:
    """A document as a file."""

    content: bytes
    media_type: str


def read_file(content: bytes, name: str) -> dict[str, Any]:
    """Return the document of an uploaded file, which may still be a draft.

    Refused: a text that is no tree, a workbook with faults, what is no object.
    """
    if name.lower().endswith(".xlsx") or content.startswith(b"PK"):
        reading = exchange.read_sheet(content)
        if reading.book is None:
            first = reading.faults[0]
            raise SheetFaulty(
                faults=reading.faults,
                count=len(reading.faults),
                place=first.place or name,
                first_zh=first.zh,
                first_en=first.en,
            )
        return document_of(reading.book)
    return read_text(content)


def read_text(text: bytes | str) -> dict[str, Any]:
    """Return the document, or part of one, that a JSON or YAML text states. Refused: a text that is no object."""
    try:
        tree = tree_of(text)
    except FaultyError as stopped:
        first = stopped.faults[0]
        place = first.pointer or (f"{first.line}:{first.column}" if first.line else "/")
        raise BookFaulty(
            faults=tuple(stopped.faults),
            count=len(stopped.faults),
            place=place,
            first_zh=first.zh,
            first_en=first.en,
        ) from None
    if not isinstance(tree, dict):
        raise BookFaulty(
            faults=(), count=1, place="/", first_zh="这里应为一部规则的各个字段。", first_en="This should be an object."
        )
    return tree


def file_of(document: Mapping[str, Any], form: str) -> BookFile:
    """Return a document as a file. Refused: a spreadsheet of what it has no place for, or of a draft with faults."""
    if form == XLSX:
        book, faults = book_of(document)
        if book is None:
            raise BookFaulty(
                faults=faults,
                count=len(faults),
                place=faults[0].pointer,
                first_zh=faults[0].zh,
                first_en=faults[0].en,
            )
        content = exchange.write_sheet(book)
        return BookFile(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    if form == YAML_:
        return BookFile(yaml_of(document).encode(), "application/yaml")
    return BookFile(json.dumps(_ordered(document), ensure_ascii=False, indent=1).encode(), "application/json")


def forms_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the forms in which a document can be had: a spreadsheet only where all of it has a place in one."""
    book = book_of(document)[0]
    fits = book is not None and not exchange.losses(book)
    return (JSON, YAML_, XLSX) if fits else (JSON, YAML_)


def template() -> BookFile:
    """Return the empty spreadsheet to begin with."""
    return BookFile(exchange.write_template(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def yaml_of(part: Mapping[str, Any]) -> str:
    """Return a document, or part of one, as YAML that is read back the same."""
    text = _yaml(part, flow=None)
    # What opens with a brace would be read as JSON.
    return _yaml(part, flow=False) if text.startswith("{") else text


def _ordered(tree: object) -> object:
    """Return a tree with its fields in the order in which people write them; the database keeps none."""
    if isinstance(tree, Mapping):
        places = {name: place for place, name in enumerate(_ORDER)}
        names = sorted(tree, key=lambda name: (places.get(name, len(places)), name))
        return {name: _ordered(tree[name]) for name in names}
    if isinstance(tree, list | tuple):
        return [_ordered(each) for each in tree]
    return tree


def _yaml(part: Mapping[str, Any], *, flow: bool | None) -> str:
    writer: Any = YAML(typ="safe", pure=True)  # the library types its settings as what they are at first
    writer.default_flow_style = flow
    writer.allow_unicode = True
    writer.width = _WIDTH
    writer.sort_base_mapping_type_on_output = False
    written = io.StringIO()
    writer.dump(_ordered(dict(part)), written)
    return written.getvalue()
