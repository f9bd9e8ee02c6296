"""`make bench-22m`: accounts opened from lists of students by two workers; their room on disk; finding one."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from bench.deposit import ACTOR, school, scratch
from bench.reading import CLIENTS, _pgbench
from bench.results import Result, machine
from creditbank.enrolments import operations
from creditbank.enrolments.types import EXAMPLE, ListKind
from creditbank.kernel.documents import check_digit
from creditbank.learners.digest_queries import LED_TO

PEOPLE: Final = 200_000
NATIONAL: Final = 22_000_000
WORKERS: Final = 2
WORKER: Final = "import django; django.setup(); from bench import accounts; accounts.work()"
ROWS_A_FILE: Final = 1_000_000
MICROSECONDS_SOUGHT: Final = 81.8
"""22 million accounts in half an hour."""
BYTES_SOUGHT: Final = 400
FOUND_SOUGHT: Final = 0.80
SAMPLED: Final = 200_000
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNTS: Final = ("learners_learner", "learners_document", "learners_key", "learners_number")
STUDIES: Final = ("enrolments_enrolment", "enrolments_status")
PARTS_FROM: Final = 1.0
"""Bytes an account below which a part is not told by name."""
ROOM: Final = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE oid = %s::regclass OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass)
    ORDER BY relkind DESC, relname"""
SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鹏飞梅鑫波斌宇浩凯健俊帆雪晨琳"
BORN: Final = date(1960, 1, 1)
DAYS: Final = 17_000
_DRAWN: Final = "(SELECT digest FROM bench_digest WHERE number = :learner)"
BARE: Final = f"SELECT learner_id FROM learners_key WHERE digest = {_DRAWN};"  # noqa: S608  # words of ours
OURS: Final = f"{LED_TO.replace('%s::uuid[]', f'ARRAY[{_DRAWN}]')};"


def national() -> list[Result]:
    """Return the figures of a country's accounts, under names of their own."""
    return [replace(each, name=f"{each.name}_22m") for each in run(NATIONAL)]


def run(size: int = PEOPLE) -> list[Result]:
    """Return speed, room and finding, after so many accounts were opened from files by two workers."""
    folder = scratch()
    rows = min(ROWS_A_FILE, -(-size // WORKERS))
    starts = range(0, size, rows)
    shares = [list(starts[worker::WORKERS]) for worker in range(WORKERS)]
    words = [sys.executable, "-c", WORKER, str(folder), str(size), str(rows)]
    workers = [
        subprocess.Popen([*words, str(school()), *map(str, share)], stdout=subprocess.PIPE, text=True)  # noqa: S603  # ourselves
        for share in shares
        if share
    ]
    told = [worker.communicate()[0].split() for worker in workers]
    assert not any(worker.returncode for worker in workers), "a worker failed"
    folder.rmdir()
    # Files are drawn beside the clock; each worker tells how long its lists took.
    seconds = max(float(each[-2]) for each in told)
    processor = sum(float(each[-1]) for each in told)
    account, account_parts = _bytes_each(ACCOUNTS, size)
    study, study_parts = _bytes_each(STUDIES, size)
    bare, ours = _found(size)
    beside, machine_now = f"bare query, {bare:,.0f}/s at {CLIENTS} clients", machine()
    return [
        Result("accounts_opened", seconds / size * 1e6, "µs each", "", None, 1, machine_now, MICROSECONDS_SOUGHT),
        Result("accounts_processor", processor / size * 1e6, "µs each", "of program and server", None, 1, machine_now),
        Result("account_bytes", account, "bytes with indexes", account_parts, None, 1, machine_now, BYTES_SOUGHT),
        Result("account_study_bytes", study, "bytes with indexes", study_parts, None, 1, machine_now),
        Result("account_found", ours, "queries/s", beside, ours / bare, 1, machine_now, 1 / FOUND_SOUGHT),
    ]


def drawn(path: Path, first: int, count: int) -> Path:
    """Write a list of so many students, from the person with this number on."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(EXAMPLE)
        for number in range(first, first + count):
            name = SURNAMES[number % 43] + GIVEN[number // 43 % 41] + GIVEN[number // 1763 % 41]
            study = ("护理", "本科", "普通", "2026", f"护理{number // 40 % 50:02}", "在籍")
            lines.writerow((f"2026{number:08}", name, _document(number), *study))
    return path


def _document(number: int) -> str:
    """Return a resident's number of county 99 of some province, none that `rows` draws: nobody's."""
    day, rest = BORN + timedelta(days=number % DAYS), number // DAYS
    provinces = ("21", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52")
    first17 = f"{provinces[rest // 1000]}0199{day:%Y%m%d}{rest % 1000:03}"
    return first17 + check_digit(first17)


def _bytes_each(tables: Sequence[str], size: int) -> tuple[float, str]:
    """Return what tables and their indexes take on disk for each account, and how much of it each part takes."""
    parts: list[tuple[str, float]] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute(ROOM, [table, table])
            parts += [(name, taken / size) for name, taken in cursor]
    told = [f"{name} {taken:.0f}" for name, taken in parts if taken >= PARTS_FROM]
    return sum(taken for _, taken in parts), ", ".join(told)


def _found(size: int) -> tuple[float, float]:
    """Return look-ups of a digest a second, bare and as the bank asks, under pgbench."""
    sampled = min(size, SAMPLED)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_digest")
        cursor.execute(
            "CREATE TABLE bench_digest AS SELECT (row_number() OVER ())::int AS number, digest"
            " FROM (SELECT digest FROM learners_key LIMIT %s) AS chosen",
            [sampled],
        )
        cursor.execute("ALTER TABLE bench_digest ADD PRIMARY KEY (number)")
        cursor.execute("VACUUM ANALYZE bench_digest")
    found = _pgbench(BARE, 1, sampled), _pgbench(OURS, 1, sampled)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_digest")
    return found


def _processor() -> float:
    """Return the seconds of processor time that this process and the server behind it have used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        words = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text("ascii").rpartition(")")[2].split()
    return time.process_time() + (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _work(folder: Path, organization_id: int, size: int, rows: int, starts: list[int]) -> tuple[float, float]:
    """Work through a worker's lists and return the seconds that they took, by the clock and of processors."""
    seconds = processor = 0.0
    for first in starts:
        path = drawn(folder / f"{os.getpid()}.csv", first, min(rows, size - first))
        started, used = time.perf_counter(), _processor()
        with path.open("rb") as content:
            done = operations.take_list_at_once(
                actor=ACTOR,
                organization_id=organization_id,
                kind=ListKind.STUDENTS,
                file_name=path.name,
                content=content,
                now=NOW,
            )
        seconds, processor = seconds + time.perf_counter() - started, processor + _processor() - used
        assert done.opened == done.taken == done.rows == min(rows, size - first), done
        path.unlink()
    return seconds, processor


def work() -> None:
    """Be one worker of the benchmark, in a process of its own."""
    folder, *numbers = sys.argv[1:]
    size, rows, here, *starts = map(int, numbers)
    print(*_work(Path(folder), here, size, rows, starts))
