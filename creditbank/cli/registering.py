"""`creditbank register FILE --issuer CODE`: an issuer's list of certificates, for those who run the bank."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from creditbank.cli import surroundings
from creditbank.kernel.errors import Refusal

FAILED: Final = 1
UNREADABLE: Final = 2
PART_BYTES: Final = 1024**2
SHOWN: Final = 20


def register(*, path: str, issuer: str, as_json: bool) -> int:
    """Check a list and let its good rows into the register of certificates.

    The command line acts as the bank itself: it needs access to the bank's machine and keys, and the fact says so.
    Exit 0: done; 1: refused, or nothing of it entered; 2: the file is not there or cannot be opened.
    """
    file = Path(path)
    if not file.is_file():
        print(f"没有这个文件：{path}\nThere is no such file: {path}", file=sys.stderr)
        return UNREADABLE
    with surroundings.bank():
        try:
            told = _entered(file, issuer)
        except Refusal as refusal:
            words = {"code": refusal.code, "message": refusal.sentence("zh"), "message_en": refusal.sentence("en")}
            _say({"entered": False, **words}, as_json=as_json)
            return FAILED
        except OSError:
            print(f"打不开这个文件：{path}\nThis file cannot be opened: {path}", file=sys.stderr)
            return UNREADABLE
    _say(told, as_json=as_json)
    return 0 if told["stage"] in {"entered", "reported"} else FAILED


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(PART_BYTES):
            yield part


def _entered(file: Path, issuer: str) -> dict[str, object]:
    from creditbank.kernel.actor import system  # needs Django set up
    from creditbank.organizations import queries as organizations
    from creditbank.register import operations, queries

    actor, now = system("command-line"), datetime.now(tz=UTC)
    load = operations.load_at_once(
        actor=actor,
        organization_id=organizations.by_code(issuer).id,
        file_name=file.name,
        content=_parts(file),
        now=now,
    )
    kinds = queries.refused_kinds(load.public_id, actor=actor)
    refusal = {"message": load.refusal.zh, "message_en": load.refusal.en} if load.refusal.zh else {}
    return {
        "list": load.public_id,
        "stage": load.stage.value,
        "entered": load.stage.value == "entered",
        **asdict(load.counts),
        **refusal,
        "reasons": [
            {"code": kind.code, "rows": kind.rows, "message": kind.sentence.zh, "message_en": kind.sentence.en}
            for kind in kinds
        ],
    }


def _say(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if "message" in told:
        print(f"{told['message']}\n{told['message_en']}", file=sys.stderr)
        return
    names = {
        "rows": "名单里的行 / rows",
        "new": "新登记 / new",
        "changed": "有变动 / changed",
        "same": "登记过 / same",
        "refused": "有问题 / refused",
    }
    for key, name in names.items():
        print(f"{name:<28} {told[key]:>12,}")
    reasons = told["reasons"]
    assert isinstance(reasons, list)
    for each in reasons[:SHOWN]:
        print(f"  {each['rows']:>8,}  {each['message']}  {each['message_en']}")
