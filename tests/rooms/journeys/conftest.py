"""What the tests of the journeys share: see `world`."""

import pytest

from tests.rooms.journeys.world import filled


@pytest.fixture
def person(db):
    return filled()
