"""A list is handed in and checked, block by block; what is checked is kept, so that a crash costs one block."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import PurePath
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import workbook
from creditbank.register import errors, facts, files, lists, locks, models, permissions, queries, rules
from creditbank.register.operations.rows import PUBLIC_ID_BYTES, count_attempt, defer, find, holders, move
from creditbank.register.queries.holders import holders_of
from creditbank.register.transitions import check_move
from creditbank.register.types import (
    FILE_BYTES_MAX,
    ROWS_MAX,
    Change,
    Counts,
    ListRow,
    Load,
    LoadStage,
    RefusedRow,
    Status,
)

BLOCK_ROWS: Final = 5_000
STAGE_ROWS: Final = (
    "COPY register_staged (load_id, row, specification_id, issued, until, status, change, number, holder, name, note) "
    "FROM STDIN"
)
KNOWN: Final = """
SELECT specification_id, number, holder, name, issued, until, status FROM register_certificate
 WHERE issuer_id = %s AND number = ANY(%s)"""
STAGED: Final = """
SELECT specification_id, number, holder, name, issued, until, status FROM register_staged
 WHERE load_id = %s AND number = ANY(%s)"""
Key = tuple[int, str]
Held = tuple[bytes, bytes, int, int, int]


@transaction.atomic
def hand_in(*, actor: Actor, organization_id: int, file_name: str, content: Iterable[bytes], now: datetime) -> Load:
    """Take an issuer's list in and seal it; the check is a job of its own.

    `content` comes in parts of any size. Refused: who may not load for the issuer, an empty or too large file.
    """
    load = receive(actor, organization_id, file_name, content, now)
    defer("register.check", load)
    return load


def receive(actor: Actor, organization_id: int, file_name: str, content: Iterable[bytes], now: datetime) -> Load:
    """Seal a file as a new list and return it; what is done next is the caller's."""
    permissions.check_may_load(actor, organization_id)
    public_id = ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES))
    key_id, sealed_key = files.fresh_key(public_id)
    seen = _Seen()
    files.write(public_id, seen.through(content))
    try:
        row = models.Load.objects.create(
            public_id=public_id,
            organization_id=organization_id,
            file_name=PurePath(file_name).name[:200],
            file_size=seen.size,
            file_sha256=seen.digest.hexdigest(),
            is_workbook=workbook.is_workbook(seen.head),
            key_id=key_id,
            sealed_key=sealed_key,
            uploaded_by=actor.reference,
            uploaded_at=now,
        )
        fact = facts.list_received(
            load=public_id,
            organization_id=organization_id,
            file_sha256=row.file_sha256,
            actor=actor.reference,
            at=now,
        )
        evidence.append(fact)
    except BaseException:
        files.drop(public_id)
        raise
    return row.as_value()


