"""Other names, tolerances and accreditation: what rows of files are matched with."""

from datetime import date

import pytest

from creditbank.catalogue import errors, operations, queries
from creditbank.catalogue.queries import matched as matching
from creditbank.catalogue.types import NewCourse, SpecificationKind as Kind
from creditbank.evidence import queries as evidence
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.periods import PeriodEmpty
from creditbank.organizations import operations as organizations
from tests.rooms.catalogue.conftest import NOW, SYSTEM, defined

JUNE, DAY = PartialDate(20260600), date(2026, 6, 15)


@pytest.fixture
def course(bank):
    courses = [NewCourse(name="高等数学", credits=400)]
    numbers = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=courses, now=NOW)
    return numbers["高等数学"]


def facts(name):
    return [stored.fact.body for stored in evidence.facts(name=f"catalogue.{name}.v1")]


def add(actor, course, bank, alias="高数（上）", **changes):
    given = {"organization_id": bank.school, "specification_id": course} | changes
    return operations.add_alias(actor=actor, alias=alias, now=NOW, **given)


def accredit(number, starts, ends=None, decision="云学银发2026年第12号", actor=SYSTEM):
    return operations.accredit(
        actor=actor, specification_id=number, starts=starts, ends=ends, decision=decision, now=NOW
    )


def known(bank, issuer=None, kind=Kind.CERTIFICATE):
    return matching.known_of([issuer or bank.assessor], kinds=[kind], files_of=bank.school)


def test_an_alias_leads_to_its_course_in_the_files_of_that_school_alone(bank, course, li):
    add(li, course, bank)
    (found,) = queries.courses_of(bank.school)
    assert (found.id, found.aliases, found.credits, found.tolerance) == (course, ("高数(上)",), 400, 0)
    elsewhere = matching.known_of([bank.school], kinds=[Kind.COURSE], files_of=bank.other_school)
    assert [each.aliases for each in elsewhere] == [()]
    assert [each.alias for each in matching.aliases(course)] == ["高数（上）"]
    assert [body["specification"] for body in facts("alias_added")] == [course]


def test_an_alias_that_is_removed_leads_nowhere(bank, course, li, wang):
    number = add(li, course, bank)
    with pytest.raises(NotPermitted):
        operations.remove_alias(actor=wang, alias_id=number, now=NOW)
    operations.remove_alias(actor=li, alias_id=number, now=NOW)
    assert queries.courses_of(bank.school)[0].aliases == ()
    with pytest.raises(errors.AliasNotFound):
        operations.remove_alias(actor=li, alias_id=number, now=NOW)


def test_an_alias_follows_its_course_into_the_next_edition(bank):
    first = defined(bank)
    add(SYSTEM, first.id, bank, "养老护理")
    accredit(first.id, date(2026, 1, 1))
    second = defined(bank, "老年照护服务", supersedes=first.id)
    (last,) = [each for each in known(bank) if each.id == second.id]
    assert last.aliases == ("养老护理",)
    assert last.accepted_on(JUNE)


@pytest.mark.parametrize(
    ("alias", "refusal"),
    [("高等　数学", errors.AliasIsName), (" ", errors.NameMissing), ("字" * 201, errors.NameMissing)],
)
def test_a_name_that_is_no_alias_is_refused(bank, course, li, alias, refusal):
    alias = alias.replace("　", "")
    with pytest.raises(refusal) as found:
        add(li, course, bank, alias)
    assert found.value.details["field"] == "alias"


def test_a_name_leads_to_one_course_and_only_ones_own_files_are_named(bank, course, li, wang):
    add(li, course, bank)
    other = operations.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse(name="线性代数", credits=300)], now=NOW
    )["线性代数"]
    with pytest.raises(errors.AliasTaken):
        add(li, other, bank, "高数(上)")
    with pytest.raises(NotPermitted):
        add(wang, course, bank, "高数")
    operations.withdraw(actor=SYSTEM, specification_id=other, now=NOW)
    with pytest.raises(errors.StatusDiffers):
        add(SYSTEM, other, bank, "线代")
    with pytest.raises(errors.SpecificationNotFound):
        add(li, 0, bank, "线代")


