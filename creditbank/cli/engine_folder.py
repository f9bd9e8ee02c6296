"""The data folder of the embedded PostgreSQL: who holds it, which server lives in it, what a crash left behind."""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path

from creditbank.cli import engine_settings
from creditbank.cli.engine_account import ROOT, Account, EngineProblem, make_folder

MAJOR_VERSION = "18"
FREE_MEGABYTES_MIN = 500
SOCKET_BYTES_MAX = 107  # what the operating system takes as the address of a socket
SHORT_FOLDERS = (Path("/run"), Path("/tmp"))  # noqa: S108  the folder made in it is private and verified
PAUSE_SECONDS = 0.05
STATUS_LINE = 7  # of postmaster.pid, counted from 0
PROCESSES = Path("/proc")

_PLAIN_PATH = re.compile(r"[\w/.-]+")
_locks: dict[Path, int] = {}


def digest(data: Path) -> str:
    """Return a short name that no other data folder has."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


def socket_folder(data: Path) -> Path:
    """Return where the socket lies: in the data folder, or in a private folder elsewhere when that path is no address.

    It is none when it is too long, and when a comma makes the client read it as two.
    """
    wanted = data / "run"
    address = os.fsencode(engine_settings.address(wanted))
    if len(address) <= SOCKET_BYTES_MAX and b"," not in address:
        return wanted
    run, temporary = SHORT_FOLDERS
    return (run if os.geteuid() == ROOT and run.is_dir() else temporary) / f"creditbank-{digest(data)}"


def open_data(data: Path, account: Account) -> None:
    """Make the data folder where it is missing; refused: another's folder, one out of reach, a full disk."""
    make_folder(data, 0o711 if account.borrowed else 0o700)
    owner = data.stat().st_uid
    if owner not in {os.geteuid(), account.uid} or not os.access(data, os.W_OK | os.X_OK):
        zh = f"数据文件夹 {data} 属于另一个用户（编号 {owner}）或不可写。请以该用户运行，或另设 CREDITBANK_DATA。"
        en = f"The data folder {data} belongs to another user (id {owner}) or cannot be written to. "
        raise EngineProblem(zh, f"{en}Run as that user, or choose another folder with CREDITBANK_DATA.")
    if not account.reaches(data):
        zh = f"数据库账户“{account.name}”进不了文件夹 {data}。请另设 CREDITBANK_DATA（如 /var/lib/creditbank/data）。"
        en = f"The database's account “{account.name}” cannot enter the data folder {data}. "
        raise EngineProblem(zh, f"{en}Choose another with CREDITBANK_DATA, for example /var/lib/creditbank/data.")
    free = shutil.disk_usage(data).free // engine_settings.MEGABYTE
    if free < FREE_MEGABYTES_MIN:
        zh = f"{data} 所在磁盘只剩 {free} MB，至少需要 {FREE_MEGABYTES_MIN} MB。请腾出空间，或另设 CREDITBANK_DATA。"
        en = f"Only {free} MB are free where {data} lies; at least {FREE_MEGABYTES_MIN} MB are needed. "
        raise EngineProblem(zh, f"{en}Free some space, or choose another folder with CREDITBANK_DATA.")


