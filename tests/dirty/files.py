"""A table laid out as people send it: order of columns, headings, titles, blank rows, encodings, packing."""

import csv
import io
import random
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from tests.dirty.kinds import HEADINGS
from tests.dirty.school import COLUMNS, Line

ALIASES: Final = {
    "person_name": ("姓名", "学生姓名", "Name", "*姓名", " 姓 名 "),
    "document": ("身份证号", "证件号码", "身份证件号（必填）", "ID number"),
    "major": ("专业名称", "专业"),
    "course": ("课程名称", "课程", "Course"),
    "level_code": ("教育层次代码", "教育层次"),
    "credits": ("学分", "课程学分", "学分(分)"),
    "grade": ("成绩", "课程成绩"),
    "obtained": ("获得时间", "获得年月", "获得时间(yyyyMM)"),
    "outcome_code": ("毕业结业肄业", "毕结业"),
    "student_number": ("学号", "学籍号"),
}
OPTIONAL: Final = ("hours", "cohort", "outcome_code", "season_code", "remark")
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
BLANKS: Final = ("", " ", "\u3000")
NUMBER: Final = re.compile(r"\d{1,3}(\.\d{1,2})?")
MONTH: Final = re.compile(r"20\d\d(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file looks, drawn before it is soiled, as some dirt needs a text table."""

    columns: tuple[str, ...]
    headings: tuple[str, ...]
    titles: tuple[str, ...]
    strange: bool
    kind: str
    is_packed: bool
    encoding: str
    separator: str
    line_end: str
    blank_share: float

    @property
    def name(self):
        """What the file is called."""
        return f"成绩.{'zip' if self.is_packed else self.kind}"


def drawn(chance: random.Random, *, may_drop_hours: bool) -> Layout:
    """Return a layout by chance: the template's own order or another, a column of no meaning to us, and the like."""
    droppable = [name for name in OPTIONAL if name != "hours" or may_drop_hours]
    dropped = set(chance.sample(droppable, chance.choice((0, 0, 1, 2))))
    columns = [name for name in COLUMNS if name not in dropped]
    shape = chance.randrange(3)
    if shape == 1:
        columns = ["student_number", *(name for name in columns if name != "student_number")]
    if shape == 2:
        chance.shuffle(columns)
    is_clean = chance.random() < 0.4
    headings = [HEADINGS[name] if is_clean else chance.choice(ALIASES.get(name, (HEADINGS[name],))) for name in columns]
    titles = chance.choice(((), (), ("本校2026届学分银行成绩",), ("本校2026届学分银行成绩", "填表单位：教务处")))
    return Layout(
        columns=tuple(columns),
        headings=tuple(headings),
        titles=titles,
        strange=chance.random() < 0.25,
        kind=chance.choice(("csv", "csv", "xlsx")),
        is_packed=chance.random() < 0.2,
        encoding=chance.choice(ENCODINGS),
        separator=chance.choice((",", ",", "\t", ";")),
        line_end=chance.choice(("\n", "\r\n")),
        blank_share=chance.choice((0, 0, 0.1)),
    )


def written(layout: Layout, lines: list[Line], chance: random.Random) -> tuple[bytes, dict[int, Line]]:
    """Return the file, and each row of it by its number in a spreadsheet."""
    width = len(layout.columns) + layout.strange
    rows: list[tuple[list[str], Line | None]] = [([title], None) for title in layout.titles]
    rows.append(([*layout.headings, *(["班级"] if layout.strange else [])], None))
    placed = {}
    for line in lines:
        while chance.random() < layout.blank_share:
            rows.append(([chance.choice(BLANKS)] * width, None))
        cells = [line.cells[name] for name in layout.columns] + (["1班"] if layout.strange else [])
        rows.append((cells, line))
        placed[len(rows)] = line
    content = _workbook(rows, layout, chance) if layout.kind == "xlsx" else _text(rows, layout)
    return (_packed(content, f"成绩.{layout.kind}") if layout.is_packed else content), placed


def _text(rows, layout):
    text = io.StringIO()
    plain = csv.writer(text, delimiter=layout.separator, lineterminator=layout.line_end)
    for cells, line in rows:
        if line is not None and line.shape == "pushed":
            at = layout.columns.index("course")
            plain.writerow([*cells[:at], "程序设计", "上册", *cells[at + 1 :]])
        elif line is not None and line.shape == "cut":
            plain.writerow(cells[:-1])
        elif line is not None and line.beyond:
            plain.writerow([*cells, line.beyond])
        else:
            plain.writerow(cells)
    return text.getvalue().encode(layout.encoding)


def _workbook(rows, layout, chance):
    """Write a workbook whose texts are texts, with numbers and months as Excel makes them of what is typed."""
    book = Workbook(write_only=True)
    if chance.random() < 0.3:
        book.create_sheet("说明").append(["请勿改动表头"])
    page = book.create_sheet("成绩")
    as_typed = chance.random() < 0.5
    for cells, line in rows:
        names = layout.columns if line is not None else ()
        page.append(
            [_cell(page, text, names[at] if at < len(names) else "", as_typed) for at, text in enumerate(cells)]
        )
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(page, text, column, as_typed):
    if as_typed and column in {"credits", "hours", "grade"} and NUMBER.fullmatch(text) and text.isascii():
        return float(text)
    if as_typed and column == "obtained" and MONTH.fullmatch(text) and text.isascii():
        return datetime(int(text[:4]), int(text[4:]), 1, tzinfo=UTC).replace(tzinfo=None)
    if not text:
        return None
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    return cell


def _packed(content, name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()
