"""Parts that many pages share are made once for a language, and never of a text what was made of safe words."""

import pytest
from django.utils import translation
from jinja2 import Environment
from markupsafe import Markup

from creditbank.project import sharing


@pytest.fixture
def part():
    """A macro that counts how often it was made."""
    made = []
    source = "{% macro part(text) %}<p>{{ text }}{{ seen(text) }}</p>{%- endmacro %}"
    environment = Environment(autoescape=True)
    environment.globals["seen"] = lambda text: made.append(text) or ""
    return environment.from_string(source).module.part, made


def test_a_part_is_made_once_for_a_value_and_a_language(part):
    macro, made = part
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            assert [sharing.shared(macro, text) for text in ("a", "b", "a")] == ["<p>a</p>", "<p>b</p>", "<p>a</p>"]
    assert made == ["a", "b", "a", "b"]


def test_safe_words_and_a_text_that_says_the_same_are_two(part):
    macro, _made = part
    assert sharing.shared(macro, Markup("<b>")) == "<p><b></p>"
    assert sharing.shared(macro, "<b>") == "<p>&lt;b&gt;</p>"
    assert sharing.shared(macro, Markup("<b>")) == "<p><b></p>"
