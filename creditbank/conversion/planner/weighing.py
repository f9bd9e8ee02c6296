"""Weighing: the largest sum of a small part that no limit counts, from nothing but what excludes what."""

from typing import Final

SMALL: Final = 28
"""Parts of no more options are weighed."""

STATES: Final = 400
"""So many sets of options are looked at before the part is left to the search."""


def heaviest(part: int, clash: list[int], worths: list[int]) -> int | None:
    """Return the largest sum of options that do not exclude each other; None where that takes too many states.

    `clash` holds for each option those that it excludes, itself among them; no worth is below zero.
    """
    if not part & (part - 1):
        return worths[part.bit_length() - 1]
    if part.bit_count() > SMALL:
        return None
    known = {0: 0}

    def best(left: int) -> int:
        """Take the lowest option or leave it; what nothing else excludes, or only something lighter, is taken."""
        found = known.get(left)
        if found is not None:
            return found
        if len(known) > STATES:
            raise OverflowError
        lowest = left & -left
        option = lowest.bit_length() - 1
        worth, rest = worths[option], left ^ lowest
        others = clash[option] & rest
        sum_ = worth + best(rest & ~others) if others else worth + best(rest)
        if others and (others & (others - 1) or worths[others.bit_length() - 1] > worth):
            sum_ = max(sum_, best(rest))
        known[left] = sum_
        return sum_

    try:
        return best(part)
    except OverflowError:
        return None
