"""Chinese on an English page says that it is Chinese, whatever template it came from; nothing else changes."""

import re

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given, strategies as st

from creditbank.kernel.text import Text
from creditbank.portal import lists
from creditbank.project.marking import done, marked

COURSE = '<span lang="zh-CN">高等数学</span>'
TAGS = (
    "<b>",
    "</b>",
    '<p title="a > 学">',
    "</p>",
    '<i lang="zh">',
    "</i>",
    "<br>",
    "<title>",
    "</title>",
    "<",
    "&lt;",
)
PAGES = st.lists(st.sampled_from([*TAGS, "<option>", "</option>", "学", "分", "，", " ", "A", "1", "·", "\n"])).map(
    "".join
)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("高等数学", COURSE),
        ("<p>Read 高等数学 2!</p>", f"<p>Read {COURSE} 2!</p>"),
        ("&lt;b&gt;高等数学", f"&lt;b&gt;{COURSE}"),
        ('<a title="学" href="/学">高等数学</a>', f'<a title="学" href="/学">{COURSE}</a>'),
        ("阿依古丽·买买提", '<span lang="zh-CN">阿依古丽·买买提</span>'),
        (
            '<div lang="zh-CN"><div>高</div>数</div>学',
            '<div lang="zh-CN"><div>高</div>数</div><span lang="zh-CN">学</span>',
        ),
        ('<option value="a">高等数学</option>', '<option value="a" lang="zh-CN">高等数学</option>'),
        ('<option lang="zh-CN">高等数学</option>', '<option lang="zh-CN">高等数学</option>'),
        ('<text x="1">高等数学</text>', '<text x="1" lang="zh-CN">高等数学</text>'),
        ("<title>高等数学</title><textarea>高等</textarea>", "<title>高等数学</title><textarea>高等</textarea>"),
        ('<link lang="zh">高等数学', f'<link lang="zh">{COURSE}'),
    ],
)
def test_chinese_text_says_so(html, shown):
    assert marked(html) == shown
    assert marked(shown) == shown


@given(PAGES)
def test_marking_adds_marks_and_nothing_else(html):
    once = marked(html)
    unmarked = re.sub(r'<span lang="zh-CN">(.*?)</span>', r"\1", once, flags=re.DOTALL)
    assert unmarked.replace('<option lang="zh-CN">', "<option>") == html


def test_every_template_marks_on_english_pages_only():
    template = engines["jinja2"].from_string('<h1 title="{{ name | text }}">{{ name | text }}</h1>')
    with translation.override("en"):
        assert template.render({"name": Text("高等数学")}) == f'<h1 title="高等数学">{COURSE}</h1>'
        assert template.render({"name": Text("数学", "M<")}) == '<h1 title="M&lt;">M&lt;</h1>'
    with translation.override("zh-hans"):
        assert template.render({"name": Text("高等数学", "M")}) == '<h1 title="高等数学">高等数学</h1>'


def test_words_of_a_template_are_those_of_the_language_at_the_time():
    told = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words = [lists.words("public/catalogue_words.html", "statuses")]
            words += [lists.words("staff/batch_words.html", "stage_name")]
        told += [words[0]("recognised"), words[1]("posted").strip()]
    assert told == ["已认定", "已存入", "Recognised", "Deposited"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_part_that_has_its_marks_comes_into_the_page_as_it_is(language):
    environment = engines["jinja2"].env
    page = environment.from_string("<p>{{ part }}{{ part }} 学 {{ other }}</p>")
    with translation.override(language):
        html = page.render(part=_Late("<b>分</b>"), other=_Late("<i>\x000\x00</i>"))
    word = '<span lang="zh-CN">学</span>' if language == "en" else "学"
    assert html == f"<p><b>分</b><b>分</b> {word} <i>\x000\x00</i></p>"


def test_outside_of_a_page_a_part_that_has_its_marks_is_itself():
    assert done("<b>分</b>") == "<b>分</b>"


class _Late:
    """A part that is handed over while the page is being made, as a filter does."""

    def __init__(self, html):
        self.html = html

    def __html__(self):
        return done(self.html)
