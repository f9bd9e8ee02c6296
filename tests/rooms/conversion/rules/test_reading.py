"""Rule documents are read from JSON and YAML, or refused with every fault, its place and both sentences."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from ruamel.yaml import YAML

from creditbank.conversion.errors import BookFaulty, ProblemFaulty
from creditbank.conversion.rules import book as documents, trees
from creditbank.conversion.rules.faults import SENTENCES, Fault
from creditbank.conversion.rules.plain import Part
from creditbank.conversion.rules.reading import (
    book_or_faults,
    canonical,
    digest_of,
    document_of,
    read_book,
    read_problem,
)
from creditbank.conversion.rules.schema import book_schema
from tests.rooms.conversion.rules.samples import DOCUMENTS, FOLDER, book, changed, document, minimal

VALIDATOR = Draft202012Validator(book_schema(), format_checker=FormatChecker())


def as_yaml(tree: Any) -> str:
    written = io.StringIO()
    YAML().dump(tree, written)
    return written.getvalue()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_document_is_read_and_written_back_as_it_was(path: Path) -> None:
    assert document_of(book(path)) == document(path)
    assert list(VALIDATOR.iter_errors(document(path))) == []


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if path.stat().st_size < 20_000], ids=lambda path: path.stem
)
def test_yaml_of_a_document_is_the_same_book(path: Path) -> None:
    read = read_book(as_yaml(document(path)))
    assert document_of(read) == document(path)
    assert digest_of(read) == digest_of(book(path))


def test_documents_hold_every_worked_example() -> None:
    rows = list(csv.DictReader((FOLDER / "worked_examples.csv").read_text("utf-8").splitlines()))
    texts = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    held = [row["id"] for row in rows if f'"{row["id"]}' in texts or f'"{row["source_name"]}"' in texts]
    assert (len(rows), held) == (57, [row["id"] for row in rows])


def test_digest_is_that_of_the_canonical_bytes() -> None:
    read = read_book(json.dumps(minimal(), ensure_ascii=False))
    ordered = json.dumps(minimal(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert canonical(read) == ordered
    assert digest_of(read) == "sha256:" + hashlib.sha256(ordered).hexdigest()


def test_digest_does_not_depend_on_the_order_of_fields_but_on_every_word() -> None:
    turned = dict(reversed(minimal().items()))
    assert digest_of(read_book(json.dumps(turned))) == digest_of(read_book(json.dumps(minimal())))
    changed = minimal(title={"zh": "小规则。", "en": "Small rules"})
    assert digest_of(read_book(json.dumps(changed))) != digest_of(read_book(json.dumps(minimal())))


def test_yaml_keeps_texts_that_look_like_something_else() -> None:
    text = as_yaml(minimal()).replace("cn-course-credit", "3.10").replace("NCRE", "yes").replace("K1", "0755")
    read = read_book(text)
    assert read.unit == "3.10"
    line = document_of(read)["rules"][0]
    assert (line["from"]["one"][0]["in"], line["gives"]) == (["yes"], [{"course": "0755"}])


def test_yaml_reads_numbers_and_truths_only_where_the_language_has_them() -> None:
    text = """
format: creditbank-rules/1
id: xx/small
edition: 2026
kind: institutional
owner: {name: {zh: 某校}}
title: {zh: 小规则}
effective: {from: 2026-01-01, to: ~}
unit: credit
policies: {target_once: false, divisible: true}
rules:
- id: A
  when: [{is: waited, event: registration, at_least_days: 75}]
  from: {some: 1, of: [{pool: [{is: passed}], measure: credits, unit: credit, at_least: 3.5}]}
  gives:
  - choose: {at_least: 1, at_most: 2}
    where: [{is: course_nature, in: [required]}]
  credits: {mode: fixed, amount: 3.5}
