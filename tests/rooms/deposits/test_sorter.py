"""Rows that come block by block are given back part by part, and do not grow in memory meanwhile."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from creditbank.database.ahead import Behind
from creditbank.deposits import files, parts
from creditbank.deposits.narrow import Narrow

PARTS = 2
PEOPLE = [f"学生{number:02d}" for number in range(4)]


@pytest.fixture
def lying(monkeypatch):
    """What lies sealed, by its name."""
    found: dict[str, pl.DataFrame] = {}
    monkeypatch.setattr(files, "write_frame", lambda _batch, name, frame, **_: found.update({name: frame}))
    monkeypatch.setattr(files, "read_frame", lambda _batch, name, **_: found[name])
    monkeypatch.setattr(files, "drop", lambda _batch, name: found.pop(name))
    return found


def frame(first, people, **others):
    return pl.DataFrame({"row": range(first, first + len(people)), "person_name": people, **others})


def sorted_out(blocks):
    """Put blocks and return who holds them, when all are sorted."""
    with Behind() as behind:
        sorter = parts.Sorter("batch", "kept", parts=PARTS, behind=behind)
        for block in blocks:
            narrow = Narrow.of(block)
            part = pl.Series("part", [PEOPLE.index(each) % PARTS for each in narrow.people["person_name"]], pl.UInt8)
            sorter.put(Narrow(narrow.rows, narrow.people.with_columns(part), narrow.courses))
    return sorter


def expected(blocks, part):
    whole = pl.concat(blocks)
    return whole.filter(pl.col("person_name").is_in(PEOPLE[part::PARTS]))


def given_back(sorter, blocks):
    for part in range(PARTS):
        assert_frame_equal(sorter.get(part).wide(), expected(blocks, part), check_column_order=False)


def test_little_stays_in_memory_and_everybody_stands_there_once(lying):
    blocks = [frame(4 * number, PEOPLE, course=["体育"] * 4) for number in range(10)]
    sorter = sorted_out(blocks)
    assert not lying
    people = [sorter.get(part).people["person_name"].to_list() for part in range(PARTS)]
    assert people == [PEOPLE[0::PARTS], PEOPLE[1::PARTS]]


def test_many_rows_are_laid_down_and_come_back_in_their_order(lying, monkeypatch):
    monkeypatch.setattr(parts, "BYTES_HELD", 4_000)
    blocks = [frame(40 * number, PEOPLE * 10, credits=[200] * 40) for number in range(12)]
    sorter = sorted_out(blocks)
    rows_alone = sum(each.height for name, each in lying.items() if name.startswith("kept"))
    assert rows_alone >= 320
    given_back(sorter, blocks)
    assert not lying


def test_what_tables_hold_counts_as_much_as_rows(lying, monkeypatch):
    monkeypatch.setattr(parts, "BYTES_HELD", 10_000)
    blocks = [frame(number, PEOPLE[:1], major=[f"{number:02d}" * 1_000]) for number in range(12)]
    sorter = sorted_out(blocks)
    assert lying
    given_back(sorter, blocks)
    assert not lying


def test_the_views_of_short_texts_are_counted(lying, monkeypatch):
    monkeypatch.setattr(parts, "BYTES_HELD", 2_000)
    blocks = [frame(4 * number, PEOPLE, major=[f"专业{number}{at}" for at in range(4)]) for number in range(9)]
    letters = sum(block.select("person_name", "major").estimated_size() for block in blocks)
    assert letters < 1_000
    sorter = sorted_out(blocks)
    assert lying
    given_back(sorter, blocks)
