"""Adoption of guidance: what comes of it, where every rule comes from, and which deviations are refused."""

import pytest

from creditbank.conversion.errors import DeviationRefused
from creditbank.conversion.rules.adoption import adoption_findings, effective_book
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.reading import digest_of
from tests.rooms.conversion.checks.documents import book, case, level, rule, spec

CAP = {"id": "cap", "measure": "credits", "at_most": "8"}
REASON = {"zh": "本校情况", "en": "our case"}


def at(name="R1", low="初级", **more):
    return rule(name, **{"from": {"one": [spec("web"), level(at_least=low)]}, **more})


def guidance(*rules, **more):
    return book(*rules, id="g", kind="guidance", **more)


def adopting(base, *deviations, **more) -> Book:
    adopts = {"book": base.id, "edition": base.edition, "digest": digest_of(base)}
    marked = [{"reason": REASON, **each} for each in deviations]
    document = {
        "format": "creditbank-rules/1",
        "id": "school",
        "edition": "1",
        "kind": "institutional",
        "owner": {"name": {"zh": "某校"}},
        "title": {"zh": "采用"},
        "effective": {"from": "2026-09-01"},
        "unit": base.unit,
        "adopts": {**adopts, "deviations": marked},
    }
    return Book.model_validate(document | more)


def codes(base, *deviations, **more):
    return [each.code for each in adoption_findings(adopting(base, *deviations, **more), base)]


def test_guidance_adopted_as_it_stands_is_the_same_rules_under_another_owner():
    base = guidance(at(), caps=[CAP], cases=[case()])
    made = effective_book(adopting(base, scope=[{"is": "study_mode", "in": ["full"]}]), base)
    assert (made.book.id, made.book.rules, made.book.caps, made.book.cases) == (
        "school",
        base.rules,
        base.caps,
        base.cases,
    )
    assert made.book.effective.since == "2026-09-01"
    assert [each.tag for each in made.book.scope] == ["study_mode"]
    assert made.rules["R1"].book == "g"
    assert made.rules["R1"].op == ""


def test_deviations_are_applied_in_place_and_carry_their_origin():
    base = guidance(at("A"), at("B"), at("C"), caps=[CAP])
    made = effective_book(
        adopting(
            base,
            {"op": "replace", "rule": "B", "with": at("B", "高级")},
            {"op": "remove", "rule": "A"},
            {"op": "add", "with": at("D")},
            {"op": "limit", "with": CAP | {"id": "ours", "at_most": "4"}},
        ),
        base,
    )
    assert [each.id for each in made.book.rules] == ["B", "C", "D"]
    assert (
        made.book.rules[0].source
        == Book.model_validate(book(at("B", "高级")).model_dump(by_alias=True)).rules[0].source
    )
    assert [each.id for each in made.book.caps] == ["cap", "ours"]
    assert {name: origin.op for name, origin in made.rules.items()} == {"B": "replace", "C": "", "D": "add"}
    assert {name: origin.book for name, origin in made.caps.items()} == {"cap": "g", "ours": "school"}
    assert made.rules["D"].reason.zh == "本校情况"


def test_a_rule_added_under_a_removed_id_is_allowed_and_added_twice_is_not():
    base = guidance(at("A"), at("B"))
    remove, add = {"op": "remove", "rule": "A"}, {"op": "add", "with": at("A", "高级")}
    assert codes(base, remove, add) == []
    assert codes(base, remove, add, add) == ["deviation_taken"]


def test_another_text_than_the_one_adopted_is_refused():
    base = guidance(at())
    changed = guidance(at(low="中级"))
    found = adoption_findings(adopting(base), changed)
    assert [each.code for each in found] == ["adoption_digest"]
    with pytest.raises(DeviationRefused) as refused:
        effective_book(adopting(base), changed)
    assert refused.value.details == {"count": 1, "place": "/adopts/digest", "findings": found}


