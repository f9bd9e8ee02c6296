"""Editions of frameworks, published whole and once, and the units of credit."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from creditbank.evidence import queries as evidence
from creditbank.framework import errors, examples, models, operations, queries
from creditbank.framework.types import Alignment, DescriptorKind, OtherFramework, Trust
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.credits import Unit, UnitKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.periods import PeriodEmpty
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SYSTEM = system("command-line")
SCHOOL = 31


def cataloguer(reach):
    return Actor(ActorKind.STAFF, 5, "李明", (Grant(Permission.FRAMEWORK_EDITION_EDIT, reach),))


def published(new):
    return operations.publish_edition(actor=SYSTEM, new=new, now=NOW)


def test_the_table_of_units_says_what_the_software_says(db):
    assert tuple(row.as_value() for row in models.Unit.objects.order_by("id")) == queries.unit_details()


def test_units_have_the_ids_that_never_change():
    found = queries.units()
    assert {code: unit.id for code, unit in found.items()} == {
        "cn.he.credit": 1,
        "framework.credit": 2,
        "contact.hours": 3,
        "workload.hours": 4,
        "points": 5,
        "ects": 6,
        "ncrf.credit": 7,
        "notional.credit": 8,
    }
    assert found["contact.hours"] == Unit(3, "contact.hours", UnitKind.CONTACT_HOURS)
    assert {unit.kind for unit in found.values()} == set(UnitKind)
    assert queries.units_by_id()[1].hours_per_credit == 1600


@pytest.mark.parametrize(("new", "levels"), [(examples.ten_levels(), 10), (examples.seven_levels(), 7)])
def test_an_example_is_published_whole_and_marked(db, new, levels):
    head = published(new)
    whole = queries.edition(new.code)
    assert (head.levels, head.example, whole.head) == (levels, True, head)
    assert tuple(sorted(whole.levels, key=lambda level: level.number)) == new.levels
    assert [level.number for level in whole.levels] == list(range(levels, 0, -1))
    assert (whole.types, set(whole.alignments)) == (new.types, set(new.alignments))
    assert {alignment.trust for alignment in whole.alignments} == {Trust.EXAMPLE}


def test_both_examples_stand_beside_each_other(db):
    assert operations.publish_examples(actor=SYSTEM, now=NOW) == queries.editions()
    assert [edition.code for edition in queries.editions()] == ["example-10", "example-7"]


def test_every_text_of_the_examples_is_in_both_languages():
    for new in (examples.ten_levels(), examples.seven_levels()):
        texts = [new.name, *(kind.name for kind in new.types)]
        for level in new.levels:
            texts += [level.title, *level.descriptors.values(), *level.placements.values()]
        assert all(text.zh and text.en for text in texts)


def test_a_level_is_looked_up_in_another_framework(db):
    published(examples.seven_levels())
    whole = queries.edition("example-7")
    assert [each.other_level for each in whole.aligned(5, OtherFramework.EQF)] == ["6"]
    assert whole.aligned(1, OtherFramework.EQF) == ()


def test_an_edition_is_published_once(db):
    published(examples.ten_levels())
    with pytest.raises(errors.EditionExists):
        published(examples.ten_levels())
    with pytest.raises(errors.EditionExists):
        published(replace(examples.ten_levels(), code="another"))
    with pytest.raises(errors.EditionNotFound):
        queries.edition("another")


def broken_editions():
    whole = examples.seven_levels()
    first, second, *rest = whole.levels
    yield replace(whole, levels=())
    yield replace(whole, levels=(first, *rest))
    yield replace(whole, levels=(first, first, *rest))
    one_side = {DescriptorKind.SKILLS: Text("做")}
    yield replace(whole, levels=(first, replace(second, descriptors=one_side), *rest))
    silent = dict.fromkeys(DescriptorKind, Text(""))
    yield replace(whole, levels=(first, replace(second, descriptors=silent), *rest))
    yield replace(whole, types=whole.types[:1])
    yield replace(whole, alignments=(Alignment(8, OtherFramework.EQF, "8", Trust.PROPOSED),))


@pytest.mark.parametrize("new", list(broken_editions()))
def test_an_edition_with_gaps_is_refused(db, new):
    with pytest.raises(errors.EditionIncomplete):
        published(new)
    assert queries.editions() == ()


def test_an_edition_needs_a_day(db):
    with pytest.raises(PeriodEmpty):
        published(replace(examples.seven_levels(), starts=date(2026, 1, 1), ends=date(2026, 1, 1)))


def test_an_edition_of_the_bank_needs_the_whole_bank_and_one_of_a_school_the_school(db):
    here = cataloguer(Reach(organizations=frozenset({SCHOOL})))
    everywhere = cataloguer(Reach(everywhere=True))
    own, other = (replace(examples.seven_levels(), owner_id=owner) for owner in (SCHOOL, SCHOOL + 1))
    for refused in (examples.seven_levels(), other):
        with pytest.raises(NotPermitted):
            operations.publish_edition(actor=here, new=refused, now=NOW)
    assert operations.publish_edition(actor=here, new=own, now=NOW).owner_id == SCHOOL
    assert operations.publish_edition(actor=everywhere, new=examples.ten_levels(), now=NOW).owner_id is None


def test_the_fact_says_what_was_published(db):
    head = published(examples.seven_levels())
    [stored] = evidence.facts(name="framework.edition_published.v1")
    assert stored.fact.body == {
        "actor": "system:command-line",
        "edition": head.id,
        "code": "example-7",
        "uri": "urn:creditbank:framework:example-7:1",
        "owner": None,
        "levels": 7,
        "example": True,
    }


def test_a_broken_log_leaves_no_edition(db, monkeypatch):
    def broken(_fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        published(examples.seven_levels())
    assert queries.editions() == ()


def test_reading_an_edition_asks_the_database_a_fixed_number_of_times(db, django_assert_num_queries):
    published(examples.ten_levels())
    with django_assert_num_queries(7):
        queries.edition("example-10")
