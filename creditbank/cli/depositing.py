"""`creditbank deposit FILE --institution CODE`: the page's way in for those who run the bank, and for scripts."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from creditbank.cli import surroundings
from creditbank.kernel.errors import Refusal

FAILED: Final = 1
UNREADABLE: Final = 2
BROKEN: Final = 3


def deposit(*, path: str, institution: str, dry_run: bool, all_or_nothing: bool, as_json: bool) -> int:
    """Check a file and, unless it is a dry run, let its good rows enter the book; or none, while any is refused.

    The command line acts as the bank itself, a named system actor: it needs access to the bank's
    machine and keys, and the fact says so. Exit 0: done; 1: refused; 2: the file is not there or
    cannot be opened; 3: the bank itself failed at the batch.
    """
    file = Path(path)
    try:
        if not file.is_file():
            print(f"没有这个文件：{path}\nThere is no such file: {path}", file=sys.stderr)
            return UNREADABLE
        opened = file.open("rb")
        opened.peek(1)
    except OSError:
        print(f"打不开这个文件：{path}\nThis file cannot be opened: {path}", file=sys.stderr)
        return UNREADABLE
    with opened as content, surroundings.bank():
        try:
            from creditbank.cli.watching import watching  # needs Django set up

            with watching(silent=as_json) as teller:
                report = _report(
                    file.name, content, institution, dry_run=dry_run, all_or_nothing=all_or_nothing, watch=teller.watch
                )
        except Refusal as refusal:
            return _refused(refusal, as_json=as_json)
    if "code" in report:
        return _failed(report, as_json=as_json)
    _print(report, as_json=as_json)
    return 0


def _report(
    name: str, content: BinaryIO, institution: str, *, dry_run: bool, all_or_nothing: bool, watch: Callable[..., None]
) -> dict[str, object]:
    from creditbank.deposits import operations  # needs Django set up
    from creditbank.kernel.actor import system
    from creditbank.organizations import queries as organizations

    actor, now = system("command-line"), datetime.now(tz=UTC)
    organization_id = organizations.by_code(institution).id
    if dry_run:
        from django.utils import timezone

        found = operations.dry_run(
            actor=actor,
            organization_id=organization_id,
            file_name=name,
            content=content,
            today=timezone.localdate(now),
            watch=watch,
        )
        return {"posted": False, **asdict(found.report.counts), "refused": _lines(found.refused)}
    return operations.deposit_at_once(
        actor=actor,
        organization_id=organization_id,
        file_name=name,
        content=content,
        all_or_nothing=all_or_nothing,
        watch=watch,
        now=now,
    ).as_json()


def _lines(refused: pl.DataFrame) -> list[dict[str, object]]:
    columns = ["row", "heading", "code", "message_zh", "message_en"]
    return [
        {"row": row, "column": column, "code": code, "message": zh, "message_en": en}
        for row, column, code, zh, en in refused.select(columns).iter_rows()
    ]


def _refused(refusal: Refusal, *, as_json: bool) -> int:
    words = {"code": refusal.code, "message": refusal.sentence("zh"), "message_en": refusal.sentence("en")}
    is_broken = "fault" in refusal.details
    named = {"batch": refusal.details["batch"]} if is_broken else {}
    _failed({**named, "posted": False, **words}, as_json=as_json)
    return BROKEN if is_broken and "batch" in refusal.details else FAILED


def _failed(told: dict[str, object], *, as_json: bool) -> int:
    """Say why a file was refused as a whole."""
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print(f"{told['message']}\n{told['message_en']}", file=sys.stderr)
    return FAILED


def _print(report: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    names = {
        "file_rows": "文件里的行 / rows of the file",
        "rows": "成果 / achievements told",
        "kept": "新存入 / kept",
        "corrections": "更正 / corrections",
        "duplicates": "以前存过 / duplicates",
        "refused_rows": "有问题 / refused",
        "waiting": "等开户 / waiting for an account",
        "conflicts": "两家不一致 / institutions disagree",
        "accounts_opened": "新开户 / accounts opened",
    }
    for key, name in names.items():
        print(f"{name:<28} {report[key]:>12,}")
    refused = report["refused"]
    assert isinstance(refused, list)
    for line in refused[:20]:
        print(f"  {line['row']:>8}  {line['column']}  {line['message']}  {line['message_en']}")
    if len(refused) > 20:  # noqa: PLR2004  # a screenful
        print(f"  … {len(refused) - 20:,} (--json)")
