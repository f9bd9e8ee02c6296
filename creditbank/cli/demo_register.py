"""The register of certificates of the demonstration bank: one issuer's lists, one revocation, one that waits."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from creditbank.catalogue import queries as specifications
from creditbank.cli.demo_house import BUILDER, House
from creditbank.cli.demo_invented import Person
from creditbank.cli.demo_studies import Plan
from creditbank.kernel.review import Verdict
from creditbank.organizations.types import Role
from creditbank.register import operations, queries
from creditbank.register.types import Wish

ISSUER: Final = "ISS-ZWL"
EVERY: Final = 3
FIRST, SECOND = "X-LOGISTICS-1", "X-LOGISTICS-2"
#: What the first two people hold: the day of issue by code; one of the second person's is revoked.
CHOSEN: Final = (((FIRST, "2024-06-15"), (SECOND, "2025-06-28")), ((FIRST, "2025-11-29"), (SECOND, "2026-06-13")))
COLUMNS: Final = ("number", "name", "document", "certificate", "level", "issued", "until", "status", "note")
Row = tuple[str, ...]


def fill(house: House, plan: Plan, *, now: datetime) -> int:
    """Let the issuer register its certificates, revoke one, and leave a list and a request for the visitor.

    Return how many certificates the register has.
    """
    people = list(dict.fromkeys(study.person for study in plan.studies))
    rows = [_row(place, person, code, day) for place, person in enumerate(people) for code, day in _certificates(place)]
    entered = _loaded(house, "物流管理证书2026年名单.csv", rows, now=now, entered=True)
    revoked = [(*rows[3][:7], "撤销", "考试舞弊查实")]
    _loaded(house, "撤销名单2026-11.csv", revoked, now=now + timedelta(days=2), entered=True)
    fresh = [_row(900 + place, person, FIRST, "2026-11-15") for place, person in enumerate(people[2:6])]
    dirty = [(*fresh[0][:5], "201913", *fresh[0][6:]), (*fresh[1][:3], "仓储管理证书", *fresh[1][4:])]
    _loaded(house, "物流管理证书2026年11月.csv", [*fresh[2:], *dirty], now=now + timedelta(days=4), entered=False)
    [certificate] = specifications.by_codes([FIRST])
    operations.ask(
        actor=house.actor(house.holder(Role.DEPOSIT_OFFICER, at=ISSUER), now=now),
        organization_id=house.places[ISSUER].id,
        specification_id=certificate.id,
        number=rows[-1][0],
        wish=Wish.REVOKE,
        reason="考点报告：本人未参加实操考核",
        now=now + timedelta(days=4, hours=1),
    )
    return entered


def _certificates(place: int) -> Sequence[tuple[str, str]]:
    if place < len(CHOSEN):
        return CHOSEN[place]
    return [(FIRST, "2025-03-30")] if place % EVERY == 0 else []


def _row(place: int, person: Person, code: str, day: str) -> Row:
    number = f"ZWL{day[:4]}{code[-1]}{place:06d}"
    return (number, person.name, person.number, code, "", day, "", "有效", "")


def _loaded(house: House, name: str, rows: Sequence[Row], *, now: datetime, entered: bool) -> int:
    """Take one list as far as it goes, each step by the person whose step it is; return what it brought."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([queries.column_names()[column].zh for column in COLUMNS])
    writer.writerows(rows)
    officer = house.actor(house.holder(Role.DEPOSIT_OFFICER, at=ISSUER), now=now)
    load = operations.hand_in(
        actor=officer,
        organization_id=house.places[ISSUER].id,
        file_name=name,
        content=[text.getvalue().encode()],
        now=now,
    )
    load = operations.check(actor=BUILDER, public_id=load.public_id, now=now + timedelta(minutes=1))
    if not entered:
        return 0
    operations.submit(actor=officer, public_id=load.public_id, now=now + timedelta(minutes=5))
    approver = house.actor(house.holder(Role.DEPOSIT_APPROVER, at=ISSUER), now=now)
    operations.review(actor=approver, public_id=load.public_id, verdict=Verdict.APPROVE, now=now + timedelta(hours=1))
    load = operations.enter(actor=BUILDER, public_id=load.public_id, now=now + timedelta(hours=1, minutes=1))
    return load.counts.new
