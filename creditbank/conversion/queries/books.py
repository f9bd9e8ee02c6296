"""Reading rule books: lists, one edition with its document, what is in force on a day; parsed once an edition."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet

from creditbank.conversion import errors, models, permissions
from creditbank.conversion.rules.book import Book
from creditbank.conversion.transitions import needed
from creditbank.conversion.types import (
    PUBLIC_STAGES,
    RULING_STAGES,
    BookKind,
    Details,
    Edition,
    EditionStage,
    Filters,
    Listing,
    Reading,
    Report,
    Row,
    RuleBook,
    Side,
    Verdict,
)
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import fold
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization

PAGE_ROWS: Final = 50
PARSED_MAX: Final = 2000

_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "newest": ("-drafted_at", "-id"),
    "title": ("book__title_zh", "-starts", "id"),
    "starts": ("-starts", "id"),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """An edition in force with its book as plans use it; rules under an open report are left out of it."""

    edition: Edition
    book: Book


def listing(actor: Actor, filters: Filters, page: int) -> Listing:
    """Return one page of the editions the actor may know of; a page beyond the last is the last."""
    rows = _narrowed(_seen(actor, filters), filters)
    total = rows.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    wanted = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return Listing(rows=_rows(wanted), total=total, page=page, pages=pages)


def export(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Yield every edition of the list, in its order, for a file."""
    yield from _rows(_narrowed(_seen(actor, filters), filters))


def details(actor: Actor, public_id: str) -> Details:
    """Return one edition with its document and readings; refused: the actor may not know of it."""
    visible = models.Edition.objects.filter(permissions.visible_to(actor)).select_related("book")
    row = visible.filter(public_id=public_id).first()
    if row is None:
        raise errors.BookNotFound
    book = row.book
    named = organizations.by_ids({each for each in (book.owner_id, book.partner_id) if each is not None})
    readings = [_reading(each) for each in row.readings.order_by("id")]
    writer = identity.users([row.drafted_by]).get(row.drafted_by)
    return Details(
        edition=row.as_value(),
        document=row.document,
        owner=named[book.owner_id].name,
        partner=named[book.partner_id].name if book.partner_id else None,
        readings=tuple(each for each in readings if each.round == row.round and row.stage != EditionStage.DRAFT),
        earlier=tuple(each for each in readings if each.round < row.round or row.stage == EditionStage.DRAFT),
        readings_needed=needed(BookKind(book.kind)),
        editions=tuple(each.as_value() for each in visible.filter(book=book).order_by("-starts", "-id")),
        reports=tuple(_report(each) for each in row.reports.order_by("id")),
        drafted_by=writer.name if writer else "",
        writers=frozenset(row.writers),
        adopted=_adopted(row.document),
    )


def owners() -> tuple[Organization, ...]:
    """Return the organizations that own a book of which an edition is public, by name."""
    found = models.Edition.objects.filter(stage__in=PUBLIC_STAGES).values_list("book__owner_id", flat=True).distinct()
    return tuple(sorted(organizations.by_ids(found).values(), key=lambda each: (each.name.zh, each.id)))


def works_on(actor: Actor, book: RuleBook) -> bool:
    """Say whether a book lies on the actor's desk: they draft, read or publish for one of its sides."""
    places = [each for each in (book.owner_id, book.partner_id) if each is not None]
    return any(actor.holds(permission, at=place) for permission in permissions.WORKING for place in places)


def may_read(actor: Actor, found: Details) -> bool:
    """Say whether the actor's reading is what an edition waits for: on a side, not a writer, not read this round."""
    one = found.edition
    return (
        one.stage is EditionStage.READING
        and bool(permissions.sides(actor, one.book))
        and actor.id not in found.writers
        and all(each.reader_id != actor.id for each in found.readings)
    )


def waiting(actor: Actor) -> tuple[Edition, ...]:
    """Return the editions that wait for a reading by this actor, the oldest first."""
    rows = models.Edition.objects.filter(permissions.visible_to(actor), stage=EditionStage.READING)
    rows = rows.exclude(writers__contains=actor.id).select_related("book").prefetch_related("readings")
    return tuple(
        row.as_value()
        for row in rows.order_by("submitted_at", "id")
        if permissions.sides(actor, row.book.as_value())
        and all(each.reader_id != actor.id or each.round != row.round for each in row.readings.all())
    )


