"""The office spreadsheet: written and read back the same, refused where it would lose something, faults in place."""

from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook, load_workbook

from creditbank.conversion.errors import SheetLosesBook
from creditbank.conversion.rules.reading import book_of, digest_of
from creditbank.conversion.rules.sheets.exchange import (
    book_from_sheet,
    losses,
    read_sheet,
    write_sheet,
    write_template,
)
from creditbank.conversion.rules.sheets.layout import AMOUNTS, BOOK, RULES, SENTENCES, SHEETS, TARGETS
from tests.rooms.conversion.checks.documents import SHIPPED, book, case, level, rule, shipped, spec

#: Books of which the sheets cannot say everything, and what that is.
TOO_MUCH = {
    "03_innovation_credits.json": "Any-of and not",
    "07_caps_guidance.json": "gives or expects more",
    "09_acbs_degrees.json": "awards",
    "10_ncrf_points.json": "awards",
    "11_rqf_combination.json": "awards",
    "12_dual_certificates.json": "a pool",
}


def one(*conditions):
    return {"one": list(conditions)}


def again(made):
    return book_from_sheet(write_sheet(made))


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in TOO_MUCH])
def test_a_shipped_book_comes_back_with_the_same_digest(name):
    made = shipped(name)
    assert digest_of(again(made)) == digest_of(made)


@pytest.mark.parametrize("name", sorted(TOO_MUCH))
def test_a_book_that_says_more_than_the_sheets_is_refused_with_the_reason(name):
    with pytest.raises(SheetLosesBook) as refused:
        write_sheet(shipped(name))
    assert TOO_MUCH[name] in refused.value.details["losses"][0][1]
    assert refused.value.details["count"] == len(losses(shipped(name)))


LOST = {
    "requirements": {"requires": [{"rule": "R1"}]},
    "leave to deviate": {"may_deviate": "no"},
    "n of many": {"from": {"some": 1, "of": [one(spec("a")), one(spec("b"))]}},
    "a pool": {"from": {"pool": [spec("a")], "measure": "count", "at_least": "2"}},
    "a deeper tree": {"from": {"all": [{"any": [one(spec("a")), one(spec("b"))]}, one(spec("c"))]}},
    "a negation": {"from": one({"not": spec("a")})},
    "a negated audience": {"when": [{"not": {"is": "programme", "in": ["P"]}}]},
    "a list that holds the mark": {"tags": ["a；b"]},
    "two choices": {"gives": [{"choose": 1, "of": [{"course": f"K{at}"}, {"course": "L"}]} for at in (1, 2)]},
    "an all-of with one branch": {"from": {"all": [one(spec("a"))]}},
    "a title with a space before": {"title": {"zh": " 名"}},
    "a grade by a map": {"record_grade": {"map": "percent"}},
}


@pytest.mark.parametrize("what", sorted(LOST))
def test_a_rule_that_does_not_fit_is_refused_rather_than_shortened(what):
    assert losses(book(rule(**LOST[what])))
    assert losses(book(rule())) == ()


FITS = {
    "groups of any-of": {"from": {"any": [{"all": [one(spec("a")), one(spec("b"))]}, one(spec("c"))]}},
    "conditions out of column order": {"from": one(level(at_least="中级"), spec("a"), {"is": "kind", "in": ["k"]})},
    "both bounds of a level": {"from": one(level(at_least="初级", at_most="中级"))},
    "the same bound twice": {"from": one(level(at_least="中级", at_most="中级"))},
    "two level scales": {"from": one(level(exactly="中级"), {"is": "level", "scale": "y", "at_most": "二"})},
    "conditions without a column": {
        "from": one(spec("a"), {"is": "rank", "in": ["一等奖"]}, {"is": "via", "in": ["v"]})
    },
    "passed and a grade": {"from": one({"is": "passed"}, {"is": "grade", "scale": "percent", "at_least": "70"})},
    "credits, hours and attendance": {
        "from": one(
            {"is": "credits", "at_least": "2.5", "unit": "u"},
            {"is": "hours", "at_least": "32", "unit": "contact"},
            {"is": "attendance", "at_least": "80", "unit": "percent"},
        )
    },
    "a window and an age": {
        "from": one(
            {"is": "acquired", "from": "2020-01-01"},
            {"is": "age", "at": "enrolment", "at_most_months": 60},
            {"is": "overlap", "at_least": "70"},
            {"is": "issuer", "in": ["@awarding", "S"]},
        )
    },
    "an audience in columns": {
        "when": [{"is": "programme", "in": ["P", "Q"]}, {"is": "learner_status", "in": ["registered"]}]
    },
    "an audience in the other order": {
        "when": [{"is": "learner_status", "in": ["registered"]}, {"is": "programme", "in": ["P"]}]
    },
    "an audience of another kind": {"when": [{"is": "enrolled", "from": "2024-09-01"}]},
    "bundles to choose from": {
        "gives": [{"choose": 1, "of": [[{"course": "K1"}, {"course": "K2"}], {"credits": "g", "amount": "2"}]}]
    },
    "a choice by conditions": {
        "gives": [
            {"course": "K0"},
            {"choose": {"at_least": 1, "at_most": 3}, "where": [{"is": "course_kind", "in": ["核心"]}]},
        ]
    },
    "benefits": {
        "gives": [{"part": "theory", "of": "web/初级"}, {"level": "web/中级"}, {"award": "A"}],
        "credits": {"mode": "none"},
    },
    "a table with adjustments and grades": {
        "gives": [{"credits": "g"}],
        "credits": {
            "mode": "table",
            "rows": [{"if": [level(exactly="中级")], "amount": "1.5"}, {"if": [], "amount": "1"}],
            "adjust": [{"if": [{"is": "role", "in": ["队员"]}], "add": "-0.5"}],
        },
        "record_grade": {"scale": "percent", "rows": [{"if": [], "value": "80"}]},
        "times": "any",
    },
    "five conditions in a row": {
        "gives": [{"credits": "g"}],
        "credits": {
            "mode": "table",
            "rows": [{"if": [{"is": "rank", "in": [str(at)]} for at in range(5)], "amount": "1"}],
        },
    },
    "a surplus": {"surplus": {"to": "g", "at_most": "2"}, "credits": {"mode": "least"}},
    "titles and tags": {"title": {"zh": "名", "en": "name"}, "tags": ["x", "y"], "times": "once"},
    "a text like a formula": {"title": {"zh": "=1+1", "en": "@SUM(A1)"}, "tags": ["+1", "-2"]},
}