@pytest.mark.parametrize(
    ("deviation", "code"),
    [
        ({"op": "remove", "rule": "Z"}, "deviation_unknown"),
        ({"op": "replace", "rule": "Z", "with": at("Z")}, "deviation_unknown"),
        ({"op": "remove"}, "deviation_incomplete"),
        ({"op": "replace", "rule": "A"}, "deviation_incomplete"),
        ({"op": "replace", "rule": "A", "with": at("B")}, "deviation_incomplete"),
        ({"op": "add"}, "deviation_incomplete"),
        ({"op": "limit", "with": at("B")}, "deviation_incomplete"),
        ({"op": "add", "with": at("A")}, "deviation_taken"),
        ({"op": "limit", "with": CAP}, "deviation_taken"),
    ],
)
def test_a_deviation_that_leads_nowhere_is_found(deviation, code):
    assert codes(guidance(at("A"), caps=[CAP]), deviation) == [code]


def test_rules_of_ones_own_are_written_as_deviations():
    base = guidance(at())
    assert codes(base, rules=[rule("own")], unit="v") == ["adoption_frame", "adoption_frame"]
    assert codes(base) == []


def test_only_guidance_is_adopted():
    other = book(at(), id="g")
    assert [each.code for each in adoption_findings(adopting(other), other)] == ["deviation_incomplete"]


@pytest.mark.parametrize(("leave", "code"), [("no", ["deviation_fixed"]), ("narrower", []), ("free", []), (None, [])])
def test_leave_to_deviate_decides_about_a_narrower_rule(leave, code):
    base = guidance(at("A", **({"may_deviate": leave} if leave else {})))
    assert codes(base, {"op": "replace", "rule": "A", "with": at("A", "高级")}) == code


NARROWER = {
    "later level": ({}, []),
    "fewer credits": ({"credits": {"mode": "fixed", "amount": "2"}}, []),
    "no credits": ({"credits": {"mode": "none"}}, []),
    "one more requirement": ({"requires": [{"course": "K0"}]}, []),
    "fewer targets": ({"gives": [{"course": "K1"}]}, []),
    "earlier level": ({"low": "初级"}, ["source"]),
    "more credits": ({"credits": {"mode": "fixed", "amount": "4"}}, ["credits"]),
    "another way to count": ({"credits": {"mode": "target"}}, ["credits"]),
    "another target": ({"gives": [{"course": "K3"}]}, ["target"]),
    "for everybody": ({"when": []}, ["audience"]),
    "any number of times": ({"times": "any"}, ["number of uses"]),
    "another surplus": ({"surplus": {"to": "g"}}, ["surplus"]),
    "without its tag": ({"tags": []}, ["tags"]),
}


@pytest.mark.parametrize("what", sorted(NARROWER))
def test_narrower_only_is_decided_part_by_part(what):
    changes, wider = NARROWER[what]
    plain = {
        "low": "中级",
        "when": [{"is": "study_mode", "in": ["full"]}],
        "credits": {"mode": "fixed", "amount": "3"},
        "gives": [{"course": "K1"}, {"course": "K2"}],
        "tags": ["t"],
    }
    base = guidance(at("A", **plain, may_deviate="narrower"))
    new = at("A", **(plain | ({"low": "高级"} if what == "later level" else {}) | changes))
    found = adoption_findings(adopting(base, {"op": "replace", "rule": "A", "with": new}), base)
    assert [each.details["what_en"] for each in found] == wider


def test_a_table_may_only_lower_its_amounts():
    def table(*amounts):
        rows = [
            {"if": [level(exactly=name)], "amount": each} for name, each in zip(("初级", "中级"), amounts, strict=True)
        ]
        return {"credits": {"mode": "table", "rows": rows}}

    base = guidance(at("A", **table("2", "4"), may_deviate="narrower"))
    for amounts, expected in ((("2", "3"), []), (("2", "5"), ["deviation_wider"])):
        assert codes(base, {"op": "replace", "rule": "A", "with": at("A", **table(*amounts))}) == expected
