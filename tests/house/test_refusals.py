"""Every refusal has one public code, two whole sentences, a line in the reference and a test that raises it."""

import re
from collections import Counter
from string import Formatter

import pytest

from creditbank.deposits.intake.registry import CHECKS, Check
from creditbank.kernel.errors import Refusal
from tests.house.reading import REFERENCE, classes_below, module, words_of_tests

CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")


def refusals() -> list[type[Refusal]]:
    found = [getattr(module(path), name) for path, name in classes_below("Refusal")]
    return sorted(found, key=lambda refusal: (refusal.code, refusal.__name__))


def placeholders(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


CODES = {refusal.code: refusal for refusal in refusals()}


def test_no_code_is_used_twice() -> None:
    codes = [refusal.code for refusal in refusals()] + [check.code for check in CHECKS]
    assert [code for code, times in Counter(codes).items() if times > 1] == []


@pytest.mark.parametrize("code", CODES)
def test_refusal_speaks_both_languages(code: str) -> None:
    refusal = CODES[code]
    assert CODE.fullmatch(code)
    assert (refusal.__doc__ or "").strip()
    assert placeholders(refusal.zh) == placeholders(refusal.en)
    assert re.search(r"[\u4e00-\u9fff]", refusal.zh)
    assert re.search(r"[A-Za-z]{2}", refusal.en)
    assert refusal.zh.endswith(("。", "！"))
    assert refusal.en.endswith(".")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_check_of_rows_speaks_both_languages(check: Check) -> None:
    assert CODE.fullmatch(check.code)
    assert placeholders(check.zh) == placeholders(check.en)
    assert placeholders(check.remedy_zh) == placeholders(check.remedy_en) == set()
    for words in (check.name_zh, check.zh, check.remedy_zh):
        assert re.search(r"[\u4e00-\u9fff]", words)
    for words in (check.name_en, check.en, check.remedy_en):
        assert re.search(r"[A-Za-z]{2}", words)


@pytest.fixture(scope="module")
def words() -> str:
    return words_of_tests()


@pytest.mark.parametrize("code", CODES)
def test_refusal_is_raised_by_a_test(code: str, words: str) -> None:
    named = code in words or bool(re.search(rf"\b{CODES[code].__name__}\b", words))
    assert named, f"no other test names {CODES[code].__name__} or its code"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_check_of_rows_is_tried_by_a_test(check: Check, words: str) -> None:
    named = bool(re.search(rf"\b{check.code.rpartition('.')[2]}\b", words))
    assert named, "no other test names it"


def test_every_code_is_in_the_reference() -> None:
    text = (REFERENCE / "refusals.md").read_text("utf-8")
    assert [code for code in [*CODES, *(check.code for check in CHECKS)] if f"`{code}`" not in text] == []
