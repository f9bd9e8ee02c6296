"""What the checks found, in words: names where the finding has ids of rules, codes of the catalogue, and tags."""

import re
from typing import Final

from creditbank.conversion.queries.naming import Names
from creditbank.conversion.rules.checks.findings import SENTENCES, Finding
from creditbank.conversion.rules.sentences_forms import TAG_NAMES
from creditbank.kernel.text import Text

#: Details that hold codes; the others are words and numbers already.
_CODED: Final = frozenset({"word", "other", "one"})
#: What stands between the codes of a list, a ring of rules, or the parts of a bound.
_BETWEEN: Final = re.compile(r"( → | · |, |、| )")


def finding_said(names: Names, found: Finding) -> Text:
    """Return the sentence of a finding with names in place of codes."""
    _severity, zh, en = SENTENCES[found.code]
    return Text(zh.format(**_details(names, found, "zh")), en.format(**_details(names, found, "en")))


def _details(names: Names, found: Finding, language: str) -> dict[str, str]:
    told = {name: _said(names, value, language) for name, value in found.details.items() if name in _CODED}
    return {**found.details, **told, "subject": _said(names, found.subject, language)}


def _said(names: Names, value: str, language: str) -> str:
    whole = _word(names, value, language)
    if whole != value:
        return whole
    return "".join(_word(names, part, language) for part in _BETWEEN.split(value))


def _word(names: Names, code: str, language: str) -> str:
    if names.is_rule(code):
        return names.rule(code).title.in_language(language)[0]
    if code in TAG_NAMES and not names.known(code):
        return TAG_NAMES[code][0 if language == "zh" else 1]
    return names.named(code).title.in_language(language)[0]
