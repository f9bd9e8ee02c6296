"""What pages say of rules is so: advice is called advice, an award counts only its own, a cap is reached where full."""

import html

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import CourseKind, Nature, NewCourse, NewProgramme, ProgrammeCourse, RequirementGroup
from creditbank.conversion import operations, queries, vocabulary
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.queries.telling import _struck
from creditbank.conversion.rules.reading import book_of
from creditbank.kernel.text import Text
from creditbank.organizations import queries as tree
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM
from tests.rooms.conversion.room.desks import page

DAY = NOW.date()


def in_force(owner, document):
    return operations.import_edition(actor=SYSTEM, owner_id=owner, document=document, now=NOW)


def programme(school, groups):
    """Define a programme of groups of courses of three credits each, of which a group may ask for fewer."""
    names = [name for courses, _ in groups.values() for name in courses]
    made = catalogue.propose_courses(
        actor=SYSTEM, organization_id=school, courses=[NewCourse(each, 300) for each in names], now=NOW
    )
    by_name = dict(zip(names, made.values(), strict=True))
    listed = tuple(
        RequirementGroup(
            code,
            Text(code),
            least,
            tuple(ProgrammeCourse(by_name[each], Nature.REQUIRED, CourseKind.CORE, 300) for each in courses),
        )
        for code, (courses, least) in groups.items()
    )
    asked = sum(300 * len(courses) if least is None else least for courses, least in groups.values())
    new = NewProgramme(school, "080901", Text("软件工程"), asked, 1, "85", "322", listed)
    return catalogue.define_programme(actor=SYSTEM, new=new, now=NOW)


def two_awards():
    """A book of two certificates, each with a rule of its own, and a need of all that counts both."""
    rules = [
        documents.rule(name, spec=spec) | {"gives": [{"credits": name, "amount": "3"}]}
        for name, spec in (("web", "网页设计"), ("care", "老年照护"))
    ]
    needs = {
        name: {"need": {"id": f"need-{name}", "measure": "credits", "of": {"categories": [name]}, "at_least": "3"}}
        for name in ("web", "care")
    }
    whole = {"need": {"id": "whole", "measure": "credits", "at_least": "6"}}
    awards = [
        {"id": "A", "title": {"zh": "前端证书"}, "needs": {"all": [needs["web"]]}},
        {"id": "B", "title": {"zh": "照护证书"}, "needs": needs["care"]},
        {"id": "C", "title": {"zh": "总证书"}, "needs": {"any": [whole, needs["care"]]}},
    ]
    return documents.book(kind="award", rules=rules, awards=awards, cases=[])


def test_a_rule_leads_only_to_the_awards_that_count_it():
    book, faults = book_of(two_awards())
    assert faults == ()
    leading = {
        rule.id: [award.id for award in book.awards if vocabulary.counts_towards(rule, award)] for rule in book.rules
    }
    assert leading == {"web": ["A", "C"], "care": ["B", "C"]}


def test_guidance_is_called_advice_and_counts_as_no_way(bank, client):
    in_force(bank.group, documents.guidance())
    advice = html.unescape(client.get(reverse("ways"), {"q": "计算机等级"}).content.decode())
    assert "还只在指导性规则里" in advice
    assert "建议，院校采用后才适用" in advice
    in_force(bank.school, documents.book())
    both = html.unescape(client.get(reverse("ways"), {"q": "计算机等级"}).content.decode())
    assert "有1条规则能用它换" in both
    first = both.partition("它能换的")[2]
    assert first.index("云江第二工业大学") < first.index("建议，院校采用后才适用")


def test_what_is_typed_in_stays_when_something_is_added_or_dropped(bank, client):
    made = programme(bank.school, {"核心": (["程序设计", "数据库"], None)})
    one, other = _public_ids(made)
    asked = {"p": made.public_id, "a": one, "g": "85", "d": "2025-09", "q": "数据库"}
    added = client.get(reverse("simulator"), asked | {"add": other})
    assert added.status_code == 302
    assert added["Location"].endswith(f"simulator/?p={made.public_id}&a={one}&g=85&d=2025-09&a={other}&g=&d=#choose")
    dropped = client.get(added["Location"].partition("#")[0] + "&drop=0")
    assert dropped["Location"].endswith(f"simulator/?p={made.public_id}&a={other}&g=&d=#choose")
    searched = html.unescape(client.get(reverse("simulator"), asked).content.decode())
    assert 'name="g" value="85"' in searched
    assert 'name="d" value="2025-09"' in searched
    assert "云江第二工业大学" in searched.partition('name="add"')[0]


def _public_ids(made):
    shown = queries.pathways(made.public_id, day=DAY)
    return [each.named.public_id for _, courses in shown.groups for each in courses]


def test_a_cap_counted_apart_says_it_is_reached_only_where_it_is_fullest():
    caps = [
        {"cap": "half", "of": "2021-1", "value": "22", "at_most": "24", "cost": "17"},
        {"cap": "half", "of": "2025-1", "value": "24", "at_most": "24", "cost": "17"},
        {"cap": "half", "of": "2026-1", "value": "24", "at_most": "24", "cost": "17"},
        {"cap": "all", "of": "plan", "value": "42.5", "at_most": "43", "cost": "1"},
        {"cap": "free", "of": "plan", "value": "43", "at_most": "43", "cost": "0"},
    ]
    assert _struck(caps) == {"half": [1, 2], "all": [3]}


def test_a_sentence_names_a_level_and_a_grade_without_the_code_of_their_scale(db):
    told = Names().sentence(
        "等级（「ncre」）不低于「二级」，且成绩（「percent」）不低于「75」",
        "the level (「ncre」) is at least 「二级」, and the grade (「percent」) is at least 「75」",
    )
    assert told.zh == "等级不低于「二级」，且成绩不低于75"
    assert told.en == "The level is at least “level 2”, and the grade is at least 75"


def test_a_file_that_is_no_workbook_is_refused_in_words(bank, signed_in):
    he = signed_in("he")
    junk = SimpleUploadedFile("rules.xlsx", b"PK\x03\x04 an old .xls by another name")
    response = he.post(
        reverse("rulebook_new"), {"way": "file", "file": junk, "owner": tree.by_id(bank.school).public_id}
    )
    assert response.status_code == 422
    assert "不是 XLSX 工作簿" in response.content.decode()
    assert "第一处在“rules.xlsx”" in response.content.decode()


def test_a_spreadsheet_is_offered_only_of_what_fits_into_one(bank, client):
    plain = in_force(bank.school, documents.book())
    refused = [{"id": "no", "course": "体育", "reason": {"zh": "不换"}}]
    other = in_force(bank.school, documents.book("yj/none", none=refused))
    for edition, offered in ((plain, True), (other, False)):
        address = reverse("rulebook_file", kwargs={"public_id": edition.public_id, "form": "xlsx"})
        assert (address in page(client, "rulebook", public_id=edition.public_id)) is offered
        assert (client.get(address).status_code == 200) is offered
