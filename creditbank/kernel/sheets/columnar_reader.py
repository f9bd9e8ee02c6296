"""The process that `columnar` starts: it reads the file that comes in, within its memory, and writes its rows out."""

import resource
import sys
from collections.abc import Iterator
from io import BytesIO

import polars as pl

from creditbank.kernel.sheets import columnar, errors, panics


def main() -> int:
    """Write grids with their sizes before them; end otherwise than by 0 where they cannot be read, or are too much."""
    resource.setrlimit(resource.RLIMIT_AS, (columnar.MEMORY_MAX, columnar.MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with panics.refused(name=""):
            for grid in _grids(sys.stdin.buffer.read()):
                written = BytesIO()
                grid.write_ipc(written)
                sys.stdout.buffer.write(columnar.SIZE.pack(written.tell()))
                sys.stdout.buffer.write(written.getbuffer())
    except (errors.NotASpreadsheet, pl.exceptions.PolarsError):
        return columnar.UNREADABLE
    except (errors.TooLargeUnpacked, MemoryError):
        return columnar.TOO_LARGE
    return 0


def _grids(content: bytes) -> Iterator[pl.DataFrame]:
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
        yield from grid.iter_slices(max(1, grid.height * columnar.GRID_BYTES // max(1, size)))


if __name__ == "__main__":
    sys.exit(main())
