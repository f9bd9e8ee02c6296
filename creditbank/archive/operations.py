"""Everything that changes the archive: batches enter the book, entries are held, used and given back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from creditbank.archive import canonical, facts, models, permissions, queries, rules
from creditbank.archive.copying import copy_entries
from creditbank.archive.errors import (
    EntriesHeld,
    EntriesUnderWay,
    EntryAlreadyClaimed,
    EntryNotClaimed,
    EntryNotFound,
    PostingClosed,
)
from creditbank.archive.statements import statement
from creditbank.archive.types import MERGE_PREFIX, Entry, EntryKey, JournalKind, MoveCounts, Posting
from creditbank.evidence import operations as evidence, queries as proofs
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor

SALT_BYTES: Final = 16


@transaction.atomic
def begin_posting(*, actor: Actor, organization_id: int, reference: str, now: datetime) -> Posting:
    """Open a posting for a batch, or return the one that a crash left open.

    Refused: who may not post for the institution; a batch that is posted already.
    """
    permissions.check_may_post(actor, organization_id)
    row, _ = models.Posting.objects.get_or_create(
        reference=reference, defaults={"organization_id": organization_id, "begun_at": now}
    )
    assert row.organization_id == organization_id
    if row.posted_at is not None:
        raise PostingClosed(batch=reference)
    return row.as_value()


@transaction.atomic
def post_many(*, actor: Actor, posting: Posting, frame: pl.DataFrame) -> list[bytes]:
    """Write a frame of entries into the book and return their commitments in the frame's order.

    Columns: `leaf` (the entry's place in the batch's tree) and those of `canonical.COLUMNS`.
    The entries stay invisible until `finish_posting`. Rows are trusted to be checked; a key that
    is stored already with the same revision breaks the whole frame. Refused: a posted batch.
    """
    permissions.check_may_post(actor, posting.organization_id)
    if models.Posting.objects.filter(id=posting.id, posted_at__isnull=False).exists():
        raise PostingClosed(batch=posting.reference)
    return _write(frame, organization_id=posting.organization_id, posting_id=posting.id)


def _write(frame: pl.DataFrame, *, organization_id: int, posting_id: int) -> list[bytes]:
    """Salt, commit and copy a frame of entries of one source; return the commitments in its order."""
    forms = canonical.entry_forms(frame, queries.names_of(frame, organization_id=organization_id))
    salts = secrets.token_bytes(SALT_BYTES * frame.height)
    commitments = [
        proofs.commitment(salts[SALT_BYTES * n : SALT_BYTES * (n + 1)], form.encode()) for n, form in enumerate(forms)
    ]
    full = frame.with_columns(pl.lit(organization_id).alias("organization_id"), pl.lit(posting_id).alias("posting_id"))
    copy_entries(full, salts=salts, commitments=b"".join(commitments))
    return commitments


def leaves_of(posting: Posting) -> list[bytes]:
    """Return the commitments written so far, in the order of the tree; a resumed batch goes on after them."""
    return queries.leaves(posting.id)


@transaction.atomic
def finish_posting(
    *, actor: Actor, posting: Posting, commitments: list[bytes], file_digest: str | None, now: datetime
) -> Posting:
    """Make the batch visible, with the Merkle root over its entries, and append its one fact.

    Refused: a batch that somebody else finished meanwhile.
    """
    permissions.check_may_post(actor, posting.organization_id)
    _keep_accounts(shared=True)
    row = models.Posting.objects.select_for_update().get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    _close(row, actor=actor, commitments=commitments, file_digest=file_digest, now=now)
    for other_id, entries in groupby(queries.late(posting.id), key=lambda entry: entry.key.learner_id):
        _move_late(actor=actor, other_id=other_id, late=list(entries), organization_id=row.organization_id, now=now)
    return row.as_value()


def _close(
    row: models.Posting, *, actor: Actor, commitments: list[bytes], file_digest: str | None, now: datetime
) -> None:
    """Make a posting visible and append its fact."""
    root = proofs.merkle_root(commitments)
    row.record_posted(rows=len(commitments), root=root, at=now)
    evidence.append(
        facts.batch_posted(
            reference=row.reference,
            organization_id=row.organization_id,
            rows=len(commitments),
            root=root,
            file_digest=file_digest,
            actor=actor.reference,
            at=now,
        )
    )


@transaction.atomic
def move_account(
    *,
    actor: Actor,
    organization_id: int,
    survivor_id: int,
    other_id: int,
    enrolments: Mapping[int, int],
    now: datetime,
) -> MoveCounts:
    """Let the entries, claims and journal of an account live on under another, in a posting of their own.

    Sources, dates and values stay; `enrolments` says which number of the survivor each enrolment of the
    other has now. The other's rows stay in the book and count no more. Refused: no permission here,
    the same achievement spent in one scope in both, a batch under way with entries of either.
    """
    permissions.check_may_move(actor, organization_id)
    _keep_accounts(shared=False)
    for learner_id in sorted((survivor_id, other_id)):
        _lock(learner_id)
    if queries.under_way((survivor_id, other_id)):
        raise EntriesUnderWay
    rules.check_not_spent_twice(queries.claims(survivor_id), queries.claims(other_id))
    mine = {entry.key: entry for entry in queries.entries(survivor_id)}
    theirs = queries.entries(other_id)
    moves = rules.moves(mine, theirs, survivor_id=survivor_id, taken=queries.taken(survivor_id))
    reference = MERGE_PREFIX + ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    posting_id = _repost(
        moves, actor=actor, organization_id=organization_id, reference=reference, enrolments=enrolments, now=now
    )
    claims = _move_claims(moves, survivor_id=survivor_id, other_id=other_id, reference=reference, now=now)
    models.Moved.objects.create(learner_id=other_id, survivor_id=survivor_id, posting_id=posting_id, at=now)
    doubled = sum(move.doubled for move in moves)
    counts = MoveCounts(entries=len(moves) - doubled, doubled=doubled, claims=claims)
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


def _move_late(*, actor: Actor, other_id: int, late: list[Entry], organization_id: int, now: datetime) -> None:
    """Let what a batch wrote under a merged account live on where the account does; its enrolment is not told."""
    survivor_id = other_id
    while moved := models.Moved.objects.filter(learner_id=survivor_id).first():
        survivor_id = moved.survivor_id
    _lock(survivor_id)
    mine = {entry.key: entry for entry in queries.entries(survivor_id)}
    moves = rules.late_moves(mine, late, survivor_id=survivor_id, taken=queries.taken(survivor_id))
    reference = MERGE_PREFIX + ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    _repost(moves, actor=actor, organization_id=organization_id, reference=reference, enrolments={}, now=now)


def _repost(
    moves: Sequence[rules.Move],
    *,
    actor: Actor,
    organization_id: int,
    reference: str,
    enrolments: Mapping[int, int],
    now: datetime,
) -> int | None:
    """Write moved entries again, with their sources, as one posting; return its number, or None for nothing."""
    fresh = [move for move in moves if not move.doubled]
    if not fresh:
        return None
    posting = models.Posting.objects.create(organization_id=organization_id, reference=reference, begun_at=now)
    commitments: list[bytes] = []
    for source, of_source in groupby(fresh, key=lambda move: move.key.organization_id):
        rows = [_row(move, enrolments) for move in of_source]
        frame = pl.DataFrame(rows, schema=canonical.COLUMNS).with_row_index("leaf", offset=len(commitments))
        commitments += _write(frame, organization_id=source, posting_id=posting.id)
    _close(posting, actor=actor, commitments=commitments, file_digest=None, now=now)
    return posting.id


def _row(move: rules.Move, enrolments: Mapping[int, int]) -> dict[str, int | None]:
    entry, key = move.entry, move.key
    return {
        "learner_id": key.learner_id,
        "specification_id": key.specification_id,
        "obtained": key.obtained,
        "part": key.part,
        "revision": move.revision,
        "enrolment": enrolments.get(entry.enrolment, 0),
        "credits": entry.credits,
        "hours": entry.hours,
        "grade": entry.grade.value,
        "grade_scale": entry.grade.scale.value,
        "unit_id": entry.unit_id,
    }


def _move_claims(moves: Sequence[rules.Move], *, survivor_id: int, other_id: int, reference: str, now: datetime) -> int:
    """Write the other's journal again for the survivor and take its claims over; the other gives everything back."""
    lives = {move.entry.key: move.key for move in moves}
    standing = {(claim.scope, claim.key) for claim in queries.claims(survivor_id)}
    for row in queries.journal(other_id):
        key = lives[row.key]
        # What the survivor claims itself stands; the other's earlier story in that scope has ended.
        if (row.scope, key) not in standing:
            _journal(kind=row.kind, key=key, scope=row.scope, reference=row.reference, now=row.at)
    claims = queries.claims(other_id)
    for claim in claims:
        _insert_claim(lives[claim.key], claim.scope, claim.kind)
        ends = JournalKind.RELEASE if claim.kind is JournalKind.HOLD else JournalKind.REVERSAL
        _journal(kind=ends, key=claim.key, scope=claim.scope, reference=reference, now=now)
    models.Claim.objects.filter(learner_id=other_id).delete()
    return len(claims)


