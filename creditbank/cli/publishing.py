"""`creditbank rules publish FILE --owner CODE`: what was decided and noticed elsewhere comes into force here."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from creditbank.cli import surroundings
from creditbank.kernel.errors import Refusal

REFUSED: Final = 1
UNREADABLE: Final = 2


def publish(path: str, *, owner: str) -> int:
    """Publish a rule book for the organization of this code, and say which edition came into force.

    The command line acts as the bank itself. Exit 0: done; 1: refused, checks and cases among it; 2: no such file.
    """
    file = Path(path)
    if not file.is_file():
        print(f"没有这个文件：{path}\nThere is no such file: {path}", file=sys.stderr)
        return UNREADABLE
    with surroundings.bank():
        try:
            said = _published(file, owner)
        except Refusal as refusal:
            print(f"{refusal.sentence('zh')}\n{refusal.sentence('en')}", file=sys.stderr)
            return REFUSED
    print(said)
    return 0


def _published(file: Path, owner: str) -> str:
    from creditbank.conversion import operations, queries  # needs Django set up
    from creditbank.kernel.actor import system
    from creditbank.organizations import queries as organizations

    edition = operations.import_edition(
        actor=system("command-line"),
        owner_id=organizations.by_code(owner).id,
        document=queries.read_file(file.read_bytes(), file.name),
        now=datetime.now(tz=UTC),
    )
    return f"{edition.book.uri} {edition.edition} {edition.digest} /rules/{edition.public_id}"
