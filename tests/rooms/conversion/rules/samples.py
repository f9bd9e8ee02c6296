"""The rule documents and small problems that the tests of the language share, and generated conditions."""

import copy
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.reading import read_book
from creditbank.conversion.rules.words import Words
from tests.house.reading import TESTS

FOLDER = TESTS / "data" / "rules"
DOCUMENTS = sorted(FOLDER.glob("[01]*.json"))


@cache
def book(path: Path) -> Book:
    return read_book(path.read_bytes())


def document(path: Path) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return tree


def minimal(**changes: Any) -> dict[str, Any]:
    """The smallest book with one rule, as a tree; `changes` replace its fields."""
    return {
        "format": "creditbank-rules/1",
        "id": "xx/small",
        "edition": "2026",
        "kind": "institutional",
        "owner": {"name": {"zh": "某校", "en": "A school"}},
        "title": {"zh": "小规则", "en": "Small rules"},
        "effective": {"from": "2026-01-01", "to": None},
        "unit": "cn-course-credit",
        "rules": [
            {
                "id": "A",
                "from": {"one": [{"is": "spec", "in": ["NCRE"]}]},
                "gives": [{"course": "K1"}],
                "credits": {"mode": "target"},
            }
        ],
        **changes,
    }


WORDS = Words.model_validate(
    {
        "scales": {
            "percent": {"kind": "numeric", "pass": "60", "max": "100"},
            "five": {"kind": "ordered", "order": ["不及格", "及格", "中等", "良好", "优秀"], "pass": "及格"},
        },
        "levels": {"x": ["初级", "中级", "高级"]},
        "categories": {"major_required": "major", "major_elective": "major", "major": "all"},
        "frameworks": ["cn-edu"],
        "grade_maps": [
            {
                "from": "five",
                "to": "percent",
                "take": "bottom",
                "rows": [
                    {"value": "不及格", "gives": ["0", "59"]},
                    {"value": "及格", "gives": ["60", "69"]},
                    {"value": "中等", "gives": ["70", "79"]},
                    {"value": "良好", "gives": ["80", "89"]},
                    {"value": "优秀", "gives": ["90", "100"]},
                ],
            }
        ],
        "unit_maps": [{"from": "cn-course-credit", "to": "contact-hour", "factor": "16", "cites": ["HB"]}],
    }
)


def situation(**changes: Any) -> Situation:
    """A learner of whom everything is known on 1 March 2026; `changes` replace fields of the problem."""
    problem = {
        "as_of": "2026-03-01",
        "events": {"registration": "2026-01-01", "first_degree": "2020-07-01"},
        "learner": {
            "status": "registered",
            "mode": "full-time",
            "major": "物流",
            "groups": ["退役士兵"],
            "enrolled": "2025-09-01",
        },
        "programme": {"code": "P1", "unit": "cn-course-credit"},
        "refs": {"awarding": "inst1"},
        **changes,
    }
    return Situation.of(Problem.model_validate(problem), WORDS)


def achievement(**fields: Any) -> Achievement:
    return Achievement.model_validate({"id": "a", "acquired": "2025-06-01", **fields})


def clauses(*documents: dict[str, Any]) -> c.Conditions:
    """The clauses that documents state."""
    return c.AnyOf.model_validate({"any": [list(documents)]}).any[0]


