"""Programmes with what they ask for, and certification units with what they are made of."""

from dataclasses import replace
from datetime import date

import pytest

from creditbank.catalogue import errors, operations, queries
from creditbank.catalogue.types import (
    CertificationUnitFilters,
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewCourse,
    NewProgramme,
    ProgrammeCourse,
    ProgrammeFilters,
    RequirementGroup,
    SpecificationKind as Kind,
)
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import CREDIT, NOBODY, NOW, SYSTEM, certificate, defined


@pytest.fixture
def programme(bank):
    courses = [NewCourse(name, 300) for name in ("高等数学", "大学物理", "毕业设计")]
    ids = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=courses, now=NOW)
    mathematics, physics, thesis = (ids[name] for name in ("高等数学", "大学物理", "毕业设计"))
    return NewProgramme(
        organization_id=bank.school,
        code="080901",
        name=Text("计算机科学与技术", "Computer Science"),
        credits_required=600,
        unit_id=CREDIT,
        level_code="85",
        category_code="322",
        groups=(
            RequirementGroup(
                "basic",
                Text("专业基础"),
                300,
                (
                    ProgrammeCourse(mathematics, Nature.REQUIRED, CourseKind.FOUNDATION, 300),
                    ProgrammeCourse(physics, Nature.ELECTIVE, CourseKind.FOUNDATION, 300),
                ),
            ),
            RequirementGroup(
                "practice", Text("集中实践"), None, (ProgrammeCourse(thesis, Nature.PRACTICE, CourseKind.OTHER, 300),)
            ),
        ),
    )


def test_a_programme_is_published_whole_and_in_editions(bank, programme):
    first = operations.define_programme(actor=SYSTEM, new=programme, now=NOW)
    second = operations.define_programme(actor=SYSTEM, new=replace(programme, credits_required=500), now=NOW)
    assert first.groups == programme.groups
    assert (first.edition, second.edition) == (1, 2)
    assert queries.programme(second.public_id) == second
    # The one before ends where the next one starts, and stays as it was otherwise.
    ended = replace(first, ends=second.starts)
    assert queries.programmes_of(bank.school) == (second, ended)
    assert [stored.fact.body["edition"] for stored in evidence.facts(name="catalogue.programme_defined.v1")] == [1, 2]
    with pytest.raises(errors.ProgrammeNotFound):
        queries.programme("nothing")


def test_a_programme_that_is_not_whole_is_refused(bank, programme):
    group = programme.groups[0]
    stranger = ProgrammeCourse(99999, Nature.REQUIRED, CourseKind.CORE, 300)
    broken = (
        replace(programme, groups=()),
        replace(programme, credits_required=0),
        replace(programme, groups=(replace(group, credits_min=601),)),
        replace(programme, groups=(replace(group, courses=()),)),
        replace(programme, groups=(replace(group, courses=(stranger,)),)),
        replace(programme, groups=(replace(group, courses=(*group.courses, group.courses[0])),)),
        replace(programme, groups=(group, group)),
    )
    for new in broken:
        with pytest.raises(errors.ProgrammeIncomplete):
            operations.define_programme(actor=SYSTEM, new=new, now=NOW)
    others = (
        (errors.UnitUnknown, {"unit_id": 99}),
        (errors.ProgrammeOutOfReach, {"credits_required": 901}),
        (errors.CodeMissing, {"code": " "}),
        (errors.CodeMissing, {"code": "x" * 41}),
        (errors.NameMissing, {"name": Text("")}),
        (errors.TextTooLong, {"name": Text("计算机", "x" * 301)}),
        (errors.NameMissing, {"groups": (replace(group, name=Text("")),)}),
    )
    for refusal, values in others:
        with pytest.raises(refusal):
            operations.define_programme(actor=SYSTEM, new=replace(programme, **values), now=NOW)
    assert queries.programmes_of(bank.school) == ()


def test_an_edition_of_the_future_leaves_the_present_one_in_force(bank, programme):
    first = operations.define_programme(actor=SYSTEM, new=programme, now=NOW)
    autumn = date(2027, 9, 1)
    second = operations.define_programme(actor=SYSTEM, new=replace(programme, starts=autumn), now=NOW)

    def current(day):
        return [row.public_id for row in queries.programme_listing(ProgrammeFilters(current_on=day), 1).rows]

    assert current(NOW.date()) == current(date(2027, 8, 31)) == [first.public_id]
    assert current(autumn) == [second.public_id]
    assert current(date(2026, 11, 21)) == []


