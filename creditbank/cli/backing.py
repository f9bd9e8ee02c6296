"""`creditbank backup FOLDER`: the whole bank while it runs: database, sealed files, and what to check later."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, cast

from creditbank.cli import engine_account, engine_settings, surroundings
from creditbank.cli.engine import Engine, default_data_folder
from creditbank.cli.engine_account import EngineProblem, make_folder
from creditbank.learners import vault

FORM: Final = "creditbank.backup.v1"
BASE: Final = "base.tar"
FILES: Final = "files.tar"
NOTE: Final = "backup.json"
MARKS: Final = ("demo.json",)
BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class State:
    """What a restored bank must have at the least: facts, and the batches that were posted with a digest over roots."""

    facts: int
    last_posting: int
    postings: int
    roots: str


def backup(*, folder: str) -> int:
    """Write a backup of the embedded bank into a new folder. Refused: a folder with something in it, another server."""
    target = Path(folder).expanduser().resolve()
    if os.environ.get("DATABASE_URL"):
        raise EngineProblem(
            "数据库是您自己的服务器（DATABASE_URL），请用它的备份工具；做法见 docs/how-to/operate.md。",
            "The database is a server of your own (DATABASE_URL): back it up with its tools, as docs/how-to/operate.md"
            " shows.",
        )
    if target.exists() and any(target.iterdir() if target.is_dir() else [target]):
        raise EngineProblem(
            f"{target} 里已有内容。请给一个新文件夹，每次备份各用一个。",
            f"There is something in {target}. Name a new folder; every backup has its own.",
        )
    aside = target.with_name(f"{target.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    make_folder(aside, 0o700)
    with surroundings.bank():
        state, marks = state_of_bank(), vault.vault().marks()
        _copy_database(aside / BASE)
        _copy_files(aside / FILES)
    note = {
        "form": FORM,
        "at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "state": asdict(state),
        "keys": marks,
        "sha256": {name: digest_of(aside / name) for name in (BASE, FILES)},
    }
    (aside / NOTE).write_text(json.dumps(note, indent=2) + "\n", "utf-8")
    if target.exists():
        target.rmdir()
    aside.rename(target)
    size = sum(path.stat().st_size for path in target.iterdir()) / 1e6
    print(f"已备份到 {target}：{size:,.0f} MB，{state.postings:,} 个批次，{state.facts:,} 条记录。")
    print(f"Backed up to {target}: {size:,.0f} MB, {state.postings:,} batches, {state.facts:,} facts.")
    print(f"密钥不在备份里，请另行保管：{surroundings.key_ring()} 和同一文件夹的 secret.json")
    print(f"The keys are not in it; keep them apart: {surroundings.key_ring()} and secret.json of the same folder")
    return 0


def state_of_bank(*, upto: int | None = None) -> State:
    """Return the state that a backup promises; with `upto`, of the batches up to that posting."""
    from creditbank.archive import queries as archive  # needs Django set up
    from creditbank.evidence import queries as evidence

    posted = [each for each in archive.postings() if upto is None or each.id <= upto]
    digest = hashlib.sha256("\n".join(f"{each.reference} {each.root.hex()}" for each in posted if each.root).encode())
    return State(
        facts=evidence.count(),
        last_posting=max((each.id for each in posted), default=0),
        postings=len(posted),
        roots=digest.hexdigest(),
    )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_database(target: Path) -> None:
    """Let PostgreSQL write its base backup with the log that makes it whole, as one archive."""
    embedded = Engine.at(default_data_folder())
    program = engine_account.binaries(engine_account.engine_account()) / "pg_basebackup"
    words = ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--manifest-checksums=SHA256"]
    who = [f"--host={embedded.socket}", f"--port={engine_settings.PORT}", f"--username={engine_settings.ADMIN_ROLE}"]
    with target.open("wb") as file:
        done = subprocess.run(  # noqa: S603  our own binary, no shell
            [str(program), *words, *who, "--no-password"],
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
            env=engine_account.ENVIRONMENT,
        )
        file.flush()
        os.fsync(file.fileno())
    if done.returncode:
        raise EngineProblem(
            "数据库没有备份成，它的原话如下。检查磁盘空间后再试。",
            "The database was not backed up; its own words follow. Check the disk space and try again.",
            done.stderr.decode("utf-8", "replace").strip(),
        )


def _copy_files(target: Path) -> None:
    """Pack what people handed in, sealed as it lies; trees of batches are left out, for the book makes them again."""
    data = default_data_folder()
    with tarfile.open(target, "w") as archive:
        for name in MARKS:
            if (data / name).exists():
                archive.add(data / name, arcname=name)
        for path in sorted((data / "files").rglob("*.sealed")):
            with path.open("rb") as file:  # one that goes meanwhile is copied whole or not at all
                member = archive.gettarinfo(arcname=str(path.relative_to(data)), fileobj=cast("IO[bytes]", file))
                archive.addfile(member, file)
