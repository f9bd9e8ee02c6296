"""Reading accounts. Everything comes back as frozen values; numbers of documents come back masked."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from django.apps import apps
from django.db import connection
from django.db.models import Q

from creditbank.kernel.actor import Actor, system
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Stage
from creditbank.learners import errors, models, permissions
from creditbank.learners.apps import LearnersConfig
from creditbank.learners.digest_queries import (
    accounts_by_digest,
    digested,
    digests,
    digests_by_number,
    digests_of,
    find_by_digests,
    find_by_documents,
    has_account,
    learners_by_digest,
    newest,
)
from creditbank.learners.documents import documents_of, mask, shown
from creditbank.learners.models.fields import NUMBER_DIGITS
from creditbank.learners.numbers import lead
from creditbank.learners.providers import IdentityProvider, LocalTestProvider, NoProvider
from creditbank.learners.rules import VOUCHING_MINUTES
from creditbank.learners.types import (
    VOUCHING_PLACE,
    AccountPage,
    Application,
    Desk,
    Holder,
    Learner,
    Line,
    NewPerson,
    Page,
    Place,
    PriorityGroup,
    Profile,
    Progress,
    Repair,
    RepairState,
    Status,
)
from creditbank.learners.vault import Sealed, vault
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind

__all__ = [
    "accounts_by_digest",
    "digested",
    "digests",
    "digests_by_number",
    "digests_of",
    "find_by_digests",
    "find_by_documents",
    "has_account",
    "learners_by_digest",
    "newest",
]
T = TypeVar("T")
BLOCK: Final = 20_000
COUNTERS: Final = frozenset(
    {OrganizationKind.CENTRE, OrganizationKind.BRANCH, OrganizationKind.OUTLET, OrganizationKind.INSTITUTION}
)
PAGE_LINES: Final = 50
NAMESAKES_MAX: Final = 5_000
ACCESSES_SHOWN: Final = 200


def _blocks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def names_of(learner_ids: Sequence[int]) -> frozenset[str]:
    """Return the names that the holders of these accounts have or had."""
    now = models.Learner.objects.filter(learner_id__in=learner_ids).values_list("name", flat=True)
    before = models.FormerName.objects.filter(learner_id__in=learner_ids).values_list("name", flat=True)
    return frozenset((*now, *before))


def by_id(learner_id: int) -> Learner:
    """Return an account. Refused: an unknown one."""
    row = models.Learner.objects.filter(learner_id=learner_id).first()
    if row is None:
        raise errors.LearnerNotFound(learner=learner_id)
    return row.as_value()


def holder_of(number: int, name: str) -> Holder:
    """Return who holds the account of a number, as a statement of another room found both."""
    return Holder(f"{number:0{NUMBER_DIGITS}}", name)


def by_ids(learner_ids: Sequence[int]) -> dict[int, Learner]:
    """Return accounts by their ids; unknown ids are left out."""
    found: dict[int, Learner] = {}
    for block in _blocks(sorted(set(learner_ids))):
        rows = models.Learner.objects.filter(learner_id__in=block).order_by("learner_id")
        found.update((row.learner_id, row.as_value()) for row in rows)
    return found


def account_numbers(learner_ids: Sequence[int]) -> dict[int, str]:
    """Return the account number of each learner."""
    return _column("lpad(account_number::text, 15, '0')", learner_ids)


def living() -> int:
    """Return how many accounts there are; those that live on in another do not count."""
    return models.Learner.objects.exclude(status=Status.MERGED).count()


def living_after(learner_id: int, *, most: int) -> tuple[int, ...]:
    """Return the next accounts by their internal numbers, at most so many; those that live on in another not."""
    rows = models.Learner.objects.exclude(status=Status.MERGED).filter(learner_id__gt=learner_id)
    return tuple(rows.order_by("learner_id").values_list("learner_id", flat=True)[:most])


def survivors(learner_ids: Sequence[int]) -> dict[int, int]:
    """Return in which account each of these lives on, itself or another; erased ones are left out."""
    lead: dict[int, int] = _column("coalesce(merged_into, learner_id)", learner_ids)
    further = {target for learner_id, target in lead.items() if target != learner_id}
    beyond = survivors(sorted(further)) if further else {}
    return {
        learner_id: target if target == learner_id else beyond[target]
        for learner_id, target in lead.items()
        if target == learner_id or target in beyond
    }


def _column(expression: str, learner_ids: Sequence[int]) -> dict[int, Any]:
    """Return one thing about each of many learners; unknown ones are left out."""
    found: dict[int, Any] = {}
    with connection.cursor() as cursor:
        for block in _blocks(sorted(set(learner_ids))):
            cursor.execute(
                f"SELECT learner_id, {expression} FROM learners_learner WHERE learner_id = ANY(%s)",  # noqa: S608  ours
                [list(block)],
            )
            found.update(cursor.fetchall())
    return found


def by_account_number(number: str) -> Learner:
    """Return the account that a number leads to, merged and foreign numbers included. Refused: an unknown one."""
    return by_id(_led_to(number))


def _led_to(number: str) -> int:
    """Return the learner that a number leads to. Refused: an unknown number."""
    learner_id = lead(number)
    if learner_id is None:
        raise errors.LearnerNotFound
    return learner_id


def ids_by_name(name: str) -> tuple[int, ...]:
    """Return learners of exactly this name, at most 5,000; for rooms that narrow them down to their own people."""
    key = "".join(name.split()).casefold()
    rows = models.Learner.objects.filter(name_key=key).order_by("learner_id")
    return tuple(rows.values_list("learner_id", flat=True)[:NAMESAKES_MAX])


def _visible(*, actor: Actor, learner_id: int, now: datetime) -> models.Learner:
    seen = models.Learner.objects.filter(permissions.visible_to(actor, now=now))
    row = seen.filter(learner_id=learner_id).first()
    if row is None:
        raise errors.LearnerNotFound(learner=learner_id)
    return row


def profile(*, actor: Actor, learner_id: int, now: datetime) -> Profile:
    """Return what the bank keeps about an account, masked, to its holder or to staff who may know of it."""
    learner = _visible(actor=actor, learner_id=learner_id, now=now).as_value()
    of_learner = Q(learner_id=learner_id)
    aliases = models.LearnerNumber.objects.filter(of_learner).exclude(number=learner.account_number)
    accesses = models.Access.objects.filter(of_learner).order_by("-number")[:ACCESSES_SHOWN]
    return Profile(
        learner=learner,
        documents=tuple(shown(row) for row in reversed(documents_of([learner_id]))),
        former_names=tuple(r.as_value() for r in models.FormerName.objects.filter(of_learner).order_by("-number")),
        attributes=tuple(r.as_value() for r in models.Attribute.objects.filter(of_learner).order_by("-number")),
        accesses=tuple(r.as_value() for r in accesses),
        numbers=(learner.account_number, *aliases.order_by("number").values_list("number", flat=True)),
    )


def profile_by_account_number(*, actor: Actor, number: str, now: datetime) -> Profile:
    """Return the same by account number. Refused: an account that the actor may not know of."""
    return profile(actor=actor, learner_id=_led_to(number), now=now)


def groups_of(learner_id: int) -> tuple[PriorityGroup, ...]:
    """Return the priority groups that the holder consents to be counted in; of any other the bank knows nothing."""
    return groups_by_learner([learner_id])[learner_id]


def groups_by_learner(learner_ids: Sequence[int]) -> dict[int, tuple[PriorityGroup, ...]]:
    """Return the same for each of many learners."""
    standing = models.Attribute.objects.filter(learner_id__in=learner_ids, withdrawn_on__isnull=True)
    found: dict[int, list[PriorityGroup]] = {learner_id: [] for learner_id in learner_ids}
    for learner_id, code in standing.order_by("learner_id", "code").values_list("learner_id", "code"):
        found[learner_id].append(PriorityGroup(code))
    return {learner_id: tuple(groups) for learner_id, groups in found.items()}


def masked_documents(learner_ids: Sequence[int]) -> dict[int, str]:
    """Return the masked number of each learner's newest current document."""
    newest = {row.learner_id: row for row in documents_of(learner_ids) if row.until is None}
    return {learner_id: mask(row) for learner_id, row in newest.items()}


