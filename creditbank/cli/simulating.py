"""`creditbank simulate` and `creditbank replay`: plans from files alone; a replay may also ask the bank for books."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from creditbank.cli import surroundings
from creditbank.cli.engine import Engine, EngineProblem, default_data_folder
from creditbank.cli.files import content, is_file, print_json, print_refusal
from creditbank.conversion import planning
from creditbank.conversion.errors import ReplayFaulty
from creditbank.kernel.errors import Refusal

BOOK_ENDINGS = {".json", ".yaml", ".yml"}
BESIDE_MAX = 500
"""How many files of a folder are looked at in search of a book."""


def simulate(*, books: Sequence[str], problem: str, award: str | None, explain: bool, as_json: bool) -> int:
    """Print the one best plan for a problem under books, and with `explain` why it is so.

    Needs no database. Exit 0: a plan; 1: refused; 2: a file cannot be read.
    """
    try:
        texts = [content(path) for path in books]
        document = planning.simulate_texts(texts, content(problem), award=award, explain=explain)
    except Refusal as refusal:
        return print_refusal(refusal, as_json=as_json)
    if as_json:
        print_json(document)
    else:
        _print_plan(document)
    return 0


def replay(*, path: str, books: Sequence[str], as_json: bool) -> int:
    """Make a stored plan again, see that it is the same, and say which books it was found to rest on.

    With books named, those are looked at alone. Without, the files beside the plan, and for what they lack the bank
    of CREDITBANK_DATA or DATABASE_URL, if there is one. Exit 0: the same bytes; 1: refused; 2: a file cannot be read.
    """
    try:
        stored = _stored(content(path))
        texts = _read([Path(each) for each in books] or _beside(Path(path)), named=bool(books))
        wanted = {each["digest"] for each in planning.editions_named(stored)}
        places = {digest: place for digest, (place, _) in texts.items()}
        if wanted <= set(places) or books or not _has_bank():
            planning.replay_texts(stored, [text for _, text in texts.values()])
        else:
            places |= _replayed_in_bank(stored, [text for _, text in texts.values()])
    except Refusal as refusal:
        return print_refusal(refusal, as_json=as_json)
    _print_replay(planning.editions_named(stored), places, as_json=as_json)
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
    files: list[Path] = []
    with suppress(OSError):  # a folder that may be entered, but not listed
        files = sorted(path.parent.iterdir())
    return [each for each in files if each.suffix in BOOK_ENDINGS and each != path and is_file(each)][:BESIDE_MAX]


def _read(paths: Sequence[Path], *, named: bool) -> dict[str, tuple[str, bytes]]:
    """Return path and text of the books among files, by digest.

    A file that was named must be readable; others are passed over.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for path in paths:
        text = b""
        with suppress(*(() if named else (Refusal,))):
            text = content(path)
        digest = planning.digest_in(text)
        if digest is not None:
            found.setdefault(digest, (str(path), text))
    return found


def _has_bank() -> bool:
    """Say whether there is a bank to ask; none is made for a replay."""
    return bool(os.environ.get("DATABASE_URL")) or Engine.at(default_data_folder()).cluster.is_dir()


def _replayed_in_bank(stored: dict[str, Any], texts: Sequence[bytes]) -> dict[str, str]:
    """Replay with the editions of the bank, and return by digest under which address each of them stands there.

    A bank that cannot be opened, or whose tables are of another release, is as none.
    """
    from django.db import DatabaseError  # only where there is a bank

    try:
        with surroundings.bank():
            from creditbank.conversion import queries  # needs Django set up

            found = queries.replay(stored, texts)
            return {queries.ruling_digest(each): f"/rules/{each.edition.public_id}" for each in found}
    except (EngineProblem, DatabaseError):
        planning.replay_texts(stored, texts)
        return {}


def _print_replay(editions: Sequence[dict[str, str]], places: dict[str, str], *, as_json: bool) -> None:
    told = [{**each, "found": places[each["digest"]]} for each in editions]
    if as_json:
        print_json({"same": True, "editions": told})
        return
    for each in told:
        print(f"{each['id']} {each['edition']}: {each['found']}")
    print("逐字节相同 / the same, byte for byte")


def _print_plan(document: dict[str, Any]) -> None:
    plan = document["plan"]
    print(f"{plan['credits']} {plan['unit']}")
    for grant in plan["grants"]:
        lines = "、".join(f"{line['target']} {line.get('credits', '')}".strip() for line in grant["gives"])
        print(f"  {grant['rule']}: {'、'.join(grant['uses'])} → {lines}")
    for entry in document.get("unused", ()):
        print(f"  – {entry['rule']}: {entry['why']} {entry.get('code', '')} {entry.get('distance', '')}".rstrip())
    award = document.get("award")
    if award is not None:
        print(f"{award['id']}: {'已达到 attained' if award['attained'] else '未达到 not attained'}")
        for need in award["needs"]:
            print(f"  {need['need']}: {need['value']}, 缺 missing {need['missing']}")