class _Seen:
    """What goes through: its size, its digest, how it begins. Refused on the way: nothing at all, too much."""

    def __init__(self) -> None:
        self.size = 0
        self.head = b""
        self.digest = hashlib.sha256()

    def through(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for part in content:
            self.head = self.head or part[:64]
            self.size += len(part)
            if self.size > FILE_BYTES_MAX:
                raise errors.FileTooLarge(field="file", most=FILE_BYTES_MAX // 1024**2)
            self.digest.update(part)
            yield part
        if not self.size:
            raise errors.FileEmpty(field="file")


def check(*, actor: Actor, public_id: str, now: datetime) -> Load:
    """Check a list and keep its report; a check that crashed goes on behind the last block.

    Refused: a list that is not there, one past its check, one that another process is at. An unreadable list is an
    outcome, not a refusal; so is one at which the bank itself fails three times.
    """
    load = queries.load(actor=actor, public_id=public_id)
    with locks.working_on(load.id) as alone:
        if not alone:
            raise errors.LoadBusy
        load = queries.load(actor=actor, public_id=public_id)
        if load.stage is not LoadStage.CHECKING:
            load = move(actor=actor, public_id=public_id, then=LoadStage.CHECKING, now=now)
        try:
            return _checked(actor=actor, load=load, now=now)
        except errors.LoadNotThere:
            raise
        except Refusal as refusal:
            return _keep_unreadable(actor=actor, load=load, refusal=refusal, now=now)
        except Exception:
            if count_attempt(actor=actor, public_id=public_id):
                _keep_unreadable(actor=actor, load=load, refusal=errors.CheckFailed(), now=now)
            raise


def _checked(*, actor: Actor, load: Load, now: datetime) -> Load:
    row = models.Load.objects.get(id=load.id)
    key = files.opened_key(row.key_id, bytes(row.sealed_key), load.public_id)
    found = lists.lines(files.source(load.public_id, name=load.file_name, size=load.file_size))
    header = lists.header_of(found)
    row.record(headings=list(header.headings))
    block = _Block(load, header, queries.index_of(load.organization_id), key, timezone.localdate(now))
    rest = (line for line in found if line[0] > load.read)
    while taken := list(islice(rest, BLOCK_ROWS)):
        if taken[-1][0] > ROWS_MAX:
            raise errors.ListTooLong(limit=ROWS_MAX)
        _keep_block(actor, load, block, taken)
    return _keep_report(actor=actor, load=load, now=now)


@transaction.atomic
def _keep_block(actor: Actor, load: Load, block: "_Block", taken: Sequence[lists.Line]) -> None:
    """Write what a block of rows comes to, and how far the check is. Refused: a list that was dropped meanwhile."""
    row = find(actor, load.public_id)
    if row.stage != LoadStage.CHECKING:
        raise errors.LoadNotThere(stage=row.stage, wanted=LoadStage.CHECKING.value)
    sorted_out = block.sort_out(taken)
    sorted_out.write(load.id)
    row.record(read=taken[-1][0], counts=sorted_out.added_to(Counts(**row.counts)))


@dataclass(slots=True)
class _SortedOut:
    """What a block of rows comes to."""

    staged: list[tuple[object, ...]] = field(default_factory=list)
    refused: list[models.RefusedRow] = field(default_factory=list)
    changes: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    ended: int = 0

    def write(self, load_id: int) -> None:
        with connection.cursor() as cursor, cursor.copy(STAGE_ROWS) as copy:
            for line in self.staged:
                copy.write_row((load_id, *line))
        models.RefusedRow.objects.bulk_create(self.refused)

    def added_to(self, counts: Counts) -> Counts:
        new, changed, same = (self.changes[each] for each in Change)
        return Counts(
            rows=counts.rows + new + changed + same + len(self.refused),
            new=counts.new + new,
            changed=counts.changed + changed,
            same=counts.same + same,
            refused=counts.refused + len(self.refused),
            ended=counts.ended + self.ended,
        )


@dataclass(frozen=True, slots=True)
class _Block:
    """What is known while the rows of one list are sorted out."""

    load: Load
    header: lists.Header
    index: rules.Index
    key: bytes
    today: date

    def sort_out(self, taken: Sequence[lists.Line]) -> _SortedOut:
        """Return which rows are new, changed, known or refused, against the register and the rows before them."""
        found, read, lines = _SortedOut(), [], dict(taken)
        for number, line in taken:
            if not any(cell.strip() for cell in line):
                continue
            cells = self.header.cells(line)
            try:
                read.append(rules.list_row(number, cells, index=self.index, today=self.today))
            except rules.RowRefused as refused:
                found.refused.append(self._refused(refused.row, line))
        numbers = [row.number for row in read]
        known = _held(KNOWN, self.load.organization_id, numbers)
        before = _held(STAGED, self.load.id, numbers)
        for row, holder, name in zip(read, *holders(read), strict=True):
            held = (holder, name, row.issued, row.until, row.status.value)
            reason = self._sort(found, row, held, known, before)
            if reason:
                why = rules.refused(reason, row=row.row).row
                found.refused.append(self._refused(why, lines[row.row]))
        return found

    def _sort(
        self, found: _SortedOut, row: ListRow, held: Held, known: Mapping[Key, Held], before: dict[Key, Held]
    ) -> str:
        """Put a row where it belongs, or return why it is refused."""
        key = (row.specification_id, row.number)
        if key in before:
            found.changes[Change.SAME] += before[key] == held
            return "" if before[key] == held else "twice"
        stored = known.get(key)
        if stored is not None and stored[-1] == Status.REVOKED and row.status is not Status.REVOKED:
            return "revoked_stays"
        change = Change.NEW if stored is None else Change.SAME if stored == held else Change.CHANGED
        before[key] = held
        found.changes[change] += 1
        found.ended += change is not Change.SAME and row.status is not Status.VALID
        place = (row.row, row.specification_id, row.issued, row.until, row.status.value, change.value)
        found.staged.append((*place, row.number, held[0], held[1], row.note))
        return ""

    def _refused(self, why: RefusedRow, line: Sequence[str]) -> models.RefusedRow:
        cells = self.header.cells(line)
        document = rules.document_in(cells, today=self.today)
        named = rules.named_in(cells)
        return models.RefusedRow(
            load_id=self.load.id,
            row=why.row,
            column=why.column,
            code=why.code,
            zh=why.sentence.zh.replace("\0", ""),
            en=why.sentence.en.replace("\0", ""),
            holder=holders_of([document])[0] if document else None,
            named=queries.named_by(self.load.organization_id, [named])[0] if named else None,
            content=files.seal_line(self.key, why.row, line),
        )


def _held(statement: str, where: int, numbers: Sequence[str]) -> dict[Key, Held]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [where, list(numbers)])
        return {
            (specification_id, number): (bytes(holder), bytes(name), issued, until, status)
            for specification_id, number, holder, name, issued, until, status in cursor
        }


@transaction.atomic
def _keep_unreadable(*, actor: Actor, load: Load, refusal: Refusal, now: datetime) -> Load:
    row = find(actor, load.public_id)
    check_move(LoadStage(row.stage), LoadStage.UNREADABLE)
    zh, en = refusal.sentence("zh"), refusal.sentence("en")
    row.record(stage=LoadStage.UNREADABLE, refusal_zh=zh, refusal_en=en, checked_at=now, closed_at=now)
    models.Staged.objects.filter(load_id=load.id).delete()
    evidence.append(facts.list_unreadable(load=load.public_id, code=refusal.code, at=now))
    transaction.on_commit(lambda: files.drop(load.public_id))
    return row.as_value()


@transaction.atomic
def _keep_report(*, actor: Actor, load: Load, now: datetime) -> Load:
    row = find(actor, load.public_id)
    check_move(LoadStage(row.stage), LoadStage.REPORTED)
    row.record(stage=LoadStage.REPORTED, checked_at=now, attempts=0)
    counts = Counts(**row.counts)
    evidence.append(facts.list_checked(load=load.public_id, rows=counts.rows, refused=counts.refused, at=now))
    transaction.on_commit(lambda: files.drop(load.public_id))
    return row.as_value()
