"""Sentences about so many are kept for their number and language, and variables come in escaped."""

from django.template import engines
from django.utils import translation
from markupsafe import Markup

from creditbank.project.translating import ngettext

ONE = "档案里有%(num)s项成果"


def counted(number, language):
    with translation.override(language):
        return ngettext(ONE, ONE, number)


def test_a_sentence_about_so_many_is_of_its_number_and_its_language():
    for _again in range(2):
        assert counted(1, "zh-hans") == "档案里有1项成果"
        assert counted(2, "zh-hans") == "档案里有2项成果"
        assert counted(1, "en") == "Your archive holds 1 achievement"
        assert counted(2, "en") == "Your archive holds 2 achievements"


def test_what_a_sentence_is_given_is_escaped_and_kept_for_nobody_else():
    with translation.override("zh-hans"):
        for name in ("<b>", "李"):
            made = ngettext("%(name)s有%(num)s项", "%(name)s有%(num)s项", 3, name=name)
            assert isinstance(made, Markup)
            assert made == f"{'&lt;b&gt;' if name == '<b>' else name}有3项"


def test_a_number_may_be_written_otherwise_than_it_is_counted():
    with translation.override("zh-hans"):
        assert ngettext(ONE, ONE, 12_345, num="12,345") == "档案里有12,345项成果"


def test_templates_count_so():
    assert engines["jinja2"].env.globals["ngettext"] is ngettext