@pytest.mark.parametrize("text", ["计算机", "jsjkx", "computer", "080901", "科学 computer"])
def test_a_programme_is_found_by_part_of_its_name_initials_and_code(bank, programme, text):
    made = operations.define_programme(actor=SYSTEM, new=programme, now=NOW)
    other = replace(programme, organization_id=bank.other_school, code="120601", name=Text("物流管理"))
    operations.define_programme(actor=SYSTEM, new=other, now=NOW)
    assert [row.public_id for row in queries.programme_listing(ProgrammeFilters(text=text), 1).rows] == [made.public_id]
    of_other = ProgrammeFilters(organization_id=bank.other_school, level_code="85")
    assert [row.code for row in queries.every_programme(of_other)] == ["120601"]
    assert queries.programme_listing(ProgrammeFilters(level_code="86"), 1).total == 0
    assert [each.id for each in queries.schools()] == [bank.other_school, bank.school]


def test_courses_are_named_by_code_name_or_number_and_only_ones_own(bank, programme):
    own = operations.define_specification(
        actor=SYSTEM,
        new=replace(certificate(bank, "护理学（一）", ""), kind=Kind.COURSE, issuer_id=bank.school, code="HL1"),
        now=NOW,
    )
    strange = defined(bank, "老年照护", "中级")
    texts = ["HL1", "护理学(一)", own.public_id, strange.public_id, "老年照护 中级", "高等数学", "无"]

    def named(courses_of):
        found = queries.named(texts, courses_of=courses_of, on=NOW.date())
        return {text: [each.id for each in answer] for text, answer in found.items()}

    mathematics = programme.groups[0].courses[0].specification_id
    assert list(named(bank.school).values()) == [[own.id], [own.id], [own.id], [strange.id], [], [mathematics], []]
    assert named(bank.other_school)["HL1"] == named(bank.other_school)["高等数学"] == []
    assert named(None)["老年照护 中级"] == [strange.id]
    later = replace(certificate(bank, "护理学（一）", ""), code="HL1", supersedes=own.id)
    operations.define_specification(actor=SYSTEM, new=later, now=NOW)
    operations.withdraw(actor=SYSTEM, specification_id=strange.id, now=NOW)
    assert named(None)["HL1"] == [queries.details(SYSTEM, own.public_id).editions[0].id]
    assert named(None)["老年照护 中级"] == []


def test_a_programme_is_published_by_who_edits_there(bank, programme, li, chen):
    with pytest.raises(NotPermitted):
        operations.define_programme(actor=li, new=programme, now=NOW)
    assert operations.define_programme(actor=chen, new=programme, now=NOW).organization_id == bank.school


def test_a_certification_unit_is_made_of_specifications(bank, chen, li):
    parts = (defined(bank, "照护基础").id, defined(bank, "照护沟通").id)
    new = NewCertificationUnit(
        owner_id=bank.centre,
        code="CU-1",
        name=Text("老年照护服务"),
        level="中级",
        framework_level=4,
        credits=200,
        unit_id=2,
        specification_ids=parts,
    )
    unit = operations.define_certification_unit(actor=chen, new=new, now=NOW)
    assert (unit.specification_ids, unit.edition, unit.level) == (parts, 1, "中级")
    assert [row.public_id for row in queries.certification_units(CertificationUnitFilters(), 1).rows] == [
        unit.public_id
    ]
    assert queries.details(SYSTEM, queries.by_id(parts[0]).public_id).certification_units == (unit,)
    for broken in ((), (99999,)):
        with pytest.raises(errors.CertificationUnitIncomplete):
            operations.define_certification_unit(actor=chen, new=replace(new, specification_ids=broken), now=NOW)
    others = (
        (errors.UnitUnknown, {"unit_id": 99}),
        (errors.ValueOutOfRange, {"credits": -1}),
        (errors.ValueOutOfRange, {"framework_level": 21}),
        (errors.TextTooLong, {"level": "中" * 31}),
        (errors.CodeMissing, {"code": ""}),
        (errors.NameMissing, {"name": Text("")}),
    )
    for refusal, values in others:
        with pytest.raises(refusal):
            operations.define_certification_unit(actor=chen, new=replace(new, **values), now=NOW)
    with pytest.raises(NotPermitted):
        operations.define_certification_unit(actor=li, new=new, now=NOW)


def test_the_next_edition_of_a_certification_unit_ends_the_one_before(bank, chen):
    part = defined(bank, "照护基础").id
    new = NewCertificationUnit(bank.centre, "CU-1", Text("老年照护"), "", None, 200, 2, (part,))
    first, second = (operations.define_certification_unit(actor=chen, new=new, now=NOW) for _ in range(2))
    details = queries.certification_unit_details(NOBODY, first.public_id)
    assert details.certification_unit.ends == second.starts
    assert [each.edition for each in details.editions] == [2, 1]
    assert [row.specification.id for row in details.parts] == [part]
    current = CertificationUnitFilters(text="lnzh", current_on=NOW.date())
    assert [row.edition for row in queries.certification_units(current, 1).rows] == [2]
    assert [row.parts for row in queries.every_certification_unit(CertificationUnitFilters())] == [1, 1]
    with pytest.raises(errors.CertificationUnitNotFound):
        queries.certification_unit_details(NOBODY, "nothing")
