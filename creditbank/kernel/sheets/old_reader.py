"""The process that `old` starts: it reads the workbook that comes in, within its memory, and writes its sheets out."""

import resource
import sys
from io import BytesIO

from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import old, workbook


def main() -> int:
    """Write title and grid of each sheet, with their sizes before them; exit 1 where they cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (old.MEMORY_MAX, old.MEMORY_MAX))
    book = workbook.Workbook(sys.stdin.buffer.read(), name="", has_long_numbers=True)
    try:
        for title, grid in book.sheets_read_here():
            written = BytesIO()
            grid.write_ipc(written)
            sys.stdout.buffer.write(old.SIZES.pack(len(title.encode()), written.tell()))
            sys.stdout.buffer.write(title.encode() + written.getvalue())
    except (Refusal, MemoryError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
