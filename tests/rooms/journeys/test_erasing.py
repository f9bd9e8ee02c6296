"""A person is erased: rows, names, documents, sign-in and salts are gone, and everybody else's proofs still hold."""

from functools import partial

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import EntriesHeld, EntriesUnderWay, EntryNotFound
from creditbank.deposits import posting as deposit_posting
from creditbank.enrolments import queries as enrolments
from creditbank.identity import queries as sign_ins
from creditbank.journeys.erase_learner import erase_learner
from creditbank.journeys.errors import EraserMissing
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.errors import AccountNotOpen, LearnerNotFound, ReasonMissing
from creditbank.learners.locks import ACCOUNTS_SPACE
from creditbank.learners.types import NewPerson, PriorityGroup, SignIn
from tests.rooms.archive.conftest import IDENTITIES, NOW, SYSTEM, frame
from tests.rooms.journeys import world as j
from tests.rooms.learners.people import ANYBODY, document

CLAIM = {"actor": SYSTEM, "scope": "award:nursing", "reference": "case:1", "now": NOW}
MINE = Document(DocumentKind.RESIDENT_ID, IDENTITIES[0])
PASSWORD = "tide-and-lantern-7"

pytestmark = pytest.mark.django_db(transaction=True)


def lived_in() -> j.Person:
    """Give the first account all that an account can have."""
    person = j.filled()
    at = {"actor": SYSTEM, "organization_id": person.bank.school, "learner_id": person.mine, "now": NOW}
    code = learners.issue_claim_code(**at)
    learners.claim_with_code(
        actor=ANYBODY, code=code.code, name="张三", document=MINE, sign_in=SignIn("13900000001", PASSWORD), now=NOW
    )
    learners.correct_name(**at, name="张珊", reason="更名")
    learners.replace_document(**at, document=document(7), reason="换证")
    learners.set_attribute(**at, group=PriorityGroup.VETERAN)
    learners.add_alias(**at, number="SH-1", bank_code="0031")
    learners.unmask(**at, document_number=1, purpose="核对证件")
    learners.apply_for_account(
        organization_id=person.bank.school, name="张三", document=MINE, contact="13900000001", now=NOW
    )
    archive.use(key=person.key(0), **CLAIM)
    person.enrol(person.mine, class_name="护理2403")
    return person


def erasing(person, **change):
    return {**person.centre, "learner_id": person.mine, **change}


@pytest.fixture
def person():
    """A bank that the owner filled, while Django's connection is the application's from here on."""
    filled = lived_in()
    with j.as_application():
        yield filled


TABLES = [
    "archive_entry",
    "archive_journal",
    "archive_claim",
    "enrolments_enrolment",
    "enrolments_status",
    "learners_learner",
    "learners_key",
    "learners_number",
    "learners_document",
    "learners_former_name",
    "learners_attribute",
    "learners_access",
    "learners_claim_code",
    "learners_repair",
    "identity_user",
]