def in_force(day: date, *, kinds: frozenset[BookKind] = frozenset(BookKind)) -> tuple[Ruling, ...]:
    """Return the editions in force on a day, in the order of their books, the oldest book first."""
    rows = (
        models.Edition.objects.filter(_rules_on(day), book__kind__in=kinds)
        .select_related("book")
        .order_by("book_id", "starts", "id")
    )
    reported = _reported()
    return tuple(
        Ruling(edition=row.as_value(), book=_offered(row.id, row.digest, reported.get(row.id, frozenset())))
        for row in rows
    )


def parsed(edition_id: int, digest: str) -> Book:
    """Return the book an edition rules by; its text never changes, so it is parsed once a process."""
    return _parsed(edition_id, digest)


@lru_cache(maxsize=PARSED_MAX)
def _parsed(edition_id: int, digest: str) -> Book:
    assert digest, "part of the key alone"
    return Book.model_validate(models.Edition.objects.values_list("ruling", flat=True).get(id=edition_id))


@lru_cache(maxsize=PARSED_MAX)
def _offered(edition_id: int, digest: str, reported: frozenset[str]) -> Book:
    book = parsed(edition_id, digest)
    if not reported:
        return book
    return book.model_copy(update={"rules": tuple(rule for rule in book.rules if rule.id not in reported)})


def _reported() -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for edition, rule in models.RuleReport.objects.filter(settled_at__isnull=True).values_list("edition_id", "rule"):
        found.setdefault(edition, set()).add(rule)
    return {edition: frozenset(rules) for edition, rules in found.items()}


def _seen(actor: Actor, filters: Filters) -> QuerySet[models.Edition]:
    return models.Edition.objects.filter(permissions.desk_of(actor) if filters.mine else permissions.visible_to(actor))


def _rules_on(day: date) -> Q:
    open_ended = Q(ends__isnull=True) | Q(ends__gte=day)
    return open_ended & Q(starts__lte=day, stage__in=RULING_STAGES, published_at__isnull=False)


def _adopted(document: dict[str, Any]) -> Edition | None:
    adopts = document.get("adopts")
    if not isinstance(adopts, dict):
        return None
    named = {"book__uri": str(adopts.get("book")), "edition": str(adopts.get("edition"))}
    row = models.Edition.objects.filter(**named, stage__in=PUBLIC_STAGES).select_related("book").first()
    return row.as_value() if row else None


def _narrowed(rows: QuerySet[models.Edition], filters: Filters) -> QuerySet[models.Edition]:
    for word in fold(filters.text).split():
        rows = rows.filter(
            Q(book__title_zh__icontains=word) | Q(book__title_en__icontains=word) | Q(book__uri__icontains=word)
        )
    exact = {"book__kind": filters.kind, "stage": filters.stage, "book__owner_id": filters.owner_id}
    rows = rows.filter(Q(**{column: value for column, value in exact.items() if value is not None}))
    if filters.in_force_on is not None:
        rows = rows.filter(_rules_on(filters.in_force_on))
    return rows.select_related("book").order_by(*_ORDERS.get(filters.sort, _ORDERS["newest"]))


def _rows(rows: QuerySet[models.Edition]) -> tuple[Row, ...]:
    editions = [row.as_value() for row in rows]
    owners = organizations.by_ids({each.book.owner_id for each in editions})
    return tuple(Row(edition=each, owner=owners[each.book.owner_id].name) for each in editions)


def _reading(row: models.Reading) -> Reading:
    return Reading(
        reader_id=row.reader_id,
        reader_name=row.reader_name,
        side=Side(row.side),
        verdict=Verdict(row.verdict),
        remarks=row.remarks,
        at=row.at,
        round=row.round,
    )


def _report(row: models.RuleReport) -> Report:
    return Report(
        rule=row.rule,
        side=Side(row.side),
        reason=row.reason,
        reported_at=row.reported_at,
        settled_at=row.settled_at,
    )
