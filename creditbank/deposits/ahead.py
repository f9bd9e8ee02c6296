"""Doing the next thing while the last one is looked at."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(source: Iterator[T]) -> Iterator[T]:
    """Yield what `source` yields, each made in another thread while the caller is at the one before it."""
    with ThreadPoolExecutor(1) as other:
        coming = other.submit(next, source, None)
        while (found := coming.result()) is not None:
            coming = other.submit(next, source, None)
            yield found
