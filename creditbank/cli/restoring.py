"""`creditbank restore FOLDER`: a bank made anew from its backup, and checked to be what was acknowledged."""

import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any, Final

import psycopg

from creditbank.cli import backing, engine_account, engine_folder, engine_settings, surroundings
from creditbank.cli.engine import Engine, default_data_folder
from creditbank.cli.engine_account import Account, EngineProblem
from creditbank.learners import vault

SHOWN_MAX: Final = 5
BESIDE: Final = "secret.json"
REPLAY: Final = 'restore_command = \'cp "{folder}/%f" "%p"\'\n'


def restore(*, folder: str, keys: str, wal: str) -> int:
    """Make the bank in CREDITBANK_DATA anew from a backup, and from the log archived since. Exit 1: it is not whole.

    Refused: a data folder with a database in it, a backup that was changed, a key ring that opens nothing of it.
    """
    source = Path(folder).expanduser().resolve()
    note = _read_note(source)
    data = default_data_folder()
    account = engine_account.engine_account()
    engine_folder.open_data(data, account)
    engine_folder.lock(data)
    try:
        _check_empty(data)
        _check_whole(source, note)
        ring = _opening(keys, data, note)
        _unpack_files(source / backing.FILES, data)
        _unpack_database(source / backing.BASE, data, account, wal=wal)
        _keep_secrets(ring, data)
    except BaseException:
        shutil.rmtree(data / "files", ignore_errors=True)
        raise
    finally:
        engine_folder.unlock(data)
    return _checked(note)


def _read_note(source: Path) -> dict[str, Any]:
    try:
        note = json.loads((source / backing.NOTE).read_text("utf-8"))
        assert note["form"] == backing.FORM
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as problem:
        raise EngineProblem(
            f"{source} 不是学分银行的备份文件夹。请给出 `creditbank backup` 写成的那个文件夹。",
            f"{source} is no backup of a credit bank. Name the folder that `creditbank backup` wrote.",
        ) from problem
    return dict(note)


def _check_empty(data: Path) -> None:
    if (data / "pg").exists() or (data / "files").exists():
        raise EngineProblem(
            f"{data} 里已有一家银行。请用 CREDITBANK_DATA 另选一个空文件夹来恢复。",
            f"There is a bank in {data} already. Restore into an empty folder: choose one with CREDITBANK_DATA.",
        )


def _check_whole(source: Path, note: dict[str, Any]) -> None:
    for name, digest in note["sha256"].items():
        if not (source / name).is_file() or backing.digest_of(source / name) != digest:
            raise EngineProblem(
                f"备份不完整：{source / name} 缺失或被改动过。请换用另一份备份。",
                f"The backup is not whole: {source / name} is missing or was changed. Use another backup.",
            )


def _unpack_files(archive: Path, data: Path) -> None:
    unpack(archive, data, uid=os.geteuid(), gid=os.getegid())
    for path in [data / "files", *(data / "files").rglob("*")]:
        if path.is_dir():
            path.chmod(0o700)


def unpack(archive: Path, target: Path, *, uid: int, gid: int) -> None:
    """Unpack plain files and folders, each private to its owner; refused: anything that would lie elsewhere.

    By hand: the filters of `tarfile` came with Python 3.11.4, and Debian 12 has 3.11.2.
    """
    with tarfile.open(archive) as packed:
        for member in packed:
            path = target / member.name
            inside = path.resolve().is_relative_to(target.resolve())
            source = packed.extractfile(member) if member.isfile() else None
            if not inside or not (source or member.isdir()):
                raise EngineProblem(
                    f"备份里的 {member.name} 不是普通文件。请换用另一份备份。",
                    f"{member.name} in the backup is no plain file. Use another backup.",
                )
            (path.parent if source else path).mkdir(mode=0o700, parents=True, exist_ok=True)
            if source:
                with source, path.open("xb") as file:
                    shutil.copyfileobj(source, file)
                path.chmod(0o600)
            os.chown(path, uid, gid)


