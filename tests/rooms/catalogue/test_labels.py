"""What editions are called is asked once, for it stays: another name is another edition."""

from importlib import import_module

import pytest

from creditbank.catalogue import operations, queries
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import CREDIT, NOW, SYSTEM

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
