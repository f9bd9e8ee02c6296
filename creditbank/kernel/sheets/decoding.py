"""From the bytes of a text table to its text: which encoding it is in, and whether it is text at all."""

import re
from typing import Final

from creditbank.kernel.sheets import errors

BOM: Final = b"\xef\xbb\xbf"
BOMS_OF_UTF_16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ENCODINGS: Final = ("utf-8", "gb18030")

# Signs that bytes are no text table: PDF, pictures, archives, web pages that call themselves .xls.
_NOT_TEXT = re.compile(rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|Rar!|7z\xbc\xaf|\x1f\x8b|\s*<")
_HEAD_BYTES = 64 * 1024
# A text holds none of these but line ends and tabs; a program, a picture or a text in the wrong byte order does.
_NOT_WRITTEN = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"[\r\n]")


def decoded(content: bytes, *, name: str) -> tuple[str, str]:
    """Return the text and what it was encoded in: UTF-8, UTF-16 (Excel's “Unicode text”) or GB18030.

    Refused: what is no text, which the name is told back for; a text in any other encoding.
    """
    if _NOT_TEXT.match(content):
        raise errors.NotASpreadsheet(name=name)
    marked = BOMS_OF_UTF_16.get(content[:2])
    if marked is not None:
        text = _as_utf_16(content[2:], marked)
        if text is None:
            raise errors.EncodingUnreadable
        return text, marked
    if b"\0" in content[:_HEAD_BYTES]:
        return _without_mark(content, name=name)
    body = content.removeprefix(BOM)
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise errors.EncodingUnreadable


def _without_mark(content: bytes, *, name: str) -> tuple[str, str]:
    """Read bytes with zeros in them: UTF-16 in one of its orders, where one gives written lines, or no text."""
    for encoding in BOMS_OF_UTF_16.values():
        text = _as_utf_16(content, encoding)
        if text is not None and _LINE_ENDS.search(text):
            return text, encoding
    raise errors.NotASpreadsheet(name=name)


def _as_utf_16(content: bytes, encoding: str) -> str | None:
    """Return the text in this order of bytes, or nothing where it would hold what nobody writes."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NOT_WRITTEN.search(text, endpos=_HEAD_BYTES) else text
