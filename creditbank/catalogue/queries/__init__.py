"""Reading the catalogue; what returns is frozen and ordered down to a unique column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, TypeVar

from django.db.models import Q, QuerySet

from creditbank.catalogue import errors, models, permissions
from creditbank.catalogue.queries.labels import Label as Label, label as label, labels as labels
from creditbank.catalogue.queries.matched import courses_of as courses_of
from creditbank.catalogue.types import (
    CertificationUnitDetails,
    CertificationUnitFilters,
    CertificationUnitHead,
    Details,
    Filters,
    Listing,
    Programme,
    ProgrammeDetails,
    ProgrammeFilters,
    ProgrammeHead,
    Row,
    Specification,
    SpecificationKind,
    Status,
)
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text, fold
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization

Model = TypeVar("Model", models.Specification, models.Programme, models.CertificationUnit, models.Occupation)

PAGE_ROWS: Final = 50
FOUND_MAX: Final = 20
EXPORT_ROWS: Final = 1000

_PROGRAMME_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("sort_key", "-edition", "id"),
    "school": ("organization_id", "sort_key", "-edition", "id"),
    "credits": ("-credits_required", "sort_key", "id"),
    "newest": ("-starts", "-id"),
}
_UNIT_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("sort_key", "-edition", "id"),
    "code": ("code", "-edition", "id"),
    "credits": ("-credits", "sort_key", "id"),
    "newest": ("-starts", "-id"),
}
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
        row=rows_of([specification])[0],
        owner=named[specification.owner_id].name,
        editions=_editions(specification),
        certification_units=tuple(
            unit.as_value() for unit in units.prefetch_related("parts").order_by("code", "-edition", "id")
        ),
    )


def listing(actor: Actor, filters: Filters, page: int) -> Listing[Row]:
    """Return one page of the specifications the actor may know of; a page beyond the last is the last."""
    rows = _visible(actor, filters)
    cut = page_of(rows.count(), page)
    wanted = [row.as_value() for row in rows[cut.start : cut.end]]
    return Listing(rows=rows_of(wanted), total=cut.total, page=cut.page, pages=cut.pages)


def export(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Yield every specification of the list, in its order, for a file."""
    for rows in _chunks(_visible(actor, filters)):
        yield from rows_of([row.as_value() for row in rows])


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


def programmes_on_offer(day: date) -> tuple[Programme, ...]:
    """Return the programmes that can be begun on a day, by institution and code."""
    rows = models.Programme.objects.filter(Q(ends__isnull=True) | Q(ends__gt=day), starts__lte=day)
    rows = rows.order_by("organization_id", "code", "-edition", "id")
    return tuple(row.as_value() for row in rows.prefetch_related("groups__courses"))


def by_codes(codes: Iterable[str]) -> tuple[Specification, ...]:
    """Return the specifications in their newest edition that carry one of the codes, or one of them as their name."""
    wanted = sorted(set(codes))
    rows = models.Specification.objects.filter(Q(code__in=wanted) | Q(code="", name_zh__in=wanted))
    found = rows.order_by("edition", "id")
    newest = {(row.issuer_id, row.kind, row.code, row.name_key, row.level): row for row in found}
    return tuple(newest[key].as_value() for key in sorted(newest))


def programme_details(public_id: str) -> ProgrammeDetails:
    """Return one edition of a programme with what stands around it; refused: there is none with this id."""
    one = programme(public_id)
    editions = models.Programme.objects.filter(organization_id=one.organization_id, code=one.code)
    return ProgrammeDetails(
        programme=one,
        organization=organizations.by_id(one.organization_id).name,
        unit=framework.units_by_id()[one.unit_id].name,
        courses=by_ids(course.specification_id for group in one.groups for course in group.courses),
        editions=programme_heads(editions.order_by("-edition", "id")),
    )


