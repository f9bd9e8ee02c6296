"""`creditbank simulate` and `creditbank replay`: plans from files alone, without a database."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from creditbank.cli.ruling import print_json, refused, unreadable
from creditbank.conversion import planning
from creditbank.conversion.errors import ReplayFaulty
from creditbank.kernel.errors import Refusal

BOOK_ENDINGS = {".json", ".yaml", ".yml"}


def simulate(*, books: Sequence[str], problem: str, award: str | None, explain: bool, as_json: bool) -> int:
    """Print the one best plan for a problem under books, and with `explain` why it is so."""
    try:
        texts = [Path(path).read_bytes() for path in books]
        document = planning.simulate_texts(texts, Path(problem).read_bytes(), award=award, explain=explain)
    except OSError as fault:
        return unreadable(fault)
    except Refusal as refusal:
        return refused(refusal)
    if as_json:
        print_json(document)
    else:
        _print_plan(document)
    return 0


def replay(*, path: str, books: Sequence[str]) -> int:
    """Make a stored plan again and see that it is the same; without books named, those beside it are looked at."""
    named = [Path(each) for each in books]
    try:
        stored = _stored(Path(path).read_bytes())
        planning.replay_texts(stored, [each.read_bytes() for each in named or _beside(Path(path))])
    except OSError as fault:
        return unreadable(fault)
    except Refusal as refusal:
        return refused(refusal)
    print("逐字节相同 / the same, byte for byte")
    return 0


def _stored(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ReplayFaulty(field="plan")
    return document


def _beside(path: Path) -> list[Path]:
    return [each for each in sorted(path.parent.iterdir()) if each.suffix in BOOK_ENDINGS and each != path]


def _print_plan(document: dict[str, Any]) -> None:
    plan = document["plan"]
    print(f"{plan['credits']} {plan['unit']}")
    for grant in plan["grants"]:
        lines = "、".join(f"{line['target']} {line.get('credits', '')}".strip() for line in grant["gives"])
        print(f"  {grant['rule']}: {'、'.join(grant['uses'])} → {lines}")
    for entry in document.get("unused", ()):
        print(f"  – {entry['rule']}: {entry['why']} {entry['code']} {entry.get('distance', '')}".rstrip())
    award = document.get("award")
    if award is not None:
        print(f"{award['id']}: {'已达到 attained' if award['attained'] else '未达到 not attained'}")
        for need in award["needs"]:
            print(f"  {need['need']}: {need['value']}, 缺 missing {need['missing']}")
