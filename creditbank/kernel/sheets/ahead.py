"""Doing the same to one thing after another in another thread, while the next thing is made here."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def mapped(function: Callable[[T], R], things: Iterable[T]) -> Generator[R]:
    """Yield what comes of each thing, in their order. What fails is raised when its turn comes."""
    coming: Future[R] | None = None
    with ThreadPoolExecutor(1) as other:
        for thing in things:
            done, coming = coming, other.submit(function, thing)
            if done is not None:
                yield done.result()
        if coming is not None:
            yield coming.result()
