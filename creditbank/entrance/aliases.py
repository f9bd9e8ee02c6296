"""Signing in by the number of an account at another bank: to which number of this bank it leads."""

import unicodedata

from creditbank.kernel.ids import is_foreign_number
from creditbank.learners import queries as learners
from creditbank.learners.errors import LearnerNotFound


def own_number(text: str) -> str | None:
    """Return the number at this bank of the account to which a typed number leads, or None."""
    number = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if not is_foreign_number(number):
        return None
    try:
        return learners.by_account_number(number).account_number
    except LearnerNotFound:
        return None
