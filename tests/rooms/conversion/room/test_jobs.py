"""A job as a goal: what is held on each way, what is missing, which way is nearest, and wishes on the way."""

import html
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCourse,
    NewOccupation,
    NewProgramme,
    NewSpecification,
    ProgrammeCourse,
    RequirementGroup,
    Route,
    RouteNeed,
    SpecificationKind,
)
from creditbank.conversion import operations, queries
from creditbank.conversion.errors import GoalUnknown, GoalWishUnknown
from creditbank.conversion.types import Goal, GoalKind
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EnrolmentRow, Status
from creditbank.evidence import queries as evidence
from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.text import Text
from tests.rooms.archive.conftest import posted, small_bank
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM

DAY = NOW.date()
CODE = "4-10-01-05"


@pytest.fixture
def bank(db):
    return small_bank()


@pytest.fixture
def learner(bank):
    return Actor(ActorKind.LEARNER, 1, "张三", learner_id=bank.learners[0])


def certificate(bank, level, name="老年照护职业技能等级证书"):
    new = NewSpecification(
        kind=SpecificationKind.CERTIFICATE,
        name=Text(name),
        owner_id=bank.school,
        issuer_id=bank.school,
        level=level,
        code=f"X-{name[:2]}-{level}",
    )
    return catalogue.define_specification(actor=SYSTEM, new=new, now=NOW).id


def programme(bank, code, names):
    found = catalogue.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse(each, 300) for each in names], now=NOW
    )
    courses = tuple(ProgrammeCourse(found[each], Nature.REQUIRED, CourseKind.CORE, 300) for each in names)
    group = RequirementGroup("core", Text("核心课"), None, courses)
    new = NewProgramme(bank.school, code, Text(f"方案{code}"), 300 * len(courses), 1, "85", "322", (group,))
    return catalogue.define_programme(actor=SYSTEM, new=new, now=NOW)


def occupation(bank, *routes):
    new = NewOccupation(
        owner_id=bank.school,
        code=CODE,
        name=Text("养老护理员", "Elderly care worker"),
        about=Text(""),
        note=Text(""),
        routes=tuple(Route(Text(f"途径{place}"), needs) for place, needs in enumerate(routes)),
    )
    return catalogue.define_occupation(actor=SYSTEM, new=new, now=NOW)


def spec(number):
    return RouteNeed(specification_id=number)


def holds(bank, *specifications, grade=8550, obtained=20260600):
    rows = [bank.row(0, 0, specification_id=each, grade=grade, obtained=obtained) for each in specifications]
    posted(bank, rows, reference=f"2026-{specifications[0]}")


def job(bank, learner, day=DAY):
    mine = bank.learners[0]
    worth, awards = queries.worth(learner, mine, day=day), queries.awards(learner, mine, day=day)
    return queries.job(learner, mine, CODE, day=day, programmes=worth, awards=awards)


def aim(bank, learner, **wishes):
    goal = Goal(learner_id=bank.learners[0], kind=GoalKind.OCCUPATION, target=CODE, **wishes)
    return operations.set_goal(actor=learner, goal=goal, now=NOW)


@pytest.mark.parametrize(
    ("held", "met", "by"),
    [
        ("初级", False, "老年照护职业技能等级证书（初级）"),
        ("中级", True, "老年照护职业技能等级证书（中级）"),
        ("高级", True, None),
    ],
)
def test_a_certificate_of_the_level_or_a_higher_one_is_what_is_asked(bank, learner, held, met, by):
    levels = {level: certificate(bank, level) for level in ("初级", "中级", "高级")}
    occupation(bank, (spec(levels["中级"]),))
    holds(bank, levels[held])
    [need] = job(bank, learner).nearest.needs
    assert need.met is met
    assert by is None or need.by == Text(by)


def test_a_certificate_of_another_name_a_failed_one_and_one_out_of_date_are_not_held(bank, learner):
    wanted, other = certificate(bank, "初级"), certificate(bank, "高级", "物流管理职业技能等级证书")
    dated = catalogue.define_specification(
        actor=SYSTEM,
        new=NewSpecification(
            kind=SpecificationKind.CERTIFICATE,
            name=Text("急救证"),
            owner_id=bank.school,
            issuer_id=bank.school,
            valid_months=12,
        ),
        now=NOW,
    ).id
    occupation(bank, (spec(wanted), spec(dated)))
    holds(bank, other)
    holds(bank, wanted, grade=5000)
    holds(bank, dated)
    assert [need.met for need in job(bank, learner).nearest.needs] == [False, True]
    later = job(bank, learner, day=DAY + timedelta(days=400))
    assert [need.met for need in later.nearest.needs] == [False, False]


