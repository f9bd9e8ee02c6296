"""What editions are called is asked once, for it stays: another name is another edition."""

from dataclasses import replace
from datetime import date
from importlib import import_module

import pytest
from django.db import ProgrammingError

from creditbank.catalogue import models, operations, queries
from creditbank.catalogue.types import NewCourse, NewSpecification, SpecificationKind, Status
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import CREDIT, NOW, SYSTEM, certificate
from tests.rooms.journeys.world import as_application

TOMORROW = date(2026, 11, 23)

labels = import_module("creditbank.catalogue.queries.labels")  # the function in the package bears its name


@pytest.fixture
def courses(bank):
    """Three courses of the school."""
    given = {"kind": SpecificationKind.COURSE, "owner_id": bank.school, "issuer_id": bank.school}
    names = [Text("高等数学", "Calculus"), Text("线性代数"), Text("概率论")]
    new = [NewSpecification(name=name, credits=300, unit_id=CREDIT, **given) for name in names]
    return operations.define_many(actor=SYSTEM, new=new, now=NOW)


def names(found):
    return [(each.public_id, Text(each.name_zh, each.name_en), each.kind, each.level) for each in found]


def test_labels_come_in_the_order_of_the_ids_and_say_what_the_catalogue_says(courses):
    first, second, _third = courses
    asked = [second.id, first.id, second.id]
    assert names(queries.labels(asked)) == [
        (each.public_id, each.name, each.kind, each.level) for each in (second, first, second)
    ]
    assert queries.labels([]) == []


def test_what_is_known_is_not_asked_again(courses, django_assert_num_queries):
    ids = [each.id for each in courses]
    for among, questions in ((ids[:2], 1), (ids[:2], 0), (ids, 1), (ids[::-1], 0)):
        with django_assert_num_queries(questions):
            queries.labels(among)


def test_what_is_forgotten_is_asked_again(courses, monkeypatch):
    known: dict[int, queries.Label] = {}
    monkeypatch.setattr(labels, "KEPT", 2)
    monkeypatch.setattr(labels, "_KNOWN", known)
    ids = [each.id for each in courses]
    one_by_one = []
    for number in ids:
        one_by_one += queries.labels([number])
        assert number in known
        assert len(known) <= labels.KEPT
    assert queries.labels(ids) == one_by_one


@pytest.mark.django_db(transaction=True)
def test_the_application_does_with_editions_all_that_is_done_but_calls_none_otherwise(bank):
    course = [NewCourse(name="数据结构", credits=250, hours=4000)]
    with as_application():
        first = operations.define_specification(actor=SYSTEM, new=certificate(bank), now=NOW)
        following = replace(certificate(bank), supersedes=first.id, starts=TOMORROW)
        second = operations.define_specification(actor=SYSTEM, new=following, now=NOW)
        proposed = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=course, now=NOW)
        assert operations.recognise_proposed(actor=SYSTEM, specification_ids=[*proposed.values()], now=NOW) == 1
        assert operations.withdraw(actor=SYSTEM, specification_id=second.id, now=NOW).status is Status.WITHDRAWN
        with pytest.raises(ProgrammingError, match="permission denied"):
            models.Specification.objects.filter(id=first.id).update(name_zh="另一个名称")
