"""Dirty files by seed: of every row of every file the bank says what the generator knows it must."""

import pytest

from creditbank.archive import queries as archive
from creditbank.deposits import parts
from creditbank.deposits.intake import reading
from creditbank.deposits.intake.registry import BY_CODE
from creditbank.kernel.sheets import pieces, streamed
from tests.dirty import asking, generator, kinds

SEEDS = range(64)
CUT = range(200, 224)
POSTED = range(100, 112)
MEDIUM = 7
#: Reasons that no row of a school's own courses can have; the tests of those sheets show them.
OF_OTHER_SHEETS = {
    f"deposits.row.{name}"
    for name in (
        *("kind_unknown", "unit_unknown", "account_unknown", "not_accredited"),
        *("number_needed", "number_unclear", "number_scientific", "certificate_revoked"),
    )
}

pytestmark = pytest.mark.django_db


def told(case, counts, refused):
    """Return what was said, beside what must be said, in the same words."""
    said = {name: getattr(counts, name) for name in case.counts}
    return {"counts": said, "refused": refused}, {"counts": case.counts, "refused": case.refused}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dirty_file_gets_exactly_the_report_that_it_must_get(seed):
    case = generator.case(seed)
    said, expected = told(case, *asking.looked_at(case, asking.school(case)))
    assert said == expected, case


@pytest.mark.parametrize("seed", CUT)
def test_a_file_that_is_read_in_small_pieces_gets_the_same_report(seed, monkeypatch):
    monkeypatch.setattr(parts, "ROWS_A_PART", 9)
    monkeypatch.setattr(reading, "BLOCK_ROWS", 5)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1500)
    monkeypatch.setattr(streamed, "PIECE_BYTES", 1500)
    monkeypatch.setattr(streamed, "_BESIDE", 0)
    case = generator.case(seed)
    said, expected = told(case, *asking.looked_at(case, asking.school(case)))
    assert said == expected, case


@pytest.mark.parametrize("seed", POSTED)
def test_a_dirty_file_leaves_in_the_book_what_was_good_in_it_and_nothing_else(seed):
    case = generator.case(seed)
    organization_id = asking.school(case)
    said, expected = told(case, *asking.deposited(case, organization_id))
    assert said == expected, case
    assert asking.book(case) == case.book, case
    assert archive.check_roots().broken == ()


def test_a_file_of_eight_thousand_rows_is_compared_whole():
    case = generator.case(MEDIUM, people=400, courses=60, each=20, dirt=1000)
    said, expected = told(case, *asking.looked_at(case, asking.school(case)))
    assert said["counts"] == expected["counts"]
    assert said["refused"] == expected["refused"]


def test_every_reason_of_the_registry_and_every_kind_of_dirt_is_in_some_file():
    cases = [generator.case(seed) for seed in (*SEEDS, *CUT, *POSTED)]
    assert {code for case in cases for _, _, code in case.refused} == set(BY_CODE) - OF_OTHER_SHEETS
    assert {act.__name__ for act in kinds.OTHERS} <= {name for case in cases for name in case.done}
    assert any(case.counts["waiting"] for case in cases)


def test_the_same_seed_gives_the_same_file():
    assert generator.case(3) == generator.case(3)
