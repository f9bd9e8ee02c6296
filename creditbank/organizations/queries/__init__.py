"""Reading organizations and memberships; what returns is frozen and ordered down to a unique column."""

from collections.abc import Callable, Iterable, Iterator, Set as AbstractSet
from datetime import date
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, Grant, Reach
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text, fold, pinyin_initials, pinyin_key
from creditbank.organizations import errors, models, permissions
from creditbank.organizations.queries.labels import NOWHERE as NOWHERE, Label as Label, label as label, labels as labels
from creditbank.organizations.types import (
    ROLES,
    Details,
    Extent,
    Filters,
    Listing,
    Member,
    Membership,
    Organization,
    PeopleFilters,
    PeopleListing,
    PersonRow,
    Row,
    Status,
)

PAGE_ROWS: Final = 50
FOUND_MAX: Final = 20

_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "tree": ("path", "id"),
    "name": ("sort_key", "id"),
    "code": ("code", "id"),
    "opened": ("-opened_on", "-id"),
    "members": ("-members", "sort_key", "id"),
}


def by_id(organization_id: int) -> Organization:
    """Return an organization; refused: there is none with this id."""
    return _one(models.Organization.objects.filter(id=organization_id), organization_id)


def by_code(code: str) -> Organization:
    """Return an organization by its code, in any case; refused: there is none."""
    return _one(models.Organization.objects.filter(code=code.strip().upper()), code)


def by_public_id(public_id: str) -> Organization:
    """Return an organization by its opaque id; refused: there is none."""
    return _one(models.Organization.objects.filter(public_id=public_id), public_id)


def by_ids(organization_ids: Iterable[int]) -> dict[int, Organization]:
    """Return those of the organizations that exist, by id."""
    rows = models.Organization.objects.filter(id__in=set(organization_ids)).order_by("id")
    return {row.id: row.as_value() for row in rows}


def names_by_code(codes: Iterable[str]) -> dict[str, Text]:
    """Return the names of organizations by code; codes of none are left out."""
    rows = models.Organization.objects.filter(code__in=sorted(set(codes)))
    return {row.code: row.as_value().name for row in rows}


def visible(actor: Actor, public_id: str) -> Organization:
    """Return an organization by its opaque id, if the actor may know of it; refused otherwise."""
    rows = models.Organization.objects.filter(permissions.visible_to(actor))
    return _one(rows.filter(public_id=public_id), public_id)


def children(organization_id: int) -> tuple[Organization, ...]:
    """Return the organizations directly below one, by name; closed ones last."""
    rows = models.Organization.objects.filter(parent_id=organization_id).order_by(
        F("closed_on").asc(nulls_first=True), "sort_key", "id"
    )
    return tuple(row.as_value() for row in rows)


def ancestors(organization: Organization) -> tuple[Organization, ...]:
    """Return the organizations above one, the root first."""
    found = by_ids(organization.path[:-1])
    return tuple(found[number] for number in organization.path[:-1])


def subtree(organization_id: int) -> frozenset[int]:
    """Return the ids of an organization and all below it, closed ones too."""
    rows = models.Organization.objects.filter(path__contains=[organization_id])
    return frozenset(rows.values_list("id", flat=True))


def search(text: str) -> tuple[Organization, ...]:
    """Return at most 20 organizations whose name, pinyin initials or code contains the text, by name."""
    rows = models.Organization.objects.filter(search_text__contains=fold(text)).order_by("sort_key", "id")
    return tuple(row.as_value() for row in rows[:FOUND_MAX])


def by_names(names: Iterable[str]) -> dict[str, int]:
    """Return the organization that each text names, by its name in either language or its code.

    A text that names several, or none, is left out.
    """
    named: dict[str, set[int]] = {}
    for number, *told in models.Organization.objects.values_list("id", "name_zh", "name_en", "code"):
        for each in filter(None, told):
            named.setdefault(fold(each), set()).add(number)
    found = {name: named.get(fold(name), set()) for name in names}
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}


def roots() -> tuple[Organization, ...]:
    """Return the organizations with none above them, in the order of their opening."""
    rows = models.Organization.objects.filter(parent__isnull=True).order_by("id")
    return tuple(row.as_value() for row in rows)


