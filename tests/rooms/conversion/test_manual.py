"""The ten examples of the manual: each is a whole book that holds, and the manual quotes it as it stands."""

from pathlib import Path

import pytest

from creditbank.conversion import planning
from creditbank.conversion.rules.checks.findings import Severity
from creditbank.conversion.rules.reading import document_of, read_book
from creditbank.conversion.rules.sentences_rules import parse_rule, print_rule, rule_sentence

FOLDER = Path(__file__).parents[3] / "docs" / "how-to"
EXAMPLES = sorted((FOLDER / "rules").glob("*.yaml"))
MANUALS = {"zh": FOLDER / "write-rules.zh.md", "en": FOLDER / "write-rules.md"}
QUOTED = ("rules", "caps", "awards", "policies")


def parts(text):
    """The top-level parts of a file by name, as they are written."""
    found, name = {}, ""
    for line in text.splitlines():
        if line and not line[0].isspace() and line[0] != "-":
            name = line.split(":")[0]
        found.setdefault(name, []).append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}


def test_there_are_ten():
    assert len(EXAMPLES) == 10


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_holds_whole(path):
    book = read_book(path.read_bytes())
    findings, cases = planning.check_book(book)
    assert [case for case in cases if not case.passes] == []
    assert [finding for finding in findings if finding.severity is not Severity.PROPOSE] == []
    assert read_book(path.read_bytes()) == type(book).model_validate(document_of(book))


@pytest.mark.parametrize("language", MANUALS)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_manual_quotes_an_example_and_its_sentences_as_they_stand(path, language):
    manual = MANUALS[language].read_text("utf-8")
    book = read_book(path.read_bytes())
    assert f"](rules/{path.name})" in manual
    for name, text in parts(path.read_text("utf-8")).items():
        assert name not in QUOTED or text in manual
    for rule in book.rules:
        assert f"> {rule_sentence(rule, language)}\n" in manual
        assert parse_rule(print_rule(rule, language), language) == rule
