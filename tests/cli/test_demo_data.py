"""Tests that the packaged demonstration data hold together."""

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "creditbank" / "cli" / "demo_data"
KINDS = {
    "accreditor", "assessment-organization", "authority", "branch", "centre", "committee", "employer", "exam-authority",
    "expert-committee", "expert-group", "industry-council", "institution", "issuer", "outlet",
}  # fmt: skip
ROLES = {
    "auditor", "bank-administrator", "branch-reviewer", "centre-cataloguer", "centre-reviewer", "deposit-approver",
    "deposit-officer", "expert", "institution-administrator", "outlet-clerk", "registrar",
}  # fmt: skip
# Exactly as the synthetic deposit files of both generations carry them.
COURSES_OF_THE_TEMPLATES = {
    "体育": ("1", "36"),
    "大学英语": ("4", "64"),
    "婴幼儿回应性照护": ("2.5", "40"),
    "建筑施工图制图与识图": ("3.5", "56"),
    "思想道德与法治": ("3", "48"),
    "数据库原理及应用": ("4.5", "72"),
    "物流管理基础": ("3", "48"),
    "电子商务概论": ("2", "32"),
    "管理系统中计算机应用": ("3", "48"),
    "老年常见病照护": ("3", "48"),
    "速递业务与经营": ("3", "48"),
    "速递生产与运作": ("3", "48"),
    "邮政快递揽投作业规范": ("2", "32"),
    "高等数学(一)": ("5", "80"),
    "高级语言程序设计": ("4", "64"),
}
OWN_HOURS = {"形势与政策", "大学物理实验", "体育", "体育(二)", "体育(三)", "体育(四)", "公共体育", "军事理论"}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def organizations() -> list[dict[str, Any]]:
    return list(document("organizations.json")["organizations"])


def people() -> list[dict[str, Any]]:
    return list(document("people.json")["people"])


def certificates() -> list[dict[str, Any]]:
    return list(document("certificates.json")["certificates"])


def levels() -> list[dict[str, Any]]:
    return [level for certificate in certificates() for level in certificate["levels"]]


def programmes() -> list[dict[str, Any]]:
    return list(document("programmes.json")["programmes"])


def frameworks() -> list[dict[str, Any]]:
    return list(document("frameworks.json")["frameworks"])


def units() -> list[dict[str, Any]]:
    return list(document("frameworks.json")["units"])


def schools_of_the_bank() -> set[str]:
    return {one["code"] for one in organizations() if one["kind"] == "institution"}


def twice(values: list[Any]) -> set[Any]:
    return {value for value, count in Counter(values).items() if count > 1}


def regions() -> list[dict[str, str]]:
    return rows("regions.csv") + rows("demo_regions.csv")


def test_no_code_stands_twice() -> None:
    assert not twice([one["code"] for one in regions()])
    assert not twice([one["code"] for one in rows("schools.csv")])
    assert not twice([one["code"] for one in organizations()])
    assert not twice([one["login"] for one in people()])
    assert not twice([one["name_zh"] for one in rows("courses.csv")])
    assert not twice([one["code"] for one in rows("majors.csv")])
    assert not twice([one["code"] for one in certificates()])
    assert not twice([one["code"] for one in levels()])
    assert not twice([one["code"] for certificate in certificates() for one in certificate["subjects"]])
    assert not twice([(one["code"], one["edition"]) for one in programmes()])
    assert not twice([one["code"] for one in [*frameworks(), *units()]])
    offered = rows("school_courses.csv")
    assert not twice([(one["school"], one["code"]) for one in offered])
    assert not twice([(one["school"], one["name_zh"]) for one in offered])


def test_all_regions_are_there_and_every_parent_exists() -> None:
    assert Counter(one["kind"] for one in rows("regions.csv")) == {"province": 31, "city": 342, "area": 2978}
    codes = {one["code"] for one in regions()}
    assert not [one for one in regions() if one["parent"] and one["parent"] not in codes]
    assert not [one for one in regions() if not one["parent"] and one["kind"] != "province"]


