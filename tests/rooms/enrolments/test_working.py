"""Lists that a job works through: block by block, stopped, killed, failed, forgotten; and another bank's accounts."""

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction

from creditbank.enrolments import files, list_models, lists, locks, models, operations, queries, rules, tasks
from creditbank.enrolments.errors import ListBusy, ListEnded, ListFailed, ListFileMissing, ListNotFound, ListsMoving
from creditbank.enrolments.types import ListKind, ListStage
from creditbank.identity import operations as identity
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.ids import NotAnAccountNumber, any_account_number
from creditbank.learners import models as learner_models, operations as learners, queries as accounts
from creditbank.learners.errors import OwnAccounts
from creditbank.learners.types import SignIn
from tests.conftest import NOW
from tests.rooms.archive.conftest import SYSTEM
from tests.rooms.enrolments.test_lists import as_csv, as_xlsx, line, sheet
from tests.rooms.journeys.test_merging import waits_for_a_lock
from tests.rooms.learners.people import ANYBODY, HERE, LI, PASSWORD, WANG, ZHAO, document
from tests.rooms.learners.test_opening import at_once, facts


@pytest.fixture(autouse=True)
def _blocks_of_two(monkeypatch):
    monkeypatch.setattr("creditbank.enrolments.lists.BLOCK_ROWS", 2)


def hand_in(content, actor=LI, kind=ListKind.STUDENTS, **more):
    return operations.hand_in(
        actor=actor, organization_id=HERE, kind=kind, file_name="名册.csv", content=content, now=NOW, **more
    )


def work(each):
    return operations.work_list(actor=SYSTEM, public_id=each.public_id, now=NOW)


def counts():
    tables = (learner_models.Learner, learner_models.LearnerKey, models.Enrolment)
    return [table.objects.count() for table in tables]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_list_goes_block_by_block_and_adds_up(write):
    bad = line(3, 层次="博士后")
    waiting = hand_in(write([line(1), line(2), bad, line(4), line(5)]))
    assert (waiting.stage, waiting.rows) == (ListStage.WAITING, 0)
    done = work(waiting)
    assert (done.stage, done.rows, done.taken, done.opened, done.refused) == (ListStage.DONE, 5, 4, 4, 1)
    assert counts() == [4, 4, 4]
    assert [each.row for each in queries.refused_rows(actor=LI, public_id=done.public_id)] == [5]
    assert not files.LISTS.exists(done.public_id, files.UPLOAD)
    assert work(done) == done
    assert facts("enrolments.list_handed_in.v1")[0]["file"] == done.file_sha256
    assert [fact["rows"] for fact in facts("enrolments.list_loaded.v1")] == [5]


def test_nothing_of_a_list_lies_in_the_clear(db):
    waiting = hand_in(as_csv([line(1), line(2, 层次="博士后")]))
    folder = files.LISTS.folder(waiting.public_id)
    number = document(1).number.encode()
    assert not any(number in each.read_bytes() for each in folder.iterdir())
    work(waiting)
    assert not any(document(2).number.encode() in each.read_bytes() for each in folder.iterdir())


@pytest.mark.django_db(transaction=True)
def test_a_stopped_list_keeps_what_was_taken_and_goes_no_further():
    waiting = hand_in(as_csv([line(n) for n in range(1, 6)]))
    stopped = operations.stop_list(actor=LI, public_id=waiting.public_id, now=NOW)
    assert stopped.stage is ListStage.CANCELLED
    assert work(waiting).stage is ListStage.CANCELLED
    assert counts() == [0, 0, 0]
    with pytest.raises(ListEnded):
        operations.stop_list(actor=LI, public_id=waiting.public_id, now=NOW)
    assert not files.LISTS.exists(waiting.public_id, files.UPLOAD)
    assert facts("enrolments.list_stopped.v1")[0]["stage"] == "cancelled"


def test_a_list_is_seen_and_stopped_only_where_it_belongs(db):
    waiting = hand_in(as_csv([line(1)]))
    for actor in (WANG, ZHAO):
        with pytest.raises(ListNotFound):
            queries.people_list(actor=actor, public_id=waiting.public_id)
        with pytest.raises(ListNotFound):
            operations.stop_list(actor=actor, public_id=waiting.public_id, now=NOW)
        with pytest.raises(NotPermitted):
            hand_in(b"x", actor=actor)
    assert [each.public_id for each in queries.people_lists(actor=LI, page=1).lists] == [waiting.public_id]


