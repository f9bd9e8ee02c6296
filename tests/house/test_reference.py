"""docs/reference says what the code says."""

import pytest

from creditbank.deposits.intake.registry import CHECKS
from tests.house.reading import REFERENCE
from tools import check_table, reference


@pytest.mark.parametrize("page", reference.PAGES)
def test_page_of_the_reference_is_fresh(page: str) -> None:
    written = (REFERENCE / page).read_text("utf-8")
    assert written == reference.text(page), "run: .venv/bin/python -m tools.reference"


def test_no_page_of_the_reference_is_left_over() -> None:
    generated = {path.name for path in REFERENCE.glob("*.md") if path.read_text("utf-8").startswith(reference.NOTE)}
    assert generated == {page for page in reference.PAGES if page.endswith(".md")}


@pytest.mark.parametrize("language", check_table.GUIDES)
def test_the_table_of_checks_in_the_guide_is_fresh(language: str) -> None:
    stands, should_stand = check_table.filled(language)
    assert stands == should_stand, "run: .venv/bin/python -m tools.reference"


@pytest.mark.parametrize("language", check_table.GUIDES)
def test_the_table_names_every_check_once(language: str) -> None:
    lines = check_table.table(language).splitlines()[2:]
    codes = [line.split("`")[1] for line in lines]
    assert codes == [check.code.removeprefix("deposits.row.") for check in CHECKS]
    assert all(len(line.split(" | ")) == 4 for line in lines), "a sentence holds a bar"
