"""The frame and the components: strict, well formed, in both languages, and all on the style page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from jinja2.runtime import Macro
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[2] / "creditbank" / "portal" / "templates"
STATIC = Path(__file__).parents[2] / "creditbank" / "portal" / "static"
MODULES = {"c": "components/base.html", "f": "components/forms.html", "d": "components/data.html"}
PAGES = ["public/style.html", "errors/404.html", "errors/403.html", "errors/csrf.html", "errors/refusal.html"]
VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "path", "rect"}
HAN = re.compile(r"[\u3400-\u9fff]")
EXPORTED = re.compile(r"{% macro ([a-z]\w*)\(")

# One call of every macro with nothing but what it must have.
CALLS = {
    "c.brand": '{{ c.brand("B", "L") }}',
    "c.btn": '{{ c.btn("T") }}',
    "c.dialog": '{{ c.dialog("i", "T") }}',
    "c.empty": '{{ c.empty("T") }}',
    "c.head": '{{ c.head("T") }}',
    "c.icon": '{{ c.icon("check") }}',
    "c.mark": "{{ c.mark() }}",
    "c.notice": '{{ c.notice("T") }}',
    "c.progress": "{{ c.progress(0, 0) }}",
    "c.shortcut": '<a{{ c.shortcut("Ctrl Enter") }}>T</a>',
    "c.skeleton": "{{ c.skeleton() }}",
    "c.strata": "{{ c.strata() }}",
    "c.tag": '{{ c.tag("T") }}',
    "c.trail": '{{ c.trail([("T", "#"), ("T", "")]) }}',
    "d.actbar": '{% call d.actbar("N") %}T{% endcall %}',
    "d.bar": '{{ d.bar(0, [], "L") }}',
    "d.cap": '{{ d.cap("N", 0, 0, "U") }}',
    "d.chart": '{{ d.chart([("N", 0, "0")], "L") }}',
    "d.check": '{{ d.check("wait", "T") }}',
    "d.checks": '{% call d.checks() %}{{ d.check("ok", "T") }}{% endcall %}',
    "d.entry": '{{ d.entry("N") }}',
    "d.event": '<ol>{{ d.event("A", "T") }}</ol>',
    "d.fact": '<dl>{{ d.fact("N") }}</dl>',
    "d.facts": "{{ d.facts() }}",
    "d.flow": '{{ d.flow("S") }}',
    "d.history": '{{ d.history([{"at": "A", "text": "T"}]) }}',
    "d.key": '{{ d.key([("lan", "T", 1)]) }}',
    "d.line": '<dl>{{ d.line("N", "V") }}</dl>',
    "d.pager": '{{ d.pager("T") }}',
    "d.steps": '{{ d.steps([("N", "D")], 1) }}',
    "d.sum": "{{ d.sum() }}",
    "d.table": '{{ d.table({"a": {"name": "A"}}) }}',
    "d.tabs": '{{ d.tabs([{"label": "L", "address": "#"}], "L") }}',
    "d.td": '<table><tr>{{ d.td({"name": "A"}) }}</tr></table>',
    "d.three": "{% set p = dict(to='#', name='N', value='1', unit='U') %}{{ d.three(p, p, p) }}",
    "d.tile": '{{ d.tile("1", "N") }}',
    "d.tiles": "{{ d.tiles() }}",
    "d.tr": "<table>{% call d.tr() %}{% endcall %}</table>",
    "d.verdict": '{{ d.verdict("T") }}',
    "d.year": '{% call d.year("2026") %}{% endcall %}',
    "d.years": "{% call d.years() %}{% endcall %}",
    "f.ask": '{{ f.ask("L", "#", "A") }}',
    "f.bulk": "{% call f.bulk() %}{% endcall %}",
    "f.choice": '{{ f.choice("n", "L") }}',
    "f.choice_card": '{{ f.choice_card("n", "L") }}',
    "f.choices": '{{ f.choices("n", "L") }}',
    "f.described": '<input{{ f.described("i", "H", "E") }}>',
    "f.error_line": '{{ f.error_line("i", "E") }}',
    "f.error_summary": '{{ f.error_summary([("", "E")]) }}',
    "f.field": '{{ f.field("n", "L") }}',
    "f.filters": '{{ f.filters([{"name": "q", "label": "L"}]) }}',
    "f.frame": '{% call f.frame("i", "L") %}<input id="i">{% endcall %}',
    "f.option_list": '<select>{{ f.option_list([("1", "T")]) }}</select>',
    "f.select": '{{ f.select("n", "L", []) }}',
    "f.textarea": '{{ f.textarea("n", "L") }}',
    "f.tick": '{{ f.tick("n", "1", "L") }}',
}


@dataclass(frozen=True)
class Who:
    signed_in: bool = True
    name: str = "Lin"
    kind: str = "learner"
    place: str | None = None


@dataclass(frozen=True)
class Here:
    path: str = "/style"
    path_zh: str = "/style?a=1"
    path_en: str = "/en/style?a=1"
    query: str = "?a=1"


@dataclass(frozen=True)
class Item:
    label: str
    address: str
    current: bool = False
    count: int | None = None


def address(name: str, **kwargs: str) -> str:
    return "/".join(["", name, *kwargs.values()])


def static(path: str) -> str:
    assert (STATIC / path).exists(), path
    return "/static/" + path


def number(value: float | Decimal) -> str:
    return f"{value:,}"


@cache
def environment(lang: str) -> Environment:
    """Return an environment equal to the portal's, whose English is the Chinese in ⟦marks⟧.

    So a word that a template says without gettext is seen as Chinese outside the marks.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )

    def gettext(words: str) -> str:
        return f"⟦{words}⟧" if lang == "en" else words

    def ngettext(one: str, _many: str, _number: int) -> str:
        return gettext(one)

    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(url=address, static=static, shared=lambda macro, *values: macro(*values))
    made.filters.update(number=number, partial=str)
    return made


