"""What all tests share: the database with its three roles, the keys, the three people."""

import importlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import override_settings
from hypothesis import HealthCheck, settings as examples

from creditbank.cli import migrating, translating
from creditbank.learners import vault

#: How long an example takes says something of the machine only.
examples.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("unhurried")

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
#: What Django writes of the models themselves; no test changes it, and it takes long to write.
LASTING = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    """Hash passwords in no time; what the bank's own hasher costs is paid by the journeys."""
    cheap = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[cheap, *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(scope="session", autouse=True)
def keys_and_words():
    """One key ring for the run, and the English catalogue compiled."""
    vault.ensure_keys(Path(os.environ["CREDITBANK_DATA"]) / "keys.json")
    translating.write()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Grant the application and the eraser what they may do, as a real bank does."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        migrating.grant(cursor, app_role="creditbank_app", eraser_role="creditbank_eraser")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        yield


def _empty(_case):
    """Empty the tables that hold something; Django's own way empties all and writes its permissions anew."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - LASTING
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names))
        filled = ", ".join(name for (name,) in cursor.fetchall())
        if filled:
            cursor.execute(f"TRUNCATE {filled} CASCADE")


@pytest.fixture(autouse=True)
def units(request):
    """Lay the seeded units in again where a test with real commits has emptied every table."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
        seed = importlib.import_module("creditbank.framework.migrations.0002_units")
        if not apps.get_model("framework", "Unit").objects.exists():
            seed.insert(apps, None)


@pytest.fixture
def now():
    return NOW
