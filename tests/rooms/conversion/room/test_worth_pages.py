"""The pages of worth where books collide, a programme is too hard, or a rule names its courses by what they are."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import CourseKind, Nature, NewCourse, NewProgramme, ProgrammeCourse, RequirementGroup
from creditbank.conversion import operations, queries
from creditbank.conversion.types import Goal, GoalKind
from creditbank.identity import operations as identity, rules
from creditbank.identity.errors import TooManySimulations
from creditbank.identity.types import Gate, GateLimits, Limit
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.text import Text
from tests.rooms.archive.conftest import posted, small_bank
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM

DAY = NOW.date()
OTHER_SCHOOL = {"name": {"zh": "云江理工大学"}, "code": "4131010251"}
CAP = {"id": "C1", "measure": "credits", "at_most": "9"}
REQUIRED = [{"is": "course_nature", "in": ["required"]}]


@pytest.fixture
def bank(db):
    return small_bank()


def programme(school, names, code="080901", name="软件工程"):
    found = catalogue.propose_courses(
        actor=SYSTEM, organization_id=school, courses=[NewCourse(each, 300) for each in names], now=NOW
    )
    courses = tuple(ProgrammeCourse(each, Nature.REQUIRED, CourseKind.CORE, 300) for each in found.values())
    group = RequirementGroup("core", Text("核心课"), None, courses)
    new = NewProgramme(school, code, Text(name), 300 * len(courses), 1, "85", "322", (group,))
    return catalogue.define_programme(actor=SYSTEM, new=new, now=NOW)


def in_force(owner, document):
    return operations.import_edition(actor=SYSTEM, owner_id=owner, document=document, now=NOW)


def cases(source, gives="4"):
    """Return a case that uses the rule and one that does not, in a programme of two required courses."""
    used = documents.case("used", spec=source, gives=gives, uses_rules=[documents.DEFAULT_RULE])
    for course in used["given"]["programme"]["courses"]:
        course["nature"] = "required"
    return [used, documents.case("no", spec="大学英语四级", gives="0", not_rules={documents.DEFAULT_RULE: "none_held"})]


def choosing(count, gives, source="护理学基础"):
    rule = documents.rule(spec=source) | {"gives": [{"choose": count, "where": REQUIRED}]}
    return documents.book(rules=[rule], cases=cases(source, gives))


def public_id(specification_id):
    return specifications.by_ids([specification_id])[specification_id].public_id


def first_of(made):
    return public_id(made.groups[0].courses[0].specification_id)


@pytest.fixture
def learner(bank, client):
    posted(bank, [bank.row(0, 0), bank.row(0, 1, grade=0, grade_scale=0)])
    user = identity.create_learner_login(
        actor=SYSTEM, learner_id=bank.learners[0], login="13900000001", name="张三", password="slow-river-41", now=NOW
    )
    client.force_login(get_user_model().objects.get(pk=user.id))
    return client


def actor(bank):
    return Actor(ActorKind.LEARNER, 1, "张三", learner_id=bank.learners[0])


def page(client, name, query="", lang="", **kwargs):
    response = client.get(f"{lang}{reverse(name, kwargs=kwargs or None)}{query}")
    assert response.status_code == 200, response.content.decode()[-3000:]
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("lang", ["", "/en"])
def test_two_books_with_one_rule_and_cap_id_are_told_apart_on_the_page(bank, client, lang):
    entered = programme(bank.other_school, ["程序设计", "数据库"])
    own = documents.rule(spec="护理学基础")
    theirs = documents.rule(spec="高等数学", course="数据库")
    ours = documents.book("yj/own", owner=OTHER_SCHOOL, rules=[own], caps=[CAP], cases=cases("护理学基础", "4"))
    in_force(bank.other_school, ours)
    in_force(
        bank.school, documents.agreement(rules=[theirs], caps=[CAP | {"at_most": "8"}], cases=cases("高等数学", "3"))
    )
    query = f"?p={entered.public_id}&a={public_id(bank.courses[0])}&a={public_id(bank.courses[2])}"
    text = page(client, "simulator", query, lang)
    said = " ".join(re.sub("<[^>]+>", " ", text).split())
    pairs = (("护理学基础", "程序设计"), ("高等数学", "数据库"))
    for source, course in pairs:
        assert re.search(rf"[“「]\s?{source}\s?[”」][^。.]*[“「]\s?{course}\s?[”」]", said)
    assert "6 / 9" in said
    assert "6 / 8" in said


@pytest.mark.parametrize("lang", ["", "/en"])
def test_one_programme_that_is_too_hard_is_a_row_and_takes_no_page_away(bank, learner, lang):
    hard = programme(bank.school, [f"课程{number}" for number in range(210)])
    in_force(bank.school, choosing(2, "7"))
    [row] = queries.worth(actor(bank), bank.learners[0], day=DAY)
    assert (row.credits, row.missing, row.refusal.code) == (None, None, "conversion.plan.too_many_matches")
    assert (
        queries.worth_document(actor(bank), bank.learners[0], day=DAY)["programmes"][0]["refused"] == row.refusal.code
    )
    learner.post(reverse("goal"), {"target": hard.public_id})
    assert queries.goal(bank.learners[0]).target == hard.public_id
    assert row.refusal.sentence("en" if lang else "zh").split("“")[0][:10] in page(learner, "worth", lang=lang)
    for name in ("goal", "audit", "home", "pathways"):
        page(learner, name, lang=lang)


def test_course_that_a_rule_chooses_by_what_it_is_is_found_from_its_name(bank):
    programme(bank.school, ["仓储与配送管理", "运输实务"])
    edition = in_force(bank.school, choosing(1, "4"))
    [way] = queries.to_target("仓储", day=DAY)
    assert way.rule.edition == edition
    assert [each.title.zh for each in way.targets] == ["仓储与配送管理"]
    assert queries.to_target("护理学", day=DAY) == ()


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ({"credits": "通识选修", "amount": "2"}, "通识"),
        ({"part": "理论考试", "of": "护士资格"}, "理论"),
        ({"level": "高级护理员"}, "高级护理"),
        ({"award": "护理专科"}, "专科"),
    ],
)
def test_what_a_rule_gives_besides_courses_is_found(bank, line, asked):
    mode = {"credits": {"mode": "target" if "credits" in line else "none"}}
    gives = "2" if "credits" in line else "0"
    rule = documents.rule(spec="护理学基础") | {"gives": [line]} | mode
    in_force(bank.school, documents.book(rules=[rule], cases=cases("护理学基础", gives)))
    [way] = queries.to_target(asked, day=DAY)
    assert asked in way.targets[0].title.zh


def test_course_without_a_result_is_not_taken_as_done(bank, learner):
    one = programme(bank.school, ["护理学基础", "老年照护"])
    in_force(bank.school, choosing(1, "4", "大学英语六级"))
    found = queries.audit(actor(bank), bank.learners[0], one.public_id, day=DAY)
    states = {each.named.name.zh: each.state for part in found.parts for each in part.courses}
    assert states == {"护理学基础": "done", "老年照护": "open"}


def test_pins_stay_where_the_same_goal_is_chosen_again_and_go_where_the_plan_lets_go(bank, learner):
    one = programme(bank.school, ["程序设计", "数据库"])
    other = programme(bank.school, ["编译原理"], "080902", "网络工程")
    pinned = {"target": one.public_id, "avoid": "程序设计"}
    for form, kept in (
        (pinned, ("程序设计",)),
        ({"target": one.public_id}, ("程序设计",)),
        ({"target": one.public_id, "wishes": "1"}, ()),
        (pinned, ("程序设计",)),
        ({"target": other.public_id}, ()),
    ):
        assert learner.post(reverse("goal"), form).status_code == 302
        assert queries.goal(bank.learners[0]).avoid == kept


def test_simulations_from_one_address_end_and_go_on_later(bank, client, monkeypatch):
    few = Limit(2, timedelta(minutes=10))
    monkeypatch.setitem(rules.GATES, Gate.SIMULATE, GateLimits(few, few, forgives=False, paired=True))
    one = programme(bank.school, ["程序设计"])
    asked = {"programme": one.public_id, "achievement": first_of(one)}
    assert [client.get(reverse("api_simulate"), asked).status_code for _ in range(3)] == [200, 200, 429]
    page(client, "simulator")
    answer = client.get(reverse("simulator"), {"p": one.public_id, "a": first_of(one)})
    assert (answer.status_code, bool(answer["Retry-After"])) == (429, True)
    assert "试算得太多" in answer.content.decode()
    assert client.get(reverse("api_simulate"), asked).json()["code"] == TooManySimulations.code
    assert client.get(reverse("api_simulate"), asked, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_simulation_takes_sixty_achievements_and_not_one_more(bank, client):
    one = programme(bank.school, ["程序设计"])
    body = {"programme": one.public_id, "achievements": [{"specification": first_of(one)}] * 61}
    address = reverse("api_simulate")
    assert client.post(address, body, content_type="application/json").status_code == 422
    body["achievements"].pop()
    assert client.post(address, body, content_type="application/json").status_code == 200


@pytest.mark.parametrize(("lang", "said"), [("", "换完还差3学分"), ("/en", "3 credits short")])
def test_what_one_group_has_too_much_fills_no_other(bank, learner, lang, said):
    posted(bank, [bank.row(0, 2)], reference="2026-0002")
    found = catalogue.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse("程序设计", 300)], now=NOW
    )
    groups = ((*found.values(),), None), ((bank.courses[0], bank.courses[2]), 300)
    made = NewProgramme(bank.school, "080901", Text("软件工程"), 600, 1, "85", "322", tuple(map(group, groups)))
    one = catalogue.define_programme(actor=SYSTEM, new=made, now=NOW)
    in_force(bank.school, choosing(1, "4", "大学英语六级"))
    audit = queries.audit(actor(bank), bank.learners[0], one.public_id, day=DAY)
    assert (audit.held, audit.credits_required) == (600, 600)
    assert said in re.sub("<[^>]+>", "", page(learner, "audit", f"?programme={one.public_id}", lang))


def group(told):
    courses, least = told
    asked = tuple(ProgrammeCourse(each, Nature.REQUIRED, CourseKind.CORE, 300) for each in courses)
    return RequirementGroup(f"group-{len(courses)}", Text("课程"), least, asked)


@pytest.mark.parametrize("address", ["api_simulate", "api_replay"])
def test_a_text_that_no_database_can_hold_is_a_fault_of_the_request(client, address):
    edition = {"id": "a/b", "edition": "1", "digest": "sha256:\x00"}
    for body in ({"programme": "p\x00"}, {"problem": {}, "plan": {}, "editions": [edition]}):
        answer = client.post(reverse(address), body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, "api.request.faulty")


def test_a_text_that_only_looks_like_it_is_looked_up(bank, client):
    answer = client.post(reverse("api_simulate"), {"programme": "p\\u0000"}, content_type="application/json")
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["api_simulate", "api_replay"])
def test_a_problem_of_more_than_a_life_s_achievements_is_refused(bank, client, address):
    for count, place in ((201, "problem/achievements/200"), (200, None)):
        body = {"problem": {"achievements": [{"id": str(number)} for number in range(count)]}, "editions": []}
        told = client.post(reverse(address), body, content_type="application/json").json()
        assert ("problem/achievements/200" in told["title"]) == (place is not None)


@pytest.mark.parametrize(("lang", "words"), [("", "您选的几项放不到一起"), ("/en", "cannot be met together")])
def test_a_goal_whose_wishes_have_come_to_collide_says_so(bank, learner, lang, words):
    entered = programme(bank.other_school, ["程序设计"])
    rules = [documents.rule("A", spec="护理学基础"), documents.rule("B", spec="高等数学")]
    tried = [
        documents.case(name, spec=spec, uses_rules=[name]) for name, spec in (("A", "护理学基础"), ("B", "高等数学"))
    ]
    tried.append(documents.case("no", gives="0", not_rules={"A": "none_held", "B": "none_held"}))
    in_force(bank.other_school, documents.book("yj/own", owner=OTHER_SCHOOL, rules=rules, cases=tried))
    posted(bank, [bank.row(0, 2)], reference="2026-0002")
    holder = bank.learners[0]
    actor = Actor(kind=ActorKind.LEARNER, id=1, name="张三", learner_id=holder)
    both = tuple(
        each.id for each in queries.holdings(actor, holder).achievements if each.spec in {"护理学基础", "高等数学"}
    )
    goal = Goal(learner_id=holder, kind=GoalKind.PROGRAMME, target=entered.public_id, keep=both)
    operations.set_goal(actor=actor, goal=goal, now=NOW)
    assert len(both) == 2
    assert words in page(learner, "goal", "", lang)
    operations.set_goal(actor=actor, goal=replace(goal, keep=both[:1]), now=NOW)
    assert words not in page(learner, "goal", "", lang)