def test_tolerance_is_of_the_course_or_else_of_its_institution(bank, course, li, chen):
    organizations.set_depositing(
        actor=SYSTEM,
        organization_id=bank.school,
        opens_accounts=True,
        registers_courses=False,
        credits_tolerance=50,
        now=NOW,
    )
    assert (queries.courses_of(bank.school)[0].tolerance, matching.tolerance(course)) == (50, None)
    for hundredths, answer in ((100, 100), (0, 50)):
        operations.set_tolerance(actor=chen, specification_id=course, hundredths=hundredths, now=NOW)
        assert queries.courses_of(bank.school)[0].tolerance == answer
    assert [body["hundredths"] for body in facts("tolerance_set")] == [100, 0]
    with pytest.raises(NotPermitted):
        operations.set_tolerance(actor=li, specification_id=course, hundredths=100, now=NOW)
    for wrong in (-1, 201):
        with pytest.raises(errors.ToleranceOutOfRange):
            operations.set_tolerance(actor=chen, specification_id=course, hundredths=wrong, now=NOW)


@pytest.mark.parametrize(
    ("obtained", "accepted"),
    [
        (20260614, False),
        (20260615, True),
        (20260600, True),
        (20260500, False),
        (20260000, True),
        (20270630, True),
        (20270701, False),
        (20270700, False),
    ],
)
def test_what_is_not_formal_counts_while_it_was_accredited(bank, obtained, accepted):
    accredit(defined(bank).id, DAY, date(2027, 7, 1))
    (one,) = known(bank)
    assert one.accepted_on(PartialDate(obtained)) is accepted


def test_courses_need_no_accreditation(bank, course):
    assert queries.courses_of(bank.school)[0].accepted_on(JUNE)


def test_an_accreditation_that_ends_accepts_what_was_obtained_before(bank, chen, li):
    one = defined(bank)
    number = accredit(one.id, DAY, actor=chen)
    with pytest.raises(NotPermitted):
        operations.end_accreditation(actor=li, accreditation_id=number, on=date(2026, 9, 1), now=NOW)
    operations.end_accreditation(actor=chen, accreditation_id=number, on=date(2026, 9, 1), now=NOW)
    (found,) = known(bank)
    assert [found.accepted_on(PartialDate(day)) for day in (20260831, 20260901)] == [True, False]
    with pytest.raises(errors.AccreditationEnded):
        operations.end_accreditation(actor=chen, accreditation_id=number, on=date(2026, 10, 1), now=NOW)
    with pytest.raises(errors.AccreditationBackwards):
        operations.end_accreditation(actor=chen, accreditation_id=number, on=date(2026, 6, 1), now=NOW)
    with pytest.raises(errors.AccreditationNotFound):
        operations.end_accreditation(actor=chen, accreditation_id=0, on=DAY, now=NOW)
    operations.end_accreditation(actor=chen, accreditation_id=number, on=DAY, now=NOW)
    assert not known(bank)[0].accepted_on(JUNE)
    assert matching.accreditations(one.id)[0].ends == DAY
    assert accredit(one.id, DAY) > number


def test_periods_of_one_specification_do_not_overlap_and_rest_on_a_decision(bank, li):
    one = defined(bank)
    accredit(one.id, DAY, date(2027, 1, 1))
    with pytest.raises(errors.AccreditationOverlaps):
        accredit(one.id, date(2026, 12, 1))
    accredit(one.id, date(2027, 1, 1))
    assert [each.starts for each in matching.accreditations(one.id)] == [date(2027, 1, 1), DAY]
    for words in (" ", "字" * 101):
        with pytest.raises(errors.DecisionMissing):
            accredit(one.id, date(2020, 1, 1), date(2021, 1, 1), words)
    with pytest.raises(PeriodEmpty):
        accredit(one.id, DAY, DAY)
    with pytest.raises(errors.DayOutOfRange):
        accredit(one.id, date(1900, 1, 1), DAY)
    with pytest.raises(NotPermitted):
        accredit(one.id, date(2020, 1, 1), date(2021, 1, 1), actor=li)