def check_version(cluster: Path) -> None:
    """Refuse a database of another major version, and a folder that is no database."""
    try:
        version = (cluster / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        version = "?"
    if version != MAJOR_VERSION:
        zh = f"{cluster} 里的数据属于 PostgreSQL {version}，本版本使用 {MAJOR_VERSION}。"
        en = f"The data in {cluster} are of PostgreSQL {version}; this release works with {MAJOR_VERSION}. "
        zh += "请用写入它的那个版本导出数据后再导入，或用 CREDITBANK_DATA 另选文件夹。"
        en += "Dump them with the release that wrote them and load them here, or choose another CREDITBANK_DATA."
        raise EngineProblem(zh, en)


def private_folder(folder: Path, owner: int, group: int) -> None:
    """Make a folder that only `owner` may enter; refused when it exists and is another's or open to others."""
    try:
        folder.mkdir(mode=0o700)
        if os.geteuid() != owner:
            os.chown(folder, owner, group, follow_symlinks=False)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        zh = f"{folder} 应是只有用户 {owner} 能进入的文件夹，但它不是。请检查是谁建立的，移走它再启动。"
        en = f"{folder} should be a folder that only user id {owner} may enter, and is not. "
        raise EngineProblem(zh, f"{en}Find out who made it, move it away, and start again.")


def check_archive(folder: Path, account: Account) -> None:
    """Make the folder that the write-ahead log is copied to; refused: a name that a shell could read as a command."""
    if _PLAIN_PATH.fullmatch(str(folder)) is None:
        zh = f"CREDITBANK_WAL={folder} 含有不能用的字符。请只用字母、数字、汉字、“-”“_”“.”和“/”。"
        en = f"CREDITBANK_WAL={folder} holds characters that cannot be used. Keep to letters, digits, -, _, . and /."
        raise EngineProblem(zh, en)
    make_folder(folder.parent, 0o711 if account.borrowed else 0o700)
    private_folder(folder, account.uid, account.gid)
    if not account.reaches(folder):
        zh = f"数据库账户“{account.name}”进不了文件夹 {folder}。请用 CREDITBANK_WAL 另选一个。"
        en = f"The database's account “{account.name}” cannot enter {folder}. Choose another with CREDITBANK_WAL."
        raise EngineProblem(zh, en)


def lock(data: Path) -> None:
    """Hold the data folder until `unlock` or the end of this process; refused while another process holds it."""
    handle = os.open(data / "engine.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        holder = os.read(handle, 20).decode("ascii", "replace").strip() or "?"
        os.close(handle)
        zh = f"另一个学分银行（进程 {holder}）正在使用数据文件夹 {data}。请先停止它，或用 CREDITBANK_DATA 另选文件夹。"
        en = f"Another credit bank (process {holder}) is using the data folder {data}. "
        raise EngineProblem(zh, f"{en}Stop it first, or choose another folder with CREDITBANK_DATA.") from problem
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    _locks[data] = handle


def unlock(data: Path) -> None:
    """Let the data folder go, if this process holds it."""
    handle = _locks.pop(data, None)
    if handle is not None:
        os.close(handle)


def holds(data: Path) -> bool:
    """Tell whether this process holds the data folder."""
    return data in _locks


def living_server(cluster: Path) -> int | None:
    """Return the process of the server in this cluster; a zombie or a stranger with its old number does not count."""
    try:
        process = int((cluster / "postmaster.pid").read_text("utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    words = _words(process)
    is_ours = len(words) > 1 and Path(words[0]).name == "postgres" and str(cluster) in words[1:]
    return process if is_ours and alive(process) else None


def says_ready(cluster: Path) -> bool:
    """Tell whether the server in this cluster has written that it takes connections; asking it would fill its log."""
    try:
        lines = (cluster / "postmaster.pid").read_text("utf-8").splitlines()
    except OSError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def alive(process: int) -> bool:
    """Tell whether the process runs; one that has ended and was not yet collected does not."""
    try:
        line = (PROCESSES / str(process) / "stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The name may hold spaces and brackets, so the state is what follows the last bracket.
    return line.rpartition(")")[2].split()[0] not in {"Z", "X"}


def stop_server(process: int, wait_seconds: float) -> bool:
    """Ask the server to end its sessions and stop cleanly; say whether it has."""
    try:
        os.kill(process, signal.SIGINT)
    except ProcessLookupError:
        return True
    return _wait_for_end([process], wait_seconds)


def sweep(cluster: Path, socket: Path, name: str, wait_seconds: float) -> None:
    """End the sessions of a killed server and remove what it left; call it only when no server lives."""
    orphans = _orphans(name)
    for process in orphans:
        # What the server would have told them: leave at once, the recovery sees to the rest.
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGQUIT)
    if not _wait_for_end(orphans, wait_seconds):
        zh = f"{cluster} 的上一个数据库还有进程没有结束。请稍等片刻再启动。"
        en = f"Processes of the last database in {cluster} have not ended yet. Wait a moment and start again."
        raise EngineProblem(zh, en)
    # Left in place, these would stop the start whenever their number belongs to some other process by now.
    address = engine_settings.address(socket)
    for path in (cluster / "postmaster.pid", address, address.with_name(f"{address.name}.lock")):
        path.unlink(missing_ok=True)


def _orphans(name: str) -> list[int]:
    title = f"postgres: {name}:"
    numbers = [int(entry.name) for entry in PROCESSES.iterdir() if entry.name.isdigit()]
    return [number for number in numbers if " ".join(_words(number)).startswith(title)]


def _words(process: int) -> list[str]:
    try:
        line = (PROCESSES / str(process) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [os.fsdecode(word) for word in line.split(b"\0")]


def _wait_for_end(processes: list[int], wait_seconds: float) -> bool:
    deadline = time.monotonic() + wait_seconds
    while any(alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True
