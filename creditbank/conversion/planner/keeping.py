"""Keeping what was made for the same values in this process: the last ones, for several threads at once."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")


class Kept(Generic[Part, Made]):
    """The last few things made, each for a tuple of values that are told apart by identity.

    The values are kept with what was made, so no other value can come by their identity while it is known.
    """

    def __init__(self, most: int) -> None:
        """Keep so many at most."""
        self._most = most
        self._known: OrderedDict[tuple[int, ...], tuple[tuple[Part, ...], Made]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._known)

    def of(self, parts: tuple[Part, ...], make: Callable[[], Made]) -> Made:
        """Return what was made for these values, made now if need be; two threads may make it, one is kept."""
        key = tuple(map(id, parts))
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known[1]
        made = make()
        with self._lock:
            _, made = self._known.setdefault(key, (parts, made))
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made
