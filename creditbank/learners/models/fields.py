"""Columns that take little room beside millions of accounts: words as two bytes, account numbers as eight."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

NUMBER_DIGITS: Final = 15


def place_of(word: StrEnum) -> int:
    """Return what a word is stored as."""
    return list(type(word)).index(word) + 1


class WordField(models.SmallIntegerField):  # type: ignore[type-arg]  # Django's own is not generic when it runs
    """One word of a short list, stored as its place in the list, counted from 1; new words go to the end."""

    def __init__(self, *args: Any, words: Sequence[str], **more: Any) -> None:  # noqa: ANN401  # Django's own
        """Take the list beside what every column takes."""
        self.words = tuple(map(str, words))
        super().__init__(*args, **more)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return what a migration writes down."""
        name, path, positional, named = super().deconstruct()
        return name, path, positional, {**named, "words": self.words}

    def from_db_value(self, value: int | None, _expression: object, _connection: BaseDatabaseWrapper) -> str | None:
        """Return the word that a stored place stands for."""
        return None if value is None else self.words[value - 1]

    def get_prep_value(self, value: str | None) -> int | None:
        """Return the place of a word; a word that is not on the list is a bug."""
        return None if value is None else self.words.index(value) + 1


class AccountNumberField(models.BigIntegerField):  # type: ignore[type-arg]  # same
    """The 15 digits of an account, stored as a number and read as text, zeros in front included."""

    def from_db_value(self, value: int | None, _expression: object, _connection: BaseDatabaseWrapper) -> str | None:
        """Return the digits."""
        return None if value is None else f"{value:0{NUMBER_DIGITS}}"
