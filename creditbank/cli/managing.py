"""`creditbank manage`: Django's own commands, on this bank's database."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from creditbank.cli import surroundings
from creditbank.cli.engine import Engine, default_data_folder
from creditbank.cli.engine_account import EngineProblem

#: Commands that look at the code only; an embedded engine is not started for them.
OF_THE_CODE: Final = frozenset(
    {"", "check", "compilemessages", "diffsettings", "help", "makemessages", "makemigrations", "version"}
)


def manage(arguments: Sequence[str]) -> int:
    """Run a command of Django's; the embedded engine is used where it runs, and else started for the command.

    Refused: no database named and none in the data folder.
    """
    from django.core.management import execute_from_command_line  # not needed to say what is wrong

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditbank.project.settings")
    with _database(arguments[0] if arguments else ""):
        execute_from_command_line(["creditbank manage", *arguments])
    return 0


def _database(command: str) -> AbstractContextManager[object]:
    if command in OF_THE_CODE or command.startswith("-"):
        return nullcontext()
    data = default_data_folder()
    if not os.environ.get("DATABASE_URL") and not Engine.at(data).cluster.exists():
        raise EngineProblem(
            f"数据文件夹 {data} 里还没有银行。先运行 creditbank run，或设置 DATABASE_URL、CREDITBANK_DATA。",
            f"There is no bank in the data folder {data} yet. Run `creditbank run` first, or set DATABASE_URL or "
            "CREDITBANK_DATA.",
        )
    return surroundings.engine()
