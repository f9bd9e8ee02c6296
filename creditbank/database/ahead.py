"""Doing the next thing while the last one is looked at, and writing the last one away while the next is made."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from django.db import connection, connections

T = TypeVar("T")
P = ParamSpec("P")


def ahead(source: Iterator[T], *, steps: int = 1, at_end: Callable[[], None] | None = None) -> Generator[T]:
    """Yield what `source` yields, each made in another thread while the caller is at those before it.

    So many `steps` are made and wait at most. `at_end` is called in that thread when there is nothing more to make, or
    nobody who wants it.
    """
    with ThreadPoolExecutor(1) as other:
        coming = deque(other.submit(next, source, None) for _ in range(steps))
        try:
            while (found := coming.popleft().result()) is not None:
                coming.append(other.submit(next, source, None))
                yield found
        finally:
            for unwanted in coming:
                unwanted.cancel()
            if at_end is not None:
                other.submit(at_end)


def ahead_in_the_database(source: Generator[T], *, steps: int = 1) -> Generator[T]:
    """Yield what `source` yields, made ahead as by `ahead` on a connection of its own; close it when you fail.

    Within a transaction of the caller nothing is made ahead: another connection would not see what it wrote.
    """

    def end() -> None:
        try:
            source.close()  # what it holds is let go where it was taken, while there is a connection
        finally:
            connections.close_all()

    return source if connection.in_atomic_block else ahead(source, steps=steps, at_end=end)


class Behind:
    """Does things in another thread in the order given; at most one waits, so that little memory is held.

    What fails there is raised here, at the latest when the `with` block ends: then everything is done.
    """

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._other = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def do(self, thing: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Have something done, once there is room for it."""
        if len(self._waiting) > 1:
            self._waiting.popleft().result()
        self._waiting.append(self._other.submit(thing, *args, **kwargs))

    def wait(self) -> None:
        """Return when everything is done."""
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Wait for what is being done; of a block that failed nothing more is begun."""
        self._other.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self.wait()
