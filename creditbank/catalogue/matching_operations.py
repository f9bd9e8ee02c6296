"""Other names, tolerances and accreditation of specifications; `operations` is their door."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from creditbank.catalogue import errors, facts, models, permissions, rules
from creditbank.catalogue.types import Status
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.periods import Period
from creditbank.kernel.text import fold


@transaction.atomic
def add_alias(*, actor: Actor, specification_id: int, organization_id: int, alias: str, now: datetime) -> int:
    """Let a name in the files of an institution stand for a specification, and return the number of the alias.

    Refused: who may not propose for the institution, no name or a name too long, a specification that is withdrawn or
    not to be known of, a name that the catalogue has already, one that leads elsewhere.
    """
    permissions.check_may_name(actor, organization_id)
    row = _visible(actor, specification_id)
    if row.status == Status.WITHDRAWN:
        raise errors.StatusDiffers(status=row.status)
    name = rules.check_alias(alias)
    key = fold(name)
    same = models.Specification.objects.filter(issuer_id=row.issuer_id, kind=row.kind, name_key=key)
    if same.exclude(status=Status.WITHDRAWN).exists():
        raise errors.AliasIsName(name=name, field="alias")
    made = models.Alias(
        specification=row,
        organization_id=organization_id,
        issuer_id=row.issuer_id,
        kind=row.kind,
        alias=name,
        key=key,
        by=actor.reference,
        since=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "alias_once" not in str(error):
            raise
        raise errors.AliasTaken(name=name, field="alias") from error
    evidence.append(
        facts.alias_added(
            actor=actor, alias=made.id, specification=row.id, organization_id=organization_id, key=key, at=now
        )
    )
    return made.id


@transaction.atomic
def remove_alias(*, actor: Actor, alias_id: int, now: datetime) -> None:
    """Let a name stand for nothing again; rows that were stored under it stay. Refused: none, no permission there."""
    row = models.Alias.objects.select_for_update(of=("self",)).filter(id=alias_id).first()
    if row is None:
        raise errors.AliasNotFound
    permissions.check_may_name(actor, row.organization_id)
    specification, organization_id = row.specification_id, row.organization_id
    row.delete()
    evidence.append(
        facts.alias_removed(
            actor=actor, alias=alias_id, specification=specification, organization_id=organization_id, at=now
        )
    )


@transaction.atomic
def set_tolerance(*, actor: Actor, specification_id: int, hundredths: int, now: datetime) -> None:
    """Say by how much the credits of a file may differ from a course's; none where 0.

    Refused: who may not edit the course, a course that is not to be known of, less than 0 or more than 2 credits.
    """
    row = _visible(actor, specification_id)
    permissions.check_may_edit(actor, row.owner_id)
    rules.check_tolerance(hundredths)
    if hundredths:
        models.Tolerance.objects.update_or_create(
            specification=row, defaults={"hundredths": hundredths, "by": actor.reference, "since": now}
        )
    else:
        models.Tolerance.objects.filter(specification=row).delete()
    evidence.append(facts.tolerance_set(actor=actor, specification=row.id, hundredths=hundredths, at=now))


@transaction.atomic
def accredit(
    *, actor: Actor, specification_id: int, starts: date, ends: date | None, decision: str, now: datetime
) -> int:
    """Accept what is obtained from a day on and before another, and return the number of the accreditation.

    Refused: who may not edit the specification, one that is not to be known of, days that cannot be meant, a period
    that overlaps another of it, a decision that is not named.
    """
    row = _locked(actor, specification_id)
    permissions.check_may_edit(actor, row.owner_id)
    period = Period(starts, ends)
    rules.check_days(starts=starts, ends=ends, before=None, today=timezone.localdate(now))
    words = rules.check_decision(decision)
    for other in models.Accreditation.objects.filter(specification=row).order_by("id"):
        empty = other.ends == other.starts
        if not empty and Period(other.starts, other.ends).overlaps(period):
            raise errors.AccreditationOverlaps(starts=other.starts.isoformat(), field="starts")
    made = models.Accreditation.objects.create(
        specification=row, starts=starts, ends=ends, decision=words, by=actor.reference, at=now
    )
    evidence.append(
        facts.specification_accredited(
            actor=actor, accreditation=made.id, specification=row.id, starts=starts, ends=ends, decision=words, at=now
        )
    )
    return made.id


@transaction.atomic
def end_accreditation(*, actor: Actor, accreditation_id: int, on: date, now: datetime) -> None:
    """Accept nothing more that is obtained from a day on; what is stored stays.

    Refused: none with this number, who may not edit the specification, a day that cannot be meant or lies before
    the first, one that ended.
    """
    row = models.Accreditation.objects.select_for_update(of=("self",)).filter(id=accreditation_id).first()
    if row is None:
        raise errors.AccreditationNotFound
    specification = _visible(actor, row.specification_id)
    permissions.check_may_edit(actor, specification.owner_id)
    rules.check_days(starts=on, ends=None, before=None, today=timezone.localdate(now))
    if on < row.starts:
        raise errors.AccreditationBackwards(starts=row.starts.isoformat(), field="on")
    if row.ends is not None and row.ends <= on:
        raise errors.AccreditationEnded(ends=row.ends.isoformat(), field="on")
    row.record_end(on=on)
    evidence.append(
        facts.accreditation_ended(actor=actor, accreditation=row.id, specification=specification.id, on=on, at=now)
    )


def _visible(actor: Actor, specification_id: int) -> models.Specification:
    row = models.Specification.objects.filter(permissions.visible_to(actor), id=specification_id).first()
    if row is None:
        raise errors.SpecificationNotFound
    return row


def _locked(actor: Actor, specification_id: int) -> models.Specification:
    """Hold the specification, so that two periods of it are compared one after the other."""
    _visible(actor, specification_id)
    return models.Specification.objects.select_for_update(of=("self",), no_key=True).get(id=specification_id)
