"""Readers that panic over a damaged file: what they throw is no Exception, and would end more than the reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from creditbank.kernel.sheets import errors

# Each library that is written in Rust has a class of its own of this name.
_PANIC: Final = "PanicException"


@contextmanager
def refused(*, name: str) -> Iterator[None]:
    """Take a panic within for what it is, a file that nobody can read. Refused: that file."""
    try:
        yield
    except BaseException as fault:
        if type(fault).__name__ != _PANIC:
            raise
        raise errors.NotASpreadsheet(name=name) from None
