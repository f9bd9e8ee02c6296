"""The process that reads what `old` was given, and tells its sheets."""

import sys
from collections.abc import Iterator

import polars as pl

from creditbank.kernel.sheets import guarded, workbook


def _sheets(content: bytes) -> Iterator[tuple[str, pl.DataFrame]]:
    return ((sheet.title, sheet.first) for sheet in workbook.opened(content, name="").sheets_read_here())


if __name__ == "__main__":
    sys.exit(guarded.answer(_sheets))
