"""What becomes of memory that a job no longer needs: it goes back to the machine instead of lying about in pools."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

M_ARENA_MAX: Final = -8
"""Of malloc.h of the GNU C library: how many pools the threads of a process divide among themselves, see mallopt(3)."""


@contextmanager
def sparing() -> Iterator[None]:
    """Let new threads share one pool, and return at the end what is free in it; other C libraries do as they like.

    Threads of Python take turns anyway. With a pool for each of them what one has freed is of no use to the next.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        yield
        return
    library.mallopt(M_ARENA_MAX, 1)
    try:
        yield
    finally:
        library.malloc_trim(0)
