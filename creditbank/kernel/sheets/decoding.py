"""From the bytes of a text table to its text: which encoding it is in, and whether it is text at all."""

import codecs
import re
from typing import Final

import polars as pl

from creditbank.kernel.sheets import errors

BOM: Final = b"\xef\xbb\xbf"
UTF_16: Final = ("utf-16-le", "utf-16-be")
ENCODINGS: Final = ("utf-8", "gb18030")
#: By what a text of each encoding may begin, and which is no part of it.
MARKS: Final = {"utf-8": BOM, "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}

# Signs that bytes are no text table: PDF, pictures, archives, web pages that call themselves .xls.
_NOT_TEXT = re.compile(rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|Rar!|7z\xbc\xaf|\x1f\x8b|\s*<")
HEAD_BYTES: Final = 64 * 1024
# A text holds none of these but line ends and tabs; a program, a picture or a text in the wrong byte order does.
_NOT_WRITTEN = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"[\r\n]")


def decoded(content: bytes, *, name: str) -> tuple[str, str]:
    """Return the text and what it was encoded in: UTF-8, UTF-16 (Excel's “Unicode text”) or GB18030.

    Refused: what is no text, which the name is told back for; a text in any other encoding.
    """
    marked = encoding_of_head(content[:HEAD_BYTES], name=name)
    for encoding in ENCODINGS if marked is None else (marked,):
        try:
            return content.removeprefix(MARKS.get(encoding, b"")).decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise errors.EncodingUnreadable


def as_utf_8(content: bytes, encoding: str) -> bytes | None:
    """Return a text in UTF-8, or nothing where it is none in this encoding."""
    try:
        if encoding != "utf-8":
            return content.decode(encoding).encode()
        # Many times as fast as to decode it, and other threads go on meanwhile.
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return None
    return content


def encoding_of_head(head: bytes, *, name: str) -> str | None:
    """Return in which order of bytes a text is UTF-16 by how it begins, or nothing where it is none.

    Refused: what is no text; a text marked as UTF-16 that would hold what nobody writes.
    """
    if _NOT_TEXT.match(head):
        raise errors.NotASpreadsheet(name=name)
    for encoding, mark in MARKS.items():
        if encoding != "utf-8" and head.startswith(mark):
            if _as_utf_16(head[len(mark) :], encoding) is None:
                raise errors.EncodingUnreadable
            return encoding
    return _without_mark(head, name=name) if b"\0" in head else None


def _without_mark(head: bytes, *, name: str) -> str:
    """Read bytes with zeros in them: UTF-16 in one of its orders, where one gives written lines, or no text."""
    for encoding in UTF_16:
        text = _as_utf_16(head, encoding)
        if text is not None and _LINE_ENDS.search(text):
            return encoding
    raise errors.NotASpreadsheet(name=name)


def _as_utf_16(head: bytes, encoding: str) -> str | None:
    """Return what a text begins with in this order of bytes, or nothing where it would hold what nobody writes."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    return None if _NOT_WRITTEN.search(text) else text
