"""Tables and migrations agree, and each app has one newest migration."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.house.reading import HOUSE

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("creditbank."))
WITH_TABLES = sorted(path.parent.name for path in HOUSE.glob("*/migrations"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    words = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=words)
    except SystemExit:
        pytest.fail(words.getvalue())


@pytest.mark.parametrize("app", WITH_TABLES)
def test_app_has_one_newest_migration(app: str) -> None:
    assert app in OURS
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert len(loader.graph.leaf_nodes(app)) == 1


@pytest.mark.django_db
def test_every_migration_of_the_house_is_applied() -> None:
    loader = MigrationLoader(connection)
    waiting = [name for name in loader.graph.nodes if name[0] in OURS and name not in loader.applied_migrations]
    assert waiting == []
