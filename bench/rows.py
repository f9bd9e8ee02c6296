"""The rows that deposits are measured on, drawn in blocks by a seed and written to a file: the same seed, same text."""

import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import polars as pl

ROWS_A_LEARNER: Final = 60
COURSES: Final = 600
PEOPLE_A_BLOCK: Final = 2_000
BIRTHDAYS: Final = 16_000
FIRST_BIRTHDAY: Final = "1960-01-01"
HEADINGS: Final = (
    *("姓名", "身份证号", "专业名称", "课程名称", "教育层次代码", "教育类别代码", "学分", "学时", "成绩"),
    *("获得时间", "届别", "毕业结业肄业", "毕业季", "备注", "学号"),
)
WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS: Final = np.array(list("10X98765432"))
#: Faults that a share of the rows gets: the column, and what is written into it.
FAULTS: Final = (
    ("成绩", "59"),
    ("成绩", "缺考"),
    ("获得时间", "201913"),
    ("姓名", ""),
    ("学分", "x"),
    ("身份证号", "3101"),
)

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a file holds: `rows` results of rows/60 people from number `first` on, obtained in `years` from a first.

    `shuffled` takes people and their rows in random order; a share of `bad` rows has a fault each.
    """

    rows: int
    seed: int
    first: int = 0
    years: tuple[int, int] = (2019, 2025)
    shuffled: bool = False
    bad: float = 0.0


def blocks(drawing: Drawing) -> Iterator[pl.DataFrame]:
    """Yield the rows as text columns, some thousand people at once; shuffled ones all in one."""
    chance = np.random.default_rng(drawing.seed)
    people = -(-drawing.rows // ROWS_A_LEARNER)
    left, found = drawing.rows, []
    for start in range(0, people, PEOPLE_A_BLOCK):
        numbers = np.arange(start, min(start + PEOPLE_A_BLOCK, people)) + drawing.first
        block = _with_faults(_results(numbers, chance, drawing.years).head(left), chance, drawing.bad)
        left -= block.height
        if drawing.shuffled:
            found.append(block)
        else:
            yield block
    if drawing.shuffled:
        yield pl.concat(found).sample(fraction=1, shuffle=True, seed=drawing.seed)


def documents(numbers: Numbers) -> Numbers:
    """Return the made-up resident's numbers of people, of county 99, another for each of sixteen million."""
    birth = np.datetime64(FIRST_BIRTHDAY) + (numbers % BIRTHDAYS).astype("timedelta64[D]")
    compact = np.char.replace(np.datetime_as_string(birth, unit="D"), "-", "")
    places = np.char.zfill((numbers // BIRTHDAYS + 1).astype(str), 3)
    first = np.char.add(np.char.add("310199", compact), places)
    digits = first.view("U1").reshape(len(numbers), -1).astype(np.int64)
    return np.char.add(first, CHECKS[(digits * WEIGHTS).sum(axis=1) % 11])


def _results(numbers: Numbers, chance: np.random.Generator, years: tuple[int, int]) -> pl.DataFrame:
    """Return sixty results of each person, no course twice: courses are taken in steps prime to their number."""
    steps = np.array([step for step in range(1, COURSES) if np.gcd(step, COURSES) == 1])
    start = chance.integers(0, COURSES, len(numbers))[:, None]
    step = chance.choice(steps, len(numbers))[:, None]
    course = ((start + step * np.arange(ROWS_A_LEARNER)) % COURSES).reshape(-1)
    year = chance.integers(years[0], years[1], course.size)
    month = year * 100 + chance.integers(1, 13, course.size)
    person = pl.DataFrame(
        {
            "姓名": [f"测试{chr(0x4E00 + number % 20_000)}" for number in numbers.tolist()],
            "身份证号": documents(numbers).tolist(),
            "学号": np.char.add("S", np.char.zfill(numbers.astype(str), 8)).tolist(),
        }
    ).select(pl.all().repeat_by(ROWS_A_LEARNER).explode())
    worth = 200 + course % 5 * 50
    drawn = pl.DataFrame({"course": course, "worth": worth, "grade": chance.integers(60, 101, course.size)})
    return pl.concat([person, drawn, pl.DataFrame({"month": month})], how="horizontal").select(
        "姓名",
        "身份证号",
        pl.lit("物流管理").alias("专业名称"),
        (pl.lit("课程") + pl.col("course").cast(pl.String).str.zfill(4)).alias("课程名称"),
        pl.lit("86").alias("教育层次代码"),
        pl.lit("321").alias("教育类别代码"),
        (pl.col("worth") / 100).cast(pl.String).str.strip_suffix(".0").alias("学分"),
        (pl.col("worth") * 16 / 100).cast(pl.Int64).cast(pl.String).alias("学时"),
        pl.col("grade").cast(pl.String).alias("成绩"),
        pl.col("month").cast(pl.String).alias("获得时间"),
        pl.lit("2023").alias("届别"),
        pl.lit("1261").alias("毕业结业肄业"),
        pl.lit("1321").alias("毕业季"),
        pl.lit("").alias("备注"),
        "学号",
    )


def _with_faults(block: pl.DataFrame, chance: np.random.Generator, share: float) -> pl.DataFrame:
    if not share:
        return block
    drawn = chance.random(block.height)
    fault = pl.Series(np.where(drawn < share, (drawn / share * len(FAULTS)).astype(np.int64), -1))
    for number, (column, text) in enumerate(FAULTS):
        block = block.with_columns(pl.when(fault == number).then(pl.lit(text)).otherwise(pl.col(column)).alias(column))
    return block


def written(write: Callable[[Path, Drawing], Path], path: Path, drawing: Drawing) -> Path:
    """Let a process of its own write a file: what that takes is no memory of the bank's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(write, path, drawing).result()


def write_csv(path: Path, drawing: Drawing) -> Path:
    """Write the rows as a CSV of the second generation."""
    with path.open("wb") as file:
        file.write((",".join(HEADINGS) + "\n").encode())
        for block in blocks(drawing):
            block.write_csv(file, include_header=False, quote_style="never")
    return path


def write_xlsx(path: Path, drawing: Drawing) -> Path:
    """Write the rows as a workbook with a table of shared texts, as Excel does; amounts and marks are numbers."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            _write_sheet(sheet, drawing, texts)
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(f'{XML}<sst xmlns="{SPREADSHEET}">'.encode())
            shared.write("".join(f"<si><t>{text}</t></si>" for text in texts).encode())
            shared.write(b"</sst>")
    return path


def _write_sheet(sheet: IO[bytes], drawing: Drawing, texts: dict[str, int]) -> None:
    sheet.write(f'{XML}<worksheet xmlns="{SPREADSHEET}"><sheetData>'.encode())
    headings = pl.DataFrame([HEADINGS], schema=list(HEADINGS), orient="row")
    row = 1
    for block in chain([headings], blocks(drawing)):
        cells = [_cells(block[name], chr(ord("A") + place), texts, row) for place, name in enumerate(HEADINGS)]
        numbers = pl.int_range(row, row + block.height, eager=True).cast(pl.String).alias("r")
        line = pl.concat_str(pl.lit('<row r="'), pl.col("r"), pl.lit('">'), *HEADINGS, pl.lit("</row>"))
        lines = pl.DataFrame([numbers, *cells]).select(line.alias("line"))["line"]
        sheet.write("".join(lines.to_list()).encode())
        row += block.height
    sheet.write(b"</sheetData></worksheet>")


def _cells(column: pl.Series, letter: str, texts: dict[str, int], row: int) -> pl.Series:
    """Return the cells of one column in the words of the format; numbers in three columns, else shared texts."""
    places = pl.int_range(row, row + len(column), eager=True).cast(pl.String)
    start = pl.concat_str(pl.lit(f'<c r="{letter}'), pl.col("place"))
    if column.name in {"学分", "学时", "成绩"} and row > 1:
        cell = pl.concat_str(start, pl.lit('"><v>'), pl.col("text"), pl.lit("</v></c>"))
        frame = pl.DataFrame({"place": places, "text": column})
    else:
        for text in column.unique(maintain_order=True):
            texts.setdefault(text, len(texts))
        cell = pl.concat_str(start, pl.lit('" t="s"><v>'), pl.col("text"), pl.lit("</v></c>"))
        frame = pl.DataFrame({"place": places, "text": column.replace_strict(texts, return_dtype=pl.Int64)})
        frame = frame.with_columns(pl.col("text").cast(pl.String))
    return frame.select(cell.alias(column.name)).to_series()


XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPREADSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OF: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS: Final = {
    "[Content_Types].xml": (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OF}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OF}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OF}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{XML}<workbook xmlns="{SPREADSHEET}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="成绩" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}
