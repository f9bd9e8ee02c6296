"""An archive of many years: a click away from any one of them, and all on one page as before."""

from django.urls import reverse

from tests.pages.test_learner import WANG, ZHANG, as_learner, bank
from tests.rooms.archive.conftest import posted

__all__ = ["as_learner", "bank"]
YEARS, MONTHS = range(2018, 2024), range(1, 13)


def test_a_long_archive_offers_each_of_its_years(bank, as_learner):
    rows = [bank.row(ZHANG, 1, obtained=year * 10_000 + month * 100) for year in YEARS for month in MONTHS]
    posted(bank, rows, reference="2026-0009")
    learner = as_learner(ZHANG)
    page = learner.get(reverse("archive")).content.decode()
    assert all(f'href="?from={year}&amp;to={year}">{year}<' in page for year in YEARS)
    one = learner.get(reverse("archive"), {"from": 2019, "to": 2019}).content.decode()
    assert (one.count('class="entry"'), "只看一年" in one) == (12, False)


def test_a_short_archive_needs_no_such_help(bank, as_learner):
    assert "只看一年" not in as_learner(WANG).get(reverse("archive")).content.decode()
