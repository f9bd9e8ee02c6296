"""For each kind of finding a seeded faulty book that is found, and its clean twin that is not."""

import pytest

from creditbank.conversion import planning
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import SENTENCES, Severity, finding, refuses
from creditbank.conversion.rules.checks.publishing import check, proposals
from creditbank.conversion.rules.checks.surroundings import CaseRun, Surroundings
from tests.rooms.conversion.checks.documents import SHIPPED, book, case, level, rule, shipped, spec

CAP = {"id": "cap", "measure": "credits", "at_most": "8"}
NEED = {"id": "n", "measure": "credits", "at_least": "8"}
MAP = {"from": "v", "to": "u", "factor": "3/2", "cites": ["C"]}


def award(**need):
    return [{"id": "A", "title": {"zh": "学位"}, "needs": {"need": NEED | need}}]


def one(*conditions):
    return {"one": list(conditions)}


def codes(found):
    assert all(each.severity is not Severity.PROPOSE for each in found)
    return {each.code for each in found}


UNDEFINED = {
    "citation of a rule": (rule(cites=["C2"]), rule(cites=["C"]), {}),
    "level scale": (
        rule(**{"from": one(spec("web"), {"is": "level", "scale": "z", "exactly": "初级"})}),
        rule(**{"from": one(spec("web"), level(exactly="初级"))}),
        {},
    ),
    "level": (
        rule(**{"from": one(spec("web"), level(exactly="特级"))}),
        rule(**{"from": one(spec("web"), level(exactly="高级"))}),
        {},
    ),
    "grade scale": (
        rule(**{"from": one(spec("web"), {"is": "grade", "scale": "five", "at_least": "3"})}),
        rule(**{"from": one(spec("web"), {"is": "grade", "scale": "percent", "at_least": "60"})}),
        {},
    ),
    "grade": (
        rule(**{"from": one(spec("web"), {"is": "grade", "scale": "percent", "at_least": "优"})}),
        rule(**{"from": one(spec("web"), {"is": "grade", "scale": "percent", "at_least": "90"})}),
        {},
    ),
    "framework": (
        rule(**{"from": one({"is": "framework_level", "framework": "G", "at_least": "5"})}),
        rule(**{"from": one({"is": "framework_level", "framework": "F", "at_least": "5"})}),
        {},
    ),
    "required rule": (rule(requires=[{"rule": "R9"}]), rule(requires=[{"course": "K0"}]), {}),
    "recorded scale": (
        rule(record_grade={"scale": "five", "rows": [{"if": [], "value": "3"}]}),
        rule(record_grade={"scale": "percent", "rows": [{"if": [], "value": "60"}]}),
        {},
    ),
}


@pytest.mark.parametrize("what", sorted(UNDEFINED))
def test_a_word_that_the_book_does_not_define_is_found(what):
    faulty, clean, more = UNDEFINED[what]
    assert codes(check(book(faulty, **more))) == {"undefined_word"}
    assert codes(check(book(clean, **more))) == set()


