"""Rows in memory: taken apart and put together again they are what they were."""

import polars as pl
import pytest
from hypothesis import given, strategies as st
from polars.testing import assert_frame_equal

from creditbank.deposits import memory
from creditbank.deposits.narrow import PLACES, Narrow, Table, alike
from tests.rooms.deposits.test_memory import MEGABYTE, held

WORDS = st.none() | st.sampled_from(["", "体育", "美术"])
ROW = st.fixed_dictionaries(
    {
        "person_name": WORDS,
        "document_number": WORDS,
        "cohort": st.none() | st.integers(2020, 2022),
        "course": WORDS,
        "course_key": WORDS,
        "credits": st.none() | st.integers(0, 3),
    }
)
SCHEMA = {
    **dict.fromkeys(("person_name", "document_number", "course", "course_key"), pl.String),
    "cohort": pl.Int32,
    "credits": pl.Int32,
}


@given(rows=st.lists(ROW), names=st.sets(st.sampled_from(sorted(SCHEMA)), min_size=1))
def test_rows_come_back_as_they_were_whatever_columns_they_have(rows, names):
    frame = pl.DataFrame(rows, schema=SCHEMA).with_row_index("row").select("row", *sorted(names))
    narrow = Narrow.of(frame)
    assert_frame_equal(narrow.wide(), frame, check_column_order=False)
    assert narrow.people.is_duplicated().sum() == narrow.courses.is_duplicated().sum() == 0


def test_what_is_said_alike_of_a_person_is_kept_once():
    frame = pl.DataFrame({"person_name": ["李雷"] * 3, "course": ["体育", "美术", "体育"], "credits": [1, 2, 3]})
    narrow = Narrow.of(frame)
    assert narrow.people.rows() == [("李雷",)]
    assert narrow.courses.rows() == [("体育",), ("美术",)]
    assert narrow.rows.columns == ["credits", "who", "what"]


HASHES = {
    "as they are": pl.DataFrame.hash_rows,
    "all alike": lambda frame: pl.Series([7] * frame.height, dtype=pl.UInt64),
    "few": lambda frame, hashed=pl.DataFrame.hash_rows: hashed(frame) % 3,
}


@pytest.mark.parametrize("hashes", HASHES.values(), ids=HASHES)
@given(rows=st.lists(ROW), cut=st.integers(1, 5), names=st.sets(st.sampled_from(sorted(SCHEMA)), min_size=1))
def test_blocks_are_put_together_as_one_whoever_has_one_hash_by_chance(hashes, rows, cut, names):
    frame = pl.DataFrame(rows, schema=SCHEMA).with_row_index("row").select("row", *sorted(names))
    pieces = [Narrow.of(block) for block in (frame.clear(), *frame.iter_slices(cut))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pl.DataFrame, "hash_rows", hashes)
        together = Narrow.together(pieces)
    assert_frame_equal(together.wide(), frame, check_column_order=False)
    if hashes is HASHES["as they are"]:
        assert together.people.is_duplicated().sum() == together.courses.is_duplicated().sum() == 0


def test_a_table_holds_no_texts_but_its_own():
    table, known, blocks, letters = Table(), 1_000, 60, 10_000
    with memory.sparing():
        before = held()
        for number in range(blocks):
            texts = [f"{at:0{letters}d}" for at in (*range(known), known + number)]
            table.add(pl.DataFrame({"person_name": texts}))
        taken = held() - before
    assert table.whole().height == known + blocks
    assert taken < blocks * known * letters / MEGABYTE / 4


@given(rows=st.lists(ROW), chosen=st.sets(st.integers(0, 9)))
def test_some_rows_keep_only_the_people_and_courses_that_they_point_to(rows, chosen):
    frame = pl.DataFrame(rows, schema=SCHEMA).with_row_index("row")
    narrow, some = Narrow.of(frame), pl.col("row").is_in(chosen)
    few = narrow.only(narrow.rows.filter(some))
    assert_frame_equal(few.wide(), frame.filter(some), check_column_order=False)
    assert few.people.height == few.rows["who"].n_unique()
    assert few.courses.height == few.rows["what"].n_unique()


@given(rows=st.lists(ROW), names=st.sets(st.sampled_from(["person_name", "document_number", "cohort"]), min_size=1))
def test_rows_that_were_told_with_a_few_columns_are_completed_and_taken_apart_again(rows, names):
    frame = pl.DataFrame(rows, schema=SCHEMA).with_row_index("row")
    narrow = Narrow.of(frame)
    told = narrow.told(*names)
    assert not {*PLACES, *names, "course"} - set(told.columns)
    assert_frame_equal(narrow.completed(told.reverse()), frame.reverse(), check_column_order=False)
    known = told.with_columns(learner_id=pl.col("who").cast(pl.Int64)).filter(pl.col("row") % 2 == 0)
    again = narrow.again(known)
    whole = frame.with_columns(known_as(told)).filter(pl.col("row") % 2 == 0)
    assert_frame_equal(again.wide(), whole, check_column_order=False)


def known_as(told):
    return told["who"].cast(pl.Int64).alias("learner_id")


MARK = st.none() | st.integers(0, 4)


@given(told=st.lists(st.tuples(MARK, MARK, MARK)))
def test_marks_and_words_are_told_apart_alike(told):
    marks = pl.DataFrame(told, schema=dict.fromkeys("abc", pl.UInt32), orient="row")
    distinct = marks.unique(maintain_order=True)
    for columns in (marks, marks.cast(pl.String)):
        which, first = alike(columns.get_columns())
        assert_frame_equal(marks[first], distinct)
        assert_frame_equal(distinct[which], marks)
