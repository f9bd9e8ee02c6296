"""Reading the catalogue; what returns is frozen and ordered down to a unique column."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from creditbank.catalogue import errors, models, permissions
from creditbank.catalogue.types import (
    CertificationUnit,
    Details,
    Filters,
    Listing,
    Programme,
    Row,
    Specification,
    SpecificationKind,
    Status,
)
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import fold
from creditbank.organizations import queries as organizations

PAGE_ROWS: Final = 50
FOUND_MAX: Final = 20
EXPORT_ROWS: Final = 1000

_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("sort_key", "id"),
    "code": ("code", "id"),
    "credits": ("-credits", "sort_key", "id"),
    "newest": ("-starts", "-id"),
    "issuer": ("issuer_id", "sort_key", "id"),
}


def by_id(specification_id: int) -> Specification:
    """Return a specification; refused: there is none with this id."""
    return _one(models.Specification.objects.filter(id=specification_id))


def by_ids(specification_ids: Iterable[int]) -> dict[int, Specification]:
    """Return those of the specifications that exist, by id."""
    rows = models.Specification.objects.filter(id__in=set(specification_ids)).order_by("id")
    return {row.id: row.as_value() for row in rows}


def courses_of(organization_id: int) -> list[Specification]:
    """Return the courses an institution has, in any status, each in its newest edition, by name."""
    rows = models.Specification.objects.filter(issuer_id=organization_id, kind=SpecificationKind.COURSE)
    newest = {row.name_key: row for row in rows.order_by("edition", "id").iterator()}
    return [row.as_value() for row in sorted(newest.values(), key=lambda row: (row.sort_key, row.id))]


def search(text: str, *, kind: SpecificationKind | None = None) -> tuple[Specification, ...]:
    """Return at most 20 recognised specifications whose name, pinyin initials or code contains the text, by name."""
    rows = _narrowed(models.Specification.objects.filter(status=Status.RECOGNISED), Filters(text=text, kind=kind))
    return tuple(row.as_value() for row in rows[:FOUND_MAX])


def counts() -> dict[SpecificationKind, int]:
    """Return how many recognised specifications there are of each kind that occurs."""
    kinds = models.Specification.objects.filter(status=Status.RECOGNISED, ends__isnull=True)
    found = kinds.values_list("kind", flat=True).order_by("kind").distinct()
    return {SpecificationKind(kind): kinds.filter(kind=kind).count() for kind in found}


def details(actor: Actor, public_id: str) -> Details:
    """Return one specification with what stands around it; refused: the actor may not know of it."""
    rows = models.Specification.objects.filter(permissions.visible_to(actor))
    specification = _one(rows.filter(public_id=public_id))
    named = organizations.by_ids({specification.owner_id})
    units = models.CertificationUnit.objects.filter(parts__specification_id=specification.id)
    return Details(
        row=_rows([specification])[0],
        owner=named[specification.owner_id].name,
        editions=_editions(specification),
        certification_units=tuple(
            unit.as_value() for unit in units.prefetch_related("parts").order_by("code", "-edition", "id")
        ),
    )


def listing(actor: Actor, filters: Filters, page: int) -> Listing:
    """Return one page of the specifications the actor may know of; a page beyond the last is the last."""
    rows = _visible(actor, filters)
    total = rows.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    wanted = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return Listing(rows=_rows([row.as_value() for row in wanted]), total=total, page=page, pages=pages)


def export(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Yield every specification of the list, in its order, for a file."""
    chunk: list[Specification] = []
    for row in _visible(actor, filters).iterator(chunk_size=EXPORT_ROWS):
        chunk.append(row.as_value())
        if len(chunk) == EXPORT_ROWS:
            yield from _rows(chunk)
            chunk = []
    yield from _rows(chunk)


def proposed(actor: Actor) -> int:
    """Return how many proposals wait for this actor."""
    return models.Specification.objects.filter(permissions.editable_by(actor), status=Status.PROPOSED).count()


def matching(rows: QuerySet[models.Specification], filters: Filters) -> QuerySet[models.Specification]:
    """Return the rows that a filter keeps, for an operation on all of them."""
    return _narrowed(rows, filters)


def levels() -> tuple[str, ...]:
    """Return the names of levels that occur in the catalogue, for a filter."""
    rows = models.Specification.objects.exclude(level="").order_by("level").values_list("level", flat=True)
    return tuple(rows.distinct())


def programmes_of(organization_id: int) -> tuple[Programme, ...]:
    """Return the programmes of an institution, by code, the newest edition first."""
    rows = models.Programme.objects.filter(organization_id=organization_id).order_by("code", "-edition", "id")
    return tuple(row.as_value() for row in rows.prefetch_related("groups__courses"))


def programme(public_id: str) -> Programme:
    """Return one edition of a programme; refused: there is none with this id."""
    row = models.Programme.objects.filter(public_id=public_id).prefetch_related("groups__courses").first()
    if row is None:
        raise errors.ProgrammeNotFound
    return row.as_value()


def certification_units() -> tuple[CertificationUnit, ...]:
    """Return all certification units, by code, the newest edition first."""
    rows = models.CertificationUnit.objects.prefetch_related("parts").order_by("code", "-edition", "id")
    return tuple(row.as_value() for row in rows)


def _visible(actor: Actor, filters: Filters) -> QuerySet[models.Specification]:
    return _narrowed(models.Specification.objects.filter(permissions.visible_to(actor)), filters)


def _narrowed(rows: QuerySet[models.Specification], filters: Filters) -> QuerySet[models.Specification]:
    if filters.text:
        # Every word must occur, so that a name and an issuer's code can be sought together.
        for word in fold(filters.text).split():
            rows = rows.filter(search_text__contains=word)
    if filters.current_on:
        rows = rows.filter(Q(ends__isnull=True) | Q(ends__gt=filters.current_on), starts__lte=filters.current_on)
    exact = {
        "kind": filters.kind,
        "status": filters.status,
        "issuer_id": filters.issuer_id,
        "level": filters.level or None,
    }
    rows = rows.filter(Q(**{column: value for column, value in exact.items() if value is not None}))
    return rows.order_by(*_ORDERS.get(filters.sort, _ORDERS["name"]))


def _rows(specifications: Sequence[Specification]) -> tuple[Row, ...]:
    """Put the names of issuers and units beside specifications, by one query for all of each."""
    issuers = organizations.by_ids({each.issuer_id for each in specifications})
    units = framework.units_by_id() if specifications else {}
    return tuple(
        Row(
            specification=each,
            issuer=issuers[each.issuer_id].name,
            unit=units[each.unit_id].name if each.unit_id is not None else None,
        )
        for each in specifications
    )


def _editions(specification: Specification) -> tuple[Specification, ...]:
    """Return all editions in the chain of a specification, the newest first; a chain is short."""
    found = {specification.id: specification}
    while True:
        before = [each.supersedes for each in found.values() if each.supersedes is not None]
        rows = models.Specification.objects.filter(Q(id__in=before) | Q(supersedes__in=list(found)))
        fresh = {row.id: row.as_value() for row in rows.exclude(id__in=list(found)).order_by("id")}
        if not fresh:
            return tuple(sorted(found.values(), key=lambda each: (-each.edition, each.id)))
        found |= fresh


def _one(rows: QuerySet[models.Specification]) -> Specification:
    row = rows.first()
    if row is None:
        raise errors.SpecificationNotFound
    return row.as_value()