def test_all_schools_are_there_with_well_formed_codes() -> None:
    schools = rows("schools.csv")
    assert len(schools) == 2631
    provinces = {one["code"] for one in rows("regions.csv") if one["kind"] == "province"}
    for school in schools:
        match = re.fullmatch(r"(?:41|42|36)(\d{2})\d{6}", school["code"])
        assert match is not None, school
        assert match[1] == school["province"], school
        assert match[1] in provinces, school


def test_the_tree_has_one_root_and_no_ring() -> None:
    parents = {one["code"]: one["parent"] for one in organizations()}
    assert [one["kind"] for one in organizations() if one["parent"] is None] == ["committee"]
    for code in parents:
        seen = [code]
        while (parent := parents[seen[-1]]) is not None:
            assert parent in parents
            assert parent not in seen
            seen.append(parent)


def test_the_tree_has_every_kind_of_organization_in_known_regions() -> None:
    kinds = Counter(one["kind"] for one in organizations())
    assert set(kinds) == KINDS
    assert kinds["branch"] == 4
    assert kinds["outlet"] == 9
    assert kinds["institution"] == 4
    assert {one["region"] for one in organizations()} <= {one["code"] for one in regions()}
    codes = {one["code"] for one in organizations()}
    assert {one["host"] for one in organizations() if one["host"]} <= codes


def test_branches_lie_under_the_centre_and_outlets_under_branches() -> None:
    kinds = {one["code"]: one["kind"] for one in organizations()}
    above = {(one["kind"], kinds[one["parent"]]) for one in organizations() if one["parent"]}
    assert ("branch", "centre") in above
    assert {parent for kind, parent in above if kind == "outlet"} == {"branch"}
    assert {parent for kind, parent in above if kind == "branch"} == {"centre"}


def test_real_schools_bear_the_names_of_the_public_list() -> None:
    listed = {one["code"]: (one["name_zh"], one["name_en"]) for one in rows("schools.csv")}
    for one in organizations():
        if one["kind"] != "institution":
            continue
        assert re.fullmatch(r"(?:41|42|36)\d{8}", one["code"])
        # Province part 99 marks the invented school.
        if one["code"][2:4] == "99":
            assert one["code"] not in listed
        else:
            assert listed[one["code"]] == (one["name_zh"], one["name_en"])


def test_nobody_can_be_reached() -> None:
    for one in organizations():
        assert one["contact"]["telephone"].startswith("000-")
        assert one["contact"]["email"].endswith(".example")


def test_every_role_is_held_and_every_holder_belongs_somewhere() -> None:
    codes = {one["code"] for one in organizations()}
    assert {one["role"] for one in people()} == ROLES
    for one in people():
        assert one["organization"] in codes
        assert one["reach"] in {"unit", "subtree", "bank"}
        assert re.fullmatch(r"[a-z]+\.[a-z]+", one["login"]), one["login"]


@pytest.mark.parametrize("role", ["deposit-approver", "deposit-officer", "institution-administrator", "registrar"])
def test_every_school_has_somebody_for_its_work(role: str) -> None:
    assert schools_of_the_bank() <= {one["organization"] for one in people() if one["role"] == role}


def test_clerks_sit_at_different_outlets() -> None:
    outlets = {one["code"] for one in organizations() if one["kind"] == "outlet"}
    assert {one["organization"] for one in people() if one["role"] == "outlet-clerk"} == outlets


def named() -> list[dict[str, Any]]:
    codes = document("codes.json")
    parts = [group for programme in programmes() for group in programme["groups"]]
    entries = [entry for one in codes["lists"] for entry in one["entries"]]
    subjects = [subject for one in certificates() for subject in one["subjects"]]
    certified = [*certificates(), *levels(), *subjects, *document("certificates.json")["issuers"]]
    framed = [*frameworks(), *units(), *document("frameworks.json")["outside_frameworks"]]
    steps = [level for one in frameworks() for level in one["levels"]]
    listed = [*codes["generations"], *codes["lists"], *entries]
    from_tables = [*rows("courses.csv"), *rows("majors.csv"), *rows("demo_regions.csv")]
    from_people = [{"name_zh": one["name"], "name_en": one["name_en"]} for one in people()]
    return [*organizations(), *programmes(), *parts, *certified, *framed, *steps, *listed, *from_tables, *from_people]


