"""Everything that changes an organization or a membership. One function, one transaction, one fact."""

import secrets
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from creditbank.evidence import operations as evidence
from creditbank.identity import operations as identity_operations, queries as identity
from creditbank.identity.types import UserKind
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.periods import Period
from creditbank.kernel.text import Text, pinyin_key
from creditbank.organizations import errors, facts, models, permissions, rules
from creditbank.organizations.types import (
    OPENING,
    Appointment,
    Extent,
    Membership,
    Organization,
    OrganizationKind,
    Role,
    Status,
)


@transaction.atomic
def open_organization(
    *,
    actor: Actor,
    parent_id: int | None,
    code: str,
    kind: OrganizationKind,
    name: Text,
    region_code: str = "",
    registers_courses: bool = False,
    now: datetime,
) -> Organization:
    """Open an organization below another and return it.

    Refused: a parent the actor may not know of or not manage, a parent that is not active, a malformed
    code or region, a missing name, a code that was ever used.
    """
    parent = None if parent_id is None else _locked(actor, parent_id)
    if parent is None:
        permissions.check_may_manage_all(actor)
    else:
        permissions.check_may_manage(actor, parent.id)
        if Status(parent.status) is not Status.ACTIVE:
            raise errors.ParentNotActive(name=parent.name_zh, field="parent_id")
    name = Text(rules.check_name(name.zh), rules.check_english_name(name.en))
    code = rules.check_code(kind, code)
    row = models.Organization(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        code=code,
        kind=kind,
        name_zh=name.zh,
        name_en=name.en,
        sort_key=pinyin_key(name.zh),
        search_text=models.searchable(name, code),
        parent=parent,
        region_code=rules.check_region(region_code),
        registers_courses=registers_courses,
        opens_accounts=kind in OPENING,
        opened_on=timezone.localdate(now),
    )
    _insert(row, "organization_code_once", errors.CodeTaken(text=code, field="code"))
    row.record_path(list(parent.path) if parent else [])
    organization = row.as_value()
    evidence.append(facts.organization_opened(actor=actor, organization=organization, at=now))
    return organization