def grants_of(user_id: int, *, on: date) -> tuple[Grant, ...]:
    """Return what a person may do on a day, resolved to the organizations each permission reaches.

    Roles at an organization that is suspended or closed, or lies below one, give nothing.
    """
    rows = (
        models.Membership.objects.filter(user_id=user_id, starts__lte=on)
        .filter(Q(ends__isnull=True) | Q(ends__gt=on), Q(ended_on__isnull=True) | Q(ended_on__gt=on))
        .select_related("organization")
        .order_by("id")
    )
    held = [(row.as_value(), row.organization.path) for row in rows]
    idle = _not_active({number for _, path in held for number in path})
    held = [(membership, path) for membership, path in held if idle.isdisjoint(path)]
    below = _below({m.organization_id for m, _ in held if m.extent is Extent.SUBTREE})
    return tuple(
        Grant(permission, reach)
        for membership, _ in held
        for reach in [_reach(membership, below)]
        for permission in sorted(ROLES[membership.role])
    )


def grants_at(organization_id: int, permissions: AbstractSet[Permission]) -> tuple[Grant, ...]:
    """Return permissions as they hold at one organization alone, for its programs: none while it may not act."""
    if _not_active(set(by_id(organization_id).path)):
        return ()
    here = Reach(organizations=frozenset({organization_id}))
    return tuple(Grant(each, here) for each in sorted(permissions))


def workplaces(actor: Actor, permission: Permission, *, on: date) -> tuple[Organization, ...]:
    """Return the organizations at which the actor has a role that carries the permission, by name."""
    held = {
        each.organization_id
        for each in memberships_of(actor.id)
        if each.holds_on(on) and permission in ROLES[each.role] and actor.holds(permission, at=each.organization_id)
    }
    rows = models.Organization.objects.filter(id__in=held).order_by("sort_key", "id")
    return tuple(row.as_value() for row in rows)


def memberships_of(user_id: int) -> tuple[Membership, ...]:
    """Return all roles a person holds or held, the newest first."""
    rows = models.Membership.objects.filter(user_id=user_id).order_by("-starts", "-id")
    return tuple(row.as_value() for row in rows)


def members_of(organization_id: int) -> tuple[Membership, ...]:
    """Return all roles held at an organization, now or earlier; those not ended first, then the newest."""
    rows = models.Membership.objects.filter(organization_id=organization_id).order_by(
        F("ended_on").desc(nulls_first=True), "-starts", "-id"
    )
    return tuple(row.as_value() for row in rows)


def details(actor: Actor, public_id: str, *, on: date) -> Details:
    """Return one organization with what the actor may know of around it; members with a role on the day come first.

    Refused: an organization the actor may not know of.
    """
    organization = visible(actor, public_id)
    seen = actor.reach(permissions.SEEING)
    return Details(
        organization=organization,
        above=tuple(each for each in ancestors(organization) if seen.covers(each.id)),
        children=tuple(each for each in children(organization.id) if seen.covers(each.id)),
        members=_members(members_of(organization.id), on),
    )


def people(actor: Actor, filters: PeopleFilters, page: int, *, on: date) -> PeopleListing:
    """Return one page of the people who hold roles at organizations the actor may know of."""
    rows = every_person(actor, filters, on=on)
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(page, 1), pages)
    return PeopleListing(rows=rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], total=len(rows), page=page, pages=pages)


def every_person(actor: Actor, filters: PeopleFilters, *, on: date) -> tuple[PersonRow, ...]:
    """Return the whole list. Names lie in another room, so they are filtered and sorted here: staff are thousands."""
    rows = models.Membership.objects.filter(
        organization__in=models.Organization.objects.filter(permissions.visible_to(actor))
    ).select_related("organization")
    if filters.role:
        rows = rows.filter(role=filters.role)
    if not filters.ended:
        rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), Q(ends__isnull=True) | Q(ends__gt=on))
    found = {row.id: row for row in rows.order_by("id")}
    members = _members([row.as_value() for row in found.values()], on)
    listed = [PersonRow(member, found[member.membership.id].organization.as_value()) for member in members]
    sought = fold(filters.text)
    kept = [row for row in listed if any(sought in text for text in _person_texts(row))]
    return tuple(sorted(kept, key=_PEOPLE_ORDERS.get(filters.sort, _PEOPLE_ORDERS["name"])))


