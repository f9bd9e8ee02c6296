"""Withdrawing under two hands at once, with real connections: an entry is claimed or withdrawn, never both."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryNotFound, PostingInUse, PostingNotInForce
from tests.rooms.archive.conftest import NOW, SYSTEM, posted, small_bank

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def withdraw(reference):
    operations.withdraw_posting(actor=SYSTEM, reference=reference, reason="取错了学期", now=NOW)
    return "withdrawn"


def claim(act, key):
    getattr(operations, act)(actor=SYSTEM, key=key, scope="award:1", reference="case:1", now=NOW)
    return "claimed"


def together(*acts):
    """Run acts in threads that start together; return the answers, refusals by their class."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=30)
            return act()
        except (EntryNotFound, PostingInUse, PostingNotInForce) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.parametrize("act", ["hold", "use"])
def test_an_entry_is_claimed_or_withdrawn_never_both(transactional_db, act):
    bank = small_bank()
    for number in range(ROUNDS):
        reference = f"2026-{number:04d}"
        posted(bank, [bank.row(revision=number), bank.row(1, revision=number)], reference=reference)
        answers = together(lambda r=reference: withdraw(r), lambda: claim(act, bank.key()))
        assert answers in (["withdrawn", EntryNotFound], [PostingInUse, "claimed"])
        claimed = bool(queries.claims(bank.learners[0]))
        assert claimed == bool(queries.entries(bank.learners[0]))
        if claimed:
            operations.__dict__["release" if act == "hold" else "reverse"](
                actor=SYSTEM, key=bank.key(), scope="award:1", reference="case:1", now=NOW
            )
            withdraw(reference)


def test_who_claims_waits_for_who_withdraws(transactional_db):
    bank = small_bank()
    posted(bank, [bank.row()])
    withdrawn, go_on = Event(), Event()

    def withdraws():
        with transaction.atomic():
            withdraw("2026-0001")
            withdrawn.set()
            assert go_on.wait(timeout=30)
        connection.close()

    def claims():
        try:
            return claim("hold", bank.key())
        except EntryNotFound as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(withdraws)
        assert withdrawn.wait(timeout=30)
        second = threads.submit(claims)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        go_on.set()
        first.result(timeout=30)
        assert second.result(timeout=30) is EntryNotFound
    assert queries.claims(bank.learners[0]) == []


def test_a_batch_is_withdrawn_once(transactional_db):
    bank = small_bank()
    posted(bank, [bank.row()])
    answers = together(*[lambda: withdraw("2026-0001")] * 4)
    assert sorted(map(str, answers)) == sorted(map(str, ["withdrawn", *[PostingNotInForce] * 3]))
