"""What the tests of accounts share."""

import pytest

from creditbank.learners import operations
from tests.rooms.learners.people import HERE, LI, document


@pytest.fixture
def opened(db, now):
    return operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
