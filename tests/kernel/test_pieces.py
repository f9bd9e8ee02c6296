"""Text tables in pieces: nothing is lost, rows stay whole, and the text is UTF-8 whatever it came as."""

import csv
import io

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.kernel.sheets import decoding, errors, pieces as pieces_of, source
from creditbank.kernel.sheets.pieces import Pieces

CELLS = st.text(alphabet=st.sampled_from('分,"\n; 7a'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=12)


def in_blocks(content: bytes, size: int) -> source.Source:
    starts = range(0, len(content), size)
    return source.Source(
        name="t", size=len(content), blocks=lambda: (content[start : start + size] for start in starts)
    )


def pieces(content: bytes, *, most: int = 40) -> list[bytes]:
    return list(Pieces(in_blocks(content, 7), most=most))


def written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@settings(max_examples=150)
@given(rows=ROWS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), most=st.integers(1, 60))
def test_pieces_put_together_are_the_text_and_each_ends_where_a_row_does(
    rows: list[list[str]], encoding: str, most: int
) -> None:
    text = written(rows)
    try:
        found = pieces(text.encode(encoding), most=most)
    except errors.CellsUnreadable:  # one row is longer than four pieces
        assert max(len(written([row]).encode()) for row in rows) > most
        return
    assert b"".join(found).decode() == text
    assert [row for piece in found for row in csv.reader(io.StringIO(piece.decode(), newline=""))] == rows


def test_a_piece_is_not_much_larger_than_asked_for() -> None:
    content = ("张三,2.5\n" * 10_000).encode()
    found = [len(piece) for piece in Pieces(in_blocks(content, 64), most=500)]
    # The first bytes are looked at as a whole before any piece is cut.
    assert max(found[1:]) < 600
    assert sum(found) == len(content)


def test_a_mark_that_nobody_closed_ends_the_reading_before_the_memory_does() -> None:
    content = ('a,"b\n' + "c,d\n" * 100_000).encode()
    with pytest.raises(errors.CellsUnreadable):
        list(Pieces(in_blocks(content, 16), most=64))


def test_a_file_of_line_ends_comes_in_pieces_that_cost_no_gigabytes() -> None:
    content = b"a,b\n" + b"\n" * (4 * pieces_of.PIECE_LINES) + b"c,d\n"
    found = list(Pieces(source.of_bytes(content, name="t")))
    assert b"".join(found) == content
    assert max(piece.count(b"\n") for piece in found) < 3 * pieces_of.PIECE_LINES


def test_the_first_piece_with_more_than_ascii_decides_on_the_encoding() -> None:
    content = b"name,credits\n" * 20 + "张三,2\n".encode("gb18030") * 20
    text = Pieces(in_blocks(content, 30), most=30)
    assert b"".join(text).decode() == content.decode("gb18030")
    assert text.encoding == "gb18030"


def test_two_encodings_in_one_file_are_refused() -> None:
    first = "张三,2\n".encode() * 20_000
    content = first + "李四,2\n".encode("gb18030") * 20_000
    with pytest.raises(errors.EncodingUnreadable):
        list(Pieces(in_blocks(content, 4096), most=8192))


def test_lines_of_the_first_macs_get_the_end_of_today() -> None:
    assert b"".join(pieces(b"a,b\rc,d\r")) == b"a,b\nc,d\n"
    assert b"".join(pieces(b"a,b\r\nc,d\r\n")) == b"a,b\r\nc,d\r\n"


def test_what_has_to_be_in_memory_has_a_limit() -> None:
    huge = source.Source(name="a.xlsx", size=source.WHOLE_BYTES_MAX + 1, blocks=lambda: iter([b"PK"]))
    with pytest.raises(errors.TooLargeForItsKind):
        huge.content()


@given(
    before=st.sampled_from(["", "a", "课程,体育\n" * 4]),
    content=st.lists(st.sampled_from(b"\x00A\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xe0\xed\xef\xf0\xf4\xf5"), max_size=5),
    after=st.sampled_from(["", "分"]),
)
def test_a_text_is_utf_8_where_python_says_so(before: str, content: list[int], after: str) -> None:
    text = before.encode() + bytes(content) + after.encode()
    try:
        text.decode()
    except UnicodeDecodeError:
        assert decoding.as_utf_8(text, "utf-8") is None
    else:
        assert decoding.as_utf_8(text, "utf-8") == text
