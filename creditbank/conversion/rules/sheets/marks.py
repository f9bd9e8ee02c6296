"""Texts in cells: lists, pairs of name and value, scales with their value; and faults by sheet, row and column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from creditbank.conversion.errors import SentenceUnread
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.rules.sentences import parse_conditions, print_conditions
from creditbank.conversion.rules.sheets.layout import Sheet
from creditbank.conversion.rules.sources import One

Document = dict[str, Any]
Cells = dict[str, str]

LIST: Final = "；"
INNER: Final = "，"
NAMED: Final = "="
OF: Final = "/"

SENTENCES: Final = {
    "not_a_workbook": ("不是 XLSX 工作簿。请用 Excel 另存为 .xlsx。", "This is no XLSX workbook. Save it as .xlsx."),
    "too_large": ("工作簿太大。请分成几部规则。", "The workbook is too large. Split it into several books."),
    "macro": ("工作簿里有宏。请另存为不带宏的 .xlsx。", "The workbook holds macros. Save it as .xlsx without them."),
    "formula": ("这一格是公式。请改成值。", "This cell is a formula. Put its value there."),
    "error": ("这一格是错误值“{it}”。请改正。", "This cell holds the error {it}. Mend it."),
    "sheet_missing": (
        "缺少工作表“{it}”。请用模板里的工作表。",
        "The sheet {it} is missing. Use the sheets of the template.",
    ),
    "column_missing": (
        "缺少“{it}”这一列。请用模板的表头。",
        "The column {it} is missing. Use the headings of the template.",
    ),
    "field_unknown": ("没有“{it}”这个字段。请核对。", "There is no field {it}. Check it."),
    "not_offered": (
        "“{it}”不在可选的词内。请从下拉列表中选。",
        "{it} is none of the words offered. Choose from the list.",
    ),
    "not_named": ("“{it}”应写成“名称=值”。", "{it} should be written as name=value."),
    "not_of_scale": ("“{it}”应写成“等级制/等级”。", "{it} should be written as scale/level."),
    "not_an_amount": (
        "“{it}”应写成“学分 4”或“学时 32 单位”。",
        "{it} should be written as 学分 4, or 学时 32 and the unit.",
    ),
    "not_a_number": ("“{it}”不是整数。", "{it} is not a whole number."),
    "sentence": (
        "没有读懂条件“{it}”。请用规则的标准句式。",
        "The condition {it} was not understood. Write it as rules print it.",
    ),
    "missing": ("这里要填写。", "This must be filled in."),
    "differs": (
        "同一规则的各行这里写的不同。请写成一样，或只写第一行。",
        "Rows of one rule differ here. Write it once.",
    ),
    "idle": ("这里只在选课时填写。请清空，或写明选项。", "This is for choices only. Clear it, or name the option."),
    "no_rule": ("“规则”表中没有规则“{it}”。", "The rule {it} is not on the sheet of rules."),
    "no_targets": ("规则“{it}”在“目标”表中没有一行。", "The rule {it} has no row on the sheet of targets."),
    "two_forms": ("上限和占比只写一个。", "Give an amount or a share, not both."),
    "document": ("{zh}", "{en}"),
}


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A fault with its sheet, row and column as they stand in the workbook; row 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    code: str
    zh: str
    en: str

    @property
    def place(self) -> str:
        """Return where it is, as a person would look for it."""
        return " ".join(part for part in (self.sheet, f"{self.column}{self.row}" if self.row else "") if part)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read, with its number in the workbook."""

    sheet: Sheet
    number: int
    cells: Mapping[str, str]

    def get(self, key: str) -> str:
        """Return the text of a cell; empty where there is none."""
        return self.cells.get(key, "")


@dataclass(slots=True)
class Faults:
    """The faults of one reading, in the order in which they are met."""

    found: list[SheetFault] = field(default_factory=list)

    def add(self, row: Row, key: str, code: str, it: str = "") -> None:
        """Note a fault of a cell."""
        self.at(row.sheet.name, row.number, letter(row.sheet.column(key)), code, it=it)

    def at(self, sheet: str, row: int, column: str, code: str, **details: str) -> None:
        """Note a fault at a place."""
        zh, en = SENTENCES[code]
        self.found.append(SheetFault(sheet, row, column, code, zh.format(**details), en.format(**details)))


