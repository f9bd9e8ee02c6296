"""The process that reads what `columnar` was given, and tells its rows."""

import sys
from collections.abc import Iterator
from io import BytesIO

import polars as pl

from creditbank.kernel.sheets import columnar, errors, guarded


def _grids(content: bytes) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows in grids of about so much text each: one that many rows share counts in each of them."""
    table = pl.scan_parquet(BytesIO(content))
    texts = table.select(pl.all().cast(pl.String))
    height = int(table.select(pl.len()).collect().item())
    left = columnar.BYTES_MAX
    for start in range(0, height, columnar.ROWS):
        grid = texts.slice(start, columnar.ROWS).collect()
        size = sum(grid.select(pl.all().str.len_bytes().cast(pl.Int64).sum()).row(0))
        left -= size
        if left < 0:
            raise errors.TooLargeUnpacked
        for piece in grid.iter_slices(max(1, grid.height * columnar.GRID_BYTES // max(1, size))):
            yield "", piece


if __name__ == "__main__":
    sys.exit(guarded.answer(_grids))