def everything() -> dict[str, Any]:
    """A book, as a tree, in which every field of the language occurs; made anew each time."""
    whole = minimal(
        words=WORDS.model_dump(mode="json", by_alias=True, exclude_unset=True),
        parties=None,
        policies={
            "reuse": "once",
            "families": {"*": "highest"},
            "divisible": True,
            "prefer": ["credits", "book_order"],
        },
        caps=[
            {
                "id": "c",
                "measure": "credits",
                "of": {"sources": [], "tags": ["x"], "targets": []},
                "per": "plan",
                "at_most": {"share": "0.4", "of": "programme"},
            },
            {"id": "d", "measure": "credits", "at_most": {"field": "achievement.credits"}, "per": "achievement"},
        ],
        adopts={
            "book": "b",
            "edition": "1",
            "digest": "sha256:" + "0" * 64,
            "deviations": [{"op": "remove", "rule": "A", "reason": {"zh": "无"}}],
        },
        cases=[
            {
                "id": "k",
                "given": {
                    "as_of": "2026-01-01",
                    "programme": {"code": "P", "unit": "u"},
                    "achievements": [
                        {
                            "id": "a",
                            "acquired": "2025-01-01",
                            "passed": True,
                            "credits": {"value": "1", "unit": "u"},
                            "overlap": {"K": "80"},
                            "framework_level": {"f": "4.5"},
                        }
                    ],
                    "prior": [{"rule": "A", "uses": ["x"], "gives": [{"kind": "course", "target": "K"}]}],
                    "wishes": {"keep": {"rules": ["A"]}},
                },
                "expect": {"credits": "0", "not_rules": {"A": "missing"}, "attained": None, "missing": {}},
            }
        ],
    )
    whole["rules"][0].update(
        {
            "when": [
                {
                    "not": {
                        "any": [{"is": "programme", "in": ["P"]}, [{"is": "waited", "event": "e", "at_least_days": 3}]]
                    }
                }
            ],
            "from": {
                "all": [
                    {
                        "some": 1,
                        "of": [
                            {
                                "pool": [{"is": "age", "at": "e", "at_most_months": 3}],
                                "measure": "count",
                                "at_least": "2",
                            }
                        ],
                    },
                    {"any": [{"one": [{"is": "level", "scale": "x", "exactly": "y"}]}]},
                ]
            },
            "gives": [
                {"choose": {"at_least": 0, "at_most": 1}, "where": []},
                {"choose": 1, "of": [{"course": "K"}, [{"course": "L"}, {"credits": "c", "amount": "1"}]]},
                {"part": "p", "of": "q"},
                {"level": "l"},
            ],
            "credits": {"mode": "table", "rows": [{"if": [], "amount": "1"}], "adjust": [{"if": [], "add": "-0.5"}]},
            "surplus": {"to": "c", "at_most": None},
            "record_grade": {"rows": [{"if": [], "value": "A"}]},
            "requires": [{"rule": "A"}],
        }
    )
    return whole


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """The smallest book with something else at a place."""
    tree = copy.deepcopy(minimal())
    at: Any = tree
    for step in path[:-1]:
        at = at[step]
    if to is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return tree


TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="「」￾￿"), min_size=1, max_size=8
)
DAYS = st.dates(min_value=date(1, 1, 1)).map(date.isoformat)
AMOUNTS = (
    st.decimals(min_value=Decimal(-999), max_value=Decimal(9999), places=2)
    .map(lambda value: f"{value:f}")
    .filter(lambda text: text != "-0.00")
)
WHOLES = st.integers(min_value=0, max_value=9999)

_FIELDS: dict[str, Any] = {
    "in": st.lists(TEXTS, min_size=1, max_size=3),
    "unit": TEXTS,
    "framework": TEXTS,
    "event": TEXTS,
    "at": TEXTS,
    "scale": TEXTS,
    "when": st.sampled_from(["before", "after"]),
    "at_most_months": WHOLES,
    "at_least_days": WHOLES,
}


def _ways(tag: str) -> list[dict[str, Any]]:
    """The ways in which the fields of a tag may be filled, as strategies by field."""
    if tag == "level":
        bounds = [("exactly",), ("at_least",), ("at_most",), ("at_least", "at_most")]
        return [{"scale": TEXTS, **dict.fromkeys(names, TEXTS)} for names in bounds]
    if tag in {"acquired", "enrolled"}:
        return [dict.fromkeys(names, DAYS) for names in (("from",), ("to",), ("from", "to"))]
    if tag == "grade":
        return [{"scale": TEXTS, "at_least": TEXTS}]
    fields = [field.alias or name for name, field in c.TAGS[tag].model_fields.items() if name != "tag"]
    return [{name: _FIELDS.get(name, AMOUNTS) for name in fields}]


def condition_documents(tag: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of conditions of one tag, in every way it can be filled."""
    return st.one_of([st.fixed_dictionaries({"is": st.just(tag), **way}) for way in _ways(tag)])


def clause_documents(tags: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of clauses over some tags, with any-ofs and negations."""
    leaf = st.sampled_from(tags).flatmap(condition_documents)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map(lambda clause: {"not": clause}),
            st.lists(st.lists(inner, max_size=3), min_size=1, max_size=3).map(lambda branches: {"any": branches}),
        ),
        max_leaves=6,
    )


TAGS_OF = {
    subject: tuple(tag for tag, each in c.TAGS.items() if each.subject == subject)
    for subject in ("achievement", "learner", "course")
}