def test_the_nearest_way_lacks_least_then_has_most_credits_then_stands_first(bank, learner):
    easy, hard = certificate(bank, "初级"), certificate(bank, "高级")
    empty = programme(bank, "A", ["解剖学"])
    begun = programme(bank, "B", ["护理学基础", "药理学"])
    occupation(
        bank,
        (spec(hard), RouteNeed(programme_id=empty.id)),
        (spec(easy),),
        (RouteNeed(programme_id=empty.id),),
        (RouteNeed(programme_id=begun.id),),
    )
    posted(bank, [bank.row(0, 0)])
    assert [route.position for route in job(bank, learner).routes] == [3, 1, 2, 0]
    assert job(bank, learner).nearest.credits == 300
    holds(bank, easy)
    assert [route.position for route in job(bank, learner).routes] == [1, 3, 2, 0]
    assert (job(bank, learner).programme, job(bank, learner).nearest.missing) == ("", 0)


@pytest.mark.parametrize(("status", "met"), [(Status.GRADUATED, True), (Status.REGISTERED, False)])
def test_a_programme_is_completed_by_graduation(bank, learner, status, met):
    one = programme(bank, "A", ["解剖学"])
    occupation(bank, (RouteNeed(programme_id=one.id),))
    row = EnrolmentRow(bank.learners[0], "S1", "方案A", "85", "322", status=status)
    enrolments.confirm_many(actor=SYSTEM, organization_id=bank.school, rows=[row], source="roster", now=NOW)
    told = job(bank, learner)
    assert told.nearest.needs[0].met is met
    assert told.programme == ("" if met else one.public_id)


def test_courses_that_rules_put_on_a_par_with_a_certificate_lead_to_it(bank, learner):
    wanted = certificate(bank, "初级", "护理职业技能等级证书")
    one = programme(bank, "A", ["程序设计", "数据库"])
    rule = documents.rule(spec="X-护理-初级")
    cases = [
        documents.case("used", spec="X-护理-初级", uses_rules=[documents.DEFAULT_RULE]),
        documents.case("no", spec="大学英语四级", gives="0", not_rules={documents.DEFAULT_RULE: "none_held"}),
    ]
    operations.import_edition(
        actor=SYSTEM, owner_id=bank.school, document=documents.book(rules=[rule], cases=cases), now=NOW
    )
    occupation(bank, (spec(wanted), RouteNeed(programme_id=one.id)))
    need = job(bank, learner).nearest.needs[0]
    assert [each.name.zh for each in need.leading] == ["程序设计"]
    holds(bank, wanted)
    told = job(bank, learner)
    assert told.nearest.needs[0].leading == ()
    assert told.nearest.needs[1].worth.credits > 0


@pytest.mark.parametrize(
    ("scope", "leading"),
    [
        ([], ["社区护理", "解剖学", "药理学"]),
        (
            [{"is": "programme", "in": ["080901", "A"]}, {"is": "learner_status", "in": ["registered"]}],
            ["解剖学", "药理学"],
        ),
    ],
)
def test_courses_that_a_rule_lets_choose_in_its_scope_lead_there_too(bank, learner, scope, leading):
    wanted = certificate(bank, "初级", "护理职业技能等级证书")
    programme(bank, "A", ["解剖学", "药理学"])
    programme(bank, "B", ["社区护理"])
    rule = documents.rule(spec="X-护理-初级")
    rule["gives"] = [{"choose": 1, "where": [{"is": "course_nature", "in": ["required"]}]}]
    case = documents.case("used", spec="X-护理-初级", uses_rules=[documents.DEFAULT_RULE])
    for course in case["given"]["programme"]["courses"]:
        course["nature"] = "required"
    book = documents.book(rules=[rule], scope=scope, cases=[case, documents.case("no", spec="大学英语四级", gives="0")])
    operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=book, now=NOW)
    occupation(bank, (spec(wanted),))
    [need] = job(bank, learner).nearest.needs
    assert sorted(each.name.zh for each in need.leading) == sorted(leading)


def test_an_award_that_no_book_states_is_missing_and_says_so(bank, learner):
    occupation(bank, (RouteNeed(award="0123#bachelor"),))
    [need] = job(bank, learner).nearest.needs
    assert (need.met, need.target, need.award) == (False, "", None)
    assert need.title.en


def test_a_job_is_set_as_a_goal_with_its_fact_and_wishes_within_its_programmes(bank, learner):
    one = programme(bank, "A", ["解剖学"])
    occupation(bank, (RouteNeed(programme_id=one.id),))
    assert queries.goal(bank.learners[0]) is None
    assert queries.goal(bank.learners[0]) != aim(bank, learner, avoid=("解剖学",))
    assert queries.goal(bank.learners[0]).kind is GoalKind.OCCUPATION
    last = [each.fact for each in evidence.facts() if each.fact.name.startswith("conversion.goal")][-1]
    assert (last.body["kind"], last.body["target"]) == ("occupation", CODE)
    assert queries.aims(GoalKind.OCCUPATION, CODE, day=DAY) == (one,)
    with pytest.raises(GoalWishUnknown):
        aim(bank, learner, keep=("药理学",))