@transaction.atomic
def prepare_erasure(*, actor: Actor, organization_id: int, learner_ids: Sequence[int], now: datetime) -> None:
    """Keep what the proofs of others need before the eraser deletes the entries of these accounts.

    Refused: no permission here, achievements set aside for requests, a batch under way with entries of these.
    """
    permissions.check_may_erase(actor, organization_id)
    _keep_accounts(shared=False)
    for learner_id in sorted(learner_ids):
        _lock(learner_id)
    held = models.Claim.objects.filter(learner_id__in=learner_ids, kind=JournalKind.HOLD).count()
    if held:
        raise EntriesHeld(count=held)
    if queries.under_way(learner_ids):
        raise EntriesUnderWay
    with connection.cursor() as cursor:
        cursor.execute(statement("keep_commitments"), {"learner_ids": list(learner_ids)})
        kept = cursor.rowcount
    fact = facts.entries_erased(entries=kept, organization_id=organization_id, actor=actor.reference, at=now)
    evidence.append(fact)


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete entries with their salts, journal and claims; the database lets nobody but the eraser do it."""
    for table in (models.Entry, models.Journal, models.Claim, models.Moved):
        table._default_manager.filter(learner_id__in=learner_ids).delete()  # noqa: SLF001  # Django's public manager


def _journal(*, kind: JournalKind, key: EntryKey, scope: str, reference: str, now: datetime) -> int:
    """Append one row to the learner's journal and return its number."""
    last = models.Journal.objects.filter(learner_id=key.learner_id).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    models.Journal.objects.create(
        learner_id=key.learner_id,
        number=number,
        kind=kind,
        organization_id=key.organization_id,
        specification_id=key.specification_id,
        obtained=key.obtained,
        part=key.part,
        scope=scope,
        reference=reference,
        at=now,
    )
    return number


