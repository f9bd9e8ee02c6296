"""Defining, proposing, recognising and withdrawing what can be achieved."""

from dataclasses import replace
from datetime import date

import pytest

from creditbank.catalogue import errors, operations, queries
from creditbank.catalogue.facts import ids_digest
from creditbank.catalogue.types import Filters, NewCourse, SpecificationKind as Kind, Status
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text
from creditbank.organizations.errors import OrganizationNotFound
from tests.rooms.catalogue.conftest import CREDIT, NOW, SYSTEM, certificate, defined


def facts(name):
    return [stored.fact.body for stored in evidence.facts(name=f"catalogue.{name}.v1")]


def propose(actor, organization_id, *names):
    courses = [NewCourse(name=name, credits=250, hours=4000) for name in names]
    return operations.propose_courses(actor=actor, organization_id=organization_id, courses=courses, now=NOW)


def test_what_is_defined_is_recognised_and_found(bank, chen):
    made = operations.define_specification(actor=chen, new=certificate(bank), now=NOW)
    assert (made.status, made.edition, made.starts) == (Status.RECOGNISED, 1, date(2026, 11, 22))
    assert (made.credits, made.unit_id, made.name_key) == (300, CREDIT, "老年照护")
    assert queries.by_id(made.id) == made
    assert facts("specification_defined") == [
        {
            "actor": "staff:3",
            "specification": made.id,
            "kind": "certificate",
            "owner": bank.centre,
            "issuer": bank.assessor,
            "edition": 1,
            "supersedes": None,
            "credits": 300,
            "unit": CREDIT,
        }
    ]


def test_levels_of_one_certificate_stand_apart_and_each_once(bank):
    assert defined(bank, level="初级").id != defined(bank, level="中级").id
    with pytest.raises(errors.SpecificationExists):
        defined(bank, "老年照护 ", level="中级")


def test_a_new_edition_ends_the_old_one_and_follows_once(bank):
    first = defined(bank)
    second = defined(bank, credits=400, supersedes=first.id, starts=date(2027, 9, 1))
    assert (second.edition, second.supersedes) == (2, first.id)
    assert queries.by_id(first.id).ends == date(2027, 9, 1)
    with pytest.raises(errors.EditionSuperseded):
        defined(bank, "老年照护（新）", credits=500, supersedes=first.id)
    third = defined(bank, "老年照护服务", supersedes=second.id, starts=date(2027, 9, 1))
    details = queries.details(SYSTEM, first.public_id)
    assert [each.id for each in details.editions] == [third.id, second.id, first.id]


