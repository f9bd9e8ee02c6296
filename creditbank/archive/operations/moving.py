"""What an account has in the book lives on under another one."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from django.db import transaction

from creditbank.archive import facts, locks, models, permissions, queries, rules
from creditbank.archive.errors import EntriesUnderWay
from creditbank.archive.operations.provenance import move_provenance
from creditbank.archive.operations.rows import insert_claim, journal
from creditbank.archive.operations.writing import repost
from creditbank.archive.types import MERGE_PREFIX, Entry, JournalKind, MoveCounts
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import SpecificationKind
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts

NOTHING_APART: Final[Mapping[str, str]] = MappingProxyType({})


@transaction.atomic
def move_account(
    *,
    actor: Actor,
    organization_id: int,
    survivor_id: int,
    other_id: int,
    enrolments: Mapping[int, int],
    apart: Mapping[str, str] = NOTHING_APART,
    claimed: Collection[str] = (),
    now: datetime,
) -> MoveCounts:
    """Let the entries, claims and journal of an account live on under another, in a posting of their own.

    Sources, dates and values stay; `enrolments` says which number of the survivor each enrolment of the other has
    now; `apart` names batches, each with the reference of a posting of its own in which its entry lives on, `claimed`
    those whose entries are certificates that the register knows. The other's rows stay in the book and count no more.
    Refused: no permission here, the same achievement spent in one scope in both, a batch under way with entries of
    either.
    """
    permissions.check_may_move(actor, organization_id)
    _hold_both(survivor_id, other_id)
    moves = _moves(survivor_id, other_id, {*apart, *claimed})
    rules.check_not_spent_twice(queries.claims(survivor_id), queries.claims(other_id), moves)
    reference = MERGE_PREFIX + ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    moved = partial(repost, actor=actor, enrolments=enrolments, now=now)
    posting_id = moved(_move_alone(moves, apart, moved=moved), organization_id=organization_id, reference=reference)
    claims = _move_claims(moves, survivor_id=survivor_id, other_id=other_id, reference=reference, now=now)
    move_provenance(moves, survivor_id=survivor_id, other_id=other_id)
    models.Moved.objects.create(
        learner_id=other_id,
        survivor_id=survivor_id,
        posting_id=posting_id,
        enrolments={str(was): now_is for was, now_is in enrolments.items()},
        at=now,
    )
    counts = _counted(moves, claims)
    evidence.append(
        facts.account_moved(
            survivor_id=survivor_id,
            other_id=other_id,
            posting=None if posting_id is None else reference,
            entries=counts.entries,
            doubled=counts.doubled,
            claims=counts.claims,
            organization_id=organization_id,
            actor=actor.reference,
            at=now,
        )
    )
    return counts


def _moves(survivor_id: int, other_id: int, claimed: Collection[str]) -> list[rules.Move]:
    mine, theirs = queries.entries(survivor_id), queries.entries(other_id)
    kinds = catalogue.by_ids({entry.key.specification_id for entry in theirs})
    known = rules.Known(
        claimed=frozenset(models.Posting.objects.filter(reference__in=claimed).values_list("id", flat=True)),
        numbered={number for number, each in kinds.items() if each.kind is not SpecificationKind.COURSE},
    )
    taken = queries.taken(survivor_id)
    return rules.moves({entry.key: entry for entry in mine}, theirs, survivor_id=survivor_id, taken=taken, known=known)


def _counted(moves: Sequence[rules.Move], claims: int) -> MoveCounts:
    doubled = sum(move.doubled for move in moves)
    return MoveCounts(entries=len(moves) - doubled, doubled=doubled, claims=claims)


def _move_alone(
    moves: Sequence[rules.Move], apart: Mapping[str, str], *, moved: Callable[..., int | None]
) -> list[rules.Move]:
    """Write what lives on apart, for the institution whose it is, and return the others."""
    batches = models.Posting.objects.filter(reference__in=list(apart)).values_list("id", "reference")
    references = {number: apart[reference] for number, reference in batches}
    for move in moves:
        if move.entry.posting_id in references:
            own = references[move.entry.posting_id]
            moved([move], organization_id=move.key.organization_id, reference=own)
    return [move for move in moves if move.entry.posting_id not in references]


def _hold_both(survivor_id: int, other_id: int) -> None:
    """Lock two accounts for a move. Refused: a batch under way with entries of either."""
    keep_accounts(shared=False)
    locks.learner(survivor_id, other_id)
    if queries.under_way((survivor_id, other_id)):
        raise EntriesUnderWay


def move_late(*, actor: Actor, other_id: int, late: list[Entry], organization_id: int, now: datetime) -> None:
    """Let what a batch wrote under a merged account live on where the account and its enrolments do."""
    survivor_id, enrolments = _followed(other_id, {entry.enrolment for entry in late})
    locks.learner(survivor_id)
    mine = {entry.key: entry for entry in queries.entries(survivor_id)}
    moves = rules.late_moves(mine, late, survivor_id=survivor_id, taken=queries.taken(survivor_id))
    reference = MERGE_PREFIX + ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    repost(moves, actor=actor, organization_id=organization_id, reference=reference, enrolments=enrolments, now=now)
    move_provenance(moves, survivor_id=survivor_id, other_id=other_id)


def _followed(learner_id: int, numbers: set[int]) -> tuple[int, dict[int, int]]:
    """Return the account that a merged one lives on in, and what its enrolments are numbered there."""
    enrolments = {number: number for number in numbers}
    while moved := models.Moved.objects.filter(learner_id=learner_id).first():
        learner_id = moved.survivor_id
        enrolments = {was: moved.enrolments.get(str(number), 0) for was, number in enrolments.items()}
    return learner_id, enrolments


def _move_claims(moves: Sequence[rules.Move], *, survivor_id: int, other_id: int, reference: str, now: datetime) -> int:
    """Write the other's journal again for the survivor and take its claims over; the other gives everything back."""
    lives = {move.entry.key: move.key for move in moves}
    standing = {(claim.scope, claim.key) for claim in queries.claims(survivor_id)}
    for row in queries.journal(other_id):
        key = lives.get(row.key)  # nowhere, where its batch was withdrawn after everything had been given back
        # What the survivor claims itself stands; the other's earlier story in that scope has ended.
        if key is not None and (row.scope, key) not in standing:
            journal(kind=row.kind, key=key, scope=row.scope, reference=row.reference, now=row.at)
    claims = queries.claims(other_id)
    for claim in claims:
        insert_claim(lives[claim.key], claim.scope, claim.kind)
        ends = JournalKind.RELEASE if claim.kind is JournalKind.HOLD else JournalKind.REVERSAL
        journal(kind=ends, key=claim.key, scope=claim.scope, reference=reference, now=now)
    models.Claim.objects.filter(learner_id=other_id).delete()
    return len(claims)
