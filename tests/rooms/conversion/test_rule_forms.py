"""The forms of rules, caps and cases, through the very HTML that a browser gets: nothing is lost on the way."""

import copy
import json
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from hypothesis import given, strategies as st

from creditbank.conversion.rules.limits import Limit
from creditbank.conversion.rules.problem import Achievement
from creditbank.kernel.text import Text
from creditbank.portal.staff import (
    rulebooks_caps as caps,
    rulebooks_cases as cases,
    rulebooks_form as rules,
    rulebooks_held as held,
)
from creditbank.portal.staff.rulebooks_offer import Offer

FOLDERS = (Path("tests/data/rules"), Path("creditbank/cli/demo_data/rules"))
FORMS = {"rules": (rules, "rule"), "caps": (caps, "cap"), "cases": (cases, "case")}
#: What no form says: sums over a pool, either-or, exceptions and tables of rules; cases of nearly forty achievements.
AS_TEXT = {"rules": 32, "caps": 0, "cases": 4}


class _Fields(HTMLParser):
    """Collects what a browser posts of a page: the values of its fields, of a drop-down list the chosen one."""

    def __init__(self):
        super().__init__()
        self.values = {}
        self._select = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and said.get("name"):
            assert said["name"] not in self.values, said["name"]
            self.values[said["name"]] = said.get("value") or ""
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option" and self._select and ("selected" in said or self._select not in self.values):
            self.values[self._select] = said["value"]

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None


def browsed(kind, form):
    """Return what comes back of a form from a browser that changes nothing."""
    fields = _Fields()
    context = {"form": form, "offer": Offer(reasons=(("grade_low", Text("成绩不够")),)), "lang": "zh"}
    context |= {"guidance": True, "rules": [], "ids": [], "awarding": False}
    fields.feed(render_to_string(f"staff/rulebook_{FORMS[kind][1]}_form.html", context))
    return fields.values


@cache
def parts(kind):
    books = [json.loads(path.read_text("utf-8")) for folder in FOLDERS for path in sorted(folder.glob("*.json"))]
    return tuple(part for book in books for part in book.get(kind, ()))


@pytest.mark.parametrize("kind", FORMS)
def test_every_part_of_the_examples_comes_back_from_the_browser_as_it_was(kind):
    module, _ = FORMS[kind]
    as_text = 0
    for part in parts(kind):
        form = module.form_of(part)
        if form is None:
            as_text += 1
            continue
        assert browsed(kind, form) == module.posted(form)
        assert _plain(module.tree_of(module.read(browsed(kind, form)), part)) == _plain(part)
    assert as_text == AS_TEXT[kind]


def _plain(part):
    """A choice from two to two is a choice of two."""
    made = copy.deepcopy(part)
    for line in made.get("gives", ()):
        choose = line.get("choose")
        if isinstance(choose, dict) and choose["at_least"] == choose["at_most"]:
            line["choose"] = choose["at_least"]
    return made


WORDS = st.text("甲乙ab ,、\n\"<&'；0", max_size=6)


@st.composite
def changed(draw, kind):
    """Return a part of an example in which some texts became others and some fields went."""
    made = copy.deepcopy(draw(st.sampled_from(parts(kind))))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(made))
        tree, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            tree[key] = draw(WORDS)
        elif isinstance(tree, dict):
            del tree[key]
    return made


def _places(tree):
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)


@pytest.mark.parametrize("kind", FORMS)
@given(st.data())
def test_whatever_a_draft_holds_comes_back_from_the_browser_or_is_left_to_the_text(kind, data):
    module, _ = FORMS[kind]
    part = data.draw(changed(kind))
    form = module.form_of(part)
    if form is not None:
        assert _plain(module.tree_of(module.read(browsed(kind, form)), part)) == _plain(part)


@pytest.mark.parametrize("nothing", ["", {}, None], ids=["text", "object", "null"])
def test_a_rule_whose_targets_are_no_list_is_left_to_the_text(nothing):
    rule = next(part for part in parts("rules") if rules.form_of(part))
    assert rules.form_of(rule | {"gives": []}) is not None
    assert rules.form_of(rule | {"gives": nothing}) is None


def test_every_kind_of_cap_of_the_language_has_its_choice_in_the_form():
    fields = Limit.model_fields
    assert set(caps.MEASURES) == set(fields["measure"].annotation.__args__)
    assert set(caps.PERS) == set(fields["per"].annotation.__args__)
    assert set(caps.CHOICES["attribution"]) == set(fields["attribution"].annotation.__args__)
    assert {each.alias or name for name, each in fields.items()} == caps.FORMED
    for measure in caps.MEASURES:
        for per in caps.PERS:
            for bound in ("4", {"share": "25", "of": "chosen"}, {"field": "achievement.credits"}):
                assert caps.form_of({"id": "C", "measure": measure, "per": per, "at_most": bound})


def test_every_attribute_of_an_achievement_has_its_row():
    told = {each.alias or name for name, each in Achievement.model_fields.items()}
    assert told - {"id", "acquired", "level_scale"} == set(held.ATTRIBUTES) - {"not_passed"}


def test_what_the_form_does_not_show_of_a_case_is_named():
    case = parts("cases")[0]
    given_ = case["given"] | {"prior": [], "wishes": {}}
    assert cases.beside(case | {"given": given_}) == ("prior", "wishes")
    assert cases.tree_of(cases.form_of(case | {"given": given_}), case | {"given": given_})["given"]["prior"] == []


def test_rows_are_added_and_taken_away_by_their_buttons():
    form = cases.blank("c", "2026-01-01")
    post = cases.posted(form)
    assert len(cases.read(post | {"add": "held"}).achievements) == 2
    assert cases.read(post | {"add": "held"}).achievements[1].values == {"id": "a2", "acquired": "2026-01-01"}
    assert len(cases.read(post | {"add": "a-0"}).achievements[0].rows) == 2
    assert cases.read(post | {"add": "a-7"}) == cases.read(post) == form
    assert cases.read(post | {"drop": "held-0"}).achievements == ()
    assert cases.read(post | {"drop": "k-0"}).courses == ()
    assert cases.read(post | {"add": "x"}).outcomes[0]["tag"] == "uses_rules"
    cap = caps.posted(caps.blank("c"))
    assert [len(caps.read(cap | {"add": each}).sources) for each in ("s", "c")] == [1, 0]


def test_a_list_known_to_be_empty_is_not_one_that_is_unknown():
    case = parts("cases")[0]
    form = cases.form_of(case)
    none = cases.tree_of(cases.read(cases.posted(form) | {"groups": "无", "done": "K1，K2"}), case)
    assert none["given"]["learner"]["groups"] == []
    assert none["given"]["programme"]["done"] == ["K1", "K2"]
