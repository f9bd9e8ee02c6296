"""Forms say at once to whom they are closed: each named in the table exists, and asks before it shows anything."""

import pytest

from creditbank.organizations.types import ROLES
from creditbank.portal.admission import NEEDED
from creditbank.portal.urls import urlpatterns


def test_every_name_of_the_table_is_an_address() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert sorted(set(NEEDED) - names) == []


@pytest.mark.parametrize("name", NEEDED)
def test_some_role_gets_in_and_some_does_not(name: str) -> None:
    let_in = {role for role, permissions in ROLES.items() if NEEDED[name] in permissions}
    assert let_in
    assert let_in != set(ROLES)