def test_everything_has_a_chinese_and_an_english_name() -> None:
    for one in named():
        assert one["name_zh"].strip(), one
        assert one["name_en"].strip(), one
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", one["name_en"]), one


def test_courses_of_the_templates_are_there_to_the_hour() -> None:
    courses = {one["name_zh"]: (one["credits"], one["hours"]) for one in rows("courses.csv")}
    offered = {
        one["name_zh"]: (one["credits"], one["hours"])
        for one in rows("school_courses.csv")
        if one["school"] == "4131012044"
    }
    for name, weight in COURSES_OF_THE_TEMPLATES.items():
        assert courses[name] == weight
        assert offered[name] == weight


def test_a_credit_is_sixteen_hours_unless_custom_says_otherwise() -> None:
    assert len(rows("courses.csv")) >= 160
    for one in rows("courses.csv"):
        assert one["category"] in {"公共基础", "专业基础", "专业核心", "实践", "选修"}
        taught, hours = Decimal(one["credits"]), Decimal(one["hours"])
        assert taught > 0
        assert taught * 2 % 1 == 0, one
        if one["category"] != "实践" and one["name_zh"] not in OWN_HOURS:
            assert hours == taught * 16, one


def test_schools_offer_known_courses_and_some_weigh_differently() -> None:
    known = {one["name_zh"]: one["credits"] for one in rows("courses.csv")}
    offered = rows("school_courses.csv")
    assert {one["school"] for one in offered} == schools_of_the_bank()
    assert {one["name_zh"] for one in offered} <= set(known)
    assert all(Decimal(one["credits"]) > 0 and Decimal(one["hours"]) > 0 for one in offered)
    assert [one for one in offered if one["credits"] != known[one["name_zh"]]]


def test_programmes_add_up_and_use_the_courses_of_their_school() -> None:
    offered = {(one["school"], one["code"]): one for one in rows("school_courses.csv")}
    majors = {one["code"] for one in rows("majors.csv")}
    assert Counter(one["school"] for one in programmes()) == dict.fromkeys(schools_of_the_bank(), 2)
    for programme in programmes():
        assert programme["major"] in majors
        needed = sum(Decimal(group["credits_required"]) for group in programme["groups"])
        assert needed == Decimal(programme["credits_required"]), programme["code"]
        for group in programme["groups"]:
            for course in group["courses"]:
                found = offered[programme["school"], course["code"]]
                assert (found["name_zh"], found["credits"]) == (course["name_zh"], course["credits"])
                assert course["nature"] == group["nature"]
                assert (course["kind"] in {"基础", "核心"}) == (group["nature"] == "必修")


def test_a_group_holds_enough_courses_for_what_it_requires() -> None:
    for programme in programmes():
        assert not twice([course["code"] for group in programme["groups"] for course in group["courses"]])
        for group in programme["groups"]:
            held = sum(Decimal(course["credits"]) for course in group["courses"])
            required = Decimal(group["credits_required"])
            assert held > required if group["nature"] == "选修" else held == required


def test_levels_and_categories_of_programmes_are_codes_of_the_second_generation() -> None:
    lists = {one["list"]: {entry["gen2"] for entry in one["entries"]} for one in document("codes.json")["lists"]}
    assert {one["level"] for one in programmes()} == lists["level"]
    assert {one["category"] for one in programmes()} <= lists["category"]
    assert {one["level"] for one in rows("majors.csv")} <= lists["level"]


def test_certificates_name_known_issuers_units_and_framework_levels() -> None:
    known = {one["code"] for one in organizations()} | {one["code"] for one in document("certificates.json")["issuers"]}
    steps = {(one["code"], level["level"]) for one in frameworks() for level in one["levels"]}
    assert {one["issuer"] for one in certificates()} <= known
    for level in levels():
        assert set((level["framework_levels"] or {}).items()) <= steps
        if level["credit_value"] is not None:
            assert Decimal(level["credit_value"]) > 0
            assert level["unit"] in {one["code"] for one in units()}


