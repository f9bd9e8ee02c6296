"""`creditbank demo`: an empty bank filled with synthetic people, through the same operations as real data."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from creditbank.cli import surroundings
from creditbank.cli.engine_account import EngineProblem

MARK: Final = "demo.json"
PEOPLE: Final = "demo_people.json"
console: Final = Console(highlight=False)


def _say(zh: str, en: str) -> None:
    console.print(f"{zh}  [dim]{en}[/dim]", soft_wrap=True)


def demo(*, learners: int, seed: int, if_empty: bool, prepare: Callable[[], None]) -> int:
    """Fill the bank of the data folder with so many learners, the same ones for the same seed; exit 0.

    `prepare` makes keys and tables where there are none yet.
    Refused: a bank that has organizations or accounts; with `if_empty` it is left as it is instead.
    Refused always: a demo bank whose filling was broken off.
    """
    started = time.monotonic()
    with surroundings.engine(report=_say):
        if not if_empty:
            # `creditbank run` has done this before it asks for the demo bank.
            prepare()
        data = Path(os.environ["CREDITBANK_DATA"])
        with surroundings.bank():
            if not _fill(data, learners=learners, seed=seed, if_empty=if_empty):
                return 0
    console.print(f"[dim]{time.monotonic() - started:.1f} s[/dim]")
    return 0


def _fill(data: Path, *, learners: int, seed: int, if_empty: bool) -> bool:
    """Fill the bank and say who may sign in; return whether there was anything to fill."""
    from creditbank.cli import demo_bank  # needs Django set up

    now = datetime.now(tz=UTC)
    if not demo_bank.is_empty(now=now):
        check_whole(data)
        if if_empty:
            return False
    else:
        # Marked before anything is made, so that no start takes an unfinished demo for a real bank.
        _write(data / MARK, {"learners": learners, "seed": seed, "finished": False})
        os.environ["CREDITBANK_DEMO"] = "1"
    built = demo_bank.build(learners=learners, seed=seed, now=now, say=_say)
    _write(data / PEOPLE, [asdict(person) for person in built.people])
    _write(data / MARK, {"learners": learners, "seed": seed, "finished": True, "claim": asdict(built.slip)})
    for person in () if if_empty else built.people:
        _say(f"  {person.login:<16} {person.password:<18} {person.name}，{person.part_zh}", person.part_en)
    slip = built.slip
    _say(
        f"可认领的账户：{slip.name}，身份证号 {slip.document}，认领码 {slip.code}",
        f"an account to claim: name, ID number and claim code; account {slip.account_number}",
    )
    return True


def check_whole(data: Path) -> None:
    """Refuse a demo bank whose filling was broken off: half of it would look like a fault of the bank."""
    mark = data / MARK
    if mark.exists() and not json.loads(mark.read_text("utf-8")).get("finished", True):
        raise EngineProblem(
            f"示范银行上次没有建完。请删除数据文件夹 {data}，再启动一次。",
            f"The demo bank was not finished last time. Delete the data folder {data} and start again.",
        )


def _write(path: Path, content: object) -> None:
    """Write JSON readable by the bank's own account only; a crash leaves the old file or the new one."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)  # before anything is in it: the claim code of the demo stands there in the clear
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    beside.replace(path)
