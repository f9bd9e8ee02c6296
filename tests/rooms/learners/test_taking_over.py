"""Accounts of another bank go on here: found or opened by document, their numbers kept as aliases."""

from datetime import date

import polars as pl
import pytest

from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from creditbank.learners import models, operations, queries
from creditbank.learners.errors import AliasInvalid, OwnAccounts
from creditbank.learners.types import OpenedThrough
from tests.rooms.archive.conftest import SYSTEM
from tests.rooms.learners.people import HERE, LI, ZHAO, document


def accounts(*rows):
    """A list of another bank: number there, name, which document, since when."""
    return pl.DataFrame(
        [(number, name, document(n).kind.value, document(n).number, since) for number, name, n, since in rows],
        schema={
            "number": pl.String,
            "person_name": pl.String,
            "document_kind": pl.String,
            "document_number": pl.String,
            "since": pl.Date,
        },
        orient="row",
    )


def take_over(frame, now, actor=SYSTEM, bank_code="SH-31"):
    return operations.take_over(actor=actor, organization_id=HERE, bank_code=bank_code, frame=frame, now=now)


SINCE = date(2013, 5, 6)


def test_an_account_is_found_by_document_or_opened_and_the_number_there_leads_to_it(opened, now):
    told = take_over(accounts(("SH0001", "林晓岚", 1, SINCE), ("SH0002", "王海", 2, None)), now)
    assert told["is_new"].to_list() == [False, True]
    assert told["refusal"].to_list() == [None, None]
    assert queries.by_account_number("SH0001") == opened
    fresh = queries.by_account_number("SH0002")
    assert (fresh.name, fresh.opened_through) == ("王海", OpenedThrough.TAKEOVER)
    alias = models.LearnerNumber.objects.get(number="SH0001")
    assert (alias.kind, alias.bank_code, alias.since) == ("alias", "SH-31", SINCE)
    [fact] = [stored.fact.body for stored in evidence.facts(name="learners.accounts_taken_over.v1")]
    assert fact == {"organization": HERE, "bank": "SH-31", "aliases": 2, "opened": 1, "actor": SYSTEM.reference}


def test_the_same_list_again_changes_nothing(db, now):
    frame = accounts(("SH0001", "林晓岚", 1, SINCE), ("SH0002", "王海", 2, SINCE))
    first = take_over(frame, now)
    again = take_over(frame, now)
    assert again["learner_id"].to_list() == first["learner_id"].to_list()
    assert again["is_new"].to_list() == [False, False]
    assert models.Learner.objects.count() == 2
    assert len(list(evidence.facts(name="learners.accounts_taken_over.v1"))) == 1


def test_rows_that_cannot_be_told_apart_are_refused_and_the_others_taken(opened, now):
    operations.open_account(actor=LI, organization_id=HERE, name="赵雪", document=document(8), now=now)
    take_over(accounts(("SH0009", "孙立", 9, None)), now)
    frame = accounts(
        ("SH0001", "林小兰", 1, None),  # the account has another name
        ("SH0003", "甲", 3, None),
        ("SH0003", "乙", 4, None),  # two people with one number
        ("SH0005", "丙", 5, None),
        ("SH0006", "丁", 5, None),  # one person with two names
        ("SH0009", "赵雪", 8, None),  # somebody else's alias
        (opened.account_number, "戊", 10, None),  # an account's own number
        ("SH0011", "己", 11, None),
    )
    told = take_over(frame, now)
    assert told["refusal"].to_list() == [
        "name_differs",
        "number_twice",
        "number_twice",
        "two_names",
        "two_names",
        "number_taken",
        "number_taken",
        None,
    ]
    assert told["is_new"].to_list() == [False] * 7 + [True]
    assert queries.by_account_number("SH0009").name == "孙立"
    assert not queries.find_by_documents([document(n) for n in (3, 4, 5, 10)])


def test_a_closed_account_is_not_taken_over(opened, now):
    operations.close(actor=LI, organization_id=HERE, learner_id=opened.learner_id, reason="本人申请", now=now)
    assert take_over(accounts(("SH0001", "林晓岚", 1, None)), now)["refusal"].to_list() == ["account_closed"]


@pytest.mark.parametrize(("bank_code", "refusal"), [("sh 31", AliasInvalid), ("0043", OwnAccounts)])
def test_only_another_banks_accounts_are_taken_over(db, now, bank_code, refusal):
    with pytest.raises(refusal):
        take_over(accounts(("SH0001", "林晓岚", 1, None)), now, bank_code=bank_code)


def test_who_has_no_permission_takes_nothing_over(db, now):
    with pytest.raises(NotPermitted):
        take_over(accounts(("SH0001", "林晓岚", 1, None)), now, actor=ZHAO)


def test_taking_over_stands_or_falls_with_its_fact(db, now, monkeypatch):
    def broken(fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        take_over(accounts(("SH0001", "林晓岚", 1, None)), now)
    assert not models.LearnerNumber.objects.exists()
