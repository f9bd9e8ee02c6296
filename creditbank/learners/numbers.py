"""Account numbers: worked out from the ids of accounts by a keyed permutation, and led back to them."""

import functools
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection

from creditbank.database.frames import text_array
from creditbank.learners.vault import vault

PURPOSE: Final = "account-numbers"
ROUNDS: Final = 10
HALF: Final = 100_000
DIGITS: Final = 10
BANK_DIGITS: Final = 4
"""The bank's code stands before the ten digits, and one check digit behind them."""
WIDTH: Final = BANK_DIGITS + DIGITS + 1
BLOCK: Final = 20_000
Integers = npt.NDArray[np.int64]
LEAD: Final = "SELECT number, learner_id FROM learners_number WHERE number = ANY(%s::text[])"
THERE: Final = """
    SELECT lpad(account_number::text, 15, '0'), learner_id FROM learners_learner WHERE learner_id = ANY(%s)"""


class Permutation:
    """All numbers of ten digits in another order, which nobody finds without the key: a Feistel network of ten rounds.

    Each half has five digits, so a round is a table of 100,000 numbers, drawn once by AES-256 in counter mode.
    """

    def __init__(self, key: bytes) -> None:
        """Draw the tables."""
        stream = Cipher(algorithms.AES256(key), modes.CTR(bytes(16))).encryptor().update(bytes(8 * ROUNDS * HALF))
        drawn = np.frombuffer(stream, dtype=">u8") % HALF
        self._rounds: Sequence[Integers] = list(drawn.astype(np.int64).reshape(ROUNDS, HALF))

    def shuffled(self, ids: Integers) -> Integers:
        """Return the ten digits of each id, no two the same."""
        assert len(ids) == 0 or 0 <= ids.min() <= ids.max() < HALF**2, "ten digits hold ten thousand million accounts"
        high, low = ids // HALF, ids % HALF
        for table in self._rounds:
            high, low = low, (high + table[low]) % HALF
        return high * HALF + low

    def restored(self, digits: Integers) -> Integers:
        """Return the ids that `shuffled` turned into these digits."""
        high, low = digits // HALF, digits % HALF
        for table in reversed(self._rounds):
            high, low = (low - table[high]) % HALF, high
        return high * HALF + low


@functools.lru_cache(maxsize=2)
def _permutation(key: bytes) -> Permutation:
    return Permutation(key)


def permutation() -> Permutation:
    """Return the permutation of this bank."""
    return _permutation(vault().key_for(PURPOSE))


def numbered(bank_code: str, ids: Sequence[int]) -> pl.Series:
    """Return the account number of each id, as `kernel.ids.account_number` makes them of what is shuffled."""
    bodies = int(bank_code) * HALF**2 + permutation().shuffled(np.array(ids, dtype=np.int64))
    return pl.Series(bodies * 10 + _check_digits(bodies)).cast(pl.String).str.zfill(WIDTH)


def _check_digits(bodies: Integers) -> Integers:
    """Return the last digit of each account number, which follows from the others by ISO 7064 MOD 11,10."""
    product = np.full(len(bodies), 10)
    for place in reversed(range(WIDTH - 1)):
        # A sum of 0 counts as 10.
        product = ((product + bodies // 10**place - 1) % 10 + 1) * 2 % 11
    return (11 - product) % 10


def leads(numbers: Iterable[str]) -> dict[str, int]:
    """Return the learner that each known number leads to, of this bank or of another one.

    A merged account's leads to the survivor, an erased one's to nobody, who is 0; unknown numbers are left out.
    """
    wanted = list(dict.fromkeys(numbers))
    found = kept_apart(pl.Series(wanted, dtype=pl.String))
    own = [
        number
        for number in wanted
        if number not in found and len(number) == WIDTH and number.isascii() and number.isdigit()
    ]
    digits = np.array([int(number[BANK_DIGITS:-1]) for number in own], dtype=np.int64)
    ids: list[int] = permutation().restored(digits).tolist()
    asked = set(own)
    with connection.cursor() as cursor:
        for start in range(0, len(ids), BLOCK):
            cursor.execute(THERE, [ids[start : start + BLOCK]])
            found.update((number, learner_id) for number, learner_id in cursor if number in asked)
    return found


def kept_apart(numbers: pl.Series) -> dict[str, int]:
    """Return the learner of each number that is kept in a row of its own."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), BLOCK):
            cursor.execute(LEAD, [text_array(numbers[start : start + BLOCK])])
            found.update(cursor.fetchall())
    return found


def lead(number: str) -> int | None:
    """Return the learner that a number leads to, as `leads`."""
    return leads([number]).get(number)
