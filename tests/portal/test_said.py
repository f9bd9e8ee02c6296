"""Words of people on pages: Chinese on an English page says that it is Chinese, and nothing of it becomes markup."""

import pytest
from django.template import engines
from django.utils import translation
from markupsafe import Markup

from creditbank.portal import lists
from creditbank.project.jinja import said, said_lang

COURSE = '<span lang="zh-CN">高等数学</span>'


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("高等数学", COURSE),
        ("A 高等数学 2", f"A {COURSE} 2"),
        ("<b>高等数学", f"&lt;b&gt;{COURSE}"),
        (Markup("Read 高等数学"), f"Read {COURSE}"),
        (Markup(COURSE), COURSE),
        (7, "7"),
    ],
)
def test_chinese_says_so_on_an_english_page_only(words, shown):
    with translation.override("en"):
        assert said(words) == shown
        assert engines["jinja2"].from_string("{{ words | said }}").render({"words": words}) == shown
    with translation.override("zh-hans"):
        assert said(words) == Markup.escape(words)


def test_an_option_says_so_itself():
    page = '{% import "components/forms.html" as f %}{{ f.option_list([("a", "高等数学"), ("b", "Mathematics")]) }}'
    with translation.override("en"):
        shown = engines["jinja2"].from_string(page).render({})
        assert said_lang("Mathematics") == ""
    assert shown == '<option value="a" lang="zh-CN">高等数学</option><option value="b">Mathematics</option>'


def test_words_of_a_template_are_those_of_the_language_at_the_time():
    told = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told.append(lists.words("public/catalogue_words.html", "statuses")("recognised"))
            told.append(lists.words("staff/batch_words.html", "stage_name")("posted").strip())
    assert told == ["已认定", "已存入", "Recognised", "Deposited"]