def _opening(keys: str, data: Path, note: dict[str, Any]) -> Path:
    """Return the key ring that opens what the backup holds. Refused: none, and one that lacks a key."""
    ring = Path(keys).expanduser() if keys else surroundings.ring_of(data)
    if not ring.is_file():
        raise EngineProblem(
            "没有密钥环就打不开个人资料。请用 --keys 指出另行保管的 keys.json。",
            "Without the key ring nobody's data can be opened. Name the keys.json that you kept apart with --keys.",
        )
    vault.use(ring)
    try:
        marks = vault.vault().marks()
    except (ValueError, KeyError, TypeError):
        marks = {}
    if any(marks.get(name) != mark for name, mark in note["keys"].items()):
        raise EngineProblem(
            f"{ring} 不是这家银行的密钥环，或缺少后来轮换的密钥。请换用备份当天的那一份。",
            f"{ring} is not the key ring of this bank, or lacks a key added later. Use the one of the backup's day.",
        )
    return ring


def _keep_secrets(ring: Path, data: Path) -> None:
    """Put the key ring into its place, and the secret that seals second factors where it lies beside the ring."""
    for source, place in ((ring, surroundings.ring_of(data)), (ring.with_name(BESIDE), data / BESIDE)):
        if source.is_file() and not place.exists():
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(source.read_bytes())
    if not (data / BESIDE).exists() and not os.environ.get("CREDITBANK_SECRET_KEY"):
        _say(
            f"{ring} 旁边没有 {BESIDE}：两步验证要逐人重新设置。",
            f"There is no {BESIDE} beside {ring}: second factors have to be set up anew, person by person.",
        )


def _unpack_database(base: Path, data: Path, account: Account, *, wal: str) -> None:
    """Unpack as the engine's account owns it, let PostgreSQL verify every file, then put it in its place."""
    aside = data / "pg.new"
    shutil.rmtree(aside, ignore_errors=True)
    engine_folder.private_folder(aside, account.uid, account.gid)
    unpack(base, aside, uid=account.uid, gid=account.gid)
    done = account.run(engine_account.binaries(account) / "pg_verifybackup", "--quiet", aside)
    if done.returncode:
        zh = "备份里的数据库不完整，数据库的原话如下。请换用另一份备份。"
        en = "The database in the backup is not whole; its own words follow. Use another backup."
        raise EngineProblem(zh, en, done.stderr.strip())
    if wal:
        archived = Path(wal).expanduser().resolve()
        engine_folder.check_archive(archived, account)
        settings = (aside / "postgresql.auto.conf").read_text("utf-8") + REPLAY.format(folder=archived)
        account.write(aside / "postgresql.auto.conf", settings)
        account.write(aside / "recovery.signal", "")
    aside.rename(data / "pg")


def _checked(note: dict[str, Any]) -> int:
    """Start the restored bank, compare it with what the backup promised, and every batch with its root."""
    with surroundings.bank(report=_say):
        from creditbank.archive import queries as archive  # needs Django set up

        _forget_replay()
        promised = backing.State(**note["state"])
        found = backing.state_of_bank(upto=promised.last_posting)
        whole = (found.postings, found.roots) == (promised.postings, promised.roots) and found.facts >= promised.facts
        now = backing.state_of_bank()
        checked = archive.check_roots()
    print(f"已恢复：{now.postings:,} 个批次、{checked.rows:,} 条成果、{now.facts:,} 条记录。")
    print(f"Restored: {now.postings:,} batches, {checked.rows:,} achievements, {now.facts:,} facts.")
    if whole and not checked.broken:
        print("每个批次的成果都与它的根一致。\nThe rows of every batch give its root.")
        return 0
    named = "、".join(checked.broken[:SHOWN_MAX]) or "-"
    print(f"恢复得不完整，请勿使用。与根不符的批次：{named}")
    print(f"It is not whole; do not use it. Batches that do not give their root: {named}")
    return 1


def _forget_replay() -> None:
    """The log was replayed: from the next start on the server must not look for more of it."""
    address = Engine.at(default_data_folder()).url("postgres", engine_settings.ADMIN_ROLE)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET restore_command")


def _say(zh: str, en: str) -> None:
    print(f"{zh}\n{en}")
