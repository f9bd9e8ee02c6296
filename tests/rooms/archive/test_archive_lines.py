"""A learner's archive as lines says what the archive says one by one: what was corrected, withdrawn, used."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction

from creditbank.archive import operations, queries
from creditbank.archive.queries import Line
from creditbank.archive.queries.lines import ArchiveFilters, lines
from creditbank.database.asking import ask
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners
from creditbank.learners.errors import LearnerNotFound
from creditbank.learners.types import Holder
from creditbank.organizations import operations as organizations
from tests.rooms.archive.conftest import NOW, SYSTEM, posted
from tests.rooms.archive.merging import merged

module = import_module("creditbank.archive.queries.lines")  # the function in the package bears its name
TOLD = ("address", "name", "kind", "level", "source", "source_code", "obtained", "revision", "credits", "unit_id")
TOLD += ("hours", "grade", "claimed", "year", "kind_name")


def expect_alike(learner_id):
    """Return the lines that stand, each of which says what the achievement at its place says."""
    one_by_one = queries.archive_of(actor=SYSTEM, learner_id=learner_id)
    told = lines(learner_id)
    standing = [Line.of(row) for row in told.standing]
    for line, achievement in zip(standing, one_by_one, strict=True):
        assert {name: getattr(line, name) for name in TOLD} == {name: getattr(achievement, name) for name in TOLD}
        assert queries.posted_at(line.posting_id) == achievement.entry.posted_at
    assert told.withdrawn == bool(queries.withdrawn_of(learner_id))
    return standing


def withdraw(reference):
    later = NOW + timedelta(days=1)
    operations.withdraw_posting(actor=SYSTEM, reference=reference, reason="整批成绩取错了学期", now=later)


def claim(act, key, scope):
    getattr(operations, act)(actor=SYSTEM, key=key, scope=scope, reference="case:1", now=NOW)


def test_lines_are_in_the_order_of_the_archive_and_a_correction_is_one_line(bank):
    posted(
        bank, [bank.row(0, 2, obtained=20240000), bank.row(0, 1), bank.row(0, 0, credits=None, grade_scale=0, grade=0)]
    )
    posted(bank, [bank.row(0, 1, revision=1, grade=9000)], reference="2026-0002")
    standing = expect_alike(bank.learners[0])
    assert [(each.obtained, each.revision) for each in standing] == [(20260600, 0), (20260600, 1), (20240000, 0)]


def test_what_no_batch_posted_yet_tells_is_no_line(bank):
    given = {"actor": SYSTEM, "organization_id": bank.school, "number": "1", "now": NOW}
    operations.begin_posting(reference="2026-0001", **given)
    assert expect_alike(bank.learners[0]) == []


def test_a_withdrawn_correction_lets_the_earlier_value_stand_and_a_withdrawn_batch_nothing(bank):
    posted(bank, [bank.row(0, 0, grade=6000)])
    posted(bank, [bank.row(0, 0, revision=1, grade=9000), bank.row(0, 1)], reference="2026-0002")
    withdraw("2026-0002")
    [line] = expect_alike(bank.learners[0])
    assert line.grade.zh == "60"
    assert lines(bank.learners[0]).withdrawn
    withdraw("2026-0001")
    assert expect_alike(bank.learners[0]) == []


def test_of_two_claims_a_line_tells_the_one_that_the_archive_tells(bank):
    posted(bank, [bank.row(), bank.row(0, 1)])
    claim("use", bank.key(), "award:1")
    claim("hold", bank.key(), "award:2")
    assert {line.claimed for line in expect_alike(bank.learners[0])} == {None, "hold"}
    claim("release", bank.key(), "award:2")
    assert {line.claimed for line in expect_alike(bank.learners[0])} == {None, "use"}


def test_after_a_merging_only_the_survivor_has_lines(bank):
    posted(bank, [bank.row(1), bank.row(0, 1)])
    merged(bank, 1)
    assert len(expect_alike(bank.learners[0])) == 2
    assert expect_alike(bank.learners[1]) == []


@pytest.mark.parametrize("filled", [True, False])
def test_an_archive_for_programs_is_asked_for_once_whether_it_has_lines_or_not(bank, filled, django_assert_num_queries):
    if filled:
        posted(bank, [bank.row()])
    learner = Actor(ActorKind.LEARNER, 1, "张三", learner_id=bank.learners[0])
    queries.own_rows(actor=learner, filters=ArchiveFilters())  # what courses are called is asked once
    with django_assert_num_queries(1):
        account, found = queries.own_rows(actor=learner, filters=ArchiveFilters())
    assert account == learners.by_id(bank.learners[0]).account_number
    assert len(found) == filled


def test_lines_come_with_who_holds_them(bank):
    posted(bank, [bank.row()])
    for learner_id in bank.learners:
        known = learners.by_id(learner_id)
        assert lines(learner_id).holder == Holder(known.account_number, known.name)
    with pytest.raises(LearnerNotFound):
        lines(0)


def test_the_holder_is_found_wherever_the_server_puts_them_among_the_lines(bank, monkeypatch):
    posted(bank, [bank.row(), bank.row(0, 1)])
    told = lines(bank.learners[0])
    for turned in range(3):
        monkeypatch.setattr(module, "ask", lambda *asked, turned=turned: (rows := ask(*asked))[turned:] + rows[:turned])
        assert lines(bank.learners[0]) == told


def test_schools_of_an_archive_are_asked_for_at_once(bank, monkeypatch, django_assert_num_queries):
    for number, school in enumerate((bank.school, bank.other_school)):
        posted(replace(bank, school=school), [bank.row(0, number)], reference=f"2026-000{number}")
    expect_alike(bank.learners[0])
    organizations.rename(actor=SYSTEM, organization_id=bank.school, name=Text("云江大学"), now=NOW)
    for questions in (2, 1):
        with django_assert_num_queries(questions):
            assert len({line.source for line in map(Line.of, lines(bank.learners[0]).standing)}) == 2


def test_a_school_is_called_as_it_is_called_now(bank):
    posted(bank, [bank.row()])
    before = Line.of(lines(bank.learners[0]).standing[0]).source
    organizations.rename(actor=SYSTEM, organization_id=bank.school, name=Text("云江大学"), now=NOW)
    [line] = expect_alike(bank.learners[0])
    assert before != line.source == Text("云江大学")


def test_a_connection_plans_the_question_once_and_plans_it_again_after_an_undone_transaction(bank):
    with transaction.atomic():
        lines(bank.learners[0])
        transaction.set_rollback(True)
    for learner_id in bank.learners:
        lines(learner_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%archive_moved%'")
        assert cursor.fetchone() == (1,)