"""
    read = document_of(read_book(text))
    assert read["edition"] == "2026"
    assert read["effective"] == {"from": "2026-01-01", "to": None}
    assert read["policies"] == {"target_once": False, "divisible": True}
    assert read["rules"][0]["from"]["of"][0]["at_least"] == "3.5"
    assert read["rules"][0]["gives"][0]["choose"] == {"at_least": 1, "at_most": 2}


def test_keys_of_numbers_and_truths_are_those_of_the_types() -> None:
    wholes, truths = set[str](), set[str]()
    kinds: list[type[Part]] = [Part]
    for kind in kinds:
        kinds += [each for each in kind.__subclasses__() if each.__module__.startswith(documents.__package__ or "")]
        for name, field in kind.model_fields.items():
            key, said = field.alias or name, str(field.annotation)
            if issubclass(kind, documents.Between):
                assert (said, key in trees.BETWEEN_KEYS) == ("<class 'int'>", True)
            elif "bool" in said:
                truths.add(key)
            elif "<class 'int'>" in said or said.startswith("int "):
                wholes.add(key)
    assert frozenset(wholes | {"choose"}) == trees.WHOLE_KEYS
    assert frozenset(truths) == trees.TRUTH_KEYS


def faults(text: bytes | str) -> list[tuple[str, str]]:
    read, found = book_or_faults(text)
    assert read is None
    return [(fault.code, fault.pointer) for fault in found]


OPEN = json.dumps(minimal())[:-1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe{", "not_utf8"),
        (" " * (trees.BYTES_MAX + 1), "too_large"),
        ("a: " + "长" * (trees.YAML_BYTES_MAX // 3 + 1), "too_large"),
        ("{", "not_json"),
        ('{"id": NaN}', "decimal_as_number"),
        ('{"id": 1.5}', "decimal_as_number"),
        ('{"id": 99999999999999999999}', "number_too_large"),
        ("[" * 100_000, "too_deep"),
        ("[" * 50 + "]" * 50, "too_deep"),
        (OPEN + ', "id": "again"}', "duplicate_key"),
        (OPEN + ', "id": "\\ud800"}', "duplicate_key"),
        ("", "empty"),
        ("id: [", "not_yaml"),
        ("id: a\nid: b", "duplicate_key"),
        ("id: &x a\ntitle: *x", "alias"),
        ("&x id: a", "alias"),
        ("*x : a", "alias"),
        ("id: !!python/object a", "tagged"),
        ("id: a\n---\nid: b", "several_documents"),
        ("? [a]\n: b", "wrong_value"),
        ("%YAML 9.9\n---\nid: a", "not_yaml"),
        ("choose: 99999999999999999999", "number_too_large"),
        ("- " * 60 + "a", "too_deep"),
        ("id: \x00", "not_yaml"),
        ("id: 「a」", "forbidden_sign"),
        ('{"id": "\\u0007"}', "forbidden_sign"),
        ('{"id": "\\ud800"}', "forbidden_sign"),
        ('{"「": ["a"]}', "forbidden_sign"),
    ],
)
def test_text_that_two_readers_would_read_differently_is_refused(text: bytes | str, code: str) -> None:
    assert code in [found for found, _ in faults(text)]


def test_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert faults(bomb) == [("alias", "/a")]


def test_fault_in_yaml_tells_line_and_column() -> None:
    _, found = book_or_faults("id: a\ntitle: !x b\n")
    assert [(fault.line, fault.column) for fault in found] == [(2, 8)]
    _, found = book_or_faults("id: [\n")
    assert found[0].line == 2


def test_refusal_tells_how_many_faults_and_the_first() -> None:
    with pytest.raises(BookFaulty) as refusal:
        read_book(json.dumps(changed("id", to="")))
    assert refusal.value.code == "conversion.book.faulty"
    assert refusal.value.details["count"] == 1
    assert refusal.value.sentence("en") == "The rule document has 1 faults. The first is at /id: This may not be empty."
    assert "/id" in refusal.value.sentence("zh")


def test_problem_is_read_or_refused_with_its_faults() -> None:
    good = {"as_of": "2026-01-01", "programme": {"code": "P", "unit": "u"}}
    assert read_problem(json.dumps(good)).learner.groups is None
    assert read_problem("as_of: 2026-01-01\nprogramme: {code: P, unit: u}\nlearner: {groups: []}").learner.groups == ()
    for text in (json.dumps({**good, "as_of": "yesterday"}), "{"):
        with pytest.raises(ProblemFaulty) as refusal:
            read_problem(text)
        assert refusal.value.code == "conversion.problem.faulty"


@pytest.mark.parametrize("code", SENTENCES)
def test_every_fault_has_two_sentences_that_can_be_filled(code: str) -> None:
    fault = Fault(("rules", 0, "a/b~c"), code, "it", "other")
    assert fault.pointer == "/rules/0/a~1b~0c"
    assert fault.zh.endswith("。")
    assert fault.en.endswith(".")
    assert "{" not in fault.zh + fault.en.replace("{it}", "")


BROKEN_FACTS = [
    ({"programme": {"courses": [{"code": "K", "credits": "-2"}]}}, "not_credits", "/programme/courses/0/credits"),
    ({"programme": {"courses": [{"code": "K", "credits": "2.005"}]}}, "not_credits", "/programme/courses/0/credits"),
    ({"programme": {"courses": [{"code": "K", "credits": "2"}] * 2}}, "duplicate_id", "/programme"),
    ({"programme": {"credits_required": "-1"}}, "not_credits", "/programme/credits_required"),
    (
        {"achievements": [{"id": "a", "acquired": "2025-01-01", "credits": {"value": "-1", "unit": "u"}}]},
        "not_credits",
        "/achievements/0/credits/value",
    ),
    ({"achievements": [{"id": "a", "acquired": "2025-01-01"}] * 2}, "duplicate_id", "/achievements"),
    (
        {"prior": [{"rule": "r", "uses": [], "gives": [{"kind": "course", "target": "K", "credits": "-3"}]}]},
        "not_credits",
        "/prior/0/gives/0/credits",
    ),
]


@pytest.mark.parametrize(("parts", "code", "place"), BROKEN_FACTS)
def test_facts_that_cannot_be_are_refused_with_their_place(parts, code, place):
    document = {"as_of": "2026-01-01", **parts, "programme": {"code": "P", "unit": "u", **parts.get("programme", {})}}
    with pytest.raises(ProblemFaulty) as refusal:
        read_problem(json.dumps(document))
    assert [(each.code, each.pointer) for each in refusal.value.details["faults"]] == [(code, place)]
