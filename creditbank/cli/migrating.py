"""Bringing the tables up to date as their owner, then granting the application what it may do, and no more."""

import os
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

from creditbank.cli.engine import EngineProblem
from creditbank.project.environment import Database

GRANTS: Final = (Path(__file__).parent / "grants.sql").read_text("utf-8")
ERASER_ROLE: Final = "creditbank_eraser"


def migrate() -> None:
    """Migrate, and renew the grants of the role in DATABASE_URL; run as the owner (CREDITBANK_ROLE=owner)."""
    call_command("migrate", verbosity=0)
    app_role = Database.from_url(os.environ["DATABASE_URL"]).user
    with connection.cursor() as cursor:
        grant(cursor, app_role=app_role, eraser_role=ERASER_ROLE)
        _check_app_role(cursor, app_role)


def grant(cursor: CursorWrapper, *, app_role: str, eraser_role: str) -> None:
    """Renew what the two roles may do."""
    cursor.execute(GRANTS.format(app=app_role, eraser=eraser_role))


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
