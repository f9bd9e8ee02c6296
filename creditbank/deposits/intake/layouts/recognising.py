"""Which layout a file has, by its heading row; and which column of a school's own table may be which of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

import polars as pl

from creditbank.deposits.intake.layouts.shape import Column, Layout
from creditbank.deposits.types import Renaming
from creditbank.kernel.text import plain_heading as plain

Cells = Sequence[str | None]
ROWS_SEARCHED: Final = 10
#: Fewer known headings than this are words in a title, not a heading row.
KNOWN_MIN: Final = 3
ALIKE_MIN: Final = 0.55
#: What schools also call columns. Too ambiguous to read a file by, good enough to put forward.
_ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "person_name": ("学员", "学生", "考生", "申请人"),
    "document": ("证件", "身份证", "证件编号"),
    "course": ("科目", "课名", "课程名全称", "项目", "证书", "subject", "title"),
    "credits": ("分值", "学分数", "credit"),
    "hours": ("课时", "学时数"),
    "grade": ("得分", "分数", "总评", "总评成绩", "等第", "结果", "mark", "score"),
    "obtained": ("考试年月", "考试时间", "完成时间", "发证日期", "通过时间", "学期", "date"),
    "major": ("专业方向", "院系专业", "programme"),
    "student_number": ("编号", "考籍号", "学籍编号", "student id"),
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a heading row says: the layout, which row it is (from 0), and our name for each of its cells.

    `missing` and `twice` are headings as the template prints them; `renaming` is the school's own, if one was used.
    """

    layout: Layout
    header: int
    names: tuple[str | None, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    renaming: Renaming | None = None


def named(layout: Layout, cells: Cells, renaming: Renaming | None = None) -> tuple[str | None, ...]:
    """Return our name for each cell of a heading row, nothing for a heading of no column of the layout."""
    known = _known(layout.columns)
    if renaming is not None:
        known = {plain(heading): name for heading, name in renaming.names.items()}
    return tuple(known.get(plain(cell)) if cell else None for cell in cells)


@cache
def _known(columns: tuple[Column, ...]) -> Mapping[str, str]:
    # Asked of every layout for each of the first rows of every file, which took a third of a small deposit's time.
    return {plain(heading): column.name for column in columns for heading in column.headings}


def best_of(rows: Sequence[Cells], layouts: Sequence[Layout], renamings: Iterable[Renaming] = ()) -> Recognised | None:
    """Return what the first rows of a file are, or nothing where no row among them names enough columns.

    A school's own names count where one row has all the headings they were made for. Else the row and the layout
    with most columns named win: the upper row of equals, and of layouts the one that lacks least.
    """
    head = rows[:ROWS_SEARCHED]
    own = _by_renaming(head, layouts, renamings)
    if own is not None:
        return own
    best: tuple[int, bool, int] = (KNOWN_MIN - 1, True, 0)
    found = None
    for number, cells in enumerate(head):
        for layout in layouts:
            names = named(layout, cells)
            known = {name for name in names if name}
            score = len(known), layout.minimum <= known, -len(layout.columns)
            if score[0] >= KNOWN_MIN and score > best:
                best, found = score, _recognised(layout, number, names, None)
    return found


def _by_renaming(head: Sequence[Cells], layouts: Sequence[Layout], renamings: Iterable[Renaming]) -> Recognised | None:
    by_code = {layout.code: layout for layout in layouts}
    for renaming in sorted(renamings, key=lambda each: -len(each.names)):
        wanted = {plain(heading) for heading in renaming.names}
        for number, cells in enumerate(head):
            if renaming.layout in by_code and wanted <= {plain(cell) for cell in cells if cell}:
                layout = by_code[renaming.layout]
                return _recognised(layout, number, named(layout, cells, renaming), renaming)
    return None


def _recognised(layout: Layout, header: int, names: tuple[str | None, ...], renaming: Renaming | None) -> Recognised:
    there = {*names, *(renaming.fixed if renaming else ())}
    missing = [column.heading for column in layout.columns if column.required and column.name not in there]
    twice = [column.heading for column in layout.columns if names.count(column.name) > 1]
    return Recognised(layout, header, names, tuple(missing), tuple(twice), renaming)


def said(frame: pl.DataFrame, renaming: Renaming) -> pl.DataFrame:
    """Return rows under our names with the school's words put as the bank's, and what the file does not say of each."""
    words = [
        pl.col(name).replace(dict(words)) for name, words in renaming.values.items() if name in frame.columns and words
    ]
    given = [pl.lit(value, pl.String).alias(name) for name, value in renaming.fixed.items()]
    return frame.with_columns(words).with_columns(given)


def guessed(layout: Layout, headings: Cells) -> dict[str, int]:
    """Return for our columns the place of the heading that is most alike, each place once, the surest pairs first."""
    pairs = sorted(
        (
            (-_alike((*column.headings, *_ALSO_CALLED.get(_bare(column.name), ())), cell), order, place)
            for order, column in enumerate(layout.columns)
            for place, cell in enumerate(headings)
            if cell
        )
    )
    chosen: dict[str, int] = {}
    for score, order, place in pairs:
        name = layout.columns[order].name
        if -score >= ALIKE_MIN and name not in chosen and place not in chosen.values():
            chosen[name] = place
    return chosen


def _bare(name: str) -> str:
    return name.removeprefix("source_")


def _alike(headings: Sequence[str], cell: str) -> float:
    given = plain(cell)
    return max(SequenceMatcher(None, plain(heading), given).ratio() for heading in headings)