def test_an_issuer_listed_as_of_the_tree_is_in_the_tree_under_the_same_name() -> None:
    tree = {one["code"]: one["name_zh"] for one in organizations()}
    for one in document("certificates.json")["issuers"]:
        assert one["in_tree"] == (one["code"] in tree)
        assert tree.get(one["code"], one["name_zh"]) == one["name_zh"]


def test_levels_of_a_certificate_rise_along_its_scale() -> None:
    scales = document("certificates.json")["level_scales"]
    for certificate in certificates():
        ranks = [level["rank"] for level in certificate["levels"]]
        assert ranks == sorted(set(ranks))
        if certificate["level_scale"]:
            scale = scales[certificate["level_scale"]]
            places = [scale.index(level["name_zh"]) for level in certificate["levels"]]
            assert places == sorted(set(places)), certificate["code"]
        assert {one["level"] for one in certificate["subjects"]} <= {one["code"] for one in certificate["levels"]}


def test_the_first_batch_of_x_certificates_has_three_levels_each() -> None:
    first = [one for one in certificates() if one["kind"] == "x-certificate"]
    assert len(first) == 6
    assert all([level["name_zh"] for level in one["levels"]] == ["初级", "中级", "高级"] for one in first)


def test_frameworks_are_marked_as_examples_and_describe_every_level() -> None:
    assert [len(one["levels"]) for one in frameworks()] == [10, 7]
    for one in frameworks():
        assert one["example"] is True
        assert "示例" in one["name_zh"]
        assert "example" in one["name_en"]
        texts = [text for level in one["levels"] for part in level["descriptors"].values() for text in part.values()]
        assert all(set(level["descriptors"]) == {"knowledge", "skills", "competence"} for level in one["levels"])
        assert all(text.endswith(("。", ".")) for text in texts)
        assert not twice(texts)


def test_alignments_cover_every_level_and_never_fall() -> None:
    outside = {one["code"]: one["levels"] for one in document("frameworks.json")["outside_frameworks"]}
    for one in frameworks():
        assert {alignment["target"] for alignment in one["alignments"]} == set(outside)
        for alignment in one["alignments"]:
            assert alignment["trust"]
            pairs = alignment["pairs"]
            assert [pair["level"] for pair in pairs] == [level["level"] for level in one["levels"]]
            places = [outside[alignment["target"]].index(pair["target_level"]) for pair in pairs]
            assert places == sorted(places)


def test_hours_of_a_credit_are_positive_and_rewards_have_none() -> None:
    for unit in units():
        if unit["kind"] == "credit":
            assert Decimal(unit["hours_per_credit"]) > 0
            assert Decimal(unit["hours_per_credit_max"] or 99) > Decimal(unit["hours_per_credit"])
        else:
            assert unit["hours_per_credit"] is None


def test_the_map_of_generations_is_what_the_templates_use() -> None:
    codes = document("codes.json")
    assert codes["gen1_to_gen2"] == {
        "level": {"20": "85", "21": "86", "22": "783", "23": "784"},
        "category": {"30": "321", "31": "322", "32": "1221", "33": "1381", "34": "1421"},
        "outcome": {"40": "1261", "41": "1262"},
        "season": {"50": "1321", "51": "1322"},
        "source": {"01": "01", "02": "02"},
    }
    for one in codes["lists"]:
        known = {entry["gen1"]: entry["gen2"] for entry in one["entries"] if entry["gen1"]}
        assert known == codes["gen1_to_gen2"][one["list"]]


def test_parts_of_names_are_enough_and_no_id_prefix_is_a_real_place() -> None:
    names = document("names.json")
    assert len({one["zh"] for one in names["surnames"]}) == 80
    assert len({one["zh"] for one in names["given_characters"]}) == 120
    assert [one for one in names["surnames"] if len(one["zh"]) == 2]
    assert [one for one in names["whole_names"] if "·" in one["zh"] and len(one["zh"]) >= 12]
    assert all(one["en"] for part in ("surnames", "given_characters", "whole_names") for one in names[part])
    real = {one["code"] for one in rows("regions.csv")}
    for one in names["areas"]:
        assert one["code"].endswith("99")
        assert one["city"] in real
        assert one["code"] not in real
