"""The archive under two hands at once, with real connections: one wins, and the journal has no gap."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryAlreadyClaimed, PostingClosed
from creditbank.archive.types import JournalKind
from creditbank.evidence import queries as evidence
from tests.rooms.archive.conftest import NOW, SYSTEM, frame, posted, small_bank

AT_ONCE = 8

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act):
    """Run `act(place)` in eight threads that start together; return the answers, refusals among them."""
    start = Barrier(AT_ONCE)

    def run(place):
        try:
            start.wait(timeout=30)
            return act(place)
        except (EntryAlreadyClaimed, PostingClosed) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(run, range(AT_ONCE)))


@pytest.fixture
def filled(transactional_db):
    bank = small_bank()
    posted(bank, [bank.row(0, 0), bank.row(0, 1), bank.row(1, 0)])
    return bank


@pytest.mark.parametrize("act", ["use", "hold"])
def test_one_of_eight_gets_the_entry(filled, act):
    key = filled.key()

    def does(place):
        getattr(operations, act)(actor=SYSTEM, key=key, scope="award:nursing", reference=f"case:{place}", now=NOW)
        return place

    answers = at_once(does)
    winners = [answer for answer in answers if answer is not EntryAlreadyClaimed]
    assert len(winners) == 1
    [claim] = queries.claims(key.learner_id)
    assert claim.kind == JournalKind(act)
    [row] = queries.journal(key.learner_id)
    assert row.reference == f"case:{winners[0]}"
    facts = [stored for stored in evidence.facts() if stored.fact.name.startswith("archive.entry_")]
    assert len(facts) == 1


def test_eight_scopes_all_get_it_and_the_journal_is_whole(filled):
    key = filled.key()

    def use(place):
        operations.use(actor=SYSTEM, key=key, scope=f"award:{place}", reference="case:1", now=NOW)

    assert at_once(use) == [None] * AT_ONCE
    assert [row.number for row in queries.journal(key.learner_id)] == list(range(1, AT_ONCE + 1))
    assert len(queries.claims(key.learner_id)) == AT_ONCE


def test_hold_and_use_race_to_one_claim(filled):
    key = filled.key()

    def does(place):
        act = operations.hold if place % 2 else operations.use
        act(actor=SYSTEM, key=key, scope="award:nursing", reference=f"case:{place}", now=NOW)

    at_once(does)
    [claim] = queries.claims(key.learner_id)
    assert claim.kind is JournalKind.USE
    assert len(queries.journal(key.learner_id)) in (1, 2)


def test_one_of_eight_finishes_a_batch(filled):
    posting = operations.begin_posting(actor=SYSTEM, organization_id=filled.school, reference="2026-0002", now=NOW)
    operations.post_many(actor=SYSTEM, posting=posting, frames=[frame([filled.row(2)])])

    def finish(_):
        return operations.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)

    answers = at_once(finish)
    assert answers.count(PostingClosed) == AT_ONCE - 1
    assert len(list(evidence.facts(name="archive.batch_posted.v1"))) == 2


def test_eight_begin_one_posting(filled):
    def begin(_):
        return operations.begin_posting(actor=SYSTEM, organization_id=filled.school, reference="2026-0003", now=NOW)

    assert len({posting.id for posting in at_once(begin)}) == 1
