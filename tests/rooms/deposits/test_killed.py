"""Crashes for real: loader, worker and database killed, disks full, connections lost; then the bank goes on.

The bank has an engine and a folder of its own. A process is stopped where it is to be hit by a lock on the table that
it writes next: it waits there, and nothing in the product knows of the test.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from creditbank.cli.engine import DATABASE, Engine
from creditbank.learners import vault
from tests.cli.test_engine import kill_whole_server, reachable_folder
from tests.rooms.deposits.sheets import Row, sheet

CHECKOUT = Path(__file__).parents[3]
PATIENCE_SECONDS = 120
PEOPLE, COURSES, BAD = 30, 5, 3
GOOD = PEOPLE * COURSES
BROKEN = 3
#: Where a deposit is stopped: the tables, in turn, that it may not write to.
MOMENTS = {
    "keeping the report": ["deposits_refused_row"],
    "opening accounts": ["learners_learner"],
    "proposing courses": ["catalogue_specification"],
    "confirming enrolments": ["enrolments_enrolment"],
    "writing entries": ["archive_entry"],
    "closing the batch": ["archive_entry", "evidence_outbox"],
}
SCHOOLS = [f"41310100{number:02d}" for number in range(1, 31)]


class Bank:
    """A bank in a folder of its own, on its own engine."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = Engine.at(folder)
        self.schools = iter(SCHOOLS)
        self.started = []

    def surroundings(self, role="creditbank_app"):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "PYTEST_"))}
        return kept | {
            "CREDITBANK_DATA": str(self.folder),
            "CREDITBANK_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "creditbank.project.settings",
            "DATABASE_URL": self.engine.url(DATABASE, "creditbank_app"),
            "DATABASE_OWNER_URL": self.engine.url(DATABASE, "creditbank_owner"),
            "CREDITBANK_ROLE": "owner" if role == "creditbank_owner" else "",
        }

    def start(self, *words, role="creditbank_app"):
        """Start a process on this bank."""
        process = subprocess.Popen(
            [sys.executable, *words],
            env=self.surroundings(role),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        self.started.append(process)
        return process

    def end(self):
        """End what a failed test left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def helper(self, role="creditbank_app"):
        """Start a process that does one thing a line."""
        return self.start("-m", "tests.rooms.deposits.elsewhere", role=role)

    def let(self, *words, helper=None):
        """Let another process do one thing, and return what it says."""
        process = helper or self.hand
        tell(process, *words)
        return said_by(process)

    def ask(self, question, *values):
        with psycopg.connect(self.engine.url(DATABASE, "postgres"), autocommit=True) as connection:
            return connection.execute(question, values).fetchall()

    def file(self, code):
        """Write the file of a school: some people with some courses each, and rows that are refused."""
        first = SCHOOLS.index(code) * PEOPLE + 1
        rows = [
            Row(person=person, course=f"课程{course}")
            for person in range(first, first + PEOPLE)
            for course in range(COURSES)
        ]
        path = self.folder / f"{code}.csv"
        path.write_bytes(sheet(*rows, *[Row(person=first, course=f"坏{n}", grade="x") for n in range(BAD)]))
        return path

    def loader(self, code):
        """Start the command line at depositing the school's file."""
        return self.start("-m", "creditbank", "deposit", str(self.file(code)), "--institution", code, "--json")

    def expect_whole(self, code, told):
        """Nothing lost, doubled or half: in report, book, accounts, enrolments, courses, facts and roots."""
        assert told["broken"] == []
        [batch] = told["batches"]
        assert (batch["stage"], batch["rows"], batch["refused_rows"]) == ("posted", GOOD + BAD, BAD)
        assert (batch["kept"], batch["corrections"], batch["duplicates"]) == (GOOD, 0, 0)
        assert [row["row"] for row in batch["refused"]] == [GOOD + 2 + n for n in range(BAD)]
        assert told["facts"].count(batch["id"]) == 1
        [(here,)] = self.ask("SELECT id FROM organizations_organization WHERE code = %s", code)
        entries = "SELECT count(*), count(DISTINCT (learner_id, specification_id)), count(DISTINCT learner_id),"
        entries += " count(DISTINCT leaf), max(leaf) FROM archive_entry WHERE organization_id = %s"
        assert self.ask(entries, here) == [(GOOD, GOOD, PEOPLE, GOOD, GOOD - 1)]
        assert self.ask("SELECT count(*) FROM enrolments_enrolment WHERE organization_id = %s", here) == [(PEOPLE,)]
        assert self.ask("SELECT count(*) FROM catalogue_specification WHERE owner_id = %s", here) == [(COURSES,)]
        assert self.ask("SELECT count(*) FROM learners_learner WHERE opened_by = %s", here) == [(PEOPLE,)]


@pytest.fixture(scope="module")
def bank():
    with ExitStack() as stack:
        made = Bank(stack.enter_context(reachable_folder()))
        stack.enter_context(made.engine)
        vault.ensure_keys(made.folder / "keys.json")
        stack.callback(made.end)
        made.let("found", *SCHOOLS, helper=made.helper("creditbank_owner"))
        made.hand = made.helper()
        yield made


@pytest.fixture
def code(bank):
    return next(bank.schools)


def tell(process, *words):
    process.stdin.write(json.dumps(words) + "\n")
    process.stdin.flush()


def said_by(process):
    """Return what a helper answers; a line that is no answer is one of its log."""
    for line in process.stdout:
        if line.startswith("{"):
            answer = json.loads(line)
            assert "failed" not in answer, answer["failed"]
            return answer["said"]
    pytest.fail("the helper ended")


def wait_for(what, *, process=None):
    """Return what a question answers as soon as it answers anything; a process that ended first fails the test."""
    for _ in range(PATIENCE_SECONDS * 100):
        found = what()
        if found:
            return found
        if process is not None and process.poll() is not None:
            pytest.fail(f"it ended before the moment: {process.communicate()}")
        time.sleep(0.01)
    pytest.fail("the moment did not come")


def waiting_for(bank, table):
    """Return the server's process of the session that waits for a table."""
    return bank.ask(
        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        table,
    )


@contextmanager
def stopped(bank, process, tables):
    """Hold a process where it is about to write the last of these tables; give the server's process of its session."""
    with ExitStack() as held:
        before = None
        for table in tables:
            connection = psycopg.connect(bank.engine.url(DATABASE, "postgres"))
            held.callback(connection.close)
            connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
            if before is not None:
                before.close()
            [(session,)] = wait_for(lambda name=table: waiting_for(bank, name), process=process)[:1]
            before = connection
        yield session


def kill(process):
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def expect_told(loader):
    """The command ends with the code of a fault of the bank, and says in words what is the matter."""
    out, _ = loader.communicate(timeout=PATIENCE_SECONDS)
    assert loader.returncode == BROKEN, out[-800:]
    assert '"code": "deposits.batch.posting_failed"' in out


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_loader_that_is_killed_leaves_a_batch_that_goes_on(bank, code, moment):
    loader = bank.loader(code)
    with stopped(bank, loader, MOMENTS[moment]):
        kill(loader)
    bank.expect_whole(code, bank.let("finish", code))


@pytest.mark.parametrize("moment", ["writing entries"])
def test_a_worker_that_is_killed_leaves_a_batch_that_goes_on(bank, code, moment):
    batch = bank.let("hand_in", code, str(bank.file(code)))
    bank.let("check", batch)
    bank.let("approve", batch)
    worker = bank.start("-m", "creditbank", "manage", "procrastinate", "worker", "--concurrency", "1")
    with stopped(bank, worker, MOMENTS[moment]):
        kill(worker)
    bank.expect_whole(code, bank.let("finish", code))


@pytest.mark.parametrize("moment", ["keeping the report", "writing entries"])
def test_a_lost_connection_is_told_and_the_batch_goes_on(bank, code, moment):
    loader = bank.loader(code)
    with stopped(bank, loader, MOMENTS[moment]) as session:
        bank.ask("SELECT pg_terminate_backend(%s)", session)
    expect_told(loader)
    bank.expect_whole(code, bank.let("finish", code))


@pytest.mark.parametrize("moment", ["writing entries", "closing the batch"])
def test_a_database_that_is_killed_comes_back_and_the_batch_goes_on(bank, code, moment):
    loader = bank.loader(code)
    with stopped(bank, loader, MOMENTS[moment]):
        kill_whole_server(bank.engine)
        expect_told(loader)
    bank.engine.start()
    bank.expect_whole(code, bank.let("finish", code))


@pytest.mark.parametrize("moment", ["opening accounts"])
def test_a_full_disk_under_the_files_is_told_and_the_batch_goes_on(bank, code, moment):
    loader = bank.loader(code)
    with stopped(bank, loader, MOMENTS[moment]):
        resource.prlimit(loader.pid, resource.RLIMIT_FSIZE, (0, 0))
    expect_told(loader)
    bank.expect_whole(code, bank.let("finish", code))


def test_a_full_disk_at_the_upload_leaves_no_batch_and_no_file(bank, code):
    path = bank.file(code)
    before = {each.name for each in (bank.folder / "files" / "batches").glob("*")}
    done = subprocess.run(
        # Compiled modules are not kept: Python 3.11 would keep the half that found room.
        [sys.executable, "-B", "-m", "creditbank", "deposit", str(path), "--institution", code, "--json"],
        env=bank.surroundings(),
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )
    assert done.returncode != 0, done.stdout
    assert bank.let("told", code)["batches"] == []
    left = {each.name for each in (bank.folder / "files" / "batches").glob("*")} - before
    assert [file.name for name in left for file in (bank.folder / "files" / "batches" / name).glob("*.sealed")] == []
    assert bank.loader(code).wait(PATIENCE_SECONDS) == 0
    bank.expect_whole(code, bank.let("told", code))


def test_a_full_disk_under_the_database_stops_it_for_a_moment_and_the_batch_goes_on(bank, code):
    loader = bank.loader(code)
    with stopped(bank, loader, MOMENTS["writing entries"]) as session:
        try:
            resource.prlimit(session, resource.RLIMIT_FSIZE, (8192, 8192))
        except PermissionError:
            kill(loader)
            pytest.skip("the engine runs under an account whose limits this one may not change")
    expect_told(loader)
    wait_for(bank.engine.is_running)
    bank.expect_whole(code, bank.let("finish", code))


def test_two_workers_at_one_batch_post_it_once(bank, code):
    batch = bank.let("hand_in", code, str(bank.file(code)))
    bank.let("check", batch)
    bank.let("approve", batch)
    workers = [bank.hand, bank.helper()]
    for worker in workers:
        tell(worker, "post", batch)
    with stopped(bank, None, MOMENTS["writing entries"]):
        second = "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
        wait_for(lambda: bank.ask(second))
    assert sorted(map(said_by, workers)) == ["deposits.batch.stage", "posted"]
    bank.expect_whole(code, bank.let("told", code))
