"""Reading occupations and the ways into them; what returns is frozen and ordered down to a unique column."""

from datetime import date

from django.db.models import Q, QuerySet

from creditbank.catalogue import errors, models
from creditbank.catalogue.queries import by_ids, page_of, programme_heads, rows_of, sought
from creditbank.catalogue.types import Listing, Occupation, OccupationDetails, Programme
from creditbank.organizations import queries as organizations


def of_code(code: str, *, day: date) -> Occupation:
    """Return the edition of an occupation that holds on a day; refused: there is none."""
    row = sought(_all().filter(code=code), "", day).order_by("-edition").first()
    if row is None:
        raise errors.OccupationNotFound
    return row.as_value()


def listing(text: str, *, current_on: date | None, page: int) -> Listing[Occupation]:
    """Return one page of the occupations whose name, initials or code has every word, by pinyin.

    A page beyond the last is the last. `current_on` leaves out editions that do not hold on that day.
    """
    rows = sought(_all(), text, current_on).order_by("sort_key", "code", "-edition")
    shown = page_of(rows.count(), page)
    return Listing(tuple(row.as_value() for row in rows[shown.start : shown.end]), shown.total, shown.page, shown.pages)


def details(public_id: str) -> OccupationDetails:
    """Return one edition of an occupation with what its routes name; refused: there is none with this id."""
    row = _all().filter(public_id=public_id).first()
    if row is None:
        raise errors.OccupationNotFound
    one = row.as_value()
    needs = [need for route in one.routes for need in route.needs]
    entries = by_ids({need.specification_id for need in needs if need.specification_id})
    programmes = models.Programme.objects.filter(id__in={need.programme_id for need in needs} - {None})
    named = list(programmes.order_by("id"))
    return OccupationDetails(
        occupation=one,
        owner=organizations.by_id(one.owner_id).name,
        specifications={each.specification.id: each for each in rows_of(list(entries.values()))},
        programmes={each.id: head for each, head in zip(named, programme_heads(named), strict=True)},
        editions=tuple(each.as_value() for each in _all().filter(code=one.code).order_by("-edition")),
    )


def programmes_needed(occupation: Occupation, *, day: date) -> dict[int, Programme]:
    """Return each programme that the routes name, by the id they name it by, in the edition on offer on a day.

    Where none is on offer any more it is the edition that is named.
    """
    ids = {need.programme_id for route in occupation.routes for need in route.needs} - {None}
    rows = models.Programme.objects.prefetch_related("groups__courses")
    found: dict[int, Programme] = {}
    for named in rows.filter(id__in=ids).order_by("id"):
        alike = rows.filter(organization_id=named.organization_id, code=named.code)
        offered = alike.filter(Q(ends__isnull=True) | Q(ends__gt=day), starts__lte=day).order_by("-edition").first()
        found[named.id] = (offered or named).as_value()
    return found


def _all() -> QuerySet[models.Occupation]:
    return models.Occupation.objects.prefetch_related("routes__needs")
