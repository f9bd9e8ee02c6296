"""Columnar files (Parquet), read by a process of its own: one of a few kilobytes can stand for any amount of text."""

import os
import struct
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from creditbank.kernel.sheets import errors

#: What the process may take, at most so many rows of text at once.
MEMORY_MAX: Final = 4 * 1024**3
ROWS: Final = 250_000
#: What one grid may hold; of longer texts it has fewer rows.
GRID_BYTES: Final = 64 * 1024**2
#: What all grids may hold: as much as a text table that comes packed.
BYTES_MAX: Final = 4 * 1024**3
SIZE: Final = struct.Struct("<Q")
UNREADABLE: Final = 1
TOO_LARGE: Final = 2
_READER: Final = (sys.executable, "-m", "creditbank.kernel.sheets.columnar_reader")
_CHECKOUT: Final = Path(__file__).parents[3]
# Each thread reserves memory beforehand, and of that there is a limit.
_THREADS: Final = {"POLARS_MAX_THREADS": "2"}


def grids(content: bytes, *, name: str) -> Generator[pl.DataFrame]:
    """Yield the rows as text. Refused: what is damaged; lists and bytes, which are no text; too much of it."""
    with subprocess.Popen(  # noqa: S603  # our own module
        _READER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_CHECKOUT,
        env={**os.environ, **_THREADS},
    ) as process:
        try:
            yield from _told(process, content)
            process.wait()
        finally:
            process.kill()  # where nobody wants the rest
    if process.returncode == UNREADABLE:
        raise errors.NotASpreadsheet(name=name)
    if process.returncode:  # it died of too much
        raise errors.TooLargeUnpacked


def _told(process: subprocess.Popen[bytes], content: bytes) -> Iterator[pl.DataFrame]:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as given:
        given.write(content)
    while len(said := process.stdout.read(SIZE.size)) == SIZE.size:
        [size] = SIZE.unpack(said)
        grid = process.stdout.read(size)
        if len(grid) < size:  # it died while it wrote
            return
        yield pl.read_ipc(BytesIO(grid))