class LostError(Exception):
    """Something has no place in the sheet; says what, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep both sentences."""
        super().__init__(en)
        self.zh, self.en = zh, en


def letter(number: int) -> str:
    """Return the letter of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, at = divmod(number - 1, 26)
        letters = chr(ord("A") + at) + letters
    return letters


def plain(text: str) -> str:
    """Return a text that a cell can hold among others; raises where it holds a mark of the sheet itself."""
    if any(mark in text for mark in (LIST, ";", INNER, NAMED, "\n")) or text != text.strip() or not text:
        raise LostError(f"“{text}”含有表格用作分隔的符号。", f"The text {text!r} holds a mark that separates cells.")
    return text


def joined(values: Iterable[str], mark: str = LIST) -> str:
    """Return a list as the text of a cell."""
    return mark.join(plain(value) for value in values)


def parted(text: str, mark: str = LIST) -> list[str]:
    """Return the list that a cell holds; a half-width semicolon and a new line part it too."""
    for other in (";", "\n") if mark == LIST else ():
        text = text.replace(other, mark)
    return [part.strip() for part in text.split(mark) if part.strip()]


def named(values: Mapping[str, str]) -> str:
    """Return names with their values as the text of a cell; values are texts of cells themselves."""
    return LIST.join(f"{plain(name)}{NAMED}{value}" for name, value in values.items())


def unnamed(row: Row, key: str, faults: Faults) -> dict[str, str]:
    """Return the names with their values that a cell holds; one that is not written so is a fault."""
    found: dict[str, str] = {}
    for part in parted(row.get(key)):
        name, mark, value = part.partition(NAMED)
        if not mark or not name.strip():
            faults.add(row, key, "not_named", part)
        else:
            found[name.strip()] = value.strip()
    return found


def of_scale(scale: str, value: str) -> str:
    """Return a level or grade with its scale."""
    if OF in scale:
        raise LostError(f"等级制“{scale}”的名称含有“/”。", f"The name of the scale {scale!r} holds a slash.")
    return f"{plain(scale)}{OF}{plain(value)}"


def scaled(row: Row, key: str, faults: Faults) -> tuple[str, str] | None:
    """Return the scale and the level or grade that a cell holds; None where it is empty or not written so."""
    text = row.get(key)
    scale, mark, value = text.partition(OF)
    if text and (not mark or not scale or not value):
        faults.add(row, key, "not_of_scale", text)
        return None
    return (scale.strip(), value.strip()) if text else None


def chosen(row: Row, key: str, words: Mapping[str, str], faults: Faults) -> str | None:
    """Return the code of the word in a cell; None where the cell is empty or the word is not offered."""
    text = row.get(key)
    code = next((code for code, word in words.items() if text in {word, code}), None)
    if text and code is None:
        faults.add(row, key, "not_offered", text)
    return code


def whole(row: Row, key: str, faults: Faults) -> int | None:
    """Return the whole number in a cell; None where it is empty or none."""
    text = row.get(key)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004 - far above any count of courses
        faults.add(row, key, "not_a_number", text)
        return None
    return int(text)


def check_first(rows: Sequence[Row], keys: Iterable[str], faults: Faults) -> None:
    """Note a fault where a later row says something that only the first row says for all."""
    for key in keys:
        for row in rows[1:]:
            if row.get(key) not in {"", rows[0].get(key)}:
                faults.add(row, key, "differs")


def sentence(conditions: list[Document]) -> str:
    """Return conditions as the sentence that rules print; raises for any-of and not, which the sheet has not."""
    if any("is" not in each for each in conditions):
        raise LostError("“任一”“并非”的条件放不进表格。", "Any-of and not have no place in the sheet.")
    return print_conditions(One.model_validate({"one": conditions}).one, "zh") if conditions else ""


def from_sentence(row: Row, key: str, faults: Faults) -> list[Document]:
    """Return the conditions that a cell states; what was not printed so is a fault."""
    text = row.get(key)
    if not text:
        return []
    try:
        return [document_of(each) for each in parse_conditions(text, "zh")]
    except SentenceUnread:
        faults.add(row, key, "sentence", text)
        return []
