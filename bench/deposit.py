"""Posting a million rows through the pipeline, beside a bare COPY of the same file on the same server."""

import io
import random
import resource
import statistics
import time
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection

from bench.results import Result, machine
from creditbank.deposits import operations
from creditbank.deposits.types import BatchStage
from creditbank.kernel.actor import system
from creditbank.kernel.documents import check_digit
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind

ROWS: Final = 1_000_000
ROWS_A_LEARNER: Final = 60
COURSES: Final = 600
RUNS: Final = 1
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
ACTOR: Final = system("bench")
BYTES_SOUGHT: Final = 200


def _person(number: int, chance: random.Random) -> tuple[str, str]:
    birth = date.fromordinal(date(1960, 1, 1).toordinal() + chance.randrange(16000))
    first = f"310199{birth:%Y%m%d}{number % 1000:03d}"
    return f"测试{chr(0x4E00 + number % 20000)}", first + check_digit(first)


def rows_of(rows: int, *, seed: int) -> str:
    """Return a CSV of the second generation: `rows` results of rows/60 people in 600 courses, same seed, same text."""
    chance = random.Random(seed)
    heads = ["姓名", "身份证号", "专业名称", "课程名称", "教育层次代码", "教育类别代码", "学分", "学时", "成绩"]
    heads += ["获得时间", "届别", "毕业结业肄业", "毕业季", "备注", "学号"]
    text = io.StringIO()
    text.write(",".join(heads) + "\n")
    seen: set[str] = set()
    written, number = 0, 0
    while written < rows:
        name, document = _person(number, chance)
        number += 1
        if document in seen:
            continue
        seen.add(document)
        courses = chance.sample(range(COURSES), min(ROWS_A_LEARNER, rows - written))
        for course in courses:
            worth = 2 + course % 5 / 2
            grade = chance.randrange(60, 101)
            month = 201901 + chance.randrange(0, 6) * 100 + chance.randrange(12)
            text.write(
                f"{name},{document},物流管理,课程{course:04d},86,321,{worth:g},{worth * 16:g},{grade},"
                f"{month},2023,1261,1321,,S{number:08d}\n"
            )
        written += len(courses)
    return text.getvalue()


def _copied(content: str) -> float:
    """Return the seconds of a bare COPY of the file into a logged table with a primary key."""
    columns = ", ".join(f"c{n} text" for n in range(15))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute(f"CREATE TABLE bench_copy (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})")
        names = ", ".join(f"c{n}" for n in range(15))
        started = time.perf_counter()
        with cursor.copy(f"COPY bench_copy ({names}) FROM STDIN (FORMAT csv, HEADER true)") as copy:
            copy.write(content)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_copy")
    return seconds


def _school(number: int) -> int:
    parent = None
    code = f"4131{number:06d}"
    if number == 1:
        parent = organizations.open_organization(
            actor=ACTOR, parent_id=None, code="YJ", kind=OrganizationKind.COMMITTEE, name=Text("委员会"), now=NOW
        ).id
    else:
        from creditbank.organizations import queries

        parent = queries.by_code("YJ").id
    return organizations.open_organization(
        actor=ACTOR, parent_id=parent, code=code, kind=OrganizationKind.INSTITUTION, name=Text(f"学校{number}"), now=NOW
    ).id


def _deposited(content: str, school: int) -> float:
    started = time.perf_counter()
    report = operations.deposit_at_once(
        actor=ACTOR, organization_id=school, file_name="bench.csv", content=content.encode(), now=NOW
    )
    seconds = time.perf_counter() - started
    assert report.batch.stage is BatchStage.POSTED, report.batch
    assert report.batch.counts.kept == ROWS, report.batch.counts
    return seconds


def _bytes_an_entry() -> float:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE archive_entry")
        cursor.execute("SELECT pg_total_relation_size('archive_entry')::float / count(*) FROM archive_entry")
        (size,) = cursor.fetchone()
    return float(size)


def run() -> list[Result]:
    """Return the figures of one deposit of a million rows."""
    copies, deposits = [], []
    for number in range(1, RUNS + 1):
        content = rows_of(ROWS, seed=number)
        copies.append(_copied(content))
        deposits.append(_deposited(content, _school(number)))
    copy, deposit = statistics.median(copies), statistics.median(deposits)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size, here = _bytes_an_entry(), machine()
    bare = f"bare COPY of the same file, {ROWS / copy:,.0f} rows/s"
    return [
        Result("deposit_1m", ROWS / deposit, "rows/s", bare, copy / deposit, RUNS, here),
        Result("deposit_1m_memory", peak, "MB, highest of the process", "", None, RUNS, here),
        Result("entry_on_disk", size, "bytes with index", f"budget {BYTES_SOUGHT}", None, 1, here, BYTES_SOUGHT),
    ]
