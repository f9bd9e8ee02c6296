"""A rule for one group of people: it applies to those who consented to count as one of it, and to nobody else."""

from datetime import timedelta

import pytest

from creditbank.conversion import queries
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.permissions import Permission
from creditbank.learners import operations as learners
from creditbank.learners.types import PriorityGroup
from tests.rooms.archive.conftest import posted, small_bank
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW
from tests.rooms.conversion.room.test_worth_pages import in_force, programme

DAY = NOW.date()
VETERANS = [{"is": "learner_group", "in": ["veteran"]}]


def book():
    """A course that veterans alone are freed from."""
    given = documents.case("veteran", spec="护理学基础", gives="4", uses_rules=[documents.DEFAULT_RULE])
    given["given"]["learner"]["groups"] = ["veteran"]
    other = documents.case("other", spec="护理学基础", gives="0", not_rules={documents.DEFAULT_RULE: "not_among"})
    other["given"]["learner"]["groups"] = []
    rule = documents.rule(spec="护理学基础") | {"when": VETERANS}
    return documents.book(rules=[rule], cases=[given, other])


@pytest.fixture
def bank(db):
    made = small_bank()
    posted(made, [made.row(0, 0)])
    programme(made.school, ["程序设计", "数据库"])
    in_force(made.school, book())
    return made


def holder(bank):
    return Actor(ActorKind.LEARNER, 1, "张三", learner_id=bank.learners[0])


def consents(bank, group, *, now=NOW, move=learners.set_attribute):
    move(actor=holder(bank), organization_id=bank.school, learner_id=bank.learners[0], group=group, now=now)


def worth(bank):
    [found] = queries.worth(holder(bank), bank.learners[0], day=DAY)
    return found.credits


def plan(bank):
    [found] = queries.worth(holder(bank), bank.learners[0], day=DAY)
    return queries.answer(holder(bank), bank.learners[0], found.programme_public_id, day=DAY)


def test_without_consent_nobody_is_taken_for_a_veteran_and_the_page_says_what_is_missing(bank):
    assert worth(bank) == 0
    answer = plan(bank)
    assert answer.document["problem"]["learner"]["groups"] is None
    [unused] = answer.document["unused"]
    assert (unused["why"], unused["bring"][0]["tag"]) == ("missing_data", "learner_group")
    assert "学习者所属群体" in answer.told.rules_unused[0].reason.zh


def test_with_consent_the_rule_applies_and_says_whom_it_is_for(bank):
    consents(bank, PriorityGroup.VETERAN)
    assert worth(bank) == 300
    answer = plan(bank)
    assert answer.document["problem"]["learner"]["groups"] == ["veteran"]
    [grant] = answer.told.grants
    assert "退役军人" in grant.rule.sentence.zh
    assert "Veteran" in grant.rule.sentence.en


def test_another_group_or_a_consent_that_was_withdrawn_does_not_count(bank):
    consents(bank, PriorityGroup.DISABLED)
    assert worth(bank) == 0
    consents(bank, PriorityGroup.VETERAN)
    consents(bank, PriorityGroup.VETERAN, now=NOW + timedelta(days=1), move=learners.withdraw_attribute)
    assert worth(bank) == 0


def test_groups_are_for_the_holder_and_not_for_a_program_of_the_school(bank):
    consents(bank, PriorityGroup.VETERAN)
    grant = Grant(Permission.ARCHIVE_ENTRY_VIEW, Reach(organizations=frozenset({bank.school})))
    program = Actor(ActorKind.CLIENT, 7, "教务系统", (grant,))
    assert queries.holdings(program, bank.learners[0]).groups is None
    assert len(queries.holdings(program, bank.learners[0]).achievements) == 1
    assert queries.holdings(system("command-line"), bank.learners[0]).groups == ("veteran",)