def listing(actor: Actor, filters: Filters, page: int) -> Listing:
    """Return one page of the organizations the actor may know of; a page beyond the last is the last."""
    seen = actor.reach(permissions.SEEING)
    rows = _filtered(actor, filters)
    total = rows.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    return Listing(
        rows=tuple(_row(row, seen) for row in rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        total=total,
        page=page,
        pages=pages,
    )


def export(actor: Actor, filters: Filters) -> Iterator[Row]:
    """Yield every organization of the list, in its order, for a file."""
    seen = actor.reach(permissions.SEEING)
    return (_row(row, seen) for row in _filtered(actor, filters).iterator(chunk_size=1000))


def _members(memberships: Iterable[Membership], on: date) -> tuple[Member, ...]:
    """Put names beside memberships, those who hold their role on the day first."""
    found = tuple(memberships)
    known = identity.users({each.user_id for each in found})
    members = (
        Member(
            membership=each,
            public_id=known[each.user_id].public_id,
            login=known[each.user_id].login,
            name=known[each.user_id].name,
            holds=each.holds_on(on) and known[each.user_id].is_active,
        )
        for each in found
    )
    return tuple(sorted(members, key=lambda member: not member.holds))


def _person_texts(row: PersonRow) -> tuple[str, ...]:
    """Return the texts in which a person in a role is sought."""
    name = row.member.name
    return (
        fold(name),
        pinyin_initials(name),
        row.member.login,
        fold(row.organization.name.zh),
        fold(row.organization.code),
    )


_PEOPLE_ORDERS: Final[dict[str, Callable[[PersonRow], tuple[object, ...]]]] = {
    "name": lambda row: (pinyin_key(row.member.name), row.member.membership.id),
    "login": lambda row: (row.member.login, row.member.membership.id),
    "role": lambda row: (row.member.membership.role, pinyin_key(row.member.name), row.member.membership.id),
    "organization": lambda row: (row.organization.path, pinyin_key(row.member.name), row.member.membership.id),
    "starts": lambda row: (-row.member.membership.starts.toordinal(), -row.member.membership.id),
}


def _filtered(actor: Actor, filters: Filters) -> QuerySet[models.Organization]:
    rows = models.Organization.objects.filter(permissions.visible_to(actor))
    if filters.text:
        rows = rows.filter(search_text__contains=fold(filters.text))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.parent_id is not None:
        rows = rows.filter(path__contains=[filters.parent_id])
    rows = rows.select_related("parent").annotate(
        members=Count("memberships", filter=Q(memberships__ended_on__isnull=True), distinct=True),
        below=Count("children", distinct=True),
    )
    return rows.order_by(*_ORDERS.get(filters.sort, _ORDERS["tree"]))


def _row(row: models.Organization, seen: Reach) -> Row:
    """Return a line of a list; what lies above is named to those only who may know of it."""
    above = row.parent if row.parent and seen.covers(row.parent.id) else None
    parent = Text(above.name_zh, above.name_en) if above else None
    members, below = vars(row)["members"], vars(row)["below"]
    return Row(
        organization=row.as_value(), depth=len(row.path) - 1, parent_name=parent, children=below, members=members
    )


def _one(rows: QuerySet[models.Organization], name: object) -> Organization:
    row = rows.first()
    if row is None:
        raise errors.OrganizationNotFound(organization=name)
    return row.as_value()


def _not_active(organization_ids: set[int]) -> frozenset[int]:
    rows = models.Organization.objects.filter(id__in=organization_ids).exclude(status=Status.ACTIVE)
    return frozenset(rows.values_list("id", flat=True))


def _below(organization_ids: set[int]) -> dict[int, frozenset[int]]:
    """Return, for each organization, the ids of itself and all below it, by one query for all."""
    if not organization_ids:
        return {}
    rows = models.Organization.objects.filter(path__overlap=list(organization_ids)).values_list("id", "path")
    found: dict[int, set[int]] = {number: set() for number in organization_ids}
    for number, path in rows:
        for above in organization_ids.intersection(path):
            found[above].add(number)
    return {number: frozenset(below) for number, below in found.items()}


def _reach(membership: Membership, below: dict[int, frozenset[int]]) -> Reach:
    match membership.extent:
        case Extent.BANK:
            return Reach(everywhere=True)
        case Extent.SUBTREE:
            return Reach(organizations=below[membership.organization_id])
        case Extent.UNIT:
            return Reach(organizations=frozenset({membership.organization_id}))
