"""Replaying: a stored plan rests on a problem and on books by their digests, and comes to the same bytes again."""

from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from pydantic import ValidationError

from creditbank.conversion import errors
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.laws import broken_facts
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.reading import digest_of

EXPLAINED = "unused"
"""The field that only an explained document has."""


def editions_of(books: Sequence[Book]) -> list[dict[str, str]]:
    """Return what names each book beyond doubt: id, edition, digest."""
    return [{"id": book.id, "edition": book.edition, "digest": digest_of(book)} for book in books]


def books_named(document: Mapping[str, Any], at_hand: Sequence[Book]) -> list[Book]:
    """Return the books that a stored document rests on, in its order.

    Refused: what is no stored plan, and a book that is not at hand, or not as it was.
    """
    known = {digest_of(book): book for book in at_hand}
    found: list[Book] = []
    for edition in editions_in(document):
        book = known.get(edition["digest"])
        if book is None or (book.id, book.edition) != (edition["id"], edition["edition"]):
            raise errors.ReplayBookChanged(book=edition["id"], edition=edition["edition"])
        found.append(book)
    return found


def editions_in(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a stored document says it rests on: id, edition and digest of each book. Refused: it does not say."""
    named = document.get("books", document.get("editions"))
    if not isinstance(named, list) or not all(isinstance(each, dict) for each in named):
        raise errors.ReplayFaulty(field="editions")
    if not all(isinstance(each.get(key), str) for each in named for key in ("id", "edition", "digest")):
        raise errors.ReplayFaulty(field="editions")
    return named


def problem_of(document: Mapping[str, Any]) -> Problem:
    """Return the problem of a stored document. Refused: it has none, or one that states what cannot be."""
    try:
        problem = Problem.model_validate(document.get("problem"))
    except ValidationError:
        raise errors.ReplayFaulty(field="problem") from None
    if any(broken_facts(problem)):
        raise errors.ReplayFaulty(field="problem")
    return problem


def check_same(stored: Mapping[str, Any], again: Mapping[str, Any]) -> None:
    """Refuse a document that does not come to the same JCS bytes, or has no such bytes."""
    try:
        before = rfc8785.dumps(dict(stored))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError):
        raise errors.ReplayFaulty(field="plan") from None
    if before != rfc8785.dumps(dict(again)):
        raise errors.ReplayDiffers
