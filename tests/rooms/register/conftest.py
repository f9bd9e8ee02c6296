"""Who acts on the register: Li loads for the issuer, Wang releases here, Zhao works elsewhere."""

import pytest

from tests.rooms.deposits.conftest import staff
from tests.rooms.register.issuing import small_issuer


@pytest.fixture
def issuer(db):
    return small_issuer()


@pytest.fixture
def li(issuer):
    return staff(1, issuer.id)


@pytest.fixture
def wang(issuer):
    return staff(2, issuer.id)


@pytest.fixture
def zhao(issuer):
    return staff(3, issuer.elsewhere)
