"""Beside a running bank: schools deposit what four people learned, a second person approves, and they claim.

Imported once Django is set up; `PHONES` says by which number each of them signs in.
"""

import time
from datetime import UTC, datetime

from django.utils import timezone

from creditbank.cli import demo_certificates, demo_tables
from creditbank.cli.demo_bank import CLERK, OUTLET
from creditbank.cli.demo_house import PASSWORD, House
from creditbank.deposits import operations as deposits, queries
from creditbank.deposits.types import BatchStage
from creditbank.identity import queries as identity
from creditbank.kernel.review import Verdict
from creditbank.learners import operations as learners
from creditbank.learners.types import SignIn
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Role
from tests.rooms.conversion import learned

PHONES = {"BIM": "00055519001", "CARE": "00055519002", "SAVER": "00055519003", "SCHOLAR": "00055519004"}
WAIT_SECONDS = 40


def now():
    return datetime.now(tz=UTC)


def _reached(view, stage):
    """Wait for the bank's worker."""
    started = time.monotonic()
    while (batch := view()).stage != stage:
        assert time.monotonic() - started < WAIT_SECONDS, batch
        time.sleep(0.1)
    return batch


def _deposit(house, sheet):
    def actor(role):
        return house.actor(house.holder(role, at=sheet.school), now=now())

    officer, approver = actor(Role.DEPOSIT_OFFICER), actor(Role.DEPOSIT_APPROVER)
    batch = deposits.upload(
        actor=officer,
        organization_id=house.places[sheet.school].id,
        file_name=sheet.file_name,
        content=sheet.content,
        title=sheet.title,
        now=now(),
    )

    def view():
        return queries.batch(actor=officer, public_id=batch.public_id)

    _reached(view, BatchStage.REPORTED)
    deposits.submit(actor=officer, public_id=batch.public_id, now=now())
    deposits.review(actor=approver, public_id=batch.public_id, verdict=Verdict.APPROVE, now=now())
    assert _reached(view, BatchStage.POSTED).counts.kept == sheet.rows


def house():
    users = {row.login: identity.user_by_login(row.login) for row in demo_tables.staff()}
    return House(
        places={row.code: organizations.by_code(row.code) for row in demo_tables.organizations()},
        staff={login: (user.id, user.name) for login, user in users.items()},
    )


def _claim(house, person, phone):
    clerk, outlet = house.actor(CLERK, now=now()), house.places[OUTLET].id
    shown = {"name": person.name, "document": person.document}
    found = learners.find_person(actor=clerk, organization_id=outlet, **shown, now=now())
    learners.claim_at_counter(
        actor=clerk,
        organization_id=outlet,
        learner_id=found.line.learner_id,
        **shown,
        sign_in=SignIn(phone, PASSWORD),
        now=now(),
    )


def main():
    here = house()
    for school, lines in learned.told(web=False).items():
        _deposit(here, learned.sheet_of(school, lines, f"成果{timezone.localdate(now())}"))
    demo_certificates.post(here, learned.CERTIFICATES, number=2, now=now())
    for name, phone in PHONES.items():
        _claim(here, getattr(learned, name), phone)
