"""However many rows wait, a minute in which nobody opens an account costs next to nothing; nobody is passed over."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from creditbank.deposits import models, operations
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.review import Verdict
from creditbank.learners import operations as learners, queries as accounts
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_waiting import ONE, TWO, open_account, posted, states

pytestmark = pytest.mark.django_db
STRANGERS = """
INSERT INTO deposits_waiting (batch_id, row, digest, key_id, sealed, state, problem, since, ended_by, reason)
SELECT %s, 1000 + n, sha256(n::text::bytea), 1, 'x', 'waiting', '', %s, '', '' FROM generate_series(1, 10000) AS n"""
KEYS = "INSERT INTO learners_key SELECT gen_random_uuid(), 1 FROM generate_series(1, 20000)"


def look(minutes=0):
    """Let rows enter as the job of a minute does."""
    return operations.enter_waiting(actor=SYSTEM, now=NOW + timedelta(minutes=minutes))


def rows_read(queryset):
    """Return how many rows the database reads to answer."""

    def of(node):
        own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Relation Name" in node else 0
        return own * node["Actual Loops"] + sum(of(each) for each in node.get("Plans", ()))

    [plan] = json.loads(queryset.explain(analyze=True, format="json"))
    return of(plan["Plan"])


@pytest.fixture
def crowd(trainer, li, wang):
    """Ten thousand rows that wait, in a bank of twenty thousand accounts whose every one was asked about."""
    batch = posted(li, wang, trainer, ONE, TWO)
    open_account(trainer, 9)
    with connection.cursor() as cursor:
        cursor.execute(STRANGERS, [batch.id, NOW])
        cursor.execute(KEYS)
        cursor.execute("ANALYZE deposits_waiting, learners_key")
    assert [look(minute) for minute in range(2)] == [0, 0]
    return batch


def test_a_minute_in_which_nobody_opens_an_account_reads_next_to_nothing(crowd, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):  # two of them begin and end the transaction
        look(2)
    upto = models.Look.objects.get().upto
    assert upto == accounts.newest()
    assert rows_read(models.Waiting.ready().filter(accounts.has_account("digest", after=upto))) < 100


def test_who_opens_an_account_finds_the_rows_that_wait(crowd, trainer):
    learner_id = open_account(trainer, 2)
    new = models.Waiting.ready().filter(accounts.has_account("digest", after=learner_id - 1))
    assert rows_read(new) < 200
    assert look(2) == 1
    assert states(crowd)[3] == "entered"


def test_an_account_that_was_on_its_way_at_one_look_is_found_at_the_next(crowd, trainer):
    """A later number was seen before it."""
    learner_id = open_account(trainer, 2)
    open_account(trainer, 8)
    with connection.cursor() as cursor:  # as long as its transaction goes on nobody sees it
        cursor.execute("UPDATE learners_key SET learner_id = 1 WHERE learner_id = %s RETURNING digest", [learner_id])
        ((digest,),) = cursor.fetchall()
        assert look(2) == 0
        cursor.execute("UPDATE learners_key SET learner_id = %s WHERE digest = %s", [learner_id, digest])
    assert look(3) == 1


def test_a_document_that_leads_to_an_old_account_is_found_within_the_hour(crowd, trainer):
    learner_id = open_account(trainer, 7, name=ONE.cells()[0])
    assert [look(minute) for minute in range(2, 5)] == [0, 0, 0]
    document = Document(DocumentKind.RESIDENT_ID, identity(1))
    given = {"actor": SYSTEM, "organization_id": trainer.id, "learner_id": learner_id, "now": NOW}
    learners.replace_document(document=document, reason="换证", **given)
    assert look(70) == 1


def test_rows_that_begin_to_wait_ask_about_all_accounts(crowd, trainer, li, wang, school):
    """The account was opened after the check and before the approval, and looked at meanwhile."""
    batch = operations.upload(
        actor=li, organization_id=trainer.id, file_name="b.csv", content=sheet(Row(person=5)), now=NOW
    )
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    open_account(trainer, 5)
    assert [look(minute) for minute in range(2, 5)] == [0, 0, 0]
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert look(5) == 1
