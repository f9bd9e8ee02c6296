"""Bringing the tables up to date as their owner, then granting the application what it may do, and no more."""

import os
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

from creditbank.cli.engine import EngineProblem
from creditbank.project.environment import Database

GRANTS: Final = (Path(__file__).parent / "grants.sql").read_text("utf-8")
ERASER_ROLE: Final = "creditbank_eraser"


def migrate() -> None:
    """Migrate, and renew the grants of the role in DATABASE_URL; run as the owner (CREDITBANK_ROLE=owner).

    Refused: tables that a newer release has changed, an application's role that could change the book.
    """
    _check_not_newer()
    call_command("migrate", verbosity=0)
    app_role = Database.from_url(os.environ["DATABASE_URL"]).user
    with connection.cursor() as cursor:
        grant(cursor, app_role=app_role, eraser_role=ERASER_ROLE)
        _check_app_role(cursor, app_role)


def grant(cursor: CursorWrapper, *, app_role: str, eraser_role: str) -> None:
    """Renew what the two roles may do."""
    cursor.execute(GRANTS.format(app=app_role, eraser=eraser_role))


def _check_not_newer() -> None:
    """Refuse tables with steps that this release does not know: its programs would write past them."""
    loader = MigrationLoader(connection)
    replaced = {step for squashed in loader.replacements.values() for step in squashed.replaces}
    newer = sorted(set(loader.applied_migrations) - set(loader.disk_migrations) - replaced)
    if newer:
        step = ".".join(newer[-1])
        raise EngineProblem(
            f"这个数据库是更新版本的学分银行写的（有本版本不认识的步骤{step}）。请换回当初的版本再启动，"
            "或用 CREDITBANK_DATA 另选文件夹。",
            f"A newer release of the bank wrote this database (it holds the step {step}, unknown here). "
            "Start it with that release, or choose another folder with CREDITBANK_DATA.",
        )


def _check_app_role(cursor: CursorWrapper, app_role: str) -> None:
    """Refuse an application's role that could change the book, as its owner or a superuser could."""
    cursor.execute(
        "SELECT has_table_privilege(%(role)s, 'archive_entry', 'UPDATE') "
        "OR has_table_privilege(%(role)s, 'archive_entry', 'DELETE')",
        {"role": app_role},
    )
    (may_change,) = cursor.fetchone()
    if may_change:
        raise EngineProblem(
            f"数据库角色 {app_role} 能改动账本。请在 DATABASE_URL 里换用应用角色，属主写在 DATABASE_OWNER_URL 里。",
            f"The database role {app_role} could change the book. Name the application's role in DATABASE_URL "
            "and the owner in DATABASE_OWNER_URL.",
        )
