"""A rule book and its office spreadsheet: written only where nothing is lost, read with every fault in its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from creditbank.conversion.errors import SheetFaulty, SheetLosesBook
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.faults import Fault
from creditbank.conversion.rules.reading import book_of, document_of
from creditbank.conversion.rules.sentences_limits import print_limit
from creditbank.conversion.rules.sentences_rules import print_rule
from creditbank.conversion.rules.sheets.caps import cap_rows, read_caps
from creditbank.conversion.rules.sheets.cases import case_rows, read_cases
from creditbank.conversion.rules.sheets.head import FIELDS, head_rows, read_head
from creditbank.conversion.rules.sheets.layout import AMOUNTS, BOOK, CAPS, CASES, RULES, SENTENCES, SHEETS, TARGETS
from creditbank.conversion.rules.sheets.marks import Cells, Document, Faults, LostError, Row, SheetFault, of_scale
from creditbank.conversion.rules.sheets.rules import by_rule, read_rules, rule_rows
from creditbank.conversion.rules.sheets.targets import amount_rows, read_targets, target_rows
from creditbank.conversion.rules.sheets.workbook import HEADINGS, tables, workbook

_ROWS: Final = {
    BOOK: head_rows,
    RULES: rule_rows,
    TARGETS: target_rows,
    AMOUNTS: amount_rows,
    CAPS: cap_rows,
    CASES: case_rows,
}
_SHEET_OF: Final = {"rules": RULES, "caps": CAPS, "cases": CASES}


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What a workbook says: a book, or the faults that keep it from being one."""

    book: Book | None
    faults: tuple[SheetFault, ...]


def write_sheet(book: Book) -> bytes:
    """Return the book as a workbook: six sheets that are read back the same, and a seventh of sentences to read.

    Refused: a book that says something the sheets have no place for; it says what.
    """
    lost = losses(book)
    if lost:
        raise SheetLosesBook(count=len(lost), losses=lost)
    document = document_of(book)
    written = [(sheet, list(rows(document))) for sheet, rows in _ROWS.items()]
    return workbook([*written, (SENTENCES, _sentences(book))], _offered(book))


def write_template() -> bytes:
    """Return an empty workbook to begin with: the fields of the book, and the headings of the other sheets."""
    fields = [{"field": field} for field in FIELDS]
    return workbook([(sheet, fields if sheet is BOOK else []) for sheet in SHEETS], {})


def losses(book: Book) -> tuple[tuple[str, str], ...]:
    """Return what would be lost on the way back, in Chinese and English; nothing where the book fits."""
    document = document_of(book)
    found: list[tuple[str, str]] = []
    rows: dict[str, list[Row]] = {}
    for sheet, write in _ROWS.items():
        try:
            cells = list(write(document))
        except LostError as lost:
            found.append((lost.zh, lost.en))
        else:
            numbered = enumerate(cells, start=HEADINGS + 1)
            filled = ((number, {key: text.strip() for key, text in each.items() if text}) for number, each in numbered)
            rows[sheet.name] = [Row(sheet, number, each) for number, each in filled]
    if found:
        return tuple(found)
    faults = Faults()
    differing = _differing(document, _document(rows, faults))
    found += [(f"{fault.place}：{fault.zh}", f"{fault.place}: {fault.en}") for fault in faults.found]
    found += [(f"{path} 放不进表格。", f"{path} has no place in the sheet.") for path in differing]
    return tuple(found)


def read_sheet(content: bytes) -> SheetReading:
    """Return the book of a workbook, or None with every fault by sheet, row and column."""
    faults = Faults()
    rows = tables(content, faults)
    if faults.found:
        return SheetReading(None, tuple(faults.found))
    book, broken = book_of(_document(rows, faults))
    for each in broken:
        sheet, row = _place(each, rows)
        faults.at(sheet, row, "", "document", zh=f"{each.pointer}：{each.zh}", en=f"{each.pointer}: {each.en}")
    return SheetReading(None if faults.found else book, tuple(faults.found))


def book_from_sheet(content: bytes) -> Book:
    """Return the book of a workbook. Refused (`SheetFaulty`) with every fault found, in `faults`."""
    reading = read_sheet(content)
    if reading.book is None:
        place = reading.faults[0].place
        raise SheetFaulty(faults=reading.faults, count=len(reading.faults), place=place)
    return reading.book


def _document(rows: dict[str, list[Row]], faults: Faults) -> Document:
    """Return the document that the rows state."""
    book = read_head(rows[BOOK.name], faults)
    rules = read_rules(rows[RULES.name], str(book.get("unit", "")), faults)
    targets, amounts = (by_rule(rows[sheet.name], faults) for sheet in (TARGETS, AMOUNTS))
    for own in (targets, amounts):
        for name in own.keys() - rules.keys():
            faults.add(own[name][0], "rule", "no_rule", name)
    first = {row.get("rule"): row for row in reversed(rows[RULES.name])}
    for name, rule in rules.items():
        if name in targets:
            rule.update(read_targets(name, targets[name], amounts.get(name, ()), faults))
        else:
            faults.add(first[name], "rule", "no_targets", name)
    parts = {
        "rules": list(rules.values()),
        "caps": read_caps(rows[CAPS.name], faults),
        "cases": read_cases(rows[CASES.name], faults),
    }
    return book | {name: part for name, part in parts.items() if part}


def _place(fault: Fault, rows: dict[str, list[Row]]) -> tuple[str, int]:
    """Return the sheet and the row in which a part of the document was written."""
    sheet = _SHEET_OF.get(str(fault.path[0])) if fault.path else None
    if sheet is None:
        return BOOK.name, 0
    key = sheet.columns[0].key
    starts = {row.get(key): row.number for row in reversed(rows[sheet.name])}
    order = [row.number for row in rows[sheet.name] if starts[row.get(key)] == row.number]
    at = fault.path[1] if len(fault.path) > 1 else 0
    return sheet.name, order[at] if isinstance(at, int) and at < len(order) else 0


def _differing(one: object, other: object, path: str = "") -> Iterator[str]:
    """Yield the places in which two documents differ, the deepest that say so."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key in one and key in other:
                yield from _differing(one[key], other[key], f"{path}/{key}")
            else:
                yield f"{path}/{key}"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _differing(mine, theirs, f"{path}/{at}")
    elif one != other:
        yield path


def _offered(book: Book) -> dict[str, list[str]]:
    """Return the words of the book that columns offer: its levels, scales and citations."""
    levels: list[str] = []
    for scale, codes in book.words.levels.items():
        levels += [of_scale(scale, code) for code in codes]
    offered = {"scale": list(book.words.scales), "grade": [], "level_from": levels, "level_to": levels}
    return {key: words for key, words in offered.items() if words}


def _sentences(book: Book) -> Iterator[Cells]:
    for rule in book.rules:
        yield {"rule": rule.id, "zh": print_rule(rule, "zh"), "en": print_rule(rule, "en")}
    for cap in book.caps:
        yield {"rule": cap.id, "zh": print_limit(cap, "zh"), "en": print_limit(cap, "en")}
