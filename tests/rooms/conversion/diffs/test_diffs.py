"""Editions compared in words: by id, with the old and the new sentence, and whether conditions grew or shrank."""

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.rules.diffs import diff
from tests.rooms.conversion.checks.documents import SHIPPED, book, case, level, rule, shipped, spec

CAP = {"id": "cap", "measure": "credits", "at_most": "8"}


def told(old, new):
    return [(each.code, each.part, each.subject) for each in diff(old, new)]


def at(*conditions, **more):
    return rule(**{"from": {"one": [spec("web"), *conditions]}, **more})


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ((level(at_least="初级"),), (level(at_least="中级"),), "narrower"),
        ((level(at_least="中级"),), (level(at_least="初级"),), "wider"),
        ((level(exactly="中级"),), (level(at_least="中级", at_most="中级"),), "reworded"),
        ((level(exactly="中级"),), (level(exactly="高级"),), "changed"),
        ((), ({"is": "passed"},), "narrower"),
    ],
)
def test_a_changed_source_is_narrower_wider_reworded_or_changed(old, new, code):
    (change,) = diff(book(at(*old)), book(at(*new)))
    assert (change.code, change.part, change.subject) == (code, "from", "R1")


def test_a_change_is_told_with_both_sentences_in_both_languages():
    (change,) = diff(book(at(level(at_least="初级"))), book(at(level(at_least="中级"))))
    assert change.zh == (
        "规则「R1」的来源条件收紧。"
        "原为：成果为「web」，且等级（「x」）不低于「初级」。现为：成果为「web」，且等级（「x」）不低于「中级」。"
    )
    assert change.en.startswith("Rule R1: the source became narrower. Before: the achievement is 「web」")
    assert change.old.en != change.new.en


PARTS = {
    "audience": ({"when": [{"is": "study_mode", "in": ["full"]}]}, ("narrower", "when", "R1")),
    "target": ({"gives": [{"course": "K2"}]}, ("changed", "gives", "R1")),
    "credits": ({"credits": {"mode": "fixed", "amount": "2"}}, ("changed", "credits", "R1")),
    "times": ({"times": "any"}, ("changed", "times", "R1")),
    "tags": ({"tags": ["t"]}, ("changed", "tags", "R1")),
    "requirements": ({"requires": [{"course": "K0"}]}, ("changed", "requires", "R1")),
    "surplus": ({"surplus": {"to": "g"}}, ("changed", "surplus", "R1")),
    "title": ({"title": {"zh": "新"}}, ("changed", "title", "R1")),
}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_of_a_rule_is_compared(part):
    changes, expected = PARTS[part]
    assert told(book(rule()), book(rule(**changes))) == [expected]


WHOLE = {
    "period": ({"effective": {"from": "2026-01-01", "to": "2026-12-31"}}, ("changed", "effective", "")),
    "unit": ({"unit": "v"}, ("changed", "unit", "")),
    "scope": ({"scope": [{"is": "study_mode", "in": ["full"]}]}, ("narrower", "scope", "")),
    "policies": ({"policies": {"reuse": "free"}}, ("changed", "policies", "")),
    "a cap": ({"caps": [CAP]}, ("added", "caps", "cap")),
    "a case": ({"cases": [case()]}, ("added", "cases", "one")),
    "nothing on purpose": ({"none": [{"id": "n", "course": "K9", "reason": {"zh": "无"}}]}, ("changed", "none", "")),
}


@pytest.mark.parametrize("part", sorted(WHOLE))
def test_every_part_of_a_book_is_compared(part):
    changes, expected = WHOLE[part]
    assert told(book(), book(**changes)) == [expected]


def test_a_deviation_is_told_by_what_it_does_and_why():
    def adopting(*deviations, edition="1"):
        named = {"book": "g", "edition": edition, "digest": "sha256:" + edition * 64}
        return book(rules=[], adopts={**named, "deviations": list(deviations)})

    added = {"op": "add", "with": rule("R9"), "reason": {"zh": "本校开设", "en": "taught here"}}
    gone = {"op": "remove", "rule": "R1", "reason": {"zh": "不开设"}}
    again = {**gone, "reason": {"zh": "停开"}}
    assert told(adopting(gone), adopting(again, added)) == [
        ("changed", "deviations", "R1"),
        ("added", "deviations", "R9"),
    ]
    (change,) = diff(adopting(added), adopting())
    assert change.zh == "对指导性规则的改动（增加）「R9」取消。原为：本校开设。"
    assert change.en == "The deviation to add R9 is gone. Before: taught here."
    assert told(adopting(gone), adopting(gone, edition="2")) == [("changed", "adopts", "")]


def test_rules_and_caps_added_and_removed_are_told_by_id():
    old = book(rule("A"), rule("B"), caps=[CAP])
    new = book(rule("A"), rule("C"), caps=[CAP | {"id": "other"}])
    assert told(old, new) == [
        ("added", "rules", "C"),
        ("removed", "rules", "B"),
        ("added", "caps", "other"),
        ("removed", "caps", "cap"),
    ]


def test_a_changed_cap_is_told_with_its_old_and_new_amount():
    (change,) = diff(book(caps=[CAP]), book(caps=[CAP | {"at_most": {"share": "40", "of": "programme"}}]))
    assert change.zh == "上限「cap」改变。原为：全部的学分不超过8。现为：全部的学分不超过培养方案学分的 40%。"
    assert change.en.endswith(
        "Before: credits in all: at most 8. Now: credits in all: at most 40% of the programme's credits."
    )


def test_only_the_rules_that_left_their_order_are_moved():
    old, new = (book(*(rule(name) for name in names)) for names in ("ABCD", "BCDA"))
    assert told(old, new) == [("moved", "rules", "A")]


def test_a_scale_that_was_turned_round_proves_no_narrowing():
    old = book(at(level(at_least="初级")))
    turned = {"levels": {"x": ["高级", "中级", "初级"]}}
    new = book(at(level(at_least="中级")), words=turned)
    assert told(old, new) == [("changed", "words", ""), ("changed", "from", "R1")]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_book_does_not_differ_from_itself(name):
    assert diff(shipped(name), shipped(name)) == ()


@settings(max_examples=50, deadline=None)
@given(st.permutations("ABCDE"), st.permutations("ABCDE"))
def test_taking_back_a_difference_tells_as_many_moves(one, other):
    old, new = (book(*(rule(name) for name in names)) for names in (one, other))
    assert len(diff(old, new)) == len(diff(new, old))
    assert (diff(old, new) == ()) is (one == other)