def rows_of(*learner_ids: int) -> dict[str, int]:
    """Return how many rows each table holds of these learners."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE learner_id = ANY(%s)", [list(learner_ids)])
            found[table] = cursor.fetchone()[0]
        return found


def applications() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM learners_application")
        return cursor.fetchone()[0]


def everything() -> str:
    """Return all the bank keeps, as text, but the notes of the database itself."""
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t")
            texts.append(cursor.fetchone()[0])
        return " ".join(texts)


def test_nothing_of_the_person_is_left_in_any_table(person):
    words = ("张珊", "13900000001", "核对证件", "SH-1")
    entry = book.entry_proof(actor=SYSTEM, key=person.key(0))
    text = everything()
    assert all(word in text for word in words)
    assert entry.salt.hex() in text
    assert min(count for table, count in rows_of(person.mine).items() if table != "learners_repair") > 0
    assert applications() == 1
    erase_learner(**erasing(person))
    assert set(rows_of(person.mine).values()) == {0}
    assert applications() == 0
    text = everything()
    assert [word for word in (*words, entry.salt.hex()) if word in text] == []
    assert sign_ins.learner_user(person.mine) is None
    assert accounts.find_by_documents([MINE, document(7)]) == {}
    assert enrolments.by_learner(person.mine) == ()


def test_others_keep_everything_and_their_proofs_hold(person):
    others = {
        key: book.entry_proof(actor=SYSTEM, key=key) for key in (*j.keys(person.theirs), *j.keys(person.somebody))
    }
    before = rows_of(person.theirs, person.somebody)
    leaves = book.leaves(book.posting("first").id)
    erase_learner(**erasing(person))
    assert rows_of(person.theirs, person.somebody) == before
    assert book.leaves(book.posting("first").id) == leaves
    for key, was in others.items():
        proof = book.entry_proof(actor=SYSTEM, key=key)
        assert proof == was
        assert j.verifies(proof)
    with pytest.raises(EntryNotFound):
        book.entry_proof(actor=SYSTEM, key=person.key(0))
    assert book.figures().entries == 3


def test_number_leads_to_nobody_and_stays_taken(person):
    number = j.number(person.mine)
    erase_learner(**erasing(person))
    with pytest.raises(LearnerNotFound):
        accounts.by_account_number(number)
    with pytest.raises(LearnerNotFound):
        learners.find_person(actor=SYSTEM, organization_id=person.bank.school, account_number=number, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT learner_id FROM learners_number WHERE number = %s", [number])
        assert cursor.fetchall() == [(0,)]


def test_person_may_come_again_with_an_account_of_their_own(person):
    erase_learner(**erasing(person))
    opened = learners.open_many(
        actor=SYSTEM, organization_id=person.bank.school, people=[NewPerson("张三", MINE)], now=NOW
    )
    assert opened[MINE] != person.mine
    assert book.entries(opened[MINE]) == []


def test_one_fact_tells_it_and_names_nobody(person):
    erase_learner(**erasing(person))
    [fact] = j.facts("learners.account_erased.v1")
    assert fact == {
        "learner": person.mine,
        "merged": 0,
        "organization": person.bank.school,
        "actor": "system:command-line",
    }
    assert [each["entries"] for each in j.facts("archive.entries_erased.v1")] == [2]


def test_merged_accounts_go_with_the_one_they_live_on_in(person):
    merge_accounts(**person.merging)
    erase_learner(**erasing(person))
    assert set(rows_of(person.mine, person.theirs).values()) == {0}
    [key] = j.keys(person.somebody)
    assert j.verifies(book.entry_proof(actor=SYSTEM, key=key))
    [fact] = j.facts("learners.account_erased.v1")
    assert fact["merged"] == 1
    assert book.figures().entries == 1


def test_account_that_lives_on_in_another_is_not_erased_alone(person):
    merge_accounts(**person.merging)
    j.nothing_changes(partial(erase_learner, **erasing(person, learner_id=person.theirs)), AccountNotOpen)


def test_held_achievement_refuses(person):
    archive.hold(key=person.key(0, 1), **CLAIM)
    j.nothing_changes(partial(erase_learner, **erasing(person)), EntriesHeld)


def test_batch_under_way_refuses(person):
    posting = archive.begin_posting(actor=SYSTEM, organization_id=person.bank.school, reference="open", now=NOW)
    archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([person.bank.row(0, 1, obtained=20220000)])])
    j.nothing_changes(partial(erase_learner, **erasing(person)), EntriesUnderWay)


def test_who_may_not_erase_is_refused_in_every_room(person):
    merging = j.clerk(Permission.LEARNERS_ACCOUNT_VIEW, Permission.LEARNERS_ACCOUNT_MERGE, at=person.bank.school)
    j.nothing_changes(partial(erase_learner, **erasing(person, actor=merging)), NotPermitted)
    with pytest.raises(NotPermitted):
        archive.prepare_erasure(actor=merging, organization_id=person.bank.school, learner_ids=[person.mine], now=NOW)


@pytest.mark.parametrize(
    ("change", "refusal"), [({"reason": ""}, ReasonMissing), ({"learner_id": 10**9}, LearnerNotFound)]
)
def test_erasing_without_reason_or_account_is_refused(person, change, refusal):
    j.nothing_changes(partial(erase_learner, **erasing(person, **change)), refusal)


@pytest.mark.parametrize(
    "table", ["archive_entry", "archive_journal", "archive_moved", "archive_erased", "archive_provenance"]
)
def test_application_alone_deletes_and_changes_nothing_of_the_book(person, table):
    with j.connected("creditbank_app") as app:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET learner_id = 1", f"TRUNCATE {table}"):
            with pytest.raises((InsufficientPrivilege, psycopg.errors.UndefinedColumn)), app.transaction():
                app.execute(statement)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        archive.delete_rows(learner_ids=[person.mine])
    assert book.entries(person.mine) != []


def test_eraser_leaves_what_it_may_not_touch(person):
    with j.connected("creditbank_eraser") as eraser:
        for table in ("archive_erased", "archive_posting", "evidence_outbox"):
            with pytest.raises(InsufficientPrivilege), eraser.transaction():
                eraser.execute(f"DELETE FROM {table}")


def test_application_is_itself_again_afterwards(person):
    erase_learner(**erasing(person))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("creditbank_app",)
    person.post([person.bank.row(1, 1, obtained=20220000)], reference="afterwards")


def test_failure_in_the_middle_takes_everything_back_and_the_role_too(person, monkeypatch):
    def fail(**_):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(learners, "delete_rows", fail)
    j.nothing_changes(partial(erase_learner, **erasing(person)), RuntimeError, "in the middle")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("creditbank_app",)


def test_open_session_ends_with_the_sign_in(person, client):
    user = get_user_model().objects.get(learner_id=person.mine)
    client.force_login(user, backend="creditbank.identity.backends.SignInName")
    assert client.get("/my-data/").status_code == 200
    key = client.session.session_key
    UserSession.objects.get_or_create(user=user, session_key=key, defaults={"ip": "127.0.0.1", "data": {}})
    assert Session.objects.filter(session_key=key).exists()
    erase_learner(**erasing(person))
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/my-data/").status_code == 302


def test_plan_of_a_batch_opens_an_account_anew_for_who_was_erased(person):
    rows = frame([person.bank.row(0), person.bank.row(1)])
    erase_learner(**erasing(person))
    assert deposit_posting.with_living_accounts(rows)["learner_id"].to_list() == [None, person.theirs]


def test_application_may_become_the_eraser_and_inherits_nothing(person):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inherit_option, set_option, admin_option FROM pg_auth_members"
            " WHERE roleid = 'creditbank_eraser'::regrole AND member = 'creditbank_app'::regrole"
        )
        assert cursor.fetchall() == [(False, True, False)]


@pytest.mark.parametrize("fact", ["learners.account_erased.v1", "archive.entries_erased.v1"])
def test_nothing_is_erased_without_its_facts(fact):
    person = lived_in()
    j.break_evidence(fact)
    try:
        with j.as_application():
            j.nothing_changes(partial(erase_learner, **erasing(person)), DatabaseError, "log is full")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER log_is_full ON evidence_outbox; DROP FUNCTION log_is_full()")


@pytest.mark.parametrize(
    "missing",
    [
        "REVOKE creditbank_eraser FROM creditbank_app",
        "REVOKE DELETE ON archive_entry FROM creditbank_eraser",
        "ALTER ROLE creditbank_eraser RENAME TO creditbank_nobody",
    ],
)
def test_server_that_lets_nobody_erase_is_told_as_a_refusal(missing):
    """What is taken away is given back with the transaction, before anybody else could miss it."""
    person = lived_in()
    with j.as_application("postgres"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(missing)
        cursor.execute("SET LOCAL ROLE creditbank_app")
        j.nothing_changes(partial(erase_learner, **erasing(person)), EraserMissing)
        transaction.set_rollback(True)


def test_merging_and_erasing_wait_while_a_batch_is_planned(person):
    """Who plans names accounts; none of them may be merged or erased before the plan is sealed."""
    with j.connected("creditbank_app") as other:
        other.execute("SET lock_timeout = '200ms'")
        with learners.keeping_accounts(), pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ACCOUNTS_SPACE])
        other.rollback()
        other.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ACCOUNTS_SPACE])
