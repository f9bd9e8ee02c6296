"""Which rows of a batch the second person is shown: drawn by a published rule that anybody can go through again.

The rule is `creditbank.sample.v1` (docs/explanation/two-people.md): of the rows that would be posted, in the order of
the file, 20 or one in a hundred up to 50, whichever is more, all where there are fewer. The seed is
SHA-256 of "creditbank.sample.v1", the file's SHA-256 in hexadecimal and the batch's id, joined by line feeds. The n-th
draw, from 0, is SHA-256(seed, n as 8 bytes) as a number, modulo how many rows there are; a row that was drawn before
is passed over.
"""

import hashlib
from typing import Final

RULE: Final = "creditbank.sample.v1"
FEWEST: Final = 20
MOST: Final = 50
ONE_IN: Final = 100
NUMBER_BYTES: Final = 8


def size(rows: int) -> int:
    """Return how many of so many rows are shown."""
    return min(rows, max(FEWEST, min(MOST, -(-rows // ONE_IN))))


def draw(rows: int, *, file_sha256: str, batch: str) -> tuple[int, ...]:
    """Return the places of the rows that are shown, from 0, in rising order, of so many rows in the file's order."""
    seed = hashlib.sha256(f"{RULE}\n{file_sha256}\n{batch}".encode()).digest()
    wanted, drawn, number = size(rows), set[int](), 0
    while len(drawn) < wanted:
        turn = hashlib.sha256(seed + number.to_bytes(NUMBER_BYTES, "big")).digest()
        drawn.add(int.from_bytes(turn, "big") % rows)
        number += 1
    return tuple(sorted(drawn))


def masked_name(name: str) -> str:
    """Return a person's name of which the first character can be read; nothing of nothing."""
    return name and f"{name[:1]}{'*' * min(2, max(1, len(name) - 1))}"
