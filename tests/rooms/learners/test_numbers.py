"""Account numbers are worked out from ids, lead back to them, and never to two people."""

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, strategies as st

from creditbank.kernel.ids import account_number, check_account_number
from creditbank.learners import models, numbers, operations, queries
from creditbank.learners.errors import AccountExists, LearnerNotFound
from tests.rooms.learners.people import HERE, LI, document

IDS = st.lists(st.integers(0, 10**10 - 1), max_size=20)
KEY = bytes(range(32))


def integers(values):
    return np.array(values, dtype=np.int64)


@given(IDS)
def test_what_is_shuffled_is_restored(ids):
    order = numbers.permutation()
    shuffled = order.shuffled(integers(ids))
    assert order.restored(shuffled).tolist() == ids
    assert all(0 <= each < 10**10 for each in shuffled)


def test_ids_in_a_row_have_numbers_that_tell_nothing_of_it():
    digits = numbers.permutation().shuffled(np.arange(1, 100_001))
    assert len(set(digits.tolist())) == 100_000
    # Every first digit is as frequent as any other, and neighbours lie anywhere.
    assert np.bincount(digits // 10**9, minlength=10).min() > 9_500
    assert np.abs(np.diff(digits)).mean() > 3 * 10**9


def test_the_order_is_the_banks_own_and_never_changes():
    one, other = numbers.Permutation(KEY), numbers.Permutation(KEY[::-1])
    assert one.shuffled(integers([1, 2, 22_000_000])).tolist() == [1_991_713_282, 4_624_699_526, 8_687_104_035]
    assert other.shuffled(integers([1]))[0] != 1_991_713_282


@given(IDS)
def test_numbers_of_accounts_are_whole_and_hold_what_was_shuffled(ids):
    shuffled = numbers.permutation().shuffled(integers(ids)).tolist()
    expected = [account_number("0043", f"{digits:010}") for digits in shuffled]
    assert numbers.numbered("0043", ids).to_list() == [check_account_number(each) for each in expected]


def test_a_number_leads_to_its_account_and_any_other_nowhere(opened):
    number = opened.account_number
    assert numbers.leads([number, number[::-1], "0043", "SH-1"]) == {number: opened.learner_id}
    assert not models.LearnerNumber.objects.exists()
    other_bank = account_number("0044", number[4:14])
    assert numbers.lead(other_bank) is None


def next_id():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('learners_learner', 'learner_id'))")
        return cursor.fetchone()[0] + 1


def test_a_number_that_leads_elsewhere_is_never_given_to_an_account(opened, now):
    coming = next_id()
    [taken] = numbers.numbered("0043", [coming])
    operations.add_alias(
        actor=LI, organization_id=HERE, learner_id=opened.learner_id, number=taken, bank_code="3100", now=now
    )
    fresh = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(2), now=now)
    assert fresh.learner_id == coming + 1
    assert queries.by_account_number(taken) == opened
    assert queries.by_account_number(fresh.account_number) == fresh


def test_a_number_that_an_earlier_release_drew_still_leads_to_its_account(opened, now):
    drawn = account_number("0043", "4881720193")
    models.Learner.objects.filter(learner_id=opened.learner_id).update(account_number=drawn)
    models.LearnerNumber.objects.create(number=drawn, learner_id=opened.learner_id, kind="own", bank_code="0043")
    assert queries.by_account_number(drawn).account_number == drawn
    assert queries.profile(actor=LI, learner_id=opened.learner_id, now=now).numbers == (drawn,)
    with pytest.raises(LearnerNotFound):
        queries.by_account_number(opened.account_number)


def test_an_own_number_is_nobody_elses_alias(opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(2), now=now)
    alias = {"actor": LI, "organization_id": HERE, "number": opened.account_number, "bank_code": "3100", "now": now}
    with pytest.raises(AccountExists):
        operations.add_alias(learner_id=other.learner_id, **alias)
    operations.add_alias(learner_id=opened.learner_id, **alias)
    assert not models.LearnerNumber.objects.exists()
