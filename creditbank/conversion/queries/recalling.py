"""Texts that plans of any day rested on, found again by their digests; with them a stored plan runs again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from creditbank.conversion import models, planning
from creditbank.conversion.queries.books import Ruling, parsed
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.reading import book_of, digest_of
from creditbank.conversion.types import RULING_STAGES


def recalled(editions: Iterable[Mapping[str, str]]) -> tuple[Ruling, ...]:
    """Return the editions that `id`, `edition` and `digest` name, each with the text of that digest, in their order.

    Looked at are editions that came into force at some time: as published, as plans ran on them, and without the
    rules that had an open report at any moment since. What the bank never had is left out.
    """
    found = []
    for named in editions:
        row = _row(named)
        book = next((each for each in _texts(row) if digest_of(each) == named["digest"]), None) if row else None
        if row is not None and book is not None:
            found.append(Ruling(row.as_value(), book))
    return tuple(found)


def replay(document: Mapping[str, Any], texts: Iterable[bytes] = ()) -> tuple[Ruling, ...]:
    """Make a stored plan again from its problem and return the editions of this bank that it was found to rest on.

    Books in texts at hand are taken before those of the bank. Refused: what is no stored plan, a text that neither
    has, and a plan that comes to something else.
    """
    at_hand = {digest_of(book): book for book in planning.books_in(texts)}
    wanted = [each for each in planning.editions_named(document) if each["digest"] not in at_hand]
    found = recalled(wanted)
    planning.replay(document, [*at_hand.values(), *(each.book for each in found)])
    return found


def simulated_problem(
    problem: Mapping[str, Any], editions: Iterable[Mapping[str, str]], *, award: str | None = None
) -> dict[str, Any]:
    """Return the explained plan for a whole problem under editions that were in force at some time.

    Refused: a problem with faults, an edition that never was in force here, and what planning refuses.
    """
    named = list(editions)
    books = planning.books_named(named, [each.book for each in recalled(named)])
    return planning.simulate_stated(books, problem, award=award)


def _row(named: Mapping[str, str]) -> models.Edition | None:
    rows = models.Edition.objects.filter(stage__in=RULING_STAGES, published_at__isnull=False)
    return rows.filter(book__uri=named["id"], edition=named["edition"]).select_related("book").first()


def _texts(row: models.Edition) -> Iterator[Book]:
    """Yield the texts under which an edition has been in force: whole, short of reported rules, and as published."""
    book = parsed(row.id, row.digest)
    reports = list(row.reports.order_by("id"))
    moments = sorted({at for each in reports for at in (each.reported_at, each.settled_at) if at is not None})
    yield book
    for moment in reversed(moments):
        open_then = {
            each.rule
            for each in reports
            if each.reported_at <= moment and (each.settled_at is None or each.settled_at > moment)
        }
        if open_then:
            yield book.model_copy(update={"rules": tuple(each for each in book.rules if each.id not in open_then)})
    published, _ = book_of(row.document)
    if published is not None:
        yield published
