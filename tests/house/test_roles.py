"""The three roles, tried with real connections: the application adds to the book and never changes it."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

pytestmark = pytest.mark.django_db
OTHERS = ("archive_claim", "archive_posting", "learners_learner", "enrolments_enrolment")
ROWS = {
    "archive_entry": """INSERT INTO archive_entry (learner_id, organization_id, specification_id, obtained, part,
        posting_id, leaf, credits, hours, grade, revision, grade_scale, unit_id, enrolment, salt, commitment)
        VALUES (1, 1, 1, 20260600, 0, 1, 0, 300, NULL, 0, 0, 0, 1, 0, '\\x00', '\\x00')""",
    "archive_journal": """INSERT INTO archive_journal (learner_id, number, kind, organization_id, specification_id,
        obtained, part, scope, reference, at) VALUES (1, 1, 'hold', 1, 1, 20260600, 0, 'scope', 'case:1', now())""",
    "evidence_outbox": """INSERT INTO evidence_outbox (name, at, body, salt, leaf)
        VALUES ('rooms.thing_done.v1', now(), '{}', '\\x00', '\\x00')""",
}

BOOK = sorted(ROWS)


def connected(role: str) -> psycopg.Connection:
    """Connect to the database of this test run as another role, as a second program would."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    place = f"{role}@{parts.netloc.rpartition('@')[2]}"
    address = urlunsplit(parts._replace(netloc=place, path=f"/{connection.settings_dict['NAME']}"))
    return psycopg.connect(address)


@pytest.fixture
def app() -> Iterator[psycopg.Connection]:
    with connected("creditbank_app") as other:
        yield other
        other.rollback()


@pytest.fixture
def eraser() -> Iterator[psycopg.Connection]:
    with connected("creditbank_eraser") as other:
        yield other
        other.rollback()


def refused(other: psycopg.Connection, statement: str, table: str) -> None:
    with pytest.raises(InsufficientPrivilege), other.transaction():
        other.execute(sql.SQL(statement).format(table=sql.Identifier(table)))


@pytest.mark.parametrize("table", BOOK)
def test_application_adds_to_the_book(app: psycopg.Connection, table: str) -> None:
    app.execute(ROWS[table])
    counted = app.execute(sql.SQL("SELECT count(*) > 0 FROM {}").format(sql.Identifier(table)))
    assert counted.fetchone() == (True,)


@pytest.mark.parametrize("table", BOOK)
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "TRUNCATE {table}", "DROP TABLE {table}"])
def test_application_takes_nothing_out_of_the_book(app: psycopg.Connection, table: str, statement: str) -> None:
    refused(app, statement, table)


@pytest.mark.parametrize("table", BOOK)
def test_application_changes_no_column_of_the_book(app: psycopg.Connection, table: str) -> None:
    columns = app.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in columns.fetchall()]
    assert names
    for name in names:
        column = sql.Identifier(name)
        statement = sql.SQL("UPDATE {table} SET {column} = {column}").format(table=sql.Identifier(table), column=column)
        with pytest.raises(InsufficientPrivilege), app.transaction():
            app.execute(statement)


def test_application_writes_of_an_edition_only_whether_and_until_when_it_counts(app: psycopg.Connection) -> None:
    columns = app.execute(
        "SELECT column_name FROM information_schema.column_privileges"
        " WHERE table_name = 'catalogue_specification' AND privilege_type = 'UPDATE' AND grantee = current_user"
    )
    assert sorted(name for (name,) in columns.fetchall()) == ["ends", "status"]
    refused(app, "UPDATE {table} SET name_zh = name_en", "catalogue_specification")
    refused(app, "DELETE FROM {table}", "catalogue_specification")


@pytest.mark.parametrize("role", ["creditbank_app", "creditbank_eraser"])
def test_no_role_at_work_can_help_itself(role: str) -> None:
    with connected(role) as other:
        rights = other.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert rights.fetchone() == (False, False, False)
        member = other.execute("SELECT pg_has_role(current_user, 'creditbank_owner', 'MEMBER')")
        assert member.fetchone() == (False,)
        refused(other, "ALTER TABLE {table} DISABLE TRIGGER ALL", "archive_entry")
        other.execute("GRANT ALL ON archive_entry TO CURRENT_USER")  # a warning only, and nothing granted
        refused(other, "UPDATE {table} SET grade = 0", "archive_entry")
        with pytest.raises(InsufficientPrivilege), other.transaction():
            other.execute("CREATE TABLE public.aside (id int)")
        other.rollback()


@pytest.mark.parametrize("table", OTHERS)
def test_application_works_on_what_is_not_the_book(app: psycopg.Connection, table: str) -> None:
    app.execute(sql.SQL("DELETE FROM {} WHERE false").format(sql.Identifier(table)))
    refused(app, "TRUNCATE {table}", table)


def test_eraser_deletes_the_rows_of_a_learner_and_writes_nothing(eraser: psycopg.Connection) -> None:
    for table in ("archive_entry", "archive_journal", "archive_claim"):
        eraser.execute(sql.SQL("DELETE FROM {} WHERE learner_id = 0").format(sql.Identifier(table)))
        refused(eraser, "UPDATE {table} SET learner_id = 1", table)
        refused(eraser, "INSERT INTO {table} (learner_id) VALUES (1)", table)
        refused(eraser, "TRUNCATE {table}", table)


def test_eraser_does_not_reach_the_facts(eraser: psycopg.Connection) -> None:
    refused(eraser, "DELETE FROM {table}", "evidence_outbox")
    refused(eraser, "SELECT 1 FROM {table}", "evidence_outbox")


@pytest.mark.parametrize("statement", ["UPDATE {} SET learner_id = learner_id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["archive_entry", "archive_journal"])
def test_book_says_no_even_to_its_owner(table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROWS[table])
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))


@pytest.mark.parametrize("statement", ["UPDATE evidence_outbox SET name = name", "DELETE FROM evidence_outbox"])
def test_facts_say_no_even_to_their_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROWS["evidence_outbox"])
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize("table", ["archive_entry", "archive_journal"])
def test_eraser_alone_gets_past_the_trigger(app: psycopg.Connection, eraser: psycopg.Connection, table: str) -> None:
    app.execute(ROWS[table])
    app.commit()
    gone = eraser.execute(sql.SQL("DELETE FROM {} WHERE learner_id = 1").format(sql.Identifier(table)))
    eraser.commit()
    assert gone.rowcount == 1