def programme_listing(filters: ProgrammeFilters, page: int) -> Listing[ProgrammeHead]:
    """Return one page of the programmes of all institutions; a page beyond the last is the last."""
    rows = _programmes(filters)
    cut = page_of(rows.count(), page)
    return Listing(programme_heads(rows[cut.start : cut.end]), cut.total, cut.page, cut.pages)


def every_programme(filters: ProgrammeFilters) -> Iterator[ProgrammeHead]:
    """Yield every programme of the list, in its order, for a file."""
    for rows in _chunks(_programmes(filters)):
        yield from programme_heads(rows)


def schools() -> tuple[Organization, ...]:
    """Return the institutions that have programmes, by code, for a filter."""
    found = models.Programme.objects.order_by("organization_id").values_list("organization_id", flat=True).distinct()
    return tuple(sorted(organizations.by_ids(found).values(), key=lambda each: (each.code, each.id)))


def named(texts: Iterable[str], *, courses_of: int | None, on: date) -> dict[str, tuple[Specification, ...]]:
    """Return what each text names on a day: by public id, code, name, or name and level with a space between.

    `courses_of` leaves only the courses of one institution, but a public id names anything. A text that names
    nothing has an empty answer; what was withdrawn and what a later edition replaced is not named.
    """
    keys = {text: fold(text) for text in texts}
    names = {*keys.values(), *(key.rpartition(" ")[0] for key in keys.values())}
    rows = models.Specification.objects.filter(Q(name_key__in=names) | Q(code__in=list(keys)))
    if courses_of is not None:
        rows = rows.filter(issuer_id=courses_of, kind=SpecificationKind.COURSE)
    current = (Q(ends__isnull=True) | Q(ends__gt=on)) & ~Q(status=Status.WITHDRAWN)
    by_number = models.Specification.objects.filter(current, public_id__in=list(keys))
    answers = {text: {row.public_id: row for row in by_number if row.public_id == text} for text in keys}
    for row in rows.filter(current).order_by("id"):
        called = {row.name_key, f"{row.name_key} {fold(row.level)}"}
        for text, key in keys.items():
            if text == row.code or key in called:
                answers[text][row.public_id] = row
    return {text: tuple(row.as_value() for row in answer.values()) for text, answer in answers.items()}


def certification_unit_details(actor: Actor, public_id: str) -> CertificationUnitDetails:
    """Return one certification unit with the parts the actor may know of; refused: there is none with this id."""
    row = models.CertificationUnit.objects.filter(public_id=public_id).prefetch_related("parts").first()
    if row is None:
        raise errors.CertificationUnitNotFound
    one = row.as_value()
    parts = models.Specification.objects.filter(permissions.visible_to(actor), id__in=one.specification_ids)
    editions = models.CertificationUnit.objects.filter(owner_id=one.owner_id, code=one.code).prefetch_related("parts")
    return CertificationUnitDetails(
        certification_unit=one,
        owner=organizations.by_id(one.owner_id).name,
        unit=framework.units_by_id()[one.unit_id].name,
        parts=rows_of([part.as_value() for part in parts.order_by("sort_key", "id")]),
        editions=_unit_heads(editions.order_by("-edition", "id")),
    )


def certification_units(filters: CertificationUnitFilters, page: int) -> Listing[CertificationUnitHead]:
    """Return one page of the certification units; a page beyond the last is the last."""
    rows = _certification_units(filters)
    cut = page_of(rows.count(), page)
    return Listing(_unit_heads(rows[cut.start : cut.end]), cut.total, cut.page, cut.pages)


