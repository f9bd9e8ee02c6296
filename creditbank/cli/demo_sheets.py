"""Deposit sheets as schools write them: rows of text in, the bytes of a CSV or XLSX file out, always the same ones."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Final
from xml.sax.saxutils import escape

#: A row, in the order of the second generation of the template.
Row = tuple[str, ...]
SECOND: Final = (
    "姓名", "身份证号", "专业名称", "课程名称", "教育层次代码", "教育类别代码", "学分", "学时", "成绩", "获得时间",
    "届别", "毕业结业肄业", "毕业季", "备注", "学号",
)  # fmt: skip
FIRST: Final = ("学号", *SECOND[:-1])
PERSON, NUMBER, COURSE, LEVEL, CREDITS, GRADE, OBTAINED = 0, 1, 3, 4, 6, 8, 9
#: Place of a code in the row, and the codes of today as the first generation wrote them; it knew no 在校.
FORMER: Final = {
    4: {"85": "20", "86": "21", "783": "22", "784": "23"},
    5: {"321": "30", "322": "31", "1221": "32", "1381": "33", "1421": "34"},
    11: {"1261": "40", "1262": "41", "1690": ""},
    12: {"1321": "50", "1322": "51"},
}
XLSX_ROWS_MAX: Final = 20_000

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="成绩" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a school writes its files."""

    first_generation: bool = False
    workbook: bool = False
    encoding: str = "utf-8-sig"


def write(rows: Sequence[Row], *, style: Style) -> tuple[str, bytes]:
    """Return the ending of the file's name and its bytes; a workbook only as far as one is still handy."""
    table = [FIRST, *map(_former, rows)] if style.first_generation else [SECOND, *rows]
    if style.workbook and len(rows) <= XLSX_ROWS_MAX:
        return "xlsx", _workbook(table)
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return "csv", text.getvalue().encode(style.encoding)


def _former(row: Row) -> Row:
    """Return a row as the first generation of the template had it: other codes, the student number first."""
    cells = list(row)
    for place, codes in FORMER.items():
        cells[place] = codes.get(cells[place], cells[place])
    return (cells[-1], *cells[:-1])


def _workbook(table: Iterable[Row]) -> bytes:
    """Return a workbook of one sheet of texts. Written by hand, because openpyxl puts the hour into every file."""
    cells = "ABCDEFGHIJKLMNO"
    lines = (
        f'<row r="{place}">'
        + "".join(
            f'<c r="{column}{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in zip(cells, row, strict=True)
            if text
        )
        + "</row>"
        for place, row in enumerate(table, start=1)
    )
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, _HEAD + text)
    return content.getvalue()
