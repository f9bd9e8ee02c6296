"""Occupations and the ways into them: published in editions, found by name, and refused where nobody could come in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from creditbank.catalogue import errors, operations
from creditbank.catalogue.queries import occupations as queries
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCourse,
    NewOccupation,
    NewProgramme,
    ProgrammeCourse,
    RequirementGroup,
    Route,
    RouteNeed,
)
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Reach
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.periods import PeriodEmpty
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import CREDIT, NOW, SYSTEM, defined, person

CODE = "4-10-01-05"
TODAY = date(2026, 11, 22)


@pytest.fixture
def programme(bank):
    courses = operations.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse("老年护理", 300)], now=NOW
    )
    asked = ProgrammeCourse(courses["老年护理"], Nature.REQUIRED, CourseKind.CORE, 300)
    group = RequirementGroup("all", Text("全部"), None, (asked,))
    new = NewProgramme(bank.school, "ZHJK", Text("智慧健康养老"), 300, CREDIT, "86", "322", (group,))
    return operations.define_programme(actor=SYSTEM, new=new, now=NOW)


@pytest.fixture
def occupation(bank, programme):
    certificate = RouteNeed(specification_id=defined(bank).id)
    return NewOccupation(
        owner_id=bank.centre,
        code=CODE,
        name=Text("养老护理员", "Elderly care worker"),
        about=Text("照料老年人。"),
        note=Text("示例"),
        routes=(
            Route(Text("凭证书"), (certificate,)),
            Route(Text("学专业"), (RouteNeed(programme_id=programme.id), RouteNeed(award="0123#bachelor"))),
        ),
    )


def on_offer(day):
    return queries.listing("", current_on=day, page=1).rows


def publish(new, actor=SYSTEM, now=NOW):
    return operations.define_occupation(actor=actor, new=new, now=now)


def test_an_occupation_is_published_whole_and_in_editions(occupation):
    first = publish(occupation)
    later = publish(replace(occupation, routes=occupation.routes[:1], starts=TODAY + timedelta(days=30)))
    assert first.routes == occupation.routes
    assert [each.edition for each in queries.details(later.public_id).editions] == [2, 1]
    assert queries.of_code(CODE, day=TODAY).id == first.id
    assert queries.of_code(CODE, day=later.starts) == later
    assert queries.details(first.public_id).occupation == replace(first, ends=later.starts)
    facts = [stored.fact.body for stored in evidence.facts(name="catalogue.occupation_defined.v1")]
    assert [(each["edition"], each["routes"], each["needs"]) for each in facts] == [(1, 2, 3), (2, 1, 1)]


def test_an_occupation_that_ends_is_on_offer_no_more(occupation):
    publish(replace(occupation, ends=TODAY + timedelta(days=1)))
    assert [each.code for each in on_offer(TODAY)] == [CODE]
    assert on_offer(TODAY + timedelta(days=1)) == ()
    with pytest.raises(errors.OccupationNotFound):
        queries.of_code(CODE, day=TODAY + timedelta(days=1))
    with pytest.raises(errors.OccupationNotFound):
        queries.details("0" * 20)


@pytest.mark.parametrize(
    ("text", "found"), [("护理", 1), ("ylhly", 1), ("elderly", 1), (CODE, 1), ("护士", 0), ("", 1)]
)
def test_an_occupation_is_found_by_any_part_of_its_name_by_initials_and_by_code(occupation, text, found):
    publish(occupation)
    assert queries.listing(text, current_on=TODAY, page=1).total == found


def test_its_page_has_everything_its_routes_name(occupation, programme):
    details = queries.details(publish(occupation).public_id)
    [entry] = details.specifications.values()
    assert (entry.specification.name.zh, entry.specification.level) == ("老年照护", "初级")
    assert details.programmes[programme.id].name == programme.name


def test_a_programme_that_a_route_names_is_any_edition_of_it(occupation, programme):
    one = publish(occupation)
    group = replace(programme.groups[0], name=Text("改过"))
    new = NewProgramme(programme.organization_id, "ZHJK", Text("智慧健康养老"), 300, CREDIT, "86", "322", (group,))
    second = operations.define_programme(actor=SYSTEM, new=new, now=NOW)
    assert queries.programmes_needed(one, day=TODAY) == {programme.id: second}


@pytest.mark.parametrize("code", ["", "4-10-01", "4-10-01-5", "0-10-01-05", "4100105", "4-10-01-05-01"])
def test_a_code_that_is_none_of_the_classification_is_refused(occupation, code):
    with pytest.raises(errors.OccupationCodeFaulty):
        publish(replace(occupation, code=code))


@pytest.mark.parametrize(
    "needs",
    [
        (),
        (RouteNeed(),),
        (RouteNeed(specification_id=99999),),
        (RouteNeed(programme_id=99999),),
        (RouteNeed(specification_id=1, award="0123#bachelor"),),
        (RouteNeed(award="0123#bachelor"), RouteNeed(award="0123#bachelor")),
        (RouteNeed(award="x" * 121),),
    ],
)
def test_a_route_that_nobody_could_go_is_refused_by_its_place(occupation, needs):
    broken = Route(Text("断路"), needs)
    with pytest.raises(errors.OccupationIncomplete) as refused:
        publish(replace(occupation, routes=(occupation.routes[0], broken)))
    assert refused.value.details["place"] == 1


def test_an_occupation_without_routes_names_or_days_is_refused(occupation):
    nameless = replace(occupation.routes[0], name=Text(" "))
    wordy = replace(occupation.routes[0], name=Text("凭证书", "x" * 301))
    for broken, refusal in (
        (replace(occupation, routes=()), errors.OccupationIncomplete),
        (replace(occupation, routes=(nameless,)), errors.NameMissing),
        (replace(occupation, routes=(wordy,)), errors.TextTooLong),
        (replace(occupation, name=Text("")), errors.NameMissing),
        (replace(occupation, about=Text("长" * 401)), errors.TextTooLong),
        (replace(occupation, starts=date(2090, 1, 1)), errors.DayOutOfRange),
        (replace(occupation, starts=TODAY, ends=TODAY), PeriodEmpty),
    ):
        with pytest.raises(refusal):
            publish(broken)
    assert on_offer(TODAY) == ()


def test_only_who_keeps_the_catalogue_of_both_owners_may_publish_the_next_edition(bank, occupation):
    here = Reach(organizations=frozenset({bank.school}))
    sun = person(9, here, Permission.CATALOGUE_SPECIFICATION_EDIT)
    publish(occupation)
    for owner in (bank.centre, bank.school):
        with pytest.raises(NotPermitted):
            publish(replace(occupation, owner_id=owner), actor=sun)
    other = publish(replace(occupation, owner_id=bank.school, code="4-14-01-03"), actor=sun)
    assert (other.owner_id, other.edition) == (bank.school, 1)


def test_an_edition_does_not_start_before_the_last_one(occupation):
    publish(replace(occupation, starts=TODAY))
    with pytest.raises(errors.EditionBackwards):
        publish(replace(occupation, starts=TODAY - timedelta(days=1)))


def test_refusals_name_what_is_wrong(occupation):
    with pytest.raises(Refusal) as refused:
        publish(replace(occupation, code="老年"))
    assert "老年" in refused.value.sentence("zh")
    assert refused.value.details["field"] == "code"