@pytest.mark.parametrize("what", sorted(FITS))
def test_whatever_fits_comes_back_the_same(what):
    made = book(rule("R1", **FITS[what]), rule("R2"))
    assert losses(made) == ()
    assert digest_of(again(made)) == digest_of(made)


WHOLE = {
    "policies": {"policies": {"reuse": "free", "target_once": False, "families": {"*": "highest"}, "divisible": True}},
    "preference": {"policies": {"prefer": ["useful_credits", "benefits", "book_order"]}},
    "period": {"effective": {"from": "2026-01-01", "to": "2026-12-31", "by": "enrolment"}},
    "open period": {"effective": {"from": "2026-01-01", "to": None}},
    "scope": {"scope": [{"is": "study_mode", "in": ["full", "part"]}]},
    "citations": {
        "cites": [{"id": "C", "title": {"zh": "办法", "en": "Rules"}, "clause": "3", "url": "https://x.example"}]
    },
    "parties": {
        "kind": "agreement",
        "parties": [{"name": {"zh": "甲"}}, {"name": {"zh": "乙", "en": "B"}, "code": "10001"}],
    },
    "caps": {
        "caps": [
            {"id": "a", "measure": "credits", "at_most": "8", "cites": ["C"], "per": "plan"},
            {"id": "b", "measure": "targets", "at_most": {"share": "50", "of": "chosen"}, "of": {"tags": ["t", "s"]}},
            {"id": "c", "measure": "credits", "at_most": {"field": "achievement.credits"}, "per": "achievement"},
            {"id": "d", "measure": "grants", "at_most": "1", "of": {"sources": [spec("a")]}, "per": "year"},
            {"id": "e", "measure": "credits", "at_most": "1", "of": {"categories": ["g"], "rules": ["R1"]}},
            {"id": "f", "measure": "credits", "at_most": "1", "of": {"targets": [{"is": "course", "in": ["K1"]}]}},
            {"id": "g", "measure": "credits", "at_most": "1", "of": {}},
        ]
    },
}


@pytest.mark.parametrize("what", sorted(WHOLE))
def test_the_head_and_the_caps_come_back_the_same(what):
    made = book(rule(tags=["t", "s"]), **WHOLE[what])
    assert losses(made) == ()
    assert digest_of(again(made)) == digest_of(made)


def test_cases_with_everything_they_may_hold_come_back_the_same():
    full = {
        "id": "a",
        "acquired": "2025-06-01",
        "spec": "web",
        "kind": "证书",
        "issuer": "S",
        "level": "中级",
        "level_scale": "x",
        "grade": {"scale": "percent", "value": "75.5"},
        "passed": True,
        "credits": {"value": "4", "unit": "u"},
        "framework_level": {"F": "5", "G": "4.5"},
        "overlap": {"K1": "80", "K2": "70"},
        "register": "valid",
        "valid_until": "2027-01-01",
    }
    made = case(credits="4", uses_rules=["R1"], not_rules={"R2": "level_low"}, binding=["cap"])
    made["title"] = {"zh": "全部"}
    made["given"] |= {
        "learner": {"status": "registered", "groups": ["甲", "乙"], "enrolled": "2024-09-01"},
        "events": {"registration": "2024-09-01"},
        "achievements": [full, {"id": "b", "acquired": "2025-06-02"}],
    }
    made["given"]["programme"] |= {"credits_required": "40", "done": ["K9"]}
    made["given"]["programme"]["courses"] = [{"code": "K1", "credits": "4", "nature": "required", "same_as": "K0"}]
    none = case("none")
    none["given"]["achievements"] = []
    none["given"]["learner"] = {"groups": []}
    none["given"]["programme"]["courses"] = []
    whole = book(rule(), cases=[made, none])
    assert losses(whole) == ()
    assert digest_of(again(whole)) == digest_of(whole)


