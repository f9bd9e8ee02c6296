"""The bank of these tests, built once for a file, and who asks it."""

import importlib
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import transaction
from django.test.utils import override_settings

from creditbank.entrance import actors
from creditbank.organizations import queries as organizations
from creditbank.portal import navigation
from tests.pages.asking import Asker
from tests.pages.world import World, demo


@pytest.fixture(scope="module")
def ask(django_db_setup, django_db_blocker, keys_and_words) -> Iterator[Asker]:
    """One world for the file, in a transaction that is never committed."""
    seed = importlib.import_module("creditbank.framework.migrations.0002_units")
    with (
        django_db_blocker.unblock(),
        override_settings(ENVIRONMENT=demo()),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        if not apps.get_model("framework", "Unit").objects.exists():
            seed.insert(apps, None)
        world = World()
        remember_people(patch)
        yield Asker(world)
        transaction.set_rollback(True)


def remember_people(patch: pytest.MonkeyPatch) -> None:
    """Look up once what everybody may do and where they work: asked anew it is half of the time of a page.

    Every answer is rolled back, so both are the same at the beginning of each request.
    """
    patch.setattr(actors, "organizations", SimpleNamespace(grants_of=cache(organizations.grants_of)))
    known = {name: cache(getattr(organizations, name)) for name in ("memberships_of", "by_id")}
    patch.setattr(navigation, "organizations", SimpleNamespace(**known))
