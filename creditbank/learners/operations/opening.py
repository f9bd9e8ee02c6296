"""Opening accounts: one at a counter, or half a million from a list."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions, queries
from creditbank.learners.operations.describing import PERSON, frame_of
from creditbank.learners.operations.registering import Opening, account_of, register, register_frame
from creditbank.learners.rules import masked_account
from creditbank.learners.types import Learner, NewPerson, OpenedThrough
from creditbank.learners.vault import vault


@transaction.atomic
def open_account(
    *,
    actor: Actor,
    organization_id: int,
    name: str,
    document: Document,
    through: OpenedThrough = OpenedThrough.OUTLET,
    now: datetime,
) -> Learner:
    """Open one account, unclaimed, and return it.

    Refused: no permission to open here, a text that is no name, a person who has an account
    (the masked account number says which, and merging is the way on).
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_OPEN, at=organization_id)
    digest = vault().digest(document)
    opening = Opening(organization_id=organization_id, through=through, now=now)
    won = register({digest: NewPerson(name=name, document=document)}, opening=opening)
    if digest not in won:
        raise errors.AccountExists(account=masked_account(account_of(digest).account_number))

    learner_id = won[digest]
    fact = facts.account_opened(
        learner_id=learner_id,
        organization_id=organization_id,
        through=through.value,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return models.Learner.objects.get(learner_id=learner_id).as_value()


def open_many(*, actor: Actor, organization_id: int, people: Sequence[NewPerson], now: datetime) -> dict[Document, int]:
    """Return the learner of each document, with an account opened, unclaimed, for every person who had none.

    A document that comes twice counts once, with its first name. Otherwise as `open_frame`.
    """
    documents = [person.document for person in people]
    opened = open_frame(actor=actor, organization_id=organization_id, frame=frame_of(people), now=now)
    return dict(zip(documents, opened["learner_id"].to_list(), strict=True))


@transaction.atomic
def open_frame(*, actor: Actor, organization_id: int, frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the frame, in its order, with `learner_id`: of an account opened now, unclaimed, for who had none.

    It tells `person_name`, `document_kind` and `document_number`, and may tell their `digest`, and in `learner_id` who
    has an account: the caller has just looked for everybody's. Other columns stay.
    Set-based; one fact tells how many were opened. Where the same person is opened elsewhere at the same moment, both
    get the one account.
    Refused: no permission to open in bulk here, a text that is no name.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_OPEN_BULK, at=organization_id)
    opening = Opening(organization_id=organization_id, through=OpenedThrough.BULK, now=now)
    joined, opened, found = opened_for(frame, opening)
    if opened:
        fact = facts.accounts_opened(
            organization_id=organization_id, opened=opened, found=found, actor=actor.reference, at=now
        )
        evidence.append(fact)
    return joined


def opened_for(frame: pl.DataFrame, opening: Opening) -> tuple[pl.DataFrame, int, int]:
    """Return a frame of people with `learner_id`, and how many accounts were opened for them and how many there were.

    Once in a transaction, within the operation of the caller.
    """
    rows = frame if "digest" in frame.columns else queries.digested(frame)
    if "learner_id" not in frame.columns:
        rows = rows.join(_led_to(rows["digest"].unique()), on="digest", how="left", maintain_order="left")
    people = rows.select(*PERSON, "digest", "learner_id").unique("digest", keep="first", maintain_order=True)
    known = people.select("digest", "learner_id").drop_nulls()
    missing = people.filter(pl.col("learner_id").is_null()).drop("learner_id")
    won = register_frame(missing, opening=opening)
    raced = _led_to(missing.join(won, on="digest", how="anti")["digest"])
    every = pl.concat([known, won, raced])
    joined = rows.drop("learner_id").join(every, on="digest", how="left", maintain_order="left")
    assert not joined["learner_id"].has_nulls(), "everybody has an account now"
    stay = (name for name in frame.columns if name != "learner_id")
    return joined.select(*stay, "learner_id"), won.height, known.height + raced.height


def _led_to(digests: pl.Series) -> pl.DataFrame:
    """Return `digest` and `learner_id` of each known digest."""
    found = queries.learners_by_digest(digests.to_list())
    schema = {"digest": pl.Binary, "learner_id": pl.Int64}
    return pl.DataFrame({"digest": list(found), "learner_id": list(found.values())}, schema=schema)
