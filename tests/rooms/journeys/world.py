"""Two accounts of one person with achievements from two schools, and a third account of somebody else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection, transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import EntryKey
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EnrolmentRow
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as accounts
from tests.rooms.archive.conftest import NOW, SYSTEM, Bank, frame, small_bank

REASON = "同一人，两个证件开户"


@dataclass(frozen=True)
class Person:
    """`mine` and `theirs` are the two accounts of one person, `somebody` is a third one."""

    bank: Bank

    @property
    def mine(self) -> int:
        return self.bank.learners[0]

    @property
    def theirs(self) -> int:
        return self.bank.learners[1]

    @property
    def somebody(self) -> int:
        return self.bank.learners[2]

    def post(self, rows, *, reference, school=None):
        """Post rows as one batch of a school, the bank's first by default."""
        place = self.bank.school if school is None else school
        posting = archive.begin_posting(actor=SYSTEM, organization_id=place, reference=reference, now=NOW)
        archive.post_many(actor=SYSTEM, posting=posting, frames=[frame(rows)])
        return archive.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)

    def enrol(self, learner_id, student_number="2024001", **more):
        row = EnrolmentRow(learner_id, student_number, "护理", "85", "321", **more)
        return enrolments.confirm_many(
            actor=SYSTEM, organization_id=self.bank.school, rows=[row], source="list", now=NOW
        )[row.key]

    def key(self, learner, course=0, **values) -> EntryKey:
        return self.bank.key(learner, course, **values)

    @property
    def centre(self) -> dict[str, object]:
        """Return the arguments of a journey at the centre, by somebody with every permission there."""
        return {"actor": SYSTEM, "organization_id": self.bank.school, "reason": REASON, "now": NOW}

    @property
    def merging(self) -> dict[str, object]:
        return {**self.centre, "survivor_id": self.mine, "other_id": self.theirs}


def filled() -> Person:
    """Post one achievement that both accounts have, one of each alone, one of a second school, one of somebody."""
    person = Person(small_bank())
    row = person.bank.row
    person.post([row(0, 0), row(0, 1), row(1, 0), row(2, 0)], reference="first")
    person.post([row(1, 2, obtained=20250000, credits=450)], reference="second", school=person.bank.other_school)
    person.enrol(person.mine)
    person.enrol(person.theirs, "2025002", status=None)
    return person


def clerk(*permissions: Permission, at: int) -> Actor:
    here = Reach(organizations=frozenset({at}))
    return Actor(ActorKind.STAFF, 7, "王芳", tuple(Grant(permission, here) for permission in permissions))


def learner(learner_id: int) -> Actor:
    return Actor(ActorKind.LEARNER, 9, "张三", learner_id=learner_id)


def facts(name: str) -> list[dict[str, object]]:
    return [dict(stored.fact.body) for stored in evidence.facts(name=name)]


def totals(learner_id: int) -> dict[int, int]:
    achievements = book.archive_of(actor=SYSTEM, learner_id=learner_id)
    return {total.unit_id: total.hundredths for total in book.totals(achievements)}


def keys(learner_id: int) -> list[EntryKey]:
    return [entry.key for entry in book.entries(learner_id)]


def verifies(proof) -> bool:
    """Say whether a proof leads from the text of the entry to the root of its batch."""
    assert evidence.commitments(proof.salt, [proof.form.encode()])[0] == proof.commitment
    return (
        evidence.root_of_proof(leaf=proof.commitment, index=proof.index, size=proof.size, proof=proof.path)
        == proof.root
    )


def number(learner_id: int) -> str:
    return accounts.by_id(learner_id).account_number


def contents() -> dict[str, object]:
    """Return a digest of every table."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t")
            found[table] = cursor.fetchone()
        return found


BREAK = """
CREATE FUNCTION log_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'log is full'; END $$;
CREATE TRIGGER log_is_full BEFORE INSERT ON evidence_outbox FOR EACH ROW WHEN (NEW.name = '{name}')
    EXECUTE FUNCTION log_is_full();
"""


def break_evidence(name: str) -> None:
    """Let the log take no more facts of this name."""
    with connection.cursor() as cursor:
        cursor.execute(BREAK.format(name=name))


def connected(role: str) -> psycopg.Connection:
    """Connect to the database of this test as another role, as a second program would."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    place = f"{role}@{parts.netloc.rpartition('@')[2]}"
    address = urlunsplit(parts._replace(netloc=place, path=f"/{connection.settings_dict['NAME']}"))
    return psycopg.connect(address)


@contextmanager
def as_application(role: str = "creditbank_app") -> Iterator[None]:
    """Let Django's own connection be the application's role, as in a real bank; committed rows only are seen."""
    owner = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = owner


def nothing_changes(act, error: type[Exception], match: str | None = None) -> None:
    before = contents()
    with pytest.raises(error, match=match), transaction.atomic():
        act()
    assert contents() == before