def listing(*, actor: Actor, name: str = "", status: str = "", page: int = 1, now: datetime) -> Page:
    """Return accounts that staff may know of, newest first, by the beginning of a name and by status."""
    rows = models.Learner.objects.filter(permissions.visible_to(actor, now=now))
    if name:
        rows = rows.filter(name_key__startswith="".join(name.split()).casefold())
    if status:
        rows = rows.filter(status=status) if status in set(Status) else rows.none()
    total = rows.count()
    pages = max(1, -(-total // PAGE_LINES))
    number = min(max(1, page), pages)
    shown = list(rows.order_by("-learner_id")[(number - 1) * PAGE_LINES : number * PAGE_LINES])
    masked = masked_documents([row.learner_id for row in shown])
    lines = tuple(line_of(row.as_value(), masked.get(row.learner_id, "")) for row in shown)
    return Page(lines=lines, number=number, pages=pages, total=total)


def line_of(learner: Learner, masked: str) -> Line:
    """Return an account as a line of a list."""
    return Line(
        learner_id=learner.learner_id,
        account_number=learner.account_number,
        name=learner.name,
        masked=masked,
        status=learner.status,
        opened_at=learner.opened_at,
        opened_through=learner.opened_through,
    )


def account_page(*, actor: Actor, number: str, now: datetime) -> AccountPage:
    """Return an account by its number, for staff who may know of it, with the organizations that it names."""
    known = profile(actor=actor, learner_id=_led_to(number), now=now)
    named = {known.learner.opened_by, *(access.organization_id for access in known.accesses)}
    found = organizations.by_ids(named)
    return AccountPage(profile=known, organizations={each: found[each].name for each in named if each in found})


def places(actor: Actor, permission: Permission, *, kinds: frozenset[OrganizationKind] = COUNTERS) -> tuple[Place, ...]:
    """Return the open organizations of these kinds where the actor holds a permission, by code."""
    reach = actor.reach({permission})
    ids: set[int] = set(reach.organizations)
    if reach.everywhere:
        ids.update(*(organizations.subtree(root.id) for root in organizations.roots()))
    found = [each for each in organizations.by_ids(ids).values() if each.kind in kinds and each.status == "active"]
    ordered = sorted(found, key=lambda each: each.code)
    return tuple(Place(id=each.id, public_id=each.public_id, name=each.name) for each in ordered)


def place(
    actor: Actor, permission: Permission, public_id: str, *, kinds: frozenset[OrganizationKind] = COUNTERS
) -> int:
    """Return the id of the organization chosen; of the only one, where nothing was chosen. Refused: any other."""
    offered = places(actor, permission, kinds=kinds)
    if not public_id and len(offered) == 1:
        return offered[0].id
    for each in offered:
        if each.public_id == public_id:
            return each.id
    raise errors.PlaceUnknown(field="place")


def outlets() -> tuple[Place, ...]:
    """Return the open outlets, for whoever looks for one."""
    everywhere = system("outlets")
    return places(everywhere, Permission.LEARNERS_ACCOUNT_OPEN, kinds=frozenset({OrganizationKind.OUTLET}))


def outlet(public_id: str) -> int:
    """Return the id of an open outlet. Refused: any other organization."""
    for each in outlets():
        if each.public_id == public_id:
            return each.id
    raise errors.PlaceUnknown(field="place")


def desk(*, actor: Actor) -> Desk:
    """Return how much waits at the actor's counters."""
    waiting = models.Application.objects.filter(permissions.applications_visible_to(actor), stage=Stage.READING)
    repairs = models.Repair.objects.filter(permissions.repairs_visible_to(actor), state=RepairState.OPEN)
    return Desk(applications=waiting.count(), repairs=repairs.count())


def open_applications(*, actor: Actor) -> tuple[Application, ...]:
    """Return the applications that wait for the actor's outlets, oldest first."""
    rows = models.Application.objects.filter(permissions.applications_visible_to(actor), stage=Stage.READING)
    return tuple(row.as_value() for row in rows.order_by("id")[:PAGE_LINES])


def application(*, actor: Actor, public_id: str) -> Application:
    """Return one application to those who may read it."""
    rows = models.Application.objects.filter(permissions.applications_visible_to(actor), public_id=public_id)
    row = rows.first()
    if row is None:
        raise errors.ApplicationNotFound
    return row.as_value()


def application_progress(public_id: str) -> Progress:
    """Return how an application stands, to whoever holds its number."""
    row = models.Application.objects.filter(public_id=public_id).first()
    if row is None:
        raise errors.ApplicationNotFound
    return Progress(
        public_id=row.public_id,
        stage=row.stage,
        applied_at=row.applied_at,
        decided_at=row.decided_at,
        reason=row.reason,
        outlet=organizations.by_id(row.organization_id).name,
    )


def open_repairs(*, actor: Actor) -> tuple[tuple[Repair, Learner], ...]:
    """Return the cases of differing data within the actor's reach, oldest first, with their accounts."""
    rows = models.Repair.objects.filter(permissions.repairs_visible_to(actor), state=RepairState.OPEN)
    cases = [row.as_value() for row in rows.order_by("opened_at", "learner_id", "number")[:PAGE_LINES]]
    accounts = by_ids([case.learner_id for case in cases])
    return tuple((case, accounts[case.learner_id]) for case in cases)


def own_repairs(*, actor: Actor) -> tuple[Repair, ...]:
    """Return a learner's own open cases of differing data, oldest first; what was stated stays sealed."""
    if actor.learner_id is None:
        return ()
    rows = models.Repair.objects.filter(learner_id=actor.learner_id, state=RepairState.OPEN)
    return tuple(row.as_value() for row in rows.order_by("number"))


def seal(text: str, *, place: str) -> Sealed:
    """Return a secret of a higher room sealed by the same ring; `place` names where it will lie."""
    return vault().seal(text, place=place)


def unseal(key_id: int, ciphertext: bytes, *, place: str) -> str:
    """Return what `seal` sealed for this place."""
    return vault().open(Sealed(key_id=key_id, ciphertext=ciphertext), place=place)


def provider() -> IdentityProvider | None:
    """Return the identity provider that this bank is connected to, if any."""
    config = apps.get_app_config("learners")
    assert isinstance(config, LearnersConfig)
    return None if isinstance(config.provider, NoProvider) else config.provider


def test_vouching(person: NewPerson) -> str:
    """Return a token of the test provider. Refused: at a bank that has another provider, or none."""
    found = provider()
    if not isinstance(found, LocalTestProvider):
        raise errors.ProviderUnavailable
    return found.token(person)


def vouched_person(held: str, *, now: datetime) -> NewPerson:
    """Return whom a held vouching is about. Refused: none at all, one older than 15 minutes."""
    if not held:
        raise errors.VouchingUnasked
    key_id, _, ciphertext = held.partition(".")
    told = json.loads(unseal(int(key_id), bytes.fromhex(ciphertext), place=VOUCHING_PLACE))
    if not 0 <= now.timestamp() - told["at"] <= VOUCHING_MINUTES * 60:
        raise errors.VouchingInvalid
    return NewPerson(name=told["name"], document=Document(DocumentKind(told["kind"]), told["number"]))
