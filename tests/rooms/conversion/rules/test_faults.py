"""Faults of form are found by reader and published schema alike, faults of law by the reader alone."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from creditbank.conversion.rules.reading import book_of, book_or_faults
from creditbank.conversion.rules.schema import book_schema
from tests.rooms.conversion.rules.samples import changed, everything, minimal

VALIDATOR = Draft202012Validator(book_schema(), format_checker=FormatChecker())


def faults(text: bytes | str) -> list[tuple[str, str]]:
    read, found = book_or_faults(text)
    assert read is None
    return [(fault.code, fault.pointer) for fault in found]


RULE = ("rules", 0)
ONE = (*RULE, "from", "one", 0)

# Faults of form: the schema finds them too.
FORM = [
    (changed("format", to="creditbank-rules/2"), "not_listed", "/format"),
    (changed("id", to=...), "missing_field", "/id"),
    (changed("id", to=""), "empty", "/id"),
    (changed("id", to="a" * 121), "too_long", "/id"),
    (changed("kind", to="private"), "not_listed", "/kind"),
    (changed("remarks", to="x"), "unknown_field", "/remarks"),
    (changed("title", to="小规则"), "wrong_type", "/title"),
    (changed("title", to={"zh": ""}), "empty", "/title/zh"),
    (changed("rules", to={}), "wrong_type", "/rules"),
    (changed(*RULE, "gives", to=[]), "empty", "/rules/0/gives"),
    (changed(*RULE, "source", to={"one": []}), "unknown_field", "/rules/0/source"),
    (changed(*RULE, "times", to="twice"), "not_listed", "/rules/0/times"),
    (changed(*RULE, "from", to={"some": "2", "of": [{"one": []}]}), "wrong_type", "/rules/0/from/some"),
    (changed(*RULE, "from", to={"some": 0, "of": [{"one": []}]}), "out_of_range", "/rules/0/from/some"),
    (changed(*ONE, to={"is": "colour", "in": ["x"]}), "unknown_tag", "/rules/0/from/one/0"),
    (changed(*ONE, to={"in": ["x"]}), "unknown_tag", "/rules/0/from/one/0"),
    (changed(*ONE, "in", to=[]), "empty", "/rules/0/from/one/0/in"),
    (changed(*ONE, "in", to=[""]), "empty", "/rules/0/from/one/0/in/0"),
    (changed(*ONE, "in", to="NCRE"), "wrong_type", "/rules/0/from/one/0/in"),
    (changed(*ONE, "among", to=["x"]), "unknown_field", "/rules/0/from/one/0/among"),
    (changed(*RULE, "gives", 0, to={"credits": "x", "amount": "1e3"}), "not_an_amount", "/rules/0/gives/0/amount"),
    (changed(*RULE, "gives", 0, to={"credits": "x", "amount": 3}), "not_an_amount", "/rules/0/gives/0/amount"),
    (changed(*RULE, "gives", 0, to={"credits": "x", "per": "y"}), "unknown_field", "/rules/0/gives/0/per"),
    (changed(*RULE, "gives", 0, to={"choose": 0, "where": []}), "out_of_range", "/rules/0/gives/0/choose"),
    (changed("effective", "from", to="2026-1-1"), "wrong_form", "/effective/from"),
    (changed("effective", "from", to="2026-02-30"), "not_a_day", "/effective/from"),
    (changed("effective", "from", to=20260101), "wrong_type", "/effective/from"),
    (changed("policies", to={"target_once": "yes"}), "wrong_type", "/policies/target_once"),
    (
        changed("words", to={"unit_maps": [{"from": "a", "to": "b", "factor": "1.5", "cites": ["x"]}]}),
        "wrong_form",
        "/words/unit_maps/0/factor",
    ),
    (
        changed("words", to={"unit_maps": [{"from": "a", "to": "b", "factor": "1", "cites": []}]}),
        "empty",
        "/words/unit_maps/0/cites",
    ),
]


@pytest.mark.parametrize(("tree", "code", "pointer"), FORM, ids=[f"{code}:{at}" for _, code, at in FORM])
def test_fault_of_form_is_found_by_reader_and_schema(tree: dict[str, Any], code: str, pointer: str) -> None:
    assert (code, pointer) in faults(json.dumps(tree))
    assert not VALIDATOR.is_valid(tree)


AGREEMENT = {"name": {"zh": "甲校"}}
X = {"is": "spec", "in": ["x"]}
SCALES: dict[str, dict[str, Any]] = {
    "five": {"kind": "ordered", "order": ["差", "好"], "pass": "好"},
    "percent": {"kind": "numeric", "pass": "60", "max": "100"},
}


def need(**fields: Any) -> dict[str, Any]:
    award = {"id": "W", "title": {"zh": "证书"}, "needs": {"need": {"id": "n", **fields}}}
    return minimal(kind="award", awards=[award])


def cap(**fields: Any) -> dict[str, Any]:
    return minimal(caps=[{"id": "c", "measure": "credits", "at_most": "1", **fields}])


# Faults of law: only the reader finds them.
LAW = [
    (minimal(rules=[*minimal()["rules"], *minimal()["rules"]]), "duplicate_id", "/rules"),
    (minimal(cites=[{"id": "R", "title": {"zh": "甲"}}] * 2), "duplicate_id", "/cites"),
    (minimal(kind="agreement"), "parties", "/parties"),
    (minimal(parties=[AGREEMENT, AGREEMENT]), "parties", "/parties"),
    (minimal(open_lines=[{"category": "major"}]), "not_an_award", "/open_lines"),
    (minimal(policies={"prefer": ["credits", "credits", "book_order"]}), "repeated", "/policies/prefer"),
    (minimal(policies={"prefer": ["benefits", "credits", "book_order"]}), "prefer_first", "/policies/prefer"),
    (minimal(policies={"prefer": ["credits", "book_order", "benefits"]}), "prefer_last", "/policies/prefer"),
    (minimal(words={"categories": {"a": "b", "b": "a"}}), "circle", "/words/categories/a"),
    (minimal(words={"scales": {"s": {**SCALES["five"], "pass": "优"}}}), "pass_not_on_scale", "/words/scales/s/pass"),
    (minimal(words={"scales": {"s": {**SCALES["five"], "order": ["好", "好"]}}}), "repeated", "/words/scales/s/order"),
    (minimal(effective={"from": "2026-02-01", "to": "2026-01-01"}), "reversed", "/effective"),
    (minimal(scope=[X]), "wrong_subject", "/scope/0"),
    (changed(*ONE, to={"is": "course", "in": ["K1"]}), "wrong_subject", "/rules/0/from/one/0"),
    (
        changed(*ONE, to={"not": {"any": [[{"is": "programme", "in": ["P"]}]]}}),
        "wrong_subject",
        "/rules/0/from/one/0/not/any/0/0",
    ),
    (changed(*ONE, to={"is": "level", "scale": "x"}), "no_bound", "/rules/0/from/one/0"),
    (
        changed(*ONE, to={"is": "level", "scale": "x", "exactly": "a", "at_most": "b"}),
        "two_forms",
        "/rules/0/from/one/0",
    ),
    (changed(*ONE, to={"is": "acquired"}), "no_bound", "/rules/0/from/one/0"),
    (changed(*ONE, to={"is": "acquired", "from": "2026-02-01", "to": "2026-01-01"}), "reversed", "/rules/0/from/one/0"),
    (changed(*RULE, "from", to={"some": 2, "of": [{"one": [X]}]}), "too_few_branches", "/rules/0/from"),
    (changed(*RULE, "from", to={"pool": [X], "measure": "credits", "at_least": "3"}), "unit_missing", "/rules/0/from"),
    (changed(*RULE, "gives", 0, to={"choose": 1}), "neither_form", "/rules/0/gives/0"),
    (
        changed(*RULE, "gives", 0, to={"choose": 1, "of": [{"course": "K"}], "where": []}),
        "two_forms",
        "/rules/0/gives/0",
    ),
    (
        changed(*RULE, "gives", 0, to={"choose": 2, "of": [{"course": "K"}]}),
        "too_few_branches",
        "/rules/0/gives/0/choose",
    ),
    (
        changed(*RULE, "gives", 0, to={"choose": {"at_least": 3, "at_most": 2}, "where": []}),
        "reversed",
        "/rules/0/gives/0/choose",
    ),
    (changed(*RULE, "credits", to={"mode": "fixed"}), "amount_missing", "/rules/0/credits"),
    (changed(*RULE, "credits", to={"mode": "table"}), "amount_missing", "/rules/0/credits"),
    (changed(*RULE, "credits", to={"mode": "target", "amount": "3"}), "amount_idle", "/rules/0/credits/amount"),
    (changed(*RULE, "record_grade", to={"scale": "five"}), "neither_form", "/rules/0/record_grade"),
    (changed(*RULE, "requires", to=[{"rule": "B", "course": "K"}]), "two_forms", "/rules/0/requires/0"),
    (cap(at_most={"field": "achievement.credits"}), "needs_per", "/caps/0/per"),
    (cap(measure="points"), "framework_missing", "/caps/0"),
    (cap(of={"targets": [X]}), "wrong_subject", "/caps/0/of/targets/0"),
    (need(measure="credits"), "no_bound", "/awards/0/needs/need"),
    (need(measure="points", at_least="3"), "framework_missing", "/awards/0/needs/need"),
    (need(), "neither_form", "/awards/0/needs/need"),
]


@pytest.mark.parametrize(("tree", "code", "pointer"), LAW, ids=[f"{code}:{at}" for _, code, at in LAW])
def test_fault_of_law_is_found_by_the_reader(tree: dict[str, Any], code: str, pointer: str) -> None:
    assert (code, pointer) in faults(json.dumps(tree))
    assert VALIDATOR.is_valid(tree)


def test_repeated_ids_inside_cases_and_awards_are_found() -> None:
    given_ = {
        "as_of": "2026-01-01",
        "programme": {"code": "P", "unit": "u", "courses": [{"code": "K", "credits": "1"}] * 2},
        "achievements": [{"id": "a", "acquired": "2025-01-01"}] * 2,
    }
    found = faults(json.dumps(minimal(cases=[{"id": "c", "given": given_, "expect": {"credits": "0"}}])))
    assert found == [
        ("duplicate_id", "/cases/0/given/achievements"),
        ("duplicate_id", "/cases/0/given/programme"),
    ]
    twice = {"all": [{"need": {"id": "n", "measure": "credits", "at_least": "1"}}] * 2}
    award = minimal(kind="award", awards=[{"id": "W", "title": {"zh": "证书"}, "needs": twice}])
    assert faults(json.dumps(award)) == [("duplicate_id", "/awards/0/needs")]


def test_smallest_book_has_no_fault_and_fits_the_schema() -> None:
    read, found = book_of(minimal())
    assert (read is None, found) == (False, ())
    assert VALIDATOR.is_valid(minimal())


OF_FORM = {
    "missing_field",
    "unknown_field",
    "unknown_tag",
    "wrong_type",
    "not_listed",
    "wrong_form",
    "not_an_amount",
    "not_a_day",
    "empty",
    "too_long",
    "out_of_range",
    "wrong_value",
}
STRANGE: list[Any] = [
    None,
    0,
    7,
    True,
    "",
    "x",
    "3",
    "-0",
    "1e3",
    "2026-01-01",
    [],
    {},
    ["x"],
    {"is": "x"},
    {"one": []},
    "once",
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_reader_and_schema_agree_wherever_a_document_is_broken(data: st.DataObject) -> None:
    tree = everything()
    at: Any = tree
    while True:
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
        if not (isinstance(at[key], (dict, list)) and at[key] and data.draw(st.integers(0, 12))):
            break
        at = at[key]
    how = data.draw(st.sampled_from(["change", "change", "leave out", "add"]))
    if how == "change":
        at[key] = data.draw(st.sampled_from(STRANGE))
    elif how == "leave out" or isinstance(at, list):
        del at[key]
    else:
        at["unheard-of"] = 1
    _, found = book_of(tree)
    assert VALIDATOR.is_valid(tree) is OF_FORM.isdisjoint(fault.code for fault in found)


def test_document_with_everything_has_no_fault() -> None:
    assert book_of(everything())[1] == ()
