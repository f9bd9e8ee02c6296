"""One learner's archive at sixteen clients: the bare query and ours under pgbench, JSON and HTML through the stack."""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from django.db import connection

from bench.results import Result, machine
from creditbank.archive.statements import statement
from creditbank.cli import engine_account
from creditbank.kernel import ids

CLIENTS: Final = 16
SECONDS: Final = 10
READERS: Final = 2_000
"""So many learners are signed in, and asked for in turn."""
PORT: Final = 8149
JSON: Final = "/archive/export.json"
PAGE: Final = "/archive/"
OURS_SOUGHT, JSON_SOUGHT, PAGE_SOUGHT = 0.80, 0.25, 0.15

_NAMED: Final = "s.name_zh, o.name_zh"
_JOINS: Final = (
    "JOIN catalogue_specification s ON s.id = e.specification_id"
    " JOIN organizations_organization o ON o.id = e.organization_id"
)
BARE: Final = f"SELECT e.*, {_NAMED} FROM archive_entry e {_JOINS} WHERE e.learner_id = :learner;"  # noqa: S608  # words of ours


def run() -> list[Result]:
    """Return requests a second of each way to ask, each beside the bare query of the same run."""
    first, last = _learners()
    ours = statement("archive").replace("$1", ":learner")
    bare = _pgbench(BARE, first, last)
    found = {"read_ours": (_pgbench(f"{ours};", first, last), OURS_SOUGHT)}
    cookies = _signed_in(first, last)
    with _Web() as web:
        found["read_json"] = web.asked(JSON, cookies), JSON_SOUGHT
        found["read_page"] = web.asked(PAGE, cookies), PAGE_SOUGHT
    here, beside = machine(), f"bare query, {bare:,.0f}/s at {CLIENTS} clients"
    return [
        Result(name, rate, "requests/s", beside, rate / bare, 1, here, 1 / asked)
        for name, (rate, asked) in found.items()
    ]


def _learners() -> tuple[int, int]:
    """Return the first and the last learner; the numbers between are nearly all taken."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE learners_learner")
        cursor.execute("SELECT min(learner_id), max(learner_id), count(*) FROM learners_learner")
        first, last, count = cursor.fetchone()
    assert count > (last - first) // 2, "too few of the numbers are learners"
    return first, last


def _pgbench(query: str, first: int, last: int) -> float:
    """Return transactions a second, as PostgreSQL's own program measures them."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    host = parse_qs(parts.query)
    account = engine_account.engine_account()
    with tempfile.NamedTemporaryFile("w", suffix=".sql", dir="/var/tmp", encoding="utf-8") as script:
        script.write(f"\\set learner random({first}, {last})\n{query}\n")
        script.flush()
        Path(script.name).chmod(0o644)
        words = ["-n", "-M", "prepared", "-c", CLIENTS, "-j", 2, "-T", SECONDS, "-f", script.name]
        reach = ["-h", host["host"][0], "-p", host["port"][0], "-U", parts.username, parts.path[1:]]
        program = engine_account.binaries(account) / "pgbench"
        done = account.run(program, *(str(word) for word in (*words, *reach)))
    assert done.returncode == 0, done.stderr
    told = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert told is not None, done.stdout
    return float(told[1])


def _signed_in(first: int, last: int) -> list[str]:
    """Let some learners have signed in, and return their cookies; nobody chose a password."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils.crypto import get_random_string

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT learner_id FROM learners_learner TABLESAMPLE BERNOULLI (%s) LIMIT %s",
            [min(100, 200 * READERS / (last - first + 1)), READERS],
        )
        learners = [learner for (learner,) in cursor.fetchall()]
    kind = get_user_model()
    people = [
        kind(
            public_id=ids.public_id(secrets.token_bytes(16)),
            login=f"bench-{learner}",
            name="测试",
            kind="learner",
            learner_id=learner,
        )
        for learner in learners
    ]
    cookies = []
    for user in people:
        user.set_unusable_password()
    for user in kind.objects.bulk_create(people):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "creditbank.identity.backends.SignInName"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        assert session.session_key
        cookies.append(f"{session.session_key}; csrftoken={get_random_string(32)}")  # as whoever opened a page before
    return cookies


class _Web:
    """The web server as the bank starts it, as the application's role, on a port of its own."""

    def __enter__(self) -> Self:
        words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--workers", "2"]
        words += ["--blocking-threads", "1", "--no-ws", "--log-level", "warning", "creditbank.project.wsgi:application"]
        surroundings = {**os.environ, "CREDITBANK_ROLE": ""}
        self.server = subprocess.Popen(  # noqa: S603  # the bank's own command
            [sys.executable, "-m", *words], env=surroundings, start_new_session=True
        )
        while self.server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError("the web server did not start")

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(30)

    def asked(self, address: str, cookies: Sequence[str]) -> float:
        """Return answers a second at so many clients, each on a connection of its own that it keeps."""
        answered = [0] * CLIENTS
        for _ in range(CLIENTS):  # until both workers have read their code: a connection stays with one of them
            _Client(address, cookies[:1]).ask(times=4)
        end = time.perf_counter() + SECONDS
        started = time.perf_counter()

        def ask(number: int) -> None:
            client = _Client(address, cookies[number::CLIENTS])
            while time.perf_counter() < end:
                answered[number] += client.ask(times=1)

        clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return sum(answered) / (time.perf_counter() - started)


class _Client:
    """A browser reduced to its socket: it asks, and reads to the end of the answer."""

    def __init__(self, address: str, cookies: Sequence[str]) -> None:
        head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: sessionid="
        self.requests = [f"{head}{cookie}\r\n\r\n".encode() for cookie in cookies]
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.next = 0

    def ask(self, *, times: int) -> int:
        """Ask so often, each time as the next person, and return how many answers came: all, and all good."""
        for _ in range(times):
            self.socket.sendall(self.requests[self.next % len(self.requests)])
            self.next += 1
            answer = self.socket.recv(65536)
            while b"\r\n\r\n" not in answer:
                answer += self.socket.recv(65536)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            left = int(re.search(rb"(?i)content-length: (\d+)", head)[1]) - len(body)  # type: ignore[index]
            while left > 0:
                left -= len(self.socket.recv(65536))
        return times