def test_a_job_that_nobody_describes_or_that_ended_is_no_goal(bank, learner):
    with pytest.raises(GoalUnknown):
        aim(bank, learner)
    one = occupation(bank, (spec(certificate(bank, "初级")),))
    nothing = NewOccupation(bank.school, CODE, one.name, one.about, one.note, one.routes, DAY, DAY + timedelta(days=1))
    catalogue.define_occupation(actor=SYSTEM, new=nothing, now=NOW)
    aim(bank, learner)
    goal = Goal(learner_id=bank.learners[0], kind=GoalKind.OCCUPATION, target=CODE)
    with pytest.raises(GoalUnknown):
        operations.set_goal(actor=learner, goal=goal, now=NOW + timedelta(days=2))


def test_programs_are_told_the_job_with_its_ways(bank, learner):
    occupation(bank, (spec(certificate(bank, "初级")),))
    mine = bank.learners[0]
    assert queries.worth_document(learner, mine, day=DAY)["goal"] is None
    aim(bank, learner)
    told = json.loads(json.dumps(queries.worth_document(learner, mine, day=DAY)))["goal"]
    assert (told["kind"], told["target"], told["name"]["zh"]) == ("occupation", CODE, "养老护理员")
    [route] = told["routes"]
    assert (route["missing"], route["needs"][0]["kind"], route["needs"][0]["met"]) == (1, "specification", False)
    gone = queries.worth_document(learner, mine, day=DAY - timedelta(days=30))["goal"]
    assert (gone["name"], gone["routes"]) == (None, [])


@pytest.fixture
def signed_in(bank, client):
    user = identity.create_learner_login(
        actor=SYSTEM, learner_id=bank.learners[0], login="13900000001", name="张三", password="slow-river-41", now=NOW
    )
    client.force_login(get_user_model().objects.get(pk=user.id))
    return client


def read(client, name, **kwargs):
    response = client.get(reverse(name, kwargs=kwargs or None))
    assert response.status_code == 200, response.content.decode()[-3000:]
    return html.unescape(response.content.decode())


def test_the_plan_on_the_way_to_a_job_keeps_the_job_as_the_goal(bank, signed_in):
    one = programme(bank, "A", ["解剖学", "药理学"])
    occupation(bank, (spec(certificate(bank, "初级")),), (RouteNeed(programme_id=one.id),))
    assert signed_in.post(reverse("goal"), {"target": CODE}).status_code == 302
    shown = read(signed_in, "goal")
    assert "最近的途径还差1项" in shown
    assert "养老护理员" in read(signed_in, "home")
    read(signed_in, "audit")
    plan = read(signed_in, "plan", public_id=one.public_id)
    assert f'name="target" value="{CODE}"' in plan
    form = {"target": CODE, "wishes": "1", "avoid": "解剖学"}
    assert signed_in.post(reverse("goal"), form).status_code == 302
    assert queries.goal(bank.learners[0]).avoid == ("解剖学",)
    assert "不免修：解剖学" in read(signed_in, "plan", public_id=one.public_id)


def test_a_goal_far_down_the_list_is_still_chosen_in_the_form(bank, signed_in, monkeypatch):
    occupation(bank, (spec(certificate(bank, "初级")),))
    first = NewOccupation(
        bank.school,
        "4-02-07-08",
        Text("按摩师"),
        Text(""),
        Text(""),
        (Route(Text("凭证书"), (spec(bank.courses[0]),)),),
    )
    catalogue.define_occupation(actor=SYSTEM, new=first, now=NOW)
    monkeypatch.setattr("creditbank.catalogue.queries.PAGE_ROWS", 1)
    signed_in.post(reverse("goal"), {"target": CODE})
    shown = read(signed_in, "goal")
    assert f'<option value="{CODE}" selected>' in shown
    assert "在2个职业里查找" in shown


def test_a_goal_that_went_out_of_the_catalogue_takes_no_page_away(bank, signed_in, learner):
    one = occupation(bank, (spec(certificate(bank, "初级")),))
    aim(bank, learner)
    nothing = NewOccupation(bank.school, CODE, one.name, one.about, one.note, one.routes)
    ended = replace(nothing, starts=DAY, ends=DAY + timedelta(days=1))
    catalogue.define_occupation(actor=SYSTEM, new=ended, now=NOW)
    for name in ("goal", "home", "audit", "worth"):
        read(signed_in, name)