def every_certification_unit(filters: CertificationUnitFilters) -> Iterator[CertificationUnitHead]:
    """Yield every certification unit of the list, in its order, for a file."""
    for rows in _chunks(_certification_units(filters)):
        yield from _unit_heads(rows)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows a page of a list shows."""

    total: int
    page: int
    pages: int
    start: int
    end: int


def page_of(total: int, page: int) -> Cut:
    """Return which rows a page shows; a page beyond the last is the last."""
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    return Cut(total, page, pages, (page - 1) * PAGE_ROWS, page * PAGE_ROWS)


def _chunks(rows: QuerySet[Model]) -> Iterator[list[Model]]:
    found = rows.iterator(chunk_size=EXPORT_ROWS)
    while chunk := list(islice(found, EXPORT_ROWS)):
        yield chunk


def _programmes(filters: ProgrammeFilters) -> QuerySet[models.Programme]:
    rows = sought(models.Programme.objects.all(), filters.text, filters.current_on)
    if filters.organization_id is not None:
        rows = rows.filter(organization_id=filters.organization_id)
    if filters.level_code:
        rows = rows.filter(level_code=filters.level_code)
    return rows.order_by(*_PROGRAMME_ORDERS.get(filters.sort, _PROGRAMME_ORDERS["name"]))


def _certification_units(filters: CertificationUnitFilters) -> QuerySet[models.CertificationUnit]:
    rows = sought(models.CertificationUnit.objects.prefetch_related("parts"), filters.text, filters.current_on)
    return rows.order_by(*_UNIT_ORDERS.get(filters.sort, _UNIT_ORDERS["name"]))


def programme_heads(rows: Iterable[models.Programme]) -> tuple[ProgrammeHead, ...]:
    """Return rows with the names of institutions and units beside them, by one query for all of each."""
    found = list(rows)
    places = organizations.by_ids({row.organization_id for row in found})
    units = framework.units_by_id()
    return tuple(
        ProgrammeHead(
            public_id=row.public_id,
            code=row.code,
            edition=row.edition,
            name=Text(row.name_zh, row.name_en),
            organization=places[row.organization_id].name,
            credits_required=row.credits_required,
            unit=units[row.unit_id].name,
            level_code=row.level_code,
            category_code=row.category_code,
            starts=row.starts,
            ends=row.ends,
        )
        for row in found
    )


def _unit_heads(rows: Iterable[models.CertificationUnit]) -> tuple[CertificationUnitHead, ...]:
    """Put the names of owners and units beside certification units, by one query for all of each."""
    found = list(rows)
    owners = organizations.by_ids({row.owner_id for row in found})
    units = framework.units_by_id()
    return tuple(
        CertificationUnitHead(
            public_id=row.public_id,
            code=row.code,
            edition=row.edition,
            name=Text(row.name_zh, row.name_en),
            owner=owners[row.owner_id].name,
            level=row.level,
            framework_level=row.framework_level,
            credits=row.credits,
            unit=units[row.unit_id].name,
            parts=len(row.parts.all()),
            starts=row.starts,
            ends=row.ends,
        )
        for row in found
    )


def _visible(actor: Actor, filters: Filters) -> QuerySet[models.Specification]:
    return _narrowed(models.Specification.objects.filter(permissions.visible_to(actor)), filters)


def _narrowed(rows: QuerySet[models.Specification], filters: Filters) -> QuerySet[models.Specification]:
    rows = sought(rows, filters.text, filters.current_on)
    exact = {
        "kind": filters.kind,
        "status": filters.status,
        "issuer_id": filters.issuer_id,
        "level": filters.level or None,
    }
    rows = rows.filter(Q(**{column: value for column, value in exact.items() if value is not None}))
    return rows.order_by(*_ORDERS.get(filters.sort, _ORDERS["name"]))


def sought(rows: QuerySet[Model], text: str, current_on: date | None) -> QuerySet[Model]:
    """Return the rows that hold on a day, where one is given, and have every word: of name, initials or code."""
    for word in fold(text).split():
        rows = rows.filter(search_text__contains=word)
    if current_on:
        rows = rows.filter(Q(ends__isnull=True) | Q(ends__gt=current_on), starts__lte=current_on)
    return rows


def rows_of(specifications: Sequence[Specification]) -> tuple[Row, ...]:
    """Return specifications with the names of issuers and units beside them, by one query for all of each."""
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
