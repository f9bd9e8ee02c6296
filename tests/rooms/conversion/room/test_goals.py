"""A learner's goal: set, changed and given up by nobody else, each with its fact; targets must be on offer."""

import pytest

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import CourseKind, Nature, NewCourse, NewProgramme, ProgrammeCourse, RequirementGroup
from creditbank.conversion import operations, queries
from creditbank.conversion.errors import GoalUnknown, GoalWishUnknown
from creditbank.conversion.types import Goal, GoalKind
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text
from tests.rooms.conversion.room.conftest import NOW, SYSTEM

LEARNER = Actor(kind=ActorKind.LEARNER, id=7, name="李明", learner_id=70)
OTHER = Actor(kind=ActorKind.LEARNER, id=8, name="王芳", learner_id=80)


def wanted(target="0" * 20, kind=GoalKind.PROGRAMME):
    return Goal(learner_id=70, kind=kind, target=target)


@pytest.fixture
def programme(bank):
    found = catalogue.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse("高等数学", 300)], now=NOW
    )
    course = ProgrammeCourse(found["高等数学"], Nature.REQUIRED, CourseKind.FOUNDATION, 300)
    group = RequirementGroup("basic", Text("基础课"), None, (course,))
    new = NewProgramme(bank.school, "080901", Text("护理学"), 300, 1, "85", "322", (group,))
    return catalogue.define_programme(actor=SYSTEM, new=new, now=NOW)


def told():
    return [each.fact.name for each in evidence.facts() if each.fact.name.startswith("conversion.goal")]


def test_goal_is_set_changed_and_given_up_each_with_its_fact(programme):
    operations.set_goal(actor=LEARNER, goal=wanted(programme.public_id), now=NOW)
    changed = Goal(learner_id=70, kind=GoalKind.PROGRAMME, target=programme.public_id, avoid=("高等数学",))
    operations.set_goal(actor=LEARNER, goal=changed, now=NOW)
    assert queries.goal(70) == changed
    operations.clear_goal(actor=LEARNER, learner_id=70, now=NOW)
    assert queries.goal(70) is None
    assert len(told()) == 3


@pytest.mark.parametrize("kind", GoalKind)
def test_goal_that_nobody_offers_is_refused(bank, kind):
    with pytest.raises(GoalUnknown):
        operations.set_goal(actor=LEARNER, goal=wanted(kind=kind), now=NOW)
    assert queries.goal(70) is None


@pytest.mark.parametrize("wish", ["SPG001", "x" * 200_000, "\x00"])
def test_goal_that_pins_what_is_neither_held_nor_taught_is_refused(programme, wish):
    goal = Goal(learner_id=70, kind=GoalKind.PROGRAMME, target=programme.public_id, keep=(wish,))
    with pytest.raises(GoalWishUnknown) as refused:
        operations.set_goal(actor=LEARNER, goal=goal, now=NOW)
    assert len(refused.value.sentence("zh")) < 120
    assert queries.goal(70) is None


def test_nobody_sets_the_goal_of_another(bank):
    with pytest.raises(NotPermitted):
        operations.set_goal(actor=OTHER, goal=wanted(), now=NOW)
    with pytest.raises(NotPermitted):
        operations.clear_goal(actor=OTHER, learner_id=70, now=NOW)


def test_giving_up_what_was_never_set_says_nothing(bank):
    before = len(list(evidence.facts()))
    operations.clear_goal(actor=LEARNER, learner_id=70, now=NOW)
    assert len(list(evidence.facts())) == before
