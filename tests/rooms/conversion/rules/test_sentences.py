"""Conditions and rules print as sentences in both languages, and the sentences parse back to them."""

import itertools
from typing import Any, Literal, get_args

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.errors import SentenceUnread
from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.laws import parts_of
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.rules.sentences import parse_conditions, print_conditions
from creditbank.conversion.rules.sentences_engine import DEPTH_MAX, LENGTH_MAX, Language, fields_of, skeleton
from creditbank.conversion.rules.sentences_forms import FORMS, TAG_NAMES
from creditbank.conversion.rules.sentences_rules import parse_rule, print_rule, rule_sentence
from tests.rooms.conversion.rules.samples import (
    AMOUNTS,
    DOCUMENTS,
    TAGS_OF,
    TEXTS,
    book,
    clause_documents,
    clauses,
    condition_documents,
)

LANGUAGES: tuple[Language, ...] = get_args(Literal["zh", "en"])

E40 = {
    "id": "E40",
    "cites": ["HNMEI"],
    "tags": ["x"],
    "when": [{"is": "learner_status", "in": ["registered"]}],
    "from": {"one": [{"is": "kind", "in": ["X证书"]}, {"is": "level", "scale": "x", "exactly": "中级"}]},
    "gives": [
        {
            "choose": {"at_least": 1, "at_most": 5},
            "where": [{"is": "course_nature", "in": ["required"]}, {"is": "course_kind", "in": ["核心"]}],
        }
    ],
    "credits": {"mode": "target"},
    "times": "any",
}


def test_rule_reads_as_its_regulation_would_say_it() -> None:
    rule = Rule.model_validate(E40)
    assert rule_sentence(rule, "zh") == (
        "凡学习者状态为「registered」，成果类型为「X证书」，且等级（「x」）为「中级」，"
        "可在课程性质为「required」且课程类别为「核心」的课程中免修 1 至 5 门（按课程学分）。依据：HNMEI。"
    )
    assert rule_sentence(rule, "en") == (
        "Where the learner's status is 「registered」: the kind of achievement is 「X证书」, and the level (「x」) is "
        "「中级」 gives 1 to 5 courses where the nature of the course is 「required」 and the kind of course is "
        "「核心」 (each course's own credits). By: HNMEI."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_templates_share_a_skeleton(language: Language) -> None:
    skeletons = [skeleton(form.zh if language == "zh" else form.en) for form in FORMS]
    assert len(set(skeletons)) == len(skeletons)


def test_every_tag_has_templates_of_the_same_fields_in_both_languages() -> None:
    assert {form.tag for form in FORMS} == set(c.TAGS)
    for form in FORMS:
        assert sorted(fields_of(form.zh)) == sorted(fields_of(form.en)), form.tag
        known = {field.alias or name for name, field in c.TAGS[form.tag].model_fields.items()}
        assert {*fields_of(form.zh), *form.fixed} <= known


@pytest.mark.parametrize("column", [0, 1])
def test_no_two_tags_have_one_name(column: int) -> None:
    names = [pair[column] for pair in TAG_NAMES.values()]
    assert len(set(names)) == len(names)
    assert set(c.TAGS) <= set(TAG_NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tag", c.TAGS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_condition_of_every_tag_parses_back(tag: str, language: Language, data: st.DataObject) -> None:
    written = data.draw(condition_documents(tag))
    conditions = clauses(written)
    read = parse_conditions(print_conditions(conditions, language), language)
    assert read == conditions
    assert document_of(read[0]) == document_of(conditions[0])


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(documents=st.lists(clause_documents(tuple(c.TAGS)), max_size=4))
def test_combined_conditions_parse_back(documents: list[dict[str, Any]], language: Language) -> None:
    conditions = clauses(*documents)
    assert parse_conditions(print_conditions(conditions, language), language) == conditions


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_condition_of_the_documents_parses_back(path: Any) -> None:
    found = [clauses(document_of(part)) for _, part in parts_of(book(path)) if isinstance(part, c.Condition)]
    assert found
    for conditions, language in itertools.product(found, LANGUAGES):
        assert parse_conditions(print_conditions(conditions, language), language) == conditions


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_rule_of_the_documents_parses_back(path: Any) -> None:
    read: Book = book(path)
    for rule, language in itertools.product(read.rules, LANGUAGES):
        assert parse_rule(print_rule(rule, language), language) == rule


def sources() -> st.SearchStrategy[dict[str, Any]]:
    conditions = st.lists(clause_documents(TAGS_OF["achievement"]), max_size=2)
    pool = st.fixed_dictionaries(
        {"pool": conditions, "measure": st.sampled_from(["credits", "hours", "count"]), "at_least": AMOUNTS},
        optional={"unit": TEXTS},
    )
    return st.recursive(
        st.one_of(conditions.map(lambda each: {"one": each}), pool),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda each: {"all": each}),
            st.lists(inner, min_size=1, max_size=3).map(lambda each: {"any": each}),
            st.lists(inner, min_size=1, max_size=3).map(lambda each: {"some": len(each), "of": each}),
        ),
        max_leaves=4,
    )


