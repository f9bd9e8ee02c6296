"""`creditbank run`: engine, tables, demo bank, worker and web server, started together and stopped together."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console

from creditbank.cli import surroundings, translating
from creditbank.cli.demonstrating import check_whole
from creditbank.cli.engine import EngineProblem
from creditbank.learners import vault

HOST: Final = "127.0.0.1"
PR_SET_PDEATHSIG: Final = 1
STOP_SECONDS: Final = 10
PORT_MAX: Final = 65535
PORT_DIGITS: Final = 6
DEATHS_MAX: Final = 5
DEATHS_SECONDS: Final = 60
console: Final = Console(highlight=False)


def _say(zh: str, en: str) -> None:
    console.print(f"{zh}  [dim]{en}[/dim]", soft_wrap=True)


def _port() -> int:
    """Return the port of PORT, 8000 by default. Refused: what is no port, and one that is taken."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and len(text) < PORT_DIGITS and 0 < int(text) <= PORT_MAX):
        raise EngineProblem(f"PORT={text} 不是端口。请写1至65535。", f"PORT={text} is no port. Write 1 to 65535.")
    _check_port(int(text))
    return int(text)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise EngineProblem(
                f"端口 {port} 已被占用。换一个端口再启动：PORT={port % PORT_MAX + 1} make run",
                f"Port {port} is taken. Start on another one: PORT={port % PORT_MAX + 1} make run",
            ) from problem


def _die_with_parent() -> None:
    """Ask the kernel to end this child when the bank's own process ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _own(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "creditbank", *arguments]


def _child(arguments: Sequence[str], **environ: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own commands
        arguments,
        env={**os.environ, **environ},
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # no threads are running yet
        start_new_session=True,
    )


def _finish(child: subprocess.Popen[bytes], words: str) -> None:
    if child.wait() != 0:
        raise EngineProblem(
            f"{words}没有完成，上面是原因。", f"A step of the start failed; the reason stands above. ({words})"
        )


def prepare() -> None:
    """Keys, translations and tables, so that the bank can serve; idempotent."""
    vault.ensure_keys(surroundings.key_ring())
    translating.write()
    _finish(_child(_own("migrate")), "更新数据表 / tables")


def _commands(port: int) -> list[list[str]]:
    """Return how the web server and the worker are started."""
    web = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "2"]
    web += ["--blocking-threads", "1", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
    web.append("creditbank.project.wsgi:application")
    return [[sys.executable, "-m", *web], _own("manage", "procrastinate", "worker", "--concurrency", "1")]


def _wait_for_web(port: int, web: subprocess.Popen[bytes]) -> None:
    while web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """End each child with the workers it made; one that dawdles is killed."""
    for child in children:
        _signal(child, signal.SIGTERM)
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=STOP_SECONDS)
        _signal(child, signal.SIGKILL)


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    """Tell the child's whole group: each leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _greet(port: int) -> None:
    _say(f"\n[bold]银行已开门：http://{HOST}:{port}/[/bold]", f"The bank is open. In English: http://{HOST}:{port}/en/")
    people = Path(os.environ["CREDITBANK_DATA"]) / "demo_people.json"
    for person in json.loads(people.read_text("utf-8")) if people.exists() else ():
        signs_in = f"  {person['login']:<16} {person['password']:<18} {person['name']}，{person['part_zh']}"
        _say(signs_in, person["part_en"])
    _say("按 Ctrl-C 停止", "Ctrl-C stops everything")


def _wants_demo() -> bool:
    """Say whether an empty bank is to be filled: the embedded one, unless CREDITBANK_DEMO says no."""
    return not os.environ.get("DATABASE_URL") and os.environ.get("CREDITBANK_DEMO") not in {"0", "no"}


def _learners() -> int:
    return surroundings.number("CREDITBANK_DEMO_LEARNERS", otherwise=2000, least=10)


def _fill_if_empty(data: Path) -> None:
    if (data / "demo.json").exists():
        check_whole(data)
        os.environ["CREDITBANK_DEMO"] = "1"
        return
    _finish(_child(_own("demo", "--if-empty", "--learners", str(_learners()))), "示范银行 / demo bank")
    if (data / "demo.json").exists():
        os.environ["CREDITBANK_DEMO"] = "1"


def run(*, open_browser: bool) -> int:
    """Start everything, serve until Ctrl-C (exit 0) or until a process dies (exit 1), stop everything."""
    started = time.monotonic()
    port = _port()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    demo = _wants_demo()
    if demo:
        _learners()  # what cannot be used is refused before anything is started
    try:
        with surroundings.engine(report=_say, own=True) as revive:
            prepare()
            if demo:
                _fill_if_empty(Path(os.environ["CREDITBANK_DATA"]))
            _serve(port, started, revive, open_browser=open_browser)
    except KeyboardInterrupt:
        _say("\n已停止", "stopped")
        return 0
    return 1


def _serve(port: int, started: float, revive: Callable[[], bool], *, open_browser: bool) -> None:
    commands = _commands(port)
    children = [_child(command) for command in commands]
    try:
        _wait_for_web(port, children[0])
        _greet(port)
        console.print(f"[dim]{time.monotonic() - started:.1f} s[/dim]")
        if open_browser:
            webbrowser.open(f"http://{HOST}:{port}/")
        watch(children, commands, revive)
    finally:
        _stop(children)


def watch(children: list[subprocess.Popen[bytes]], commands: list[list[str]], revive: Callable[[], bool]) -> None:
    """Start again what dies, until Ctrl-C; give up where processes keep dying."""
    deaths: list[float] = []
    while len(deaths) < DEATHS_MAX:
        time.sleep(0.5)
        deaths = [death for death in deaths if time.monotonic() - death < DEATHS_SECONDS]
        if revive():
            deaths.append(time.monotonic())
            _say("数据库停了，已重新启动。", "The database died and was started again.")
        for place, child in enumerate(children):
            if child.poll() is not None:
                deaths.append(time.monotonic())
                _say("有一个进程停了，重新启动。", "A process died and is started again.")
                _signal(child, signal.SIGKILL)
                children[place] = _child(commands[place])
    _say("进程接连停掉，银行关门。上面是原因。", "Processes keep dying; the bank closes. The reason stands above.")