def _lock(learner_id: int) -> None:
    """Serialise what is claimed for one learner; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK_SPACE, learner_id])


def _keep_accounts(*, shared: bool) -> None:
    """Let no account be merged or erased while batches are finished, and the other way round, to the end of both."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, 0)", [ACCOUNTS_SPACE])


LOCK_SPACE: Final = 0x41524348
ACCOUNTS_SPACE: Final = 0x41524341


def _check_in_force(actor: Actor, key: EntryKey) -> None:
    visible = permissions.may_view(actor, learner_id=key.learner_id, organization_id=key.organization_id)
    if not visible or all(entry.key != key for entry in queries.entries(key.learner_id)):
        raise EntryNotFound


def _claim_of(key: EntryKey, scope: str) -> models.Claim | None:
    return models.Claim.objects.filter(
        learner_id=key.learner_id,
        scope=scope,
        organization_id=key.organization_id,
        specification_id=key.specification_id,
        obtained=key.obtained,
        part=key.part,
    ).first()


def _insert_claim(key: EntryKey, scope: str, kind: JournalKind) -> None:
    try:
        with transaction.atomic():
            models.Claim.objects.create(
                learner_id=key.learner_id,
                scope=scope,
                organization_id=key.organization_id,
                specification_id=key.specification_id,
                obtained=key.obtained,
                part=key.part,
                kind=kind,
            )
    except IntegrityError as error:
        raise EntryAlreadyClaimed from error


@transaction.atomic
def hold(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Set an entry aside for a request in a scope.

    Refused: an entry not in force or not visible; one that is held or used in the scope already.
    """
    _lock(key.learner_id)
    _check_in_force(actor, key)
    _insert_claim(key, scope, JournalKind.HOLD)
    number = _journal(kind=JournalKind.HOLD, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_held(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def use(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Spend an entry in a scope; a hold in the same scope becomes the use.

    Refused: an entry not in force or not visible; one that is used in the scope already.
    """
    _lock(key.learner_id)
    _check_in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is not None and claim.kind == JournalKind.HOLD:
        claim.delete()
    _insert_claim(key, scope, JournalKind.USE)
    number = _journal(kind=JournalKind.USE, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_used(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def release(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Give a hold back. Refused: an entry not visible; one that is not held in the scope."""
    _lock(key.learner_id)
    _check_in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is None or claim.kind != JournalKind.HOLD:
        raise EntryNotClaimed
    claim.delete()
    number = _journal(kind=JournalKind.RELEASE, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_released(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def reverse(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Undo a use, so that the entry may be used again. Refused: an entry not visible; one not used in the scope."""
    _lock(key.learner_id)
    _check_in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is None or claim.kind != JournalKind.USE:
        raise EntryNotClaimed
    claim.delete()
    number = _journal(kind=JournalKind.REVERSAL, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.use_reversed(key=key, number=number, scope=scope, actor=actor.reference, at=now))
