"""A school says by what names its own tables call the bank's columns, and files are read by that."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from creditbank.deposits import facts, models, permissions
from creditbank.deposits.intake import heads, renaming as rules
from creditbank.deposits.intake.errors import ColumnMissing, NoHeader
from creditbank.deposits.intake.layouts.errors import ProfileNameTaken, ProfileNotFound
from creditbank.deposits.types import Head, Profile, Renaming
from creditbank.evidence import operations as evidence
from creditbank.evidence.types import Fact
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets.source import Source


@transaction.atomic
def save_profile(
    *,
    actor: Actor,
    organization_id: int,
    renaming: Renaming,
    headings: Sequence[str],
    replaces: str = "",
    batch_id: int | None = None,
    now: datetime,
) -> Profile:
    """Keep an institution's own names for columns, as a new profile or the next edition of the one it replaces.

    Files with all the headings named are read by it from now on. `batch_id` is the unreadable batch that its headings
    came from. Refused: who may not upload for the institution, a name that is missing or taken, what `renaming.check`
    refuses, a profile to replace that is not there.
    """
    permissions.check_may_upload(actor, organization_id)
    name = rules.check_name(renaming.name)
    rules.check(renaming, headings=tuple(headings))
    edition, public_id = 1, ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    if replaces:
        old = _find(actor, replaces)
        permissions.check_may_upload(actor, old.organization_id)
        organization_id, edition, public_id = old.organization_id, old.edition + 1, old.public_id
        old.record_ended(by=actor.reference, at=now)
    try:
        with transaction.atomic():
            row = models.Profile.objects.create(
                public_id=public_id,
                organization_id=organization_id,
                name=name,
                edition=edition,
                layout=renaming.layout,
                headings=list(headings),
                names=dict(renaming.names),
                values={column: dict(words) for column, words in renaming.values.items() if words},
                fixed=dict(renaming.fixed),
                made_by=actor.reference,
                made_at=now,
            )
    except IntegrityError:
        raise ProfileNameTaken(field="name", name=name) from None
    if batch_id is not None:
        models.Head.objects.filter(batch_id=batch_id).delete()
    _tell(row, facts.profile_saved, actor=actor, now=now)
    return row.as_value()


@transaction.atomic
def end_profile(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Let files be read by a profile no more. Refused: one that is not there; who may not upload there."""
    row = _find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    row.record_ended(by=actor.reference, at=now)
    _tell(row, facts.profile_ended, actor=actor, now=now)


def head_for(refusal: Refusal, source: Source) -> Head | None:
    """Return the headings of a file that was refused for them, for a person to say which is which."""
    if not isinstance(refusal, NoHeader | ColumnMissing):
        return None
    try:
        return heads.head_of(source)
    except Refusal:
        return None


def keep_head(batch_id: int, head: Head) -> None:
    """Keep the headings of a file that was not recognised, within the transaction that says so."""
    row = models.Head(batch_id=batch_id, headings=list(head.headings), samples=[list(each) for each in head.samples])
    row.save()


def forget_heads(*, since: datetime) -> None:
    """Delete the headings of files that nobody named the columns of for so long."""
    old = models.Batch.objects.filter(closed_at__lt=since).values("id")
    models.Head.objects.filter(batch_id__in=old).delete()


def _find(actor: Actor, public_id: str) -> models.Profile:
    rows = models.Profile.objects.filter(permissions.visible_to(actor), ended_at__isnull=True)
    row = rows.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise ProfileNotFound
    return row


def _tell(row: models.Profile, fact: Callable[..., Fact], *, actor: Actor, now: datetime) -> None:
    evidence.append(
        fact(
            profile=row.public_id,
            edition=row.edition,
            layout=row.layout,
            organization_id=row.organization_id,
            actor=actor.reference,
            at=now,
        )
    )
