"""Templates are whole: each is used, none names what is not there, nothing is styled or scripted inline."""

import re
from pathlib import Path

import allauth
import pytest
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from jinja2 import Environment, StrictUndefined, meta

from tests.house.reading import TEMPLATES, sources

NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
INLINE = re.compile(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<style\b""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def environment() -> Environment:
    (engine,) = engines.all()
    assert isinstance(engine, Jinja2)
    found = engine.env
    assert isinstance(found, Environment)
    return found


def text(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def library() -> str:
    """Return the sources of the sign-in library, which looks its templates up by name."""
    home = Path(allauth.__file__).parent
    return "\n".join(path.read_text("utf-8") for room in ("account", "mfa") for path in (home / room).rglob("*.py"))


@pytest.fixture(scope="module")
def users() -> dict[str, str]:
    users = {path.as_posix(): path.read_text("utf-8") for path in sources()}
    return users | {name: text(name) for name in NAMES} | {"allauth": library()}


@pytest.mark.parametrize("name", NAMES)
def test_template_is_used(name: str, users: dict[str, str]) -> None:
    spellings = (f'"{name}"', f"'{name}'")
    named = any(spelling in words for user, words in users.items() if user != name for spelling in spellings)
    assert named or f'"{name.removesuffix("html")}' in users["allauth"]


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles_and_finds_what_it_names(name: str) -> None:
    house = environment()
    tree = house.parse(text(name))
    house.get_template(name)
    assert [other for other in meta.find_referenced_templates(tree) if other is not None and other not in NAMES] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/")])
def test_component_uses_its_arguments_only(name: str) -> None:
    house = environment()
    # `caller` is what Jinja2 hands to a macro that is called with a block.
    assert meta.find_undeclared_variables(house.parse(text(name))) - set(house.globals) - {"caller", "_"} == set()


def test_undefined_variables_stop_a_page() -> None:
    assert environment().undefined is StrictUndefined
    assert environment().autoescape


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_styled_or_scripted_inline(name: str) -> None:
    words = COMMENT.sub("", text(name))
    assert INLINE.findall(words) == []
    for script in SCRIPT.finditer(words):
        assert "src=" in script["attributes"]
        assert script["body"].strip() == ""


@pytest.mark.parametrize(
    "bad", ['<p style="color:red">', "<a onclick='x()'>", "<style>p{}</style>", '<a href="javascript:x">']
)
def test_inline_words_are_seen(bad: str) -> None:
    assert INLINE.search(bad)