def render(template: str, lang: str, **further: object) -> str:
    frame: dict[str, object] = {
        "lang": lang,
        "here": Here(),
        "who": Who(),
        "nav": [Item("A", "/a", current=True, count=2), Item("B", "/b")],
        "bank": Item("", ""),
        "notices": [("success", "N")],
        "request_number": "7KQ4",
        "foot_links": [Item("H", "/help")],
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="x">'),
        "sentence": "You have no permission. Ask." if lang == "en" else "您没有权限。请询问。",
        "code": "permission.missing",
    }
    frame["bank"] = {"name": "Bank", "motto": "Motto"}
    return environment(lang).get_template(template).render(frame | further)


def fragment(body: str, lang: str) -> str:
    imports = "".join(f'{{% import "{path}" as {name} %}}' for name, path in MODULES.items())
    return environment(lang).from_string(imports + body).render()


class Reader(HTMLParser):
    """Reads a page and notes what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loose: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.look(tag, dict(attrs))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.look(tag, given)
        if len(given) != len(attrs):
            self.complaints.append(f"an attribute twice in <{tag}>")
        if tag not in VOID:
            self.open.append((tag, given.get("lang") or (self.open[-1][1] if self.open else "")))

    def look(self, tag: str, attrs: dict[str, str | None]) -> None:
        if "style" in attrs or any(name.startswith("on") for name in attrs):
            self.complaints.append(f"inline style or script in <{tag}>")
        if tag == "style" or (tag == "script" and not attrs.get("src")):
            self.complaints.append(f"inline <{tag}>")
        if attrs.get("class") == "":
            self.complaints.append(f"empty class in <{tag}>")
        address_ = attrs.get("src") or (attrs.get("href") if tag == "link" else "") or ""
        if "//" in address_:
            self.complaints.append(f"{address_} is elsewhere")
        if tag == "form" and any(name == "form" for name, _ in self.open):
            self.complaints.append("a form in a form")
        self.ids += [attrs["id"] or ""] if "id" in attrs else []
        for name in ("for", "aria-labelledby", "aria-describedby", "data-opens"):
            self.targets += (attrs.get(name) or "").split()
        self.loose += [value for name, value in attrs.items() if value and name in {"aria-label", "placeholder"}]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.complaints.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1] != "zh-CN":
            self.loose.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    reader.complaints += [f"<{tag}> stays open" for tag, _ in reader.open]
    reader.complaints += [f"id {each} twice" for each in {i for i in reader.ids if reader.ids.count(i) > 1}]
    return reader


def macros() -> Iterator[str]:
    for name, path in MODULES.items():
        yield from (f"{name}.{macro}" for macro in EXPORTED.findall((TEMPLATES / path).read_text("utf-8")))


def test_every_macro_has_a_call_here() -> None:
    assert sorted(macros()) == sorted(CALLS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_macro_needs_only_its_required_arguments(name: str, lang: str) -> None:
    html = fragment(CALLS[name], lang)
    assert read(html).complaints == []
    assert html.strip()


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_macro_opens_with_a_comment_on_its_arguments(name: str) -> None:
    module, macro = name.split(".")
    text = (TEMPLATES / MODULES[module]).read_text("utf-8")
    comment = re.search(rf"{{% macro {macro}\(.*\) %}}\n{{# ((?:.|\n)*?) #}}\n", text)
    assert comment, name
    made = getattr(environment("zh").get_template(MODULES[module]).module, macro)
    assert isinstance(made, Macro)
    if "as choice" not in comment[1]:
        assert [each for each in made.arguments if not re.search(rf"\b{each}\b", comment[1])] == []


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_style_page_shows_every_macro(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\(", (TEMPLATES / "public/style.html").read_text("utf-8"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_well_formed_and_has_nothing_inline(page: str, lang: str) -> None:
    reader = read(render(page, lang))
    assert reader.complaints == []
    assert [target for target in reader.targets if target not in reader.ids] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_a_page_goes_through_gettext(page: str) -> None:
    without_marked = re.sub("⟦.*?⟧", "", render(page, "en"), flags=re.DOTALL)
    assert [words for words in read(without_marked).loose if HAN.search(words)] == []


def test_the_page_for_faults_relies_on_nothing() -> None:
    html = environment("zh").get_template("errors/500.html").render()
    assert read(html).complaints == []
    assert "编号" not in html
    assert "7KQ4" in environment("zh").get_template("errors/500.html").render(number="7KQ4")


def test_the_language_switch_keeps_the_page_and_its_query() -> None:
    assert '<a href="/en/style?a=1" lang="en"' in render("public/style.html", "zh")
    assert '<a href="/style?a=1" lang="zh-CN"' in render("public/style.html", "en")


def test_signing_out_is_a_post_with_a_token() -> None:
    signed_in = render("errors/404.html", "zh")
    assert '<form action="/account_logout" method="post"><input type="hidden" name="csrfmiddlewaretoken"' in signed_in
    stranger = render("errors/404.html", "zh", who=Who(signed_in=False, name="", kind="anonymous"))
    assert "account_logout" not in stranger
    assert 'href="/account_login"' in stranger


def test_the_masthead_says_where_one_works() -> None:
    assert "<small>Motto</small>" in render("errors/404.html", "zh")
    assert "<small>教务处</small>" in render("errors/404.html", "zh", who=Who(place="教务处"))


def test_an_unknown_icon_fails() -> None:
    with pytest.raises(UndefinedError):
        fragment('{{ c.icon("unheard-of") }}', "zh")


def test_a_name_cannot_bring_markup() -> None:
    assert "&lt;b&gt;" in fragment('{{ f.field("n", "<b>", "<b>") }}', "zh")
    assert "<b>" not in fragment('{{ f.field("n", "<b>", "<b>") }}', "zh")


def test_a_refusal_puts_the_fact_in_the_heading_and_the_remedy_below() -> None:
    zh, en = render("errors/refusal.html", "zh"), render("errors/refusal.html", "en")
    assert "<h1>您没有权限</h1>" in zh
    assert ">请询问。</p>" in zh
    assert "<h1>You have no permission</h1>" in en
    assert ">Ask.</p>" in en


def test_a_bar_is_as_long_as_its_parts_when_they_exceed_the_whole() -> None:
    assert 'viewBox="0 0 12 1"' in fragment('{{ d.bar(8, [(12, "qing")], "L") }}', "zh")
    assert "f-rest" not in fragment('{{ d.bar(8, [(12, "qing")], "L") }}', "zh")


def test_a_pager_names_first_last_and_neighbours() -> None:
    html = fragment('{{ d.pager("T", 5, 90, "?page=") }}', "zh")
    assert re.findall(r"page=(\d+)", html) == ["1", "4", "6", "90"]
    assert html.count("…") == 2


def test_an_optional_field_says_so_and_an_error_is_tied_to_its_control() -> None:
    assert "选填" in fragment('{{ f.field("n", "L", required=false) }}', "zh")
    html = fragment('{{ f.field("n", "L", hint="H", error="E") }}', "zh")
    assert 'aria-describedby="n-hint n-error" aria-invalid="true"' in html


def test_a_password_is_never_written_back() -> None:
    assert "secret" not in fragment('{{ f.field("n", "L", "secret", type="password") }}', "zh")
