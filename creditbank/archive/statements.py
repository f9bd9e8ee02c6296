"""The room's longer SQL, read once from sql/queries.sql, by the name above each statement."""

import re
from pathlib import Path
from typing import Final

_TEXT: Final = (Path(__file__).parent / "sql" / "queries.sql").read_text("utf-8")
_NAMED: Final = re.compile(r"^-- (?P<name>\w+): [^\n]*\n(?:--[^\n]*\n)*(?P<sql>.*?;)\n", re.MULTILINE | re.DOTALL)
_STATEMENTS: Final = {match["name"]: match["sql"].strip().rstrip(";") for match in _NAMED.finditer(_TEXT)}


def statement(name: str) -> str:
    """Return one statement; an unknown name is a bug."""
    return _STATEMENTS[name]