def test_a_file_that_breaks_off_keeps_its_first_rows_and_says_so(db, monkeypatch):
    monkeypatch.setattr("creditbank.enrolments.lists.PIECE_BYTES", 200)
    content = as_csv([line(n) for n in range(1, 5)], encoding="utf-8") + b"\xff\xff\xff"
    done = work(hand_in(content))
    assert (done.stage, done.refusal_code) == (ListStage.UNREADABLE, "kernel.sheets.encoding_unreadable")
    assert 0 < done.taken == counts()[2] < 5


def test_a_list_at_which_the_bank_fails_three_times_rests(db, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    waiting = hand_in(as_csv([line(n) for n in range(1, 4)]))
    monkeypatch.setattr("creditbank.enrolments.operations.working.confirm_frame", broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            work(waiting)
    failed = work(waiting)
    assert (failed.stage, failed.refusal_code) == (ListStage.FAILED, ListFailed.code)
    assert counts() == [0, 0, 0]


def test_no_file_is_refused_and_leaves_nothing(db):
    before = files.LISTS.owners()
    with pytest.raises(ListFileMissing):
        hand_in(b"")
    assert not list_models.PeopleList.objects.exists()
    assert files.LISTS.owners() == before


def test_a_file_beyond_the_limit_is_refused_while_it_comes(db, monkeypatch):
    monkeypatch.setattr("creditbank.enrolments.operations.handing.FILE_BYTES_MAX", 10)
    with pytest.raises(ListFileMissing):
        hand_in(as_csv([line(1)]))


def test_how_fast_a_list_goes_is_told_of_the_present_run_alone(db):
    row = work(hand_in(as_csv([line(1)])))
    assert rules.pace(row, now=NOW) is None
    list_models.PeopleList.objects.update(
        stage="working",
        ended_at=None,
        done=1000,
        resumed_done=400,
        expected=1600,
        resumed_at=NOW - timedelta(seconds=3),
    )
    found = rules.pace(queries.people_list(actor=LI, public_id=row.public_id), now=NOW)
    assert (found.rows_a_second, found.seconds_left) == (200, 3)


def test_refused_rows_are_given_out_block_by_block(db, monkeypatch):
    monkeypatch.setattr(lists, "BLOCK_ROWS", 2)
    done = work(hand_in(as_csv([line(number, 层次="博士后") for number in range(1, 10)])))
    opened, read = [], type(files.LISTS).read_frame
    monkeypatch.setattr(type(files.LISTS), "read_frame", lambda *place: opened.append(place) or read(*place))
    _, pieces = queries.refused_as_file(actor=LI, public_id=done.public_id, language="zh")
    content, most = b"", 0
    for number, piece in enumerate(pieces):
        content += piece
        most = max(most, len(opened) - number)
    assert (len(sheet(content)), len(opened), most) == (10, 5, 1)


def test_refused_rows_are_kept_two_weeks(db):
    done = work(hand_in(as_csv([line(1, 层次="博士后")])))
    assert operations.forget_lists(actor=SYSTEM, now=NOW + timedelta(days=13)) == 0
    assert len(sheet(b"".join(queries.refused_as_file(actor=LI, public_id=done.public_id, language="zh")[1]))) == 2
    with pytest.raises(NotPermitted):
        operations.forget_lists(actor=LI, now=NOW)
    assert operations.forget_lists(actor=SYSTEM, now=NOW + timedelta(days=15)) == 1
    with pytest.raises(ListNotFound):
        queries.refused_as_file(actor=LI, public_id=done.public_id, language="zh")
    assert queries.people_list(actor=LI, public_id=done.public_id).refused == 1
    assert not files.LISTS.folder(done.public_id).exists()


def test_erasing_a_person_takes_the_refused_rows_that_tell_the_name(db):
    name = "林晓岚"
    done = work(hand_in(as_csv([line(1, name, 层次="博士后"), line(2)])))
    other = work(hand_in(as_csv([line(3, "周晚", 层次="博士后")])))
    operations.forget_person(actor=SYSTEM, organization_id=HERE, names=frozenset({name}))
    with pytest.raises(ListNotFound):
        queries.refused_as_file(actor=LI, public_id=done.public_id, language="zh")
    assert queries.refused_as_file(actor=LI, public_id=other.public_id, language="zh")
    with pytest.raises(NotPermitted):
        operations.forget_person(actor=ANYBODY, organization_id=HERE, names=frozenset({name}))


def test_nobody_is_erased_while_a_list_may_name_them(db):
    hand_in(as_csv([line(1)]))
    with pytest.raises(ListsMoving):
        operations.forget_person(actor=SYSTEM, organization_id=HERE, names=frozenset({"某人"}))


def test_file_of_a_list_that_ended_goes_though_its_worker_was_killed_at_the_end(db):
    done = work(hand_in(as_csv([line(1)])))
    files.LISTS.write(done.public_id, files.UPLOAD, b"whom it names")
    operations.forget_lists(actor=SYSTEM, now=datetime.now(tz=UTC) + timedelta(days=2))
    assert not files.LISTS.exists(done.public_id, files.UPLOAD)
    waiting = hand_in(as_csv([line(2)]))
    operations.forget_lists(actor=SYSTEM, now=datetime.now(tz=UTC) + timedelta(days=2))
    assert files.LISTS.exists(waiting.public_id, files.UPLOAD)


def accounts_list(*rows):
    return "\n".join(["账号,姓名,身份证号,开户日期", *(",".join(row) for row in rows)]).encode()


def test_another_banks_list_opens_accounts_and_tells_row_by_row_what_does_not_fit(db):
    rows = [
        ("sh 001", "林晓岚", document(1).number, "2013-05-06"),
        ("SH002", "王海", document(2).number, "20130506"),
        ("S", "赵雪", document(3).number, ""),
        ("SH004", "赵雪", document(3).number, "2013-13-01"),
        ("SH002", "孙立", document(5).number, ""),
        ("SH002", "孙立", document(5).number, ""),
        ("SH006", "孙立", "310199199503080000", ""),
        ("SH2013000001", "林晓岚", "310199199503080010", "2013-05-06"),
    ]
    content = accounts_list(*rows)
    done = work(hand_in(content, actor=SYSTEM, kind=ListKind.TAKEOVER, bank_code="SH-31"))
    assert (done.taken, done.opened, done.refused) == (2, 2, 6)
    told = queries.refused_rows(actor=SYSTEM, public_id=done.public_id)
    assert [(each.row, each.code.rpartition(".")[2]) for each in told] == [
        (4, "alias"),
        (5, "since"),
        (6, "number_taken"),
        (7, "number_taken"),
        (8, "document"),
        (9, "alias_example"),
    ]
    assert accounts.by_account_number("SH001").name == "林晓岚"
    told = facts("learners.accounts_taken_over.v1")
    again = work(hand_in(content, actor=SYSTEM, kind=ListKind.TAKEOVER, bank_code="SH-31"))
    assert (again.taken, again.opened) == (2, 0)
    assert facts("learners.accounts_taken_over.v1") == told


def test_the_number_of_the_other_bank_signs_in_and_finds_the_account_at_the_counter(db, client):
    content = accounts_list(
        ("SH-001", "林晓岚", document(1).number, ""), ("13900000002", "王海", document(2).number, "")
    )
    work(hand_in(content, actor=SYSTEM, kind=ListKind.TAKEOVER, bank_code="SH-31"))
    claim = {"actor": LI, "organization_id": HERE, "now": NOW}
    for number, login in (("SH-001", "13900000001"), ("13900000002", "13900000003")):
        found = learners.find_person(**claim, account_number=any_account_number(f" {number.lower()} "))
        learners.claim_at_counter(
            **claim,
            learner_id=found.line.learner_id,
            name=found.line.name,
            document=document(1 if number == "SH-001" else 2),
            sign_in=SignIn(login=login, password=PASSWORD),
        )
    learners_of = {"sh-001": "13900000001", "13900000002": "13900000003"}
    for typed, login in learners_of.items():
        user = authenticate(username=typed, password=PASSWORD)
        assert user is not None
        assert user.login == login
    assert authenticate(username="SH-001", password="another-password") is None
    identity.create_staff(
        actor=SYSTEM,
        organization_id=HERE,
        login="13900000002",
        name="赵雪",
        password="another-tide-9",
        must_change_password=False,
        now=NOW,
    )
    assert authenticate(username="13900000002", password=PASSWORD) is None, "a sign-in name goes before an alias"


@pytest.mark.parametrize("text", ["004312345678901", "0043-1234-5678-901", "a b", "x" * 40])
def test_a_mistyped_number_of_this_bank_is_never_taken_for_an_alias(text):
    with pytest.raises(NotAnAccountNumber):
        any_account_number(text)


def test_accounts_are_taken_over_only_by_whom_and_from_whom_they_may(db):
    with pytest.raises(NotPermitted):
        hand_in(b"x", actor=ZHAO, kind=ListKind.TAKEOVER, bank_code="SH-31")
    with pytest.raises(OwnAccounts):
        hand_in(b"x", actor=SYSTEM, kind=ListKind.TAKEOVER, bank_code="0043")


def in_a_process_that_is_killed(public_id, blocks):
    """Work through a list in a process of its own, which dies by SIGKILL at the end of so many blocks."""
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}&port={settings['PORT']}"
    code = """
        import os, signal, sys, django
        django.setup()
        from datetime import UTC, datetime
        from creditbank.enrolments import list_models, lists, operations
        from creditbank.kernel.actor import system
        lists.BLOCK_ROWS = 2
        left = int(sys.argv[2])
        record = list_models.PeopleList.record_block
        def dying(self, **told):
            global left
            left -= 1
            record(self, **told)
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)  # written, and not yet committed
        list_models.PeopleList.record_block = dying
        now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        operations.work_list(actor=system("worker"), public_id=sys.argv[1], now=now)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), public_id, str(blocks)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "creditbank.project.settings"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed_at", [1, 2, 4])
def test_a_killed_worker_leaves_whole_blocks_and_the_next_goes_on_behind_them(killed_at):
    rows = [line(n, **({"层次": "博士后"} if n % 3 == 0 else {})) for n in range(1, 12)]
    waiting = hand_in(as_csv(rows))
    in_a_process_that_is_killed(waiting.public_id, killed_at)
    half = queries.people_list(actor=LI, public_id=waiting.public_id)
    assert half.stage is ListStage.WORKING
    assert half.taken == models.Enrolment.objects.count() == learner_models.Learner.objects.count()
    for _ in range(100):  # until the server has seen that the client died
        try:
            done = work(waiting)
            break
        except ListBusy:
            continue
    assert (done.stage, done.rows, done.taken, done.opened, done.refused) == (ListStage.DONE, 11, 8, 8, 3)
    assert counts() == [8, 8, 8]
    refused = queries.refused_rows(actor=LI, public_id=done.public_id)
    assert [each.row for each in refused] == [5, 8, 11]


@pytest.mark.django_db(transaction=True)
def test_the_minute_finds_a_list_that_was_left_lying():
    waiting = hand_in(as_csv([line(1)]))
    tasks.resume_lists(timestamp=1)
    assert queries.people_list(actor=LI, public_id=waiting.public_id).stage is ListStage.DONE
    assert queries.lists_left_lying(actor=SYSTEM) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_list_are_one():
    waiting = hand_in(as_csv([line(n) for n in range(1, 30)]))
    answers = at_once(lambda: work(waiting), lambda: work(waiting))
    assert {ListBusy, ListStage.DONE} >= {each if isinstance(each, type) else each.stage for each in answers}
    assert counts() == [29, 29, 29]


@pytest.mark.django_db(transaction=True)
def test_a_list_that_somebody_holds_is_left_alone():
    waiting = hand_in(as_csv([line(1)]))

    def held():
        with locks.working_on(waiting.id):
            return at_once(lambda: work(waiting))

    assert held() == [ListBusy]
    assert counts() == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_block_waits_while_accounts_are_merged():
    waiting = hand_in(as_csv([line(1), line(2)]))

    def take():
        try:
            return work(waiting)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            learners.keep_accounts(shared=False)
            working = thread.submit(take)
            waits_for_a_lock()
            assert counts() == [0, 0, 0]
        assert working.result(timeout=30).stage is ListStage.DONE
