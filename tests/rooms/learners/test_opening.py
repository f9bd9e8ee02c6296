"""Opening accounts, one and many, and what happens when two outlets open the same person at once."""

import threading

import polars as pl
import pytest
from django.db import connection

from creditbank.evidence import queries as evidence
from creditbank.kernel.documents import DocumentKind, read
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.ids import check_account_number
from creditbank.kernel.text import NotAName
from creditbank.learners import models, operations, queries
from creditbank.learners.documents import packed
from creditbank.learners.errors import AccountExists
from creditbank.learners.operations.describing import frame_of
from creditbank.learners.types import NewPerson, OpenedThrough, Status
from tests.rooms.learners.people import ELSEWHERE, HERE, LI, WANG, ZHAO, document


def facts(name):
    return [stored.fact.body for stored in evidence.facts(name=name)]


def people(count, start=1):
    return [
        NewPerson(name=f"学生{'甲乙丙丁戊己庚辛壬癸'[n % 10]}", document=document(n))
        for n in range(start, start + count)
    ]


def test_an_outlet_opens_an_unclaimed_account_with_a_checkable_number(opened, now):
    assert opened.status is Status.UNCLAIMED
    assert opened.opened_by == HERE
    assert check_account_number(opened.account_number) == opened.account_number
    assert opened.birth_date.isoformat() == "1995-03-08"
    assert queries.by_account_number(opened.account_number) == opened
    fact = {"learner": opened.learner_id, "organization": HERE, "through": "outlet", "actor": "staff:1"}
    assert facts("learners.account_opened.v1") == [fact]


def test_the_same_person_twice_is_refused_with_the_masked_account(opened, now):
    with pytest.raises(AccountExists) as refused:
        operations.open_account(actor=WANG, organization_id=ELSEWHERE, name="林晓岚", document=document(1), now=now)
    shown = refused.value.sentence("zh")
    assert opened.account_number[-3:] in shown
    assert opened.account_number not in shown
    assert models.Learner.objects.count() == 1


def test_an_old_number_of_15_digits_is_the_same_person(db, now):
    new = document(12)
    old = new.number[:6] + new.number[8:17]
    operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=new, now=now)
    again = read(DocumentKind.RESIDENT_ID, old, today=now.date())
    with pytest.raises(AccountExists):
        operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=again, now=now)


def test_who_has_no_permission_here_opens_nothing(db, now):
    for actor in (WANG, ZHAO):
        with pytest.raises(NotPermitted):
            operations.open_account(actor=actor, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    assert not models.LearnerKey.objects.exists()


def test_a_text_that_is_no_name_opens_nothing(db, now):
    with pytest.raises(NotAName):
        operations.open_account(actor=LI, organization_id=HERE, name="12345", document=document(1), now=now)
    assert not models.LearnerKey.objects.exists()


def test_the_number_lies_sealed_on_disk(opened):
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM learners_learner l")
        (row,) = cursor.fetchone()
    number = document(1).number
    assert number not in row
    assert number.encode().hex() not in row
    assert packed(DocumentKind.RESIDENT_ID, number).hex() not in row


def test_many_are_opened_once_and_told_by_one_fact(opened, now):
    everybody = people(2500)
    ids = operations.open_many(actor=LI, organization_id=HERE, people=everybody, now=now)
    assert ids[document(1)] == opened.learner_id
    assert len(set(ids.values())) == len({p.document for p in everybody}) == models.Learner.objects.count()
    assert models.Learner.objects.filter(document_ciphertext__isnull=False).count() == len(ids)
    assert not models.LearnerNumber.objects.exists()
    assert not models.Document.objects.exists()
    assert facts("learners.accounts_opened.v1") == [
        {"organization": HERE, "opened": len(ids) - 1, "found": 1, "actor": "staff:1"}
    ]
    assert operations.open_many(actor=LI, organization_id=HERE, people=everybody, now=now) == ids
    assert len(facts("learners.accounts_opened.v1")) == 1
    found = queries.find_by_documents([p.document for p in everybody] + [document(999, kind=DocumentKind.PASSPORT)])
    assert {d: f.learner_id for d, f in found.items()} == ids
    assert queries.by_id(ids[document(7)]).opened_through is OpenedThrough.BULK


def test_a_document_that_comes_twice_counts_once_with_its_first_name(db, now):
    twice = [NewPerson("林晓岚", document(5)), NewPerson("林小兰", document(5))]
    ids = operations.open_many(actor=LI, organization_id=HERE, people=twice, now=now)
    assert queries.by_id(ids[document(5)]).name == "林晓岚"


def test_a_name_with_a_middle_dot_is_one_name_however_it_is_typed(db, now):
    ids = operations.open_many(actor=LI, organization_id=HERE, people=[NewPerson("买买提•依明", document(6))], now=now)
    found = queries.find_by_documents([document(6)])[document(6)]
    assert found.learner_id == ids[document(6)]
    assert found.name == "买买提·依明"
    assert found.name_key == "买买提依明"


def test_whoever_was_looked_for_is_not_looked_for_again_but_gets_no_second_account(opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(2), now=now)
    # The second was found, the first opened an account since everybody was looked for, the third has none.
    everybody = queries.digested(frame_of(people(3))).with_columns(
        learner_id=pl.Series([None, other.learner_id, None], dtype=pl.Int64), place=pl.Series([7, 8, 9])
    )
    told = operations.open_frame(actor=LI, organization_id=HERE, frame=everybody, now=now)
    assert told.drop("learner_id").equals(everybody.drop("learner_id"))
    assert told["learner_id"].to_list()[:2] == [opened.learner_id, other.learner_id]
    assert models.Learner.objects.count() == 3
    assert [(fact["opened"], fact["found"]) for fact in facts("learners.accounts_opened.v1")] == [(1, 2)]


def test_opening_stands_or_falls_with_its_fact(db, now, monkeypatch):
    def broken(fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    with pytest.raises(RuntimeError):
        operations.open_many(actor=LI, organization_id=HERE, people=people(3), now=now)
    assert not models.LearnerKey.objects.exists()
    assert not models.Learner.objects.exists()


def at_once(*acts):
    """Run acts at the same time, each on its own connection, and return what each gave or refused with."""
    answers = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place, act):
        gate.wait()
        try:
            answers[place] = act()
        except Exception as refused:  # noqa: BLE001  # a refusal is an answer here
            answers[place] = type(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_outlets_that_open_the_same_person_at_once_open_one_account(now):
    def here():
        return operations.open_account(
            actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now
        ).learner_id

    def elsewhere():
        return operations.open_account(
            actor=WANG, organization_id=ELSEWHERE, name="林晓岚", document=document(1), now=now
        ).learner_id

    answers = at_once(here, elsewhere, here, elsewhere)
    assert sorted(map(str, answers)).count(str(AccountExists)) == 3
    assert models.Learner.objects.count() == models.LearnerKey.objects.count() == 1
    assert len(facts("learners.account_opened.v1")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_schools_that_open_the_same_people_at_once_get_the_same_accounts(now):
    everybody = people(400)

    def here():
        return operations.open_many(actor=LI, organization_id=HERE, people=everybody, now=now)

    def elsewhere():
        return operations.open_many(actor=WANG, organization_id=ELSEWHERE, people=everybody[::-1], now=now)

    one, other = at_once(here, elsewhere)
    assert one == other
    assert models.Learner.objects.count() == len(one)
    assert sum(fact["opened"] for fact in facts("learners.accounts_opened.v1")) == len(one)