@pytest.mark.parametrize(
    ("faulty", "clean"),
    [
        ({"caps": [CAP | {"of": {"tags": ["t"]}}]}, {"caps": [CAP | {"of": {"rules": ["R1"]}}]}),
        ({"caps": [CAP | {"of": {"rules": ["R7"]}}]}, {"caps": [CAP | {"of": {"rules": ["R1"]}}]}),
        ({"caps": [CAP | {"cites": ["X"]}]}, {"caps": [CAP | {"cites": ["C"]}]}),
        ({"caps": [CAP | {"awards": ["X"]}]}, {"caps": [CAP]}),
        ({"cases": [case(uses_rules=["R7"])]}, {"cases": [case(uses_rules=["R1"])]}),
        ({"cases": [case(not_rules={"R7": "none_held"})]}, {"cases": [case(not_rules={"R1": "none_held"})]}),
        ({"cases": [case(binding=["other"])], "caps": [CAP]}, {"cases": [case(binding=["cap"])], "caps": [CAP]}),
        (
            {"kind": "award", "awards": award(), "cases": [case(missing={"m": "1"})]},
            {"kind": "award", "awards": award(), "cases": [case(missing={"n": "1"})]},
        ),
        (
            {"words": {"unit_maps": [MAP | {"cites": ["X"]}]}},
            {"words": {"unit_maps": [MAP]}},
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(faulty, clean):
    assert codes(check(book(**faulty))) == {"undefined_word"}
    assert codes(check(book(**clean))) == set()


def test_a_category_that_nothing_gives_is_found_in_a_cap():
    gives = {"gives": [{"credits": "innovation"}], "credits": {"mode": "fixed", "amount": "2"}}
    faulty = book(rule(**gives), caps=[CAP | {"of": {"categories": ["inovation"]}}])
    clean = book(rule(**gives), caps=[CAP | {"of": {"categories": ["innovation"]}}])
    assert codes(check(faulty)) == {"undefined_word"}
    assert codes(check(clean)) == set()


def test_a_cap_may_name_an_award_too_many_as_long_as_one_is_there():
    both = book(kind="award", awards=award(), caps=[CAP | {"awards": ["A", "later"]}])
    assert codes(check(both)) == set()


def test_a_family_ranked_on_two_scales_is_found():
    second = [spec("app"), {"is": "family", "in": ["web"]}, {"is": "level", "scale": "y", "exactly": "二"}]
    first = [spec("web"), {"is": "family", "in": ["web"]}, level(exactly="中级")]
    rules = (rule("R1", **{"from": one(*first)}), rule("R2", **{"from": one(*second)}))
    assert codes(check(book(*rules, policies={"families": {"web": "highest"}}))) == {"family_mixed"}
    assert codes(check(book(*rules, policies={"families": {"web": "one"}}))) == set()


NEVER = {
    "two kinds": (
        [{"is": "kind", "in": ["证书"]}, {"is": "kind", "in": ["课程"]}],
        [{"is": "kind", "in": ["证书", "课程"]}, {"is": "kind", "in": ["课程"]}],
    ),
    "levels crossed": (
        [level(at_least="高级"), level(at_most="初级")],
        [level(at_least="初级"), level(at_most="高级")],
    ),
    "two level scales": (
        [level(at_least="初级"), {"is": "level", "scale": "y", "exactly": "二"}],
        [{"any": [level(at_least="初级"), {"is": "level", "scale": "y", "exactly": "二"}]}],
    ),
    "beyond the scale": (
        [
            {"is": "grade", "scale": "percent", "at_least": "100"},
            {"not": {"is": "grade", "scale": "percent", "at_least": "90"}},
        ],
        [
            {"is": "grade", "scale": "percent", "at_least": "90"},
            {"not": {"is": "grade", "scale": "percent", "at_least": "100"}},
        ],
    ),
    "window turned round": (
        [{"is": "acquired", "from": "2026-01-01"}, {"is": "acquired", "to": "2025-01-01"}],
        [{"is": "acquired", "from": "2025-01-01"}, {"is": "acquired", "to": "2025-01-01"}],
    ),
    "before and after": (
        [
            {"is": "order", "event": "enrolment", "when": "before"},
            {"is": "order", "event": "enrolment", "when": "after"},
        ],
        [
            {"is": "order", "event": "enrolment", "when": "before"},
            {"is": "order", "event": "application", "when": "after"},
        ],
    ),
    "asked and excluded": (
        [spec("web"), {"not": spec("web", "app")}],
        [spec("web"), {"not": spec("app")}],
    ),
    "every branch": (
        [spec("web"), {"any": [spec("a"), spec("b")]}],
        [spec("web"), {"any": [spec("a"), spec("web")]}],
    ),
    "passed and not": ([{"is": "passed"}, {"not": {"is": "passed"}}], [{"is": "passed"}, {"not": spec("app")}]),
    "reference": (
        [{"is": "issuer", "in": ["@a"]}, {"not": {"is": "issuer", "in": ["@a"]}}],
        [{"is": "issuer", "in": ["@a"]}, {"is": "issuer", "in": ["S"]}],
    ),
}


@pytest.mark.parametrize("what", sorted(NEVER))
def test_conditions_that_contradict_one_another_are_found(what):
    faulty, clean = NEVER[what]
    assert codes(check(book(rule(**{"from": one(*faulty)})))) == {"never"}
    assert codes(check(book(rule(**{"from": one(*clean)})))) == set()


def test_an_audience_outside_the_scope_is_found_but_two_groups_are_no_contradiction():
    registered = [{"is": "learner_status", "in": ["registered"]}]
    faulty = book(rule(when=[{"is": "learner_status", "in": ["visitor"]}]), scope=registered)
    clean = book(rule(when=[{"is": "learner_group", "in": ["g"]}]), scope=[{"is": "learner_group", "in": ["h"]}])
    assert [(each.code, each.path) for each in check(faulty)] == [("never", "/rules/0/when")]
    assert codes(check(clean)) == set()


@pytest.mark.parametrize(
    ("rows", "dead"),
    [
        ([("初级", "1"), ("中级", "2")], set()),
        ([("初级", "1"), ("高级", "2")], {"dead_row"}),
    ],
)
def test_a_row_that_the_source_never_meets_is_found(rows, dead):
    table = [{"if": [level(exactly=name)], "amount": amount} for name, amount in rows]
    source = one(spec("web"), level(at_most="中级"))
    made = rule(**{"from": source}, gives=[{"credits": "g"}], credits={"mode": "table", "rows": table})
    assert codes(check(book(made))) == dead


def test_a_row_after_one_that_takes_everything_is_found():
    rows = [{"if": [], "amount": "1"}, {"if": [level(exactly="高级")], "amount": "2"}]
    made = rule(gives=[{"credits": "g"}], credits={"mode": "table", "rows": rows})
    turned = rule(gives=[{"credits": "g"}], credits={"mode": "table", "rows": rows[::-1]})
    assert codes(check(book(made))) == {"dead_row"}
    assert codes(check(book(turned))) == set()


SHADOWED = {
    "stricter level": (rule("R2", **{"from": one(spec("web"), level(at_least="中级"))}), {"shadowed"}),
    "the same again": (rule("R2"), {"shadowed"}),
    "one more slot": (rule("R2", **{"from": {"all": [one(spec("app")), one(spec("web"))]}}), {"shadowed"}),
    "narrower audience": (rule("R2", when=[{"is": "study_mode", "in": ["full"]}]), {"shadowed"}),
    "asks another grant too": (rule("R2", requires=[{"course": "K0"}]), {"shadowed"}),
    "other achievement": (rule("R2", **{"from": one(spec("app"))}), set()),
    "other course": (rule("R2", gives=[{"course": "K2"}]), set()),
    "records a grade": (
        rule("R2", record_grade={"scale": "percent", "rows": [{"if": [], "value": "60"}]}),
        set(),
    ),
}


@pytest.mark.parametrize("what", sorted(SHADOWED))
def test_a_rule_that_another_makes_needless_is_found(what):
    second, expected = SHADOWED[what]
    assert codes(check(book(rule("R1"), second))) == expected


def test_a_generic_grant_once_does_not_shadow_a_second_one():
    generic = {"gives": [{"credits": "g"}], "credits": {"mode": "fixed", "amount": "2"}}
    once = book(rule("R1", **generic), rule("R2", **generic))
    often = book(rule("R1", **generic, times="any"), rule("R2", **generic))
    assert codes(check(once)) == set()
    assert codes(check(often)) == {"shadowed"}


def test_a_wider_choice_shadows_a_narrower_one_unless_a_cap_tells_them_apart():
    def choosing(name, tag, *codes_):
        where = [{"is": "course_nature", "in": list(codes_)}]
        return rule(name, tags=[tag], gives=[{"choose": 1, "where": where}], times="any")

    rules = (choosing("R1", "t", "required", "elective"), choosing("R2", "s", "required"))
    assert codes(check(book(*rules))) == {"shadowed"}
    assert codes(check(book(*rules, caps=[CAP | {"of": {"tags": ["t"]}}]))) == set()
    assert codes(check(book(*rules, caps=[CAP | {"per": "rule"}]))) == set()


def test_two_rules_that_say_other_credits_of_the_same_are_found():
    fixed = [rule(name, credits={"mode": "fixed", "amount": amount}) for name, amount in (("R1", "2"), ("R2", "3"))]
    assert codes(check(book(*fixed))) == {"contradiction"}
    apart = [fixed[0], fixed[1] | {"from": one(spec("web"), level(exactly="高级"))}]
    assert codes(check(book(*apart))) == set()


def test_rules_that_require_one_another_are_found_by_rule_and_by_course():
    def needing(name, course, requires):
        return rule(name, gives=[{"course": course}], **{"from": one(spec(name))}, requires=requires)

    by_rule = book(needing("R1", "K1", [{"rule": "R2"}]), needing("R2", "K2", [{"rule": "R1"}]))
    by_course = book(needing("R1", "K1", [{"course": "K2"}]), needing("R2", "K2", [{"rule": "R1"}]))
    itself = book(needing("R1", "K1", [{"course": "K1"}]))
    chain = book(needing("R1", "K1", [{"rule": "R2"}]), needing("R2", "K2", [{"course": "K3"}]))
    for ring in (by_rule, by_course, itself):
        assert codes(check(ring)) == {"requires_cycle"}
    assert "R1 → R2 → R1" in check(by_rule)[0].en
    assert codes(check(chain)) == set()


UNITS = {
    "source credits of another unit": (
        rule(**{"from": one({"is": "credits", "at_least": "3", "unit": "v"})}, credits={"mode": "source"}),
    ),
    "two units in one leaf": (
        rule(
            **{
                "from": one(
                    {"is": "credits", "at_least": "3", "unit": "v"}, {"is": "credits", "at_least": "2", "unit": "u"}
                )
            }
        ),
    ),
    "a pool of another unit": (
        rule(
            **{"from": {"pool": [spec("web")], "measure": "credits", "unit": "v", "at_least": "3"}},
            credits={"mode": "least"},
        ),
    ),
}


@pytest.mark.parametrize("what", sorted(UNITS))
def test_units_without_an_exact_map_are_found(what):
    (made,) = UNITS[what]
    assert codes(check(book(made))) == {"units"}
    assert codes(check(book(made, words={"unit_maps": [MAP]}))) == set()


def test_a_case_in_another_unit_is_found():
    faulty = case()
    faulty["given"]["programme"]["unit"] = "v"
    assert codes(check(book(cases=[faulty]))) == {"units"}
    assert codes(check(book(cases=[case()]))) == set()


def test_too_many_combinations_are_found_and_named_achievements_are_few():
    wide = [one({"is": "kind", "in": [f"k{number}"]}) for number in range(3)]
    named = [one(spec(f"s{number}")) for number in range(9)]
    assert codes(check(book(rule(**{"from": {"all": wide}})))) == {"too_many_matches"}
    assert codes(check(book(rule(**{"from": {"all": wide[:2]}})))) == set()
    assert codes(check(book(rule(**{"from": {"all": named}})))) == set()


CHOICES = [
    ({"at_least": 8, "at_most": 16}, {}, True),
    (3, {}, True),
    ({"at_least": 0, "at_most": 16}, {}, False),
    ({"at_least": 1, "at_most": 3}, {"credits": {"mode": "fixed", "amount": "3"}}, True),
    ({"at_least": 1, "at_most": 3}, {}, False),
]


@pytest.mark.parametrize(("choose", "parts", "wide"), CHOICES)
def test_a_choice_of_too_many_sets_of_courses_is_found_however_few_match(choose, parts, wide):
    gives = [{"choose": choose, "where": [{"is": "course_nature", "in": ["required"]}]}]
    made = book(rule(gives=gives, **parts))
    assert ("too_many_choices" in codes(check(made))) is wide


def test_courses_that_a_choice_names_are_few():
    where = [{"is": "course", "in": ["K1", "K2", "K3", "K4"]}]
    made = book(rule(gives=[{"choose": 3, "where": where}]))
    assert "too_many_choices" not in codes(check(made))


def runs_of(made):
    """Return what the cases come to, by the plans that are made for them."""
    found = []
    for each in made.cases:
        document, _solved = planning.explain([made], each.given)
        found.append(
            CaseRun(
                each.id,
                frozenset(grant["rule"] for grant in document["plan"]["grants"]),
                frozenset(entry["rule"] for entry in document["unused"] if entry["why"] == "condition"),
                frozenset(cap["cap"] for cap in document["caps"] if cap["cost"] != "0"),
                frozenset(cap["cap"] for cap in document["caps"] if cap["slack"] == "0"),
            )
        )
    return tuple(found)


def test_a_rule_or_cap_that_no_case_tries_out_is_found():
    made = book(rule("R1"), caps=[CAP], cases=[case()])
    whole = [CaseRun("a", used=frozenset({"R1"}), full=frozenset({"cap"})), CaseRun("b", refused=frozenset({"R1"}))]
    assert codes(check(made, Surroundings(runs=whole))) == set()
    found = check(made, Surroundings(runs=()))
    assert [(each.code, each.subject) for each in found] == [
        ("rule_unused", "R1"),
        ("missing_case", "R1"),
        ("missing_case", "cap"),
    ]
    assert [each.code for each in found if each.severity is Severity.REFUSE] == ["rule_unused"]


def test_a_book_without_a_case_is_not_published():
    found = check(book(rule("R1")), Surroundings(runs=()))
    assert "no_cases" in {each.code for each in found if each.severity is Severity.REFUSE}


def test_rules_taken_over_unchanged_were_tried_where_they_were_written():
    changed = {"op": "replace", "rule": "R2", "with": rule("R2"), "reason": {"zh": "本校要求"}}
    adopts = {"book": "g", "edition": "1", "digest": "sha256:" + "0" * 64, "deviations": [changed]}
    made = book(rule("R1"), rule("R2"), cases=[case()], adopts=adopts)
    found = check(made, Surroundings(runs=[CaseRun("one", refused=frozenset({"R1", "R2"}))]))
    told = {(each.code, each.subject) for each in found if each.code != "shadowed"}
    assert told == {("rule_unused", "R2"), ("missing_case", "R1")}


def test_a_case_refuses_a_rule_by_an_achievement_or_by_the_learner_but_not_by_another_name():
    high = rule(**{"from": one(spec("web"), level(exactly="高级"))})
    given = case()
    given["given"]["achievements"] = [
        {"id": "a", "acquired": "2025-06-01", "spec": "web", "level": "初级", "level_scale": "x"}
    ]
    used = Surroundings(runs=[CaseRun("a", used=frozenset({"R1"}))])
    assert codes(check(book(high, cases=[given]), used)) == set()
    given["given"]["achievements"][0]["spec"] = "app"
    assert codes(check(book(high, cases=[given]), used)) == {"missing_case"}
    given["given"]["learner"] = {"mode": "part"}
    full_time = high | {"when": [{"is": "study_mode", "in": ["full"]}]}
    assert codes(check(book(full_time, cases=[given]), used)) == set()


def test_the_cases_of_an_award_attain_it_once_and_fall_short_once():
    def cased(*expected):
        cases = [case(f"c{at}", attained=each) for at, each in enumerate(expected)]
        return codes(check(book(kind="award", awards=award(), cases=cases), Surroundings(runs=())))

    assert cased(*(True, False)) == set()
    for expected in ((True,), (False,)):
        assert cased(*expected) == {"missing_case"}
    assert cased() == {"no_cases", "missing_case"}


def test_proposals_name_what_is_not_tried_by_itself():
    made = book(rule(**{"from": one(spec("web"), level(exactly="高级"))}), caps=[CAP], cases=[case()])
    found = proposals(made, Surroundings(runs=[CaseRun("one", full=frozenset({"cap"}))]))
    assert [(each.code, each.path) for each in found] == [
        ("missing_threshold", "/rules/0/from/one"),
        ("untried", "/caps/0"),
    ]
    assert all(each.severity is Severity.PROPOSE for each in found)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_books_have_no_finding_and_their_cases_try_everything_out(name):
    made = shipped(name)
    assert check(made, Surroundings(runs=runs_of(made))) == ()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_finding_has_both_sentences_and_the_same_details(code):
    names = ("subject", "what_zh", "what_en", "word", "other", "one", "most", "limit", "factor", "held", "count", "row")
    more = ("reason_zh", "reason_en", "better", "worse", "courses")
    details = {name: f"<{name}>" for name in (*names[1:], *more)}
    made = finding(code, "/rules/0", "<subject>", **details)
    assert made.zh.endswith("。")
    assert made.en.endswith(".")
    assert "{" not in made.zh + made.en


def test_findings_that_refuse_stop_the_publishing_and_others_do_not():
    assert refuses(check(book(rule(cites=["X"]))))
    assert not refuses(check(book(rule("R1"), rule("R2"))))
    assert isinstance(book(), Book)