def lines() -> st.SearchStrategy[dict[str, Any]]:
    number = st.one_of(
        st.integers(1, 9),
        st.integers(0, 3).map(lambda least: {"at_least": least, "at_most": least + 1}),
    )
    plain = st.one_of(
        TEXTS.map(lambda code: {"course": code}),
        st.fixed_dictionaries({"credits": TEXTS}, optional={"amount": AMOUNTS}),
        st.fixed_dictionaries({"part": TEXTS, "of": TEXTS}),
        TEXTS.map(lambda level: {"level": level}),
        TEXTS.map(lambda award: {"award": award}),
        st.fixed_dictionaries({"choose": number, "where": st.lists(clause_documents(TAGS_OF["course"]), max_size=2)}),
    )
    option = st.one_of(plain, st.lists(plain, min_size=1, max_size=3))
    choice = st.fixed_dictionaries({"choose": number, "of": st.lists(option, min_size=1, max_size=3)})
    return st.one_of(plain, choice)


def modes() -> st.SearchStrategy[dict[str, Any]]:
    conditions = st.lists(clause_documents(TAGS_OF["achievement"]), max_size=2)
    rows = st.lists(st.fixed_dictionaries({"if": conditions, "amount": AMOUNTS}), min_size=1, max_size=2)
    adjust = st.lists(st.fixed_dictionaries({"if": conditions, "add": AMOUNTS}), min_size=1, max_size=2)
    whole: list[dict[str, Any]] = [{"mode": st.just(mode)} for mode in ("target", "source", "least", "none")]
    ways = [*whole, {"mode": st.just("fixed"), "amount": AMOUNTS}, {"mode": st.just("table"), "rows": rows}]
    return st.one_of([st.fixed_dictionaries(way, optional={"adjust": adjust}) for way in ways])


def rules() -> st.SearchStrategy[dict[str, Any]]:
    rows = st.lists(
        st.fixed_dictionaries({"if": st.lists(clause_documents(TAGS_OF["achievement"]), max_size=1), "value": TEXTS}),
        min_size=1,
        max_size=2,
    )
    record = st.one_of(
        st.fixed_dictionaries({"rows": rows}, optional={"scale": TEXTS}),
        st.fixed_dictionaries({"map": TEXTS}, optional={"scale": TEXTS}),
    )
    needed = st.one_of(TEXTS.map(lambda rule: {"rule": rule}), TEXTS.map(lambda course: {"course": course}))
    return st.fixed_dictionaries(
        {
            "id": TEXTS,
            "from": sources(),
            "gives": st.lists(lines(), min_size=1, max_size=2),
            "credits": modes(),
        },
        optional={
            "title": st.fixed_dictionaries({"zh": TEXTS}, optional={"en": TEXTS}),
            "cites": st.lists(st.one_of(TEXTS, st.just("HNMEI")), max_size=2),
            "tags": st.lists(TEXTS, max_size=2),
            "when": st.lists(clause_documents(TAGS_OF["learner"]), max_size=2),
            "surplus": st.fixed_dictionaries({"to": TEXTS}, optional={"at_most": AMOUNTS}),
            "record_grade": record,
            "requires": st.lists(needed, max_size=2),
            "times": st.sampled_from(["once", "any"]),
            "may_deviate": st.sampled_from(["no", "narrower", "free"]),
        },
    )


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(document=rules())
def test_whole_rule_parses_back(document: dict[str, Any], language: Language) -> None:
    rule = Rule.model_validate(document)
    assert parse_rule(print_rule(rule, language), language) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "成果为NCRE",
        "成果为「NCRE」，且",
        "成果为「NCRE」。",
        "等级（「x」、「y」）为「中级」",
        "（成果为「NCRE」",
        "并非：",
        "取得日期自「2025-02-30」起",
        "the achievement is 「NCRE」",
        "并非：" * (DEPTH_MAX + 1) + "成绩合格",
        "成果为「" + "长" * LENGTH_MAX + "」",
    ],
)
def test_sentence_that_was_never_printed_is_refused(text: str) -> None:
    with pytest.raises(SentenceUnread) as refusal:
        parse_conditions(text, "zh")
    assert refusal.value.code == "conversion.sentence.unread"


def test_rule_with_an_unknown_further_sentence_is_refused() -> None:
    with pytest.raises(SentenceUnread):
        parse_rule(print_rule(Rule.model_validate(E40), "zh") + "另有规定。", "zh")


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ("免修 1 至 5 门", "免修 0 门"),
        ("免修 1 至 5 门", "免修 1 至 0 门"),
        ("免修 1 至 5 门", "免修 若干 门"),
        ("在课程性质", "从课程性质"),
        ("（按课程学分）", "（按惯例）"),
        ("凡", "凡不限，"),
    ],
)
def test_rule_that_could_not_have_been_printed_is_refused(printed: str, instead: str) -> None:
    text = print_rule(Rule.model_validate(E40), "zh")
    assert printed in text
    with pytest.raises(SentenceUnread):
        parse_rule(text.replace(printed, instead), "zh")
