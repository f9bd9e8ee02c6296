"""Programmes with what they ask for, and certification units with what they are made of."""

from dataclasses import replace

import pytest

from creditbank.catalogue import errors, operations, queries
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewCourse,
    NewProgramme,
    ProgrammeCourse,
    RequirementGroup,
)
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import CREDIT, NOW, SYSTEM, defined


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
    assert queries.programme(first.public_id) == first
    assert queries.programmes_of(bank.school) == (second, first)
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
    )
    for new in broken:
        with pytest.raises(errors.ProgrammeIncomplete):
            operations.define_programme(actor=SYSTEM, new=new, now=NOW)
    with pytest.raises(errors.UnitUnknown):
        operations.define_programme(actor=SYSTEM, new=replace(programme, unit_id=99), now=NOW)
    assert queries.programmes_of(bank.school) == ()


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
    assert queries.certification_units() == (unit,)
    assert queries.details(SYSTEM, queries.by_id(parts[0]).public_id).certification_units == (unit,)
    for broken in ((), (99999,)):
        with pytest.raises(errors.CertificationUnitIncomplete):
            operations.define_certification_unit(actor=chen, new=replace(new, specification_ids=broken), now=NOW)
    with pytest.raises(errors.UnitUnknown):
        operations.define_certification_unit(actor=chen, new=replace(new, unit_id=99), now=NOW)
    with pytest.raises(NotPermitted):
        operations.define_certification_unit(actor=li, new=new, now=NOW)
