"""What organizations are called is asked once, and again as soon as any was renamed, whoever renamed it."""

from importlib import import_module

import pytest
from django.db import connection, transaction

from creditbank.kernel.text import Text
from creditbank.organizations import models, operations, queries
from tests.rooms.organizations.conftest import NOW, SYSTEM, small_bank
from tests.rooms.organizations.test_organizations_at_once import at_once

kept = import_module("creditbank.organizations.queries.labels")  # the function in the package bears its name


@pytest.fixture
def nothing_known(monkeypatch):
    """A process that has asked for nothing yet."""
    monkeypatch.setattr(kept, "_KNOWN", [type(queries.labels([], renamed=None))(None)])


def renamed():
    return models.Naming.objects.values_list("renamed", flat=True).first()


def rename(organization_id, name="云江理工大学"):
    operations.rename(actor=SYSTEM, organization_id=organization_id, name=Text(name, "Yunjiang"), now=NOW)


def told(*organization_ids):
    """Return what organizations are called, by one who has just read how often any was renamed."""
    found = queries.labels(organization_ids, renamed=renamed())
    return [found[number].name for number in organization_ids]


def named(*organization_ids):
    found = queries.by_ids(organization_ids)
    return [found[number].name for number in organization_ids]


def test_what_is_known_is_not_asked_again(bank, nothing_known, django_assert_num_queries):
    count, some, others = renamed(), [bank.school], [bank.branch, bank.school]
    for among, questions in ((some, 1), (some, 0), (others, 1), (others, 0), ([], 0)):
        with django_assert_num_queries(questions):
            found = queries.labels(among, renamed=count)
        assert {*among} <= found.keys()
    assert told(*others) == named(*others)


def test_one_that_is_not_known_is_asked_for(bank, nothing_known, django_assert_num_queries):
    for questions in (1, 0):
        with django_assert_num_queries(questions):
            label = queries.label(bank.school)
    assert (label.code, label.name) == (queries.by_id(bank.school).code, queries.by_id(bank.school).name)


def test_a_new_name_is_told_from_then_on_and_an_undone_one_is_not(bank):
    before = told(bank.school, bank.branch)
    with transaction.atomic():
        rename(bank.school)
        assert told(bank.school) == [Text("云江理工大学", "Yunjiang")]
        transaction.set_rollback(True)
    assert told(bank.school, bank.branch) == before
    rename(bank.school)
    assert told(bank.school, bank.branch) == named(bank.school, bank.branch) != before


def test_the_name_of_an_undone_renaming_is_nobodys_though_another_was_renamed_next(bank, nothing_known):
    before = told(bank.school)
    with transaction.atomic():
        rename(bank.school)
        assert told(bank.school) != before
        transaction.set_rollback(True)
    rename(bank.branch)
    assert told(bank.school) == before


def test_whoever_is_late_with_an_old_name_leaves_it_to_the_old_ones(bank, nothing_known):
    """Another thread asked before a renaming and goes on after it: what it has known since is nobody's."""
    late = queries.labels([], renamed=renamed())
    rename(bank.school)
    fresh = queries.labels([], renamed=renamed())
    late[bank.school] = queries.Label("old", "旧名", "")
    assert fresh is not late
    assert told(bank.school) == named(bank.school)


@pytest.mark.django_db(transaction=True)
def test_of_renamings_at_the_same_moment_none_is_missed():
    bank = small_bank()
    places = [bank.centre, bank.school, bank.branch]
    for first in (True, False):  # also where nothing was ever counted
        if first:
            models.Naming.objects.all().delete()
        before, known = renamed(), told(*places)
        at_once(*[lambda each=each, first=first: rename(each, f"新名{each}{first}") or True for each in places])
        assert renamed() not in {None, before}
        assert told(*places) == named(*places)
        assert not {*known} & {*named(*places)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_naming")
        assert cursor.fetchone() == (1,)