@transaction.atomic
def rename(*, actor: Actor, organization_id: int, name: Text, now: datetime) -> Organization:
    """Give an organization another name and return it. Refused: no permission there, a missing name."""
    row = _locked(actor, organization_id)
    permissions.check_may_manage(actor, row.id)
    row.record_name(Text(rules.check_name(name.zh), rules.check_english_name(name.en)))
    evidence.append(facts.organization_renamed(actor=actor, organization=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def set_depositing(
    *,
    actor: Actor,
    organization_id: int,
    opens_accounts: bool,
    registers_courses: bool,
    credits_tolerance: int,
    now: datetime,
) -> Organization:
    """Say how files of an organization are taken, and return the organization.

    They open accounts or not, name courses of the catalogue only or not; `credits_tolerance` (hundredths) is by how
    much credits may differ from the course standard.
    Refused: no permission there, an organization that deposits nothing, a tolerance of more than 2 credits.
    """
    row = _locked(actor, organization_id)
    permissions.check_may_manage(actor, row.id)
    rules.check_depositing(OrganizationKind(row.kind), credits_tolerance=credits_tolerance)
    row.record_depositing(
        opens_accounts=opens_accounts, registers_courses=registers_courses, credits_tolerance=credits_tolerance
    )
    evidence.append(facts.depositing_set(actor=actor, organization=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def suspend(*, actor: Actor, organization_id: int, now: datetime) -> Organization:
    """Suspend an organization: its members and those below it sign in, but hold no grants from there.

    Refused: no permission there, an organization that is not active, the committee and the centre.
    """
    row = _locked(actor, organization_id)
    permissions.check_may_manage(actor, row.id)
    rules.check_may_suspend(OrganizationKind(row.kind), Status(row.status))
    row.record_status(Status.SUSPENDED, on=timezone.localdate(now))
    evidence.append(facts.organization_suspended(actor=actor, organization=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def reopen(*, actor: Actor, organization_id: int, now: datetime) -> Organization:
    """Let a suspended organization act again. Refused: no permission there, one that is not suspended."""
    row = _locked(actor, organization_id)
    permissions.check_may_manage(actor, row.id)
    rules.check_may_reopen(Status(row.status))
    row.record_status(Status.ACTIVE, on=timezone.localdate(now))
    evidence.append(facts.organization_reopened(actor=actor, organization=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def close(*, actor: Actor, organization_id: int, now: datetime) -> Organization:
    """Close an organization for good; its records stay.

    Refused: no permission there, one that is closed, one with organizations below it that are not.
    """
    row = _locked(actor, organization_id)
    permissions.check_may_manage(actor, row.id)
    # Opening below this one takes the same row lock, so no child can appear between this count and the commit.
    open_children = models.Organization.objects.filter(parent_id=row.id).exclude(status=Status.CLOSED).count()
    rules.check_may_close(Status(row.status), open_children=open_children)
    row.record_status(Status.CLOSED, on=timezone.localdate(now))
    evidence.append(facts.organization_closed(actor=actor, organization=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    organization_id: int,
    user_id: int,
    role: Role,
    extent: Extent = Extent.UNIT,
    starts: date | None = None,
    ends: date | None = None,
    now: datetime,
) -> Membership:
    """Give a person a role at an organization, from a day on (today) and before another (never), and return it.

    Refused: no permission there, a role that is not held at this kind of organization, a reach wider
    than the actor's own, a closed organization, a role the person holds already, an empty period,
    somebody who is no member of staff.
    """
    row = _locked(actor, organization_id)
    covered = [row.id]
    if extent is Extent.SUBTREE:
        covered += models.Organization.objects.filter(path__contains=[row.id]).values_list("id", flat=True)
    permissions.check_may_appoint(
        actor,
        organization_id=row.id,
        kind=OrganizationKind(row.kind),
        role=role,
        extent=extent,
        covered=covered,
    )
    if Status(row.status) is Status.CLOSED:
        raise errors.StatusDiffers(status=row.status)
    person = identity.user(user_id)
    if person.kind is not UserKind.STAFF or not person.is_active:
        raise errors.PersonNotFound(login=str(user_id), field="login")
    today = timezone.localdate(now)
    period = Period(starts or today, ends)
    _record_lapsed(user_id=user_id, organization_id=row.id, role=role, today=today)
    member = models.Membership(
        user_id=user_id, organization=row, role=role, extent=extent, starts=period.starts, ends=period.ends
    )
    _insert(member, "membership_once", errors.AlreadyAppointed(role=role.value, field="role"))
    evidence.append(facts.member_appointed(actor=actor, membership=member.as_value(), at=now))
    return member.as_value()


@transaction.atomic
def appoint_by_login(
    *,
    actor: Actor,
    organization_id: int,
    login: str,
    name: str,
    is_new: bool,
    role: Role,
    extent: Extent = Extent.UNIT,
    starts: date | None = None,
    ends: date | None = None,
    now: datetime,
) -> Appointment:
    """Appoint who signs in with this name, or let a new person sign in and appoint them; return both.

    A new person gets a first password, which is in the answer and nowhere else. Refused as `appoint`;
    a sign-in name that nobody has, or for a new person one that is ill-formed or taken.
    """
    first_password = None
    if is_new:
        first_password = "-".join(ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))[:4] for _ in range(4))
        person = identity_operations.create_staff(
            actor=actor, organization_id=organization_id, login=login, name=name, password=first_password, now=now
        )
    else:
        found = identity.user_by_login(login)
        if found is None:
            raise errors.PersonNotFound(login=login, field="login")
        person = found
    membership = appoint(
        actor=actor,
        organization_id=organization_id,
        user_id=person.id,
        role=role,
        extent=extent,
        starts=starts,
        ends=ends,
        now=now,
    )
    return Appointment(membership=membership, login=person.login, name=person.name, first_password=first_password)


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int, now: datetime) -> Membership:
    """End an appointment today and return it. Refused: no permission there, one that has ended."""
    visible = permissions.visible_to(actor)
    row = (
        models.Membership.objects.filter(id=membership_id)
        .filter(organization__in=models.Organization.objects.filter(visible))
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if row is None:
        raise errors.MembershipNotFound(membership=membership_id)
    permissions.check_may_end(actor, row.organization_id)
    if row.ended_on is not None:
        raise errors.MembershipEnded(day=row.ended_on.isoformat())
    row.record_end(on=timezone.localdate(now))
    evidence.append(facts.membership_ended(actor=actor, membership=row.as_value(), at=now))
    return row.as_value()


def _locked(actor: Actor, organization_id: int) -> models.Organization:
    """Return the row, locked against every other change but not against being referred to."""
    visible = models.Organization.objects.filter(permissions.visible_to(actor))
    row = visible.select_for_update(of=("self",), no_key=True).filter(id=organization_id).first()
    if row is None:
        raise errors.OrganizationNotFound(organization=organization_id)
    return row


def _record_lapsed(*, user_id: int, organization_id: int, role: Role, today: date) -> None:
    """Write down that an earlier appointment has run out, so that it does not stand in the way of a new one."""
    lapsed = models.Membership.objects.filter(
        user_id=user_id, organization_id=organization_id, role=role, ended_on__isnull=True, ends__lte=today
    )
    for row in lapsed.select_for_update():
        assert row.ends is not None
        row.record_end(on=row.ends)


def _insert(row: models.Organization | models.Membership, constraint: str, refusal: Refusal) -> None:
    """Insert a row; what the named constraint says no to is that refusal, and anything else is a bug."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise refusal from error
