"""Files that can take all memory of who reads them are read by a process of their own, which tells grid after grid."""

import os
import resource
import struct
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import errors, panics

#: What the process may take: the largest files that are taken at all fit well.
MEMORY_MAX: Final = 4 * 1024**3
SECONDS_MAX: Final = 600
START: Final = (sys.executable, "-m")
#: Before each grid: how many bytes its title has, and how many itself.
SIZES: Final = struct.Struct("<IQ")
UNREADABLE: Final = 1
TOO_LARGE: Final = 2
_CHECKOUT: Final = Path(__file__).parents[3]
# Each thread reserves memory beforehand, and of that there is a limit.
_THREADS: Final = {"POLARS_MAX_THREADS": "2"}


def told(
    reader: str, content: bytes, *, unreadable: Refusal, too_large: Refusal
) -> Generator[tuple[str, pl.DataFrame]]:
    """Yield titles and grids as a module tells them that answers by `answer`, in a process that ends with the telling.

    Refused: what it cannot read, as `unreadable`; what is too much for it, or what it dies of, as `too_large`.
    """
    with subprocess.Popen(  # noqa: S603  # our own module
        (*START, reader, str(MEMORY_MAX), str(SECONDS_MAX)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_CHECKOUT,
        env={**os.environ, **_THREADS},
    ) as process:
        try:
            yield from _heard(process, content)
            process.wait()
        finally:
            process.kill()  # where nobody wants the rest
    if process.returncode == UNREADABLE:
        raise unreadable
    if process.returncode:
        raise too_large


def _heard(process: subprocess.Popen[bytes], content: bytes) -> Iterator[tuple[str, pl.DataFrame]]:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as given:
        given.write(content)
    while len(said := process.stdout.read(SIZES.size)) == SIZES.size:
        of_title, of_grid = SIZES.unpack(said)
        both = process.stdout.read(of_title + of_grid)
        if len(both) < of_title + of_grid:  # it died while it wrote
            return
        yield both[:of_title].decode(), pl.read_ipc(BytesIO(both[of_title:]))


def answer(read: Callable[[bytes], Iterator[tuple[str, pl.DataFrame]]]) -> int:
    """Tell what a file says that comes in, within the limits that are given; return what the process is to end with."""
    memory, seconds = map(int, sys.argv[1:])
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (most, most))
    try:
        with panics.refused(name=""):
            for title, grid in read(sys.stdin.buffer.read()):
                _say(title.encode(), grid)
    except (errors.TooLargeUnpacked, MemoryError):
        return TOO_LARGE
    except (Refusal, pl.exceptions.PolarsError):
        return UNREADABLE
    return 0


def _say(title: bytes, grid: pl.DataFrame) -> None:
    written = BytesIO()
    grid.write_ipc(written)
    sys.stdout.buffer.write(SIZES.pack(len(title), written.tell()) + title)
    sys.stdout.buffer.write(written.getbuffer())
