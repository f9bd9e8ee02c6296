"""Every permission is granted by a role and asked by a check, and the list is in order."""

import re

import pytest

from creditbank.kernel.permissions import Permission
from creditbank.organizations.types import PLACES, ROLES, Role
from tests.house.reading import HOUSE, sources

#: What the administrator of the bank alone does: the tree is the bank's own, and erasing cannot be undone.
BANK_ONLY = {"organizations:organization:manage", "learners:account:erase"}


def test_permissions_are_in_alphabetical_order() -> None:
    assert [permission.name for permission in Permission] == sorted(permission.name for permission in Permission)


@pytest.mark.parametrize("permission", Permission)
def test_permission_is_named_after_its_room(permission: Permission) -> None:
    room, thing, verb = permission.value.split(":")
    assert (HOUSE / room).is_dir()
    assert permission.name == f"{room}_{thing}_{verb}".replace("-", "_").upper()


@pytest.mark.parametrize("permission", Permission)
def test_permission_is_in_a_role_besides_the_administrators(permission: Permission) -> None:
    others = [role for role in ROLES if role is not Role.BANK_ADMINISTRATOR and permission in ROLES[role]]
    assert bool(others) != (permission in BANK_ONLY)


@pytest.mark.parametrize("permission", Permission)
def test_permission_is_asked_by_a_check(permission: Permission) -> None:
    asking = [
        path
        for path in sources()
        if {"operations", "operations.py", "permissions.py"} & {path.name, path.parent.name}
        and re.search(rf"Permission\.{permission.name}\b", path.read_text("utf-8"))
    ]
    assert asking


def test_every_role_has_permissions_and_places() -> None:
    assert set(ROLES) == set(PLACES) == set(Role)
    assert all(ROLES.values())
    assert all(PLACES.values())
