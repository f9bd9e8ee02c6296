"""Rotation: what lies sealed is sealed again with the newest key, block by block, to be stopped and resumed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import facts, permissions
from creditbank.learners.operations.rows import application_place, repair_place
from creditbank.learners.vault import Sealed, document_place, vault

BLOCK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table with sealed rows: how the next block is read, written again, and what names a row's place."""

    name: str
    read: str
    write: str
    start: tuple[int, int]
    place: Callable[[int, int | str], str]


_PEOPLE_READ: Final = """
    SELECT learner_id, number, key_id, ciphertext FROM {table}
    WHERE (learner_id, number) > (%(owner)s, %(number)s) AND key_id <> %(newest)s
    ORDER BY learner_id, number LIMIT %(most)s FOR UPDATE"""
_PEOPLE_WRITE: Final = """
    UPDATE {table} AS t SET ciphertext = n.ciphertext, key_id = %s
    FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS n(learner_id, number, ciphertext)
    WHERE t.learner_id = n.learner_id AND t.number = n.number"""
_ACCOUNTS_READ: Final = """
    SELECT learner_id, 1, document_key_id, document_ciphertext FROM learners_learner
    WHERE learner_id > %(owner)s AND document_key_id <> %(newest)s
    ORDER BY learner_id LIMIT %(most)s FOR UPDATE"""
_ACCOUNTS_WRITE: Final = """
    UPDATE learners_learner AS t SET document_ciphertext = n.ciphertext, document_key_id = %s
    FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS n(learner_id, number, ciphertext)
    WHERE t.learner_id = n.learner_id"""
_APPLICATIONS_READ: Final = """
    SELECT id, public_id, key_id, ciphertext FROM learners_application
    WHERE id > %(owner)s AND key_id <> %(newest)s AND ciphertext IS NOT NULL
    ORDER BY id LIMIT %(most)s FOR UPDATE"""
_APPLICATIONS_WRITE: Final = """
    UPDATE learners_application AS t SET ciphertext = n.ciphertext, key_id = %s
    FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS n(id, public_id, ciphertext) WHERE t.id = n.id"""


def _document_place(learner_id: int, number: int | str) -> str:
    return document_place(learner_id, int(number))


TABLES: Final = (
    Table("accounts", _ACCOUNTS_READ, _ACCOUNTS_WRITE, (0, 0), _document_place),
    Table(
        "documents",
        _PEOPLE_READ.format(table="learners_document"),
        _PEOPLE_WRITE.format(table="learners_document"),
        (0, 0),
        _document_place,
    ),
    Table(
        "repairs",
        _PEOPLE_READ.format(table="learners_repair"),
        _PEOPLE_WRITE.format(table="learners_repair"),
        (-1, 0),
        lambda learner_id, number: repair_place(learner_id, int(number)),
    ),
    Table(
        "applications",
        _APPLICATIONS_READ,
        _APPLICATIONS_WRITE,
        (0, 0),
        lambda _, public_id: application_place(str(public_id)),
    ),
)


def rotate(*, actor: Actor, now: datetime) -> int:
    """Seal again whatever an older key sealed and return how many rows that were.

    Each block is one transaction with one fact; stopped anywhere, the next call goes on with what is
    left. Refused: everybody but the command line and jobs.
    """
    permissions.check_is_system(actor)
    total = 0
    for table in TABLES:
        after: tuple[int, int] | None = table.start
        while after is not None:
            rows, after = _block(table, after, actor, now)
            total += rows
    return total


@transaction.atomic
def _block(table: Table, after: tuple[int, int], actor: Actor, now: datetime) -> tuple[int, tuple[int, int] | None]:
    """Seal one block again; return its rows and where the next begins."""
    ring = vault()
    with connection.cursor() as cursor:
        asked = {"owner": after[0], "number": after[1], "newest": ring.newest, "most": BLOCK}
        cursor.execute(table.read, asked)
        rows: Sequence[tuple[int, int | str, int, bytes]] = cursor.fetchall()
        if not rows:
            return 0, None
        again = []
        for owner, number, key_id, ciphertext in rows:
            place = table.place(owner, number)
            content = ring.open_bytes(Sealed(key_id, bytes(ciphertext)), place=place)
            again.append(ring.seal_bytes(content, place=place).ciphertext)
        cursor.execute(table.write, [ring.newest, [row[0] for row in rows], [row[1] for row in rows], again])
    fact = facts.rows_resealed(table=table.name, rows=len(rows), key_id=ring.newest, actor=actor.reference, at=now)
    evidence.append(fact)
    owner, number = rows[-1][:2]
    return len(rows), (owner, number if isinstance(number, int) else 0)
