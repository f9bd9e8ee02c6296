"""What is made again and again of few different values and kept for each: a page or a document has many lines."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")

MOST: Final = 100_000
"""So many are kept of a kind, as a large bank has courses; beyond that all are forgotten, and made again."""


class Kept(dict[K, T], Generic[K, T]):
    """What `make` makes of a key, and of nothing else.

    A plain dictionary: a line's key is a slice of it, and to look that up costs half of what `lru_cache` does.
    """

    def __init__(self, make: Callable[[K], T]) -> None:
        """Keep nothing yet."""
        self._make = make

    def __missing__(self, key: K) -> T:
        """Make it and keep it."""
        made = self._make(key)
        if len(self) >= MOST:
            self.clear()
        self[key] = made
        return made
