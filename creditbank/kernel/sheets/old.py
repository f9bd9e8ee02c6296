"""Workbooks of Excel 97 to 2003, read by a process of its own: a damaged one can make the reader take all memory."""

import struct
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from creditbank.kernel.sheets import errors

#: What the process may take; the largest sheet of these workbooks, 65,536 rows, fits well.
MEMORY_MAX: Final = 4 * 1024**3
PATIENCE_SECONDS: Final = 600
SIZES: Final = struct.Struct("<II")
_READER: Final = (sys.executable, "-m", "creditbank.kernel.sheets.old_reader")
_CHECKOUT: Final = Path(__file__).parents[3]


def sheets(content: bytes, *, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield title and grid of each sheet. Refused: a workbook that its reader cannot read, or dies of."""
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            _READER, input=content, capture_output=True, cwd=_CHECKOUT, timeout=PATIENCE_SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise errors.NotASpreadsheet(name=name) from None
    told = BytesIO(done.stdout)
    while sizes := told.read(SIZES.size):
        title, grid = SIZES.unpack(sizes)
        yield told.read(title).decode(), pl.read_ipc(BytesIO(told.read(grid)))
