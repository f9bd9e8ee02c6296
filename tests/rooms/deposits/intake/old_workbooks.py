"""Workbooks of Excel 97 to 2003, written by hand: one sheet of texts and numbers in a compound file."""

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
MINI_STREAM_BELOW = 4096
GLOBALS, SHEET = 0x0005, 0x0010


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _begin(what: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0, 0, 0, 0))


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    text = str(value)
    return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _stream(lines: Sequence[Sequence[object]]) -> bytes:
    end, name = _record(0x000A), "成绩"
    listed = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    start = len(_begin(GLOBALS) + _record(0x0085, bytes(6) + listed) + end)
    top = _begin(GLOBALS) + _record(0x0085, struct.pack("<IH", start, 0) + listed) + end
    cells = [
        _cell(row, column, value)
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
        if value is not None
    ]
    return (top + _begin(SHEET) + b"".join(cells) + end).ljust(MINI_STREAM_BELOW, b"\0")


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def as_xls(lines: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook of one sheet; its first sector is the table of sectors, its second the folder."""
    stream = _stream(lines)
    sectors = -(-len(stream) // SECTOR)
    chain = [FAT, END, *range(3, sectors + 2), END]
    assert len(chain) <= SECTOR // 4
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    folder = _entry("Root Entry", 5, child=1, start=END, size=0)
    folder += _entry("Workbook", 2, child=FREE, start=2, size=len(stream))
    folder += _entry("", 0, child=FREE, start=0, size=0) * 2
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, MINI_STREAM_BELOW, END, 0, END, 0)
    head += struct.pack("<I", 0).ljust(436, b"\xff")
    return head + table + folder + stream.ljust(sectors * SECTOR, b"\0")