WORD = st.text(alphabet="abXY甲乙12+-@/:()", min_size=1, max_size=4).filter(lambda text: text.strip() == text)
LISTED = st.sampled_from(["spec", "kind", "subject", "issuer", "role", "rank", "reach", "via", "family"])
CONDITION = st.one_of(
    st.builds(
        lambda tag, values: {"is": tag, "in": values}, LISTED, st.lists(WORD, min_size=1, max_size=3, unique=True)
    ),
    st.sampled_from(["初级", "中级", "高级"]).map(lambda name: level(exactly=name)),
    st.sampled_from(["初级", "中级", "高级"]).map(lambda name: level(at_most=name)),
    st.integers(0, 100).map(lambda points: {"is": "grade", "scale": "percent", "at_least": str(points)}),
    st.integers(0, 99).map(lambda months: {"is": "age", "at": "application", "at_most_months": months}),
    st.just({"is": "passed"}),
)
LEAF = st.lists(CONDITION, min_size=1, max_size=4).map(lambda conditions: {"one": conditions})
GROUP = st.one_of(LEAF, st.lists(LEAF, min_size=2, max_size=3).map(lambda leaves: {"all": leaves}))
TREE = st.one_of(GROUP, st.lists(GROUP, min_size=2, max_size=3).map(lambda groups: {"any": groups}))


@settings(max_examples=150, deadline=None)
@given(st.lists(TREE, min_size=1, max_size=3))
def test_every_two_level_tree_comes_back_the_same(trees):
    made = book(*(rule(f"R{number}", **{"from": tree}) for number, tree in enumerate(trees)))
    assert losses(made) == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(TREE, min_size=1, max_size=2), WORD)
def test_the_bytes_of_the_workbook_say_the_same_book(trees, title):
    made = book(*(rule(f"R{at}", title={"zh": title}, **{"from": tree}) for at, tree in enumerate(trees)))
    assert digest_of(again(made)) == digest_of(made)


def test_nothing_written_is_a_formula_and_texts_stay_texts():
    pages = load_workbook(BytesIO(write_sheet(book(rule(title={"zh": "=HYPERLINK(1)"}, tags=["-1"])))))
    cells = [cell for page in pages for line in page.iter_rows() for cell in line if cell.value is not None]
    assert all(cell.data_type == "s" and cell.quotePrefix and cell.number_format == "@" for cell in cells)


def test_the_headings_are_in_both_languages_and_lists_offer_the_words():
    pages = load_workbook(BytesIO(write_sheet(book(rule()))))
    assert pages.sheetnames == [sheet.name for sheet in (*SHEETS, SENTENCES)]
    assert [cell.value for cell in pages[AMOUNTS.name][1]][:2] == ["规则号", "条件一"]
    assert [cell.value for cell in pages[AMOUNTS.name][2]][:2] == ["Rule", "Condition 1"]
    lists = {each.formula1 for each in pages[RULES.name].data_validations.dataValidation}
    assert '"x/初级,x/中级,x/高级,y/一,y/二"' in lists
    assert '"percent"' in lists


def test_the_seventh_sheet_prints_rules_and_caps_as_sentences():
    cap = {"id": "cap", "measure": "credits", "at_most": "8"}
    page = load_workbook(BytesIO(write_sheet(book(rule(), caps=[cap]))))[SENTENCES.name]
    said = [[cell.value for cell in line] for line in page.iter_rows(min_row=3)]
    assert [line[0] for line in said] == ["R1", "cap"]
    assert said[0][1] == "规则「R1」：凡成果为「web」，可免修课程「K1」（按课程学分）。依据：C。"
    assert said[1][2] == "credits in all: at most 8."


def test_the_template_lists_the_fields_and_is_a_book_once_it_is_filled():
    pages = load_workbook(BytesIO(write_template()))
    fields = [line[0].value for line in pages[BOOK.name].iter_rows(min_row=3)]
    assert fields[:4] == ["编号", "版本", "类型", "学分单位"]
    values = {
        "编号": "b",
        "版本": "1",
        "类型": "institutional",
        "学分单位": "u",
        "单位机构": "某校",
        "标题": "规则",
        "生效": "2026-01-01",
    }
    for line in pages[BOOK.name].iter_rows(min_row=3):
        line[1].value = values.get(line[0].value)
    pages[RULES.name]["A3"], pages[RULES.name]["C3"] = "R1", "web"
    for column, text in zip("ACDE", ("R1", "K1", "课程", "按课程"), strict=True):
        pages[TARGETS.name][f"{column}3"] = text
    content = BytesIO()
    pages.save(content)
    made = book_from_sheet(content.getvalue())
    assert [each.id for each in made.rules] == ["R1"]
    assert book_of(made.model_dump(mode="json", by_alias=True, exclude_unset=True))[0] == made


def test_an_empty_workbook_misses_all_sheets():
    content = BytesIO()
    Workbook().save(content)
    assert [each.code for each in read_sheet(content.getvalue()).faults] == ["sheet_missing"] * len(SHEETS)
