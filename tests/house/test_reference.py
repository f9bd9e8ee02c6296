"""docs/reference says what the code says."""

import pytest

from tests.house.reading import REFERENCE
from tools import reference


@pytest.mark.parametrize("page", reference.PAGES)
def test_page_of_the_reference_is_fresh(page: str) -> None:
    written = (REFERENCE / page).read_text("utf-8")
    assert written == reference.text(page), "run: .venv/bin/python -m tools.reference"


def test_no_page_of_the_reference_is_left_over() -> None:
    generated = {path.name for path in REFERENCE.glob("*.md") if path.read_text("utf-8").startswith(reference.NOTE)}
    assert generated == {page for page in reference.PAGES if page.endswith(".md")}
