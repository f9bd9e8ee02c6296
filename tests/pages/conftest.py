"""The bank of these tests, built once for a file, and who asks it."""

import importlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction
from django.test.utils import override_settings

from tests.pages.asking import Asker
from tests.pages.world import World, demo

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def ask(django_db_setup, django_db_blocker, keys_and_words) -> Iterator[Asker]:
    """One world for the file, in a transaction that is never committed."""
    seed = importlib.import_module("creditbank.framework.migrations.0002_units")
    with (
        django_db_blocker.unblock(),
        override_settings(ENVIRONMENT=demo(), PASSWORD_HASHERS=FAST),
        transaction.atomic(),
    ):
        if not apps.get_model("framework", "Unit").objects.exists():
            seed.insert(apps, None)
        yield Asker(World())
        transaction.set_rollback(True)
