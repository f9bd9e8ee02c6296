"""The day an entry is taken to be of: what is deposited was acquired, however little of its date is known."""

from datetime import UTC, date, datetime

import pytest

from creditbank.archive.types import ArchivedAchievement, Entry, EntryKey
from creditbank.catalogue.types import Specification, SpecificationKind, Status
from creditbank.conversion import vocabulary
from creditbank.kernel.credits import Unit, UnitKind
from creditbank.kernel.grades import Grade, Scale
from creditbank.kernel.text import Text

SPECIFICATION = Specification(
    id=1,
    public_id="S",
    owner_id=1,
    issuer_id=1,
    uri=None,
    kind=SpecificationKind.COURSE,
    code="K",
    name=Text("高等数学"),
    name_key="高等数学",
    level="",
    framework_level=None,
    credits=None,
    unit_id=None,
    hours=None,
    category="",
    valid_months=12,
    edition=1,
    supersedes=None,
    starts=date(2020, 1, 1),
    ends=None,
    status=Status.RECOGNISED,
)


def acquired(obtained, deposited):
    key = EntryKey(learner_id=1, organization_id=1, specification_id=1, obtained=obtained)
    entry = Entry(key, 0, 1, 0, None, 1, None, Grade(Scale.NONE, 0), deposited)
    archived = ArchivedAchievement(
        entry,
        Text("高等数学"),
        "course",
        "",
        "S",
        Text("甲校"),
        "A",
        Unit(1, "cn", UnitKind.FRAMEWORK_CREDIT),
        Text("学分"),
        None,
    )
    return vocabulary.achievement(archived, SPECIFICATION, framework=None, via=None)


NOVEMBER = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""The 23rd where the bank is."""


@pytest.mark.parametrize(
    ("obtained", "day"),
    [
        (20260000, "2026-11-23"),
        (20261100, "2026-11-23"),
        (20260900, "2026-09-30"),
        (20250000, "2025-12-31"),
        (20261130, "2026-11-30"),
        (20270000, "2027-01-01"),
    ],
)
def test_a_date_known_in_part_stands_for_its_last_day_or_that_of_the_deposit(obtained, day):
    found = acquired(obtained, NOVEMBER)
    assert found.acquired == day
    assert found.valid_until is not None
