"""What is done once for each distinct text does what would have been done for each cell."""

import gc
import re
import weakref
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given, settings, strategies as st

from creditbank.deposits.intake import columns, frames

PIECES = st.sampled_from(
    [*"a1'=+\"\v\f\t\r\n ", "\u00a0", "\u3000", "\u00ad", "\u200b", "\u2060", "\ufeff", '="1"', "护"]
)
CELLS = st.lists(st.none() | st.lists(PIECES, max_size=5).map("".join), max_size=8)


def slowly(cell):
    """Return a cell tidied by hand, in the order in which the parts of it are taken off."""
    text = "".join(sign for sign in cell if sign not in "\u00ad\u200b\u2060\ufeff")
    text = re.sub("[\r\n\t]+", " ", text).strip(columns.BLANKS)
    if text.startswith('="') and text.endswith('"') and len(text) > 2 and '"' not in text[2:-1]:
        text = text[2:-1]
    if text[:1] == "'" and text[1:2] and text[1] in "=+-@0123456789":
        text = text[1:]
    return text.strip(columns.BLANKS) or None


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=3))
@example([["a", "'1"]])
@example([["a", ""]])
@example([["a", "a\u3000"], ["a"], ["'1", "1", "b"]])
@example([["a\u200bb"]])
def test_a_column_is_tidied_as_its_cells_are(blocks):
    column = columns.Tidied()
    for cells in blocks:
        tidy = column.block(pl.Series("c", cells, dtype=pl.String))
        assert tidy.cast(pl.String).to_list() == [None if cell is None else slowly(cell) for cell in cells]


def upper(asked):
    """Return how a column is read that keeps in `asked` what it was asked."""

    def reading(text):
        asked.append(text)
        return (None, "major_too_long") if text == "x" else (text.upper(), None)

    return frames.Remembered(reading, {"major": pl.String()})


def test_what_was_read_of_a_text_is_remembered_and_forgotten_when_there_is_too_much(monkeypatch):
    asked = []
    known = upper(asked)
    rank = frames.RANK["major_too_long"]

    def read(*texts):
        return known.read(pl.Series(texts, dtype=pl.String)).rows("major", "problem").rows()

    assert read("a", "x", "a") == [("A", None), (None, rank), ("A", None)]
    assert read("x", None, "b") == [(None, rank), (None, None), ("B", None)]
    assert asked == ["a", "x", "b"]
    assert read() == []
    assert read(None) == [(None, None)]
    monkeypatch.setattr(columns, "TEXTS_KNOWN_MAX", 2)
    assert read("b", "a", "c") == [("B", None), ("A", None), ("C", None)]
    assert asked == ["a", "x", "b", "b", "a", "c"]


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | st.sampled_from("abcdefgx")), max_size=6), st.integers(1, 5))
def test_columns_of_categories_are_read_as_their_texts_are_even_when_they_begin_anew(blocks, most):
    asked = []
    column, known = columns.Tidied(), upper(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "TEXTS_KNOWN_MAX", most)
        for cells in blocks:
            texts = column.block(pl.Series(cells, dtype=pl.String))
            told = known.read(texts.head(1)).rows("major")["major"].to_list()
            told += known.read(texts.slice(1)).rows("major")["major"].to_list()
            assert told == [None if cell in {None, "x"} else cell.upper() for cell in cells]


def test_texts_of_a_file_are_looked_at_once_whatever_block_they_are_in():
    asked = []
    column, known = columns.Tidied(), upper(asked)
    blocks = [column.block(pl.Series(cells)) for cells in (["b", "a"], [" b", "c", "a "], ["c"])]
    for block in reversed(blocks):
        known.read(block)
    assert sorted(asked) == ["a", "b", "c"]


def test_few_long_texts_are_too_much_to_remember(monkeypatch):
    asked = []
    known = upper(asked)
    monkeypatch.setattr(columns, "TEXT_BYTES_KNOWN_MAX", 9)
    for _ in range(2):
        known.read(pl.Series(["abc", "课程"]))
    known.read(pl.Series(["课程", "d"]))
    known.read(pl.Series(["abc"]))
    assert asked == ["abc", "课程", "d", "abc"]


def test_what_is_known_of_a_file_goes_with_it_and_waits_for_nobody_to_look_for_cycles():
    gc.disable()
    try:
        readings = frames.readings(date(2026, 11, 22))
        readings["document"].read(pl.Series(["310199200001011234"]))
        held = weakref.ref(readings["document"])
        del readings
        assert held() is None
    finally:
        gc.enable()
