"""The process that `old` starts: it reads the workbook that comes in, within its memory, and writes its sheets out."""

import resource
import sys
from io import BytesIO

from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import old, workbook


def main() -> int:
    """Write title and grid of each sheet, with their sizes before them; exit 1 where they cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (old.MEMORY_MAX, old.MEMORY_MAX))
    book = workbook.opened(sys.stdin.buffer.read(), name="")
    try:
        for sheet in book.sheets_read_here():
            written = BytesIO()
            sheet.first.write_ipc(written)
            title = sheet.title.encode()
            sys.stdout.buffer.write(old.SIZES.pack(len(title), written.tell()))
            sys.stdout.buffer.write(title + written.getvalue())
    except (Refusal, MemoryError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
