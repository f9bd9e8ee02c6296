"""One learner's archive at sixteen clients: the bare query and ours under pgbench, JSON and HTML through the stack."""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from django.db import connection

from bench.browsing import Asked, answers_a_second
from bench.results import Result, machine
from creditbank.archive.statements import statement
from creditbank.cli import engine_account
from creditbank.kernel import ids

CLIENTS: Final = 16
SECONDS: Final = 10
ROUNDS: Final = 3
READERS: Final = 2_000
"""So many learners are signed in, and asked for in turn."""
PORT: Final = 8149
JSON: Final = "/archive/export.json"
PAGE: Final = "/archive/"
OURS_SOUGHT, JSON_SOUGHT, PAGE_SOUGHT = 0.80, 0.25, 0.15

_JOINS: Final = (
    " JOIN catalogue_specification s ON s.id = e.specification_id"
    " JOIN organizations_organization o ON o.id = e.organization_id"
)
_NAMES: Final = "s.name_zh, o.name_zh"
BARE: Final = f"SELECT e.*, {_NAMES} FROM archive_entry e{_JOINS} WHERE e.learner_id = :learner;"  # noqa: S608  # constants


def run() -> list[Result]:
    """Return requests a second of each way to ask, each beside the bare query of the same round; medians of all.

    Ours has courses and schools joined to it as the bare one has. What the bank asks for is it without these: what they
    are called each process asks once, and here too the web server does.
    """
    first, last = _learners()
    asked = statement("archive").replace("$1", ":learner")
    signed_in = _signed_in(first, last)
    with _Web(signed_in) as web:
        ways = {
            "read_ours": (partial(_pgbench, f"{_joined(asked)};", first, last), OURS_SOUGHT),
            "read_asked": (partial(_pgbench, f"{asked};", first, last), OURS_SOUGHT),
            "read_json": (partial(web.asked, JSON), JSON_SOUGHT),
            "read_page": (partial(web.asked, PAGE), PAGE_SOUGHT),
        }
        web.warm()
        rounds = [
            (_pgbench(BARE, first, last), {name: way() for name, (way, _asked) in ways.items()}) for _ in range(ROUNDS)
        ]
    here, bare = machine(), median(bare for bare, _rates in rounds)
    beside = f"bare query, {bare:,.0f}/s at {CLIENTS} clients"
    return [
        Result(
            name,
            median(rates[name] for _bare, rates in rounds),
            "requests/s",
            beside,
            median(rates[name] / bare for bare, rates in rounds),
            ROUNDS,
            here,
            1 / asked,
        )
        for name, (_way, asked) in ways.items()
    ]


def _joined(asked: str) -> str:
    """Return the question for an archive with the names of courses and schools in each of its lines."""
    entry, account = " FROM archive_entry e", " FROM learners_learner l"
    entries, holder = asked.split(" UNION ALL")
    columns, of_posted = entries.split(entry)
    who, of_learner = holder.split(account)
    return f"{columns}, {_NAMES}{entry}{_JOINS}{of_posted} UNION ALL{who}, NULL, NULL{account}{of_learner}"


def _learners() -> tuple[int, int]:
    """Return the first and the last learner; the numbers between are nearly all taken."""
    with connection.cursor() as cursor:
        # What the server does by itself in the minutes after a load: it would in the middle of the measuring.
        cursor.execute("VACUUM ANALYZE learners_learner, archive_entry")
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


class SignedIn(NamedTuple):
    """Somebody's cookie, and what each address tells them and nobody else."""

    cookie: str
    told: dict[str, str]


def _signed_in(first: int, last: int) -> list[SignedIn]:
    """Let some learners have signed in; nobody chose a password."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils.crypto import get_random_string

    from creditbank.learners.queries import account_numbers

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
    accounts = account_numbers(learners)
    signed_in = []
    for user in people:
        user.set_unusable_password()
    for learner, user in zip(learners, kind.objects.bulk_create(people), strict=True):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "creditbank.identity.backends.SignInName"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        assert session.session_key
        cookie = f"{session.session_key}; csrftoken={get_random_string(32)}"  # as whoever opened a page before
        account = accounts[learner]
        signed_in.append(SignedIn(cookie, {JSON: f'{{"account":"{account}"', PAGE: ids.grouped(account)}))
    return signed_in


class _Web:
    """The web server as the bank starts it, as the application's role, on a port of its own."""

    def __init__(self, signed_in: Sequence[SignedIn]) -> None:
        """Start nothing yet."""
        self.signed_in = signed_in

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

    def warm(self) -> None:
        """Ask without counting, until the workers have read their code and what courses are called.

        The warm connections are let go: while the workers start, all that come are taken by whichever is there first.
        """
        for address in (JSON, PAGE):
            self.asked(address)

    def asked(self, address: str) -> float:
        """Return answers a second at so many clients, each on a connection of its own that it keeps."""
        head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: sessionid="
        asked = [Asked(f"{head}{each.cookie}\r\n\r\n".encode(), each.told[address].encode()) for each in self.signed_in]
        return answers_a_second(PORT, [asked[number::CLIENTS] for number in range(CLIENTS)], SECONDS)
