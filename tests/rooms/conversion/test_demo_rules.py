"""The rule books of the demonstration bank: green, printable, worth reading for the learners whom a visitor meets."""

from decimal import Decimal

import pytest
from django.db import transaction

from creditbank.cli import demo_bank, demo_rules
from creditbank.conversion import planning, queries
from creditbank.conversion.rules.adoption import effective_book
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Severity
from creditbank.conversion.rules.sentences_rules import parse_rule, print_rule
from creditbank.conversion.types import BookKind, EditionStage, Filters
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Role
from tests.conftest import NOW

SEED = 20261122
ALL = system("test")
BOOKS = {name: Book.model_validate(document) for name, document in demo_rules.documents().items()}
KINDS = {
    BookKind.GUIDANCE: 1,
    BookKind.AGREEMENT: 2,
    BookKind.AWARD: 2,
    BookKind.INSTITUTIONAL: len(BOOKS) - 5,
}
OPEN_LOGISTICS = "物流管理(专升本)"


def ruling(book):
    return effective_book(book, BOOKS["01-logistics-guidance"]).book if book.adopts else book


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo_bank.build(learners=10, seed=SEED, now=NOW)
        transaction.set_rollback(True)


def learner(place):
    user = identity.user_by_login(demo_bank.LEARNER_LOGINS[place])
    return Actor(kind=ActorKind.LEARNER, id=user.id, name=user.name, learner_id=user.learner_id)


def plan_of(actor, name):
    found = queries.worth(actor, actor.learner_id, day=NOW.date())
    one = next(each for each in found if each.programme.zh == name)
    return one, queries.answer(actor, actor.learner_id, one.programme_public_id, day=NOW.date()).document


@pytest.mark.parametrize("name", BOOKS)
def test_every_case_comes_out_as_it_says_and_nothing_is_found_but_proposals(name):
    others = [book for other, book in BOOKS.items() if other != name and not book.adopts]
    findings, cases = planning.check_book(ruling(BOOKS[name]), in_force=others)
    assert cases
    assert [case for case in cases if not case.passes] == []
    assert [finding for finding in findings if finding.severity is not Severity.PROPOSE] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", BOOKS)
def test_every_rule_is_a_sentence_that_reads_back(name, language):
    for rule in ruling(BOOKS[name]).rules:
        assert parse_rule(print_rule(rule, language), language) == rule


def test_the_books_keep_to_their_own_rule_ids_so_that_plans_name_them_shortly():
    ids = [rule.id for book in BOOKS.values() for rule in book.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_all_books_are_in_force_in_the_bank(built):
    rows = queries.listing(ALL, Filters(), 1).rows
    assert {row.edition.stage for row in rows} == {EditionStage.PUBLISHED}
    assert {kind: sum(row.edition.book.kind is kind for row in rows) for kind in KINDS} == KINDS


@pytest.mark.django_db
def test_groups_have_five_experts_and_a_school_two_who_read(built):
    for code in ("YJ-EG-LOGISTICS", "YJ-EG-COMPUTING"):
        members = organizations.members_of(organizations.by_code(code).id)
        assert len({each.user_id for each in members if each.role is Role.EXPERT}) >= 5
    members = organizations.members_of(organizations.by_code("4131012044").id)
    assert len([each for each in members if each.role is Role.REGISTRAR]) >= 2


@pytest.mark.django_db
def test_the_first_learner_has_a_plan_with_a_cap_that_costs_a_reason_with_a_distance_and_a_next_step(built):
    worth, document = plan_of(learner(0), OPEN_LOGISTICS)
    assert worth.enrolled
    assert 1600 <= worth.credits <= 2300
    assert Decimal(document["plan"]["credits"]) * 100 == worth.credits
    assert {each["cap"] for each in document["caps"] if each["cost"] != "0"} == {"certificate-8"}
    short = next(each for each in document["unused"] if each["rule"] == "log-procurement")
    assert (short["code"], short["needs"], short["has"], short["distance"]) == ("grade_low", "75", "71", "4")
    assert any(Decimal(each["gain"]) >= 2 for each in document["one_more"])


@pytest.mark.django_db
def test_the_second_learner_has_something_to_gain_in_another_school(built):
    found = queries.worth(learner(1), learner(1).learner_id, day=NOW.date())
    best = max(found, key=lambda row: row.credits)
    assert not best.enrolled
    assert best.credits >= 2000


@pytest.mark.django_db
def test_course_that_a_rule_lets_choose_is_found_in_the_books_in_force(built):
    found = queries.to_target("仓储与配送管理", day=NOW.date())
    assert found
    assert all("仓储与配送管理" in each.title.zh for way in found for each in way.targets)


@pytest.mark.django_db
def test_every_award_of_the_books_in_force_is_found_by_its_title(built):
    awards = [award for book in BOOKS.values() for award in book.awards]
    assert awards
    for award in awards:
        assert queries.to_target(award.title.zh, day=NOW.date())
