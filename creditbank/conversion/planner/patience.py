"""How much effort one answer may take in all; where nothing is said, each of its questions has a limit of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LEFT: Final[ContextVar[float | None]] = ContextVar("effort that is left", default=None)


@contextmanager
def within(effort: float) -> Iterator[None]:
    """Let everything asked in the block take so much effort together, in deterministic time: about as many seconds.

    The same on every machine and every day, so that what is refused is refused to everybody.
    """
    token = _LEFT.set(effort)
    try:
        yield
    finally:
        _LEFT.reset(token)


def allowed(effort: float) -> float:
    """Return how much of an effort may still be spent."""
    left = _LEFT.get()
    return effort if left is None else min(effort, left)


def spend(effort: float) -> None:
    """Say that an effort was made."""
    left = _LEFT.get()
    if left is not None:
        _LEFT.set(max(0.0, left - effort))
