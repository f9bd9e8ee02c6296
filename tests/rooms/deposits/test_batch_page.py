"""The page of a batch says what is left to do with it, and nothing else."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model

from creditbank.deposits import operations
from creditbank.identity import operations as identity
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, Role
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, sheet

MEND, STORED, AGAIN = "改好问题行后重新上传", "每一行以前都存过，不用再存。", "全部改好再存"


@pytest.fixture
def officer(school, client, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)  # staff need no second factor there
    user = identity.create_staff(
        actor=SYSTEM,
        organization_id=school.id,
        login="li.test",
        name="李明",
        password="slow-river-41",
        must_change_password=False,
        now=NOW,
    )
    organizations.appoint(
        actor=SYSTEM,
        organization_id=school.id,
        user_id=user.id,
        role=Role.DEPOSIT_OFFICER,
        extent=Extent.UNIT,
        now=NOW,
    )
    client.force_login(get_user_model().objects.get(pk=user.id))
    return client


def page(officer, school, content):
    done = operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=content, now=NOW
    )
    return officer.get(f"/deposits/{done.batch.public_id}").content.decode()


def test_rows_that_are_all_stored_already_ask_for_nothing_to_be_mended(officer, school):
    page(officer, school, sheet(Row(person=1)))
    told = page(officer, school, sheet(Row(person=1)) + b"\r\n")
    assert STORED in told
    assert MEND not in told
    assert AGAIN not in told


def test_rows_that_are_all_refused_are_to_be_mended(officer, school):
    told = page(officer, school, sheet(Row(person=1, obtained="201913")))
    assert MEND in told
    assert AGAIN in told
    assert STORED not in told