def test_an_edition_cannot_start_before_the_one_it_follows(bank):
    first = defined(bank, starts=date(2027, 9, 1))
    with pytest.raises(errors.EditionBackwards) as refused:
        defined(bank, credits=400, supersedes=first.id, starts=date(2027, 8, 31))
    assert refused.value.details == {"before": "2027-09-01", "field": "starts"}
    assert queries.by_id(first.id).ends is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts": date(1949, 9, 30)}, "starts"),
        ({"starts": date(2037, 1, 1)}, "starts"),
        ({"ends": date(2037, 1, 1)}, "ends"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(bank, values, field):
    with pytest.raises(errors.DayOutOfRange) as refused:
        defined(bank, **values)
    assert refused.value.details["field"] == field
    assert defined(bank, starts=date(1949, 10, 1), ends=date(2036, 12, 31)).starts == date(1949, 10, 1)


def test_a_name_that_grows_when_it_is_folded_is_refused(bank):
    with pytest.raises(errors.NameMissing):
        defined(bank, "㍿" * 51)
    assert defined(bank, "㍿" * 50).name_key == "株式会社" * 50


@pytest.mark.parametrize(
    "values",
    [
        {"credits": -1},
        {"credits": 9999_01},
        {"hours": -1},
        {"framework_level": 0},
        {"framework_level": 21},
        {"valid_months": 0},
    ],
)
def test_numbers_out_of_range_are_refused(bank, values):
    with pytest.raises(errors.ValueOutOfRange):
        defined(bank, **values)


@pytest.mark.parametrize("unit_id", [None, 99])
def test_credits_need_a_unit_that_exists(bank, unit_id):
    with pytest.raises(errors.UnitUnknown):
        defined(bank, unit_id=unit_id)


def test_without_credits_there_is_no_unit(bank):
    assert defined(bank, credits=None).unit_id is None


@pytest.mark.parametrize("name", ["", "   ", "照" * 201])
def test_a_name_is_needed(bank, name):
    with pytest.raises(errors.NameMissing):
        defined(bank, name)


def test_an_issuer_must_exist(bank):
    with pytest.raises(OrganizationNotFound):
        operations.define_specification(actor=SYSTEM, new=replace(certificate(bank), issuer_id=999), now=NOW)


def test_who_proposes_does_not_define(bank, li):
    with pytest.raises(NotPermitted):
        operations.define_specification(actor=li, new=replace(certificate(bank), owner_id=bank.school), now=NOW)


def test_many_are_defined_at_once_or_none(bank, chen):
    many = [certificate(bank, f"证书{number}") for number in range(3)]
    made = operations.define_many(actor=chen, new=many, now=NOW)
    assert [each.name.zh for each in made] == ["证书0", "证书1", "证书2"]
    assert facts("specifications_defined") == [
        {"actor": "staff:3", "specifications": 3, "ids_sha256": ids_digest(each.id for each in made)}
    ]
    with pytest.raises(errors.SpecificationExists):
        operations.define_many(actor=chen, new=[certificate(bank, "新证书"), many[0]], now=NOW)
    with pytest.raises(OrganizationNotFound):
        operations.define_many(actor=chen, new=[replace(many[0], level="高级", issuer_id=999)], now=NOW)
    assert queries.listing(SYSTEM, Filters(), 1).total == 3


def test_proposed_courses_are_known_by_their_key_and_kept_as_first_proposed(bank, li):
    made = propose(li, bank.school, "大学英语（一）", "Ｃ语言程序设计")
    assert set(made) == {"大学英语(一)", "c语言程序设计"}
    again = operations.propose_courses(
        actor=li, organization_id=bank.school, courses=[NewCourse("c语言程序设计 ", 999)], now=NOW
    )
    assert again == {"c语言程序设计": made["c语言程序设计"]}
    course = queries.by_id(made["c语言程序设计"])
    assert (course.status, course.credits, course.unit_id, course.hours) == (Status.PROPOSED, 250, CREDIT, 4000)
    assert (course.owner_id, course.issuer_id, course.kind) == (bank.school, bank.school, Kind.COURSE)
    assert facts("courses_proposed") == [
        {
            "actor": "staff:1",
            "organization": bank.school,
            "specifications": 2,
            "ids_sha256": ids_digest(made.values()),
        }
    ]


def test_a_course_of_one_batch_named_twice_gets_one_row(bank, li):
    assert len(propose(li, bank.school, "高等数学", "高等数学 ", " 高等数学")) == 1


def test_nothing_proposed_leaves_no_fact(bank, li):
    assert propose(li, bank.school) == {}
    assert facts("courses_proposed") == []


def test_two_schools_have_their_own_course_of_one_name(bank, li, wang):
    assert propose(li, bank.school, "高等数学") != propose(wang, bank.other_school, "高等数学")
    with pytest.raises(NotPermitted):
        propose(wang, bank.school, "高等数学")


def test_a_course_without_a_name_is_refused(bank, li):
    with pytest.raises(errors.NameMissing):
        propose(li, bank.school, "高等数学", " ")


def test_a_deposit_of_a_course_with_a_newer_edition_names_the_newer_one(bank, li, chen):
    [first] = propose(li, bank.school, "高等数学").values()
    operations.recognise_proposed(actor=chen, specification_ids=[first], now=NOW)
    before = queries.by_id(first)
    newer = operations.define_specification(
        actor=chen,
        new=replace(
            certificate(bank, "高等数学", ""),
            kind=Kind.COURSE,
            owner_id=bank.school,
            issuer_id=bank.school,
            credits=500,
            supersedes=before.id,
        ),
        now=NOW,
    )
    assert propose(li, bank.school, "高等数学") == {"高等数学": newer.id}
    assert [each.id for each in queries.courses_of(bank.school)] == [newer.id]


def test_proposals_are_recognised_once_and_counted(bank, li, chen):
    ids = list(propose(li, bank.school, "高等数学", "大学物理", "线性代数").values())
    assert operations.recognise_proposed(actor=chen, specification_ids=ids[:2], now=NOW) == 2
    assert operations.recognise_proposed(actor=chen, specification_ids=ids, now=NOW) == 1
    assert operations.recognise_proposed(actor=chen, specification_ids=ids, now=NOW) == 0
    assert {each.status for each in queries.by_ids(ids).values()} == {Status.RECOGNISED}
    assert [body["specifications"] for body in facts("specifications_recognised")] == [2, 1]


def test_all_proposals_of_a_list_are_recognised_where_one_may_edit(bank, li, wang, chen):
    propose(li, bank.school, "护理学", "护理伦理", "高等数学")
    propose(wang, bank.other_school, "护理学")
    assert operations.recognise_matching(actor=li, filters=Filters(text="护理"), now=NOW) == 0
    here = Filters(text="护理", issuer_id=bank.school)
    assert operations.recognise_matching(actor=chen, filters=here, now=NOW) == 2
    assert queries.proposed(chen) == 2
    assert queries.proposed(li) == 0
    assert [body["specifications"] for body in facts("specifications_recognised")] == [2]


def test_a_list_for_a_day_leaves_out_what_does_not_hold_then(bank):
    first = defined(bank)
    second = defined(bank, supersedes=first.id, starts=date(2027, 9, 1))
    for day, wanted in ((date(2027, 8, 31), first), (date(2027, 9, 1), second)):
        listed = queries.listing(SYSTEM, Filters(current_on=day), 1).rows
        assert [row.specification.id for row in listed] == [wanted.id]


def test_recognising_is_for_who_edits_and_all_or_nothing(bank, li, chen):
    ids = list(propose(li, bank.school, "高等数学").values())
    for actor, asked in ((li, ids), (chen, [*ids, 99999])):
        with pytest.raises(errors.SpecificationNotFound):
            operations.recognise_proposed(actor=actor, specification_ids=asked, now=NOW)
    assert queries.by_id(ids[0]).status is Status.PROPOSED


def test_what_is_withdrawn_stays_readable_and_is_withdrawn_once(bank, chen, li):
    made = defined(bank)
    gone = operations.withdraw(actor=chen, specification_id=made.id, now=NOW)
    assert (gone.status, gone.ends) == (Status.WITHDRAWN, date(2026, 11, 22))
    assert queries.by_id(made.id) == gone
    with pytest.raises(errors.StatusDiffers):
        operations.withdraw(actor=chen, specification_id=made.id, now=NOW)
    with pytest.raises(NotPermitted):
        operations.withdraw(actor=li, specification_id=made.id, now=NOW)
    assert facts("specification_withdrawn") == [{"actor": "staff:3", "specification": made.id, "owner": bank.centre}]


def test_a_proposal_is_unknown_to_who_does_not_work_on_it(bank, li, wang):
    [number] = propose(li, bank.school, "高等数学").values()
    with pytest.raises(errors.SpecificationNotFound):
        operations.withdraw(actor=wang, specification_id=number, now=NOW)
    with pytest.raises(errors.SpecificationNotFound):
        queries.details(wang, queries.by_id(number).public_id)
    assert queries.details(li, queries.by_id(number).public_id).row.issuer.zh == "云江第二工业大学"


def test_a_broken_log_leaves_the_catalogue_as_it_was(bank, li, chen, monkeypatch):
    ids = list(propose(li, bank.school, "高等数学").values())
    before = queries.listing(SYSTEM, Filters(), 1)

    def broken(_fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    acts = (
        lambda: defined(bank),
        lambda: operations.define_many(actor=chen, new=[certificate(bank)], now=NOW),
        lambda: propose(li, bank.school, "大学物理"),
        lambda: operations.recognise_proposed(actor=chen, specification_ids=ids, now=NOW),
        lambda: operations.withdraw(actor=chen, specification_id=ids[0], now=NOW),
    )
    for act in acts:
        with pytest.raises(RuntimeError):
            act()
        assert queries.listing(SYSTEM, Filters(), 1) == before


def test_an_english_name_is_kept_beside_the_chinese_one(bank, chen):
    new = replace(certificate(bank), name=Text("老年照护", " Elderly  Care "))
    assert operations.define_specification(actor=chen, new=new, now=NOW).name == Text("老年照护", "Elderly Care")
