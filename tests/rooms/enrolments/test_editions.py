"""Under which edition of a programme somebody studies: chosen when the enrolment is told of, and kept."""

from dataclasses import replace
from datetime import date

import pytest

from creditbank.catalogue.types import Programme
from creditbank.enrolments import operations, queries
from creditbank.enrolments.errors import StepTooEarly
from creditbank.enrolments.rules import Study, edition
from creditbank.enrolments.types import Status, StatusChange
from creditbank.kernel.text import Text
from tests.rooms.enrolments.test_confirming import confirm, row
from tests.rooms.learners.people import LI

FIRST = Programme(
    id=11,
    public_id="p1",
    organization_id=1,
    code="N1",
    edition=1,
    name=Text("护理"),
    credits_required=10_000,
    unit_id=1,
    level_code="85",
    category_code="322",
    starts=date(2020, 9, 1),
    ends=date(2024, 9, 1),
    groups=(),
)
SECOND = replace(FIRST, id=12, edition=2, starts=date(2024, 9, 1), ends=None)
OTHER = replace(FIRST, id=13, code="N2", name=Text("护理管理"), ends=None)
ALL = (FIRST, SECOND, OTHER)
NURSING = Study("护理", "85", "322", 2024)


@pytest.mark.parametrize(
    ("programmes", "study", "found"),
    [
        (ALL, NURSING, 12),
        (ALL, replace(NURSING, entry_year=2023), 11),
        (ALL, replace(NURSING, entry_year=2019), None),
        (ALL, replace(NURSING, entry_year=None), None),
        ((FIRST,), replace(NURSING, entry_year=None), 11),
        ((FIRST,), replace(NURSING, entry_year=2025), None),
        (ALL, replace(NURSING, level_code="86"), None),
        (ALL, replace(NURSING, category_code="321"), None),
        (ALL, replace(NURSING, major="护理管"), 13),
        ((OTHER, replace(OTHER, id=14, code="N3")), NURSING, None),
        (ALL, replace(NURSING, major=""), None),
        (ALL, replace(NURSING, major="物流管理"), None),
    ],
)
def test_the_edition_follows_from_school_level_category_major_and_year(programmes, study, found):
    assert edition(programmes, study) == found
    assert edition(programmes[::-1], study) == found


@pytest.fixture
def programmes(monkeypatch):
    monkeypatch.setattr("creditbank.catalogue.queries.programmes_of", lambda _: ALL)


def stored():
    (enrolment,) = queries.by_learner(7)
    return enrolment.programme_id


@pytest.mark.usefixtures("programmes")
def test_an_enrolment_gets_its_edition_once_and_keeps_it(db, now, monkeypatch):
    confirm([row(7)], now)
    assert stored() is None
    confirm([row(7, entry_year=2023)], now)
    assert stored() == 11
    monkeypatch.setattr("creditbank.catalogue.queries.programmes_of", lambda _: (replace(FIRST, id=20),))
    confirm([row(7, cohort=2027)], now)
    assert stored() == 11


@pytest.mark.usefixtures("programmes")
def test_a_new_enrolment_gets_its_edition(db, now):
    confirm([row(7, entry_year=2024)], now)
    assert stored() == 12


def test_a_step_cannot_begin_before_the_one_it_follows(db, now):
    confirm([row(7)], now)
    today = now.date()

    def step(status, day):
        change = StatusChange(status=status, since=day)
        return operations.change_status(actor=LI, learner_id=7, number=1, change=change, now=now)

    before = date.fromordinal(today.toordinal() - 1)
    assert step(Status.SUSPENDED, before).status is Status.SUSPENDED  # the loading day of a list binds nobody
    with pytest.raises(StepTooEarly, match="step_too_early"):
        step(Status.REGISTERED, date.fromordinal(before.toordinal() - 1))
    assert step(Status.REGISTERED, today).status is Status.REGISTERED
