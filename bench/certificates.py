"""A list of certificates into the register: rows a second, bytes a certificate, and how long a confirmation takes."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Final

from django.db import connection

from bench.deposit import ACTOR, school
from bench.results import Result, machine
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.kernel.documents import check_digit
from creditbank.kernel.text import Text
from creditbank.register import operations, queries

ROWS: Final = 200_000
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
BYTES_SOUGHT: Final = 250
ASKED: Final = 500
ROWS_A_PART: Final = 10_000
BORN: Final = date(1970, 1, 1)
SIZE: Final = "SELECT pg_total_relation_size('register_certificate')"


def run(rows: int = ROWS) -> list[Result]:
    """Load one list of an issuer, twice in pieces of half of it, as issuers do, and ask for certificates of it."""
    issuer = school()
    new = NewSpecification(
        kind=SpecificationKind.CERTIFICATE, name=Text("老年照护"), owner_id=issuer, issuer_id=issuer, code="CARE-1"
    )
    catalogue.define_specification(actor=ACTOR, new=new, now=NOW)
    started = time.perf_counter()
    for first in (0, rows // 2):
        load = operations.load_at_once(
            actor=ACTOR, organization_id=issuer, file_name="list.csv", content=_content(first, rows // 2), now=NOW
        )
        assert load.counts.new == rows // 2, load.counts
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE register_certificate")
        cursor.execute(SIZE)
        (size,) = cursor.fetchone()
    taken = [_asked(issuer, Random(place).randrange(rows)) for place in range(ASKED)]
    here = machine()
    return [
        Result("register_rows", rows / seconds, "rows/s", "", None, 1, here),
        Result("register_bytes", size / rows, "bytes", "", None, 1, here, asked=BYTES_SOUGHT),
        Result("register_confirm", median(taken) * 1000, "ms", "", None, ASKED, here),
    ]


def _person(place: int) -> tuple[str, str]:
    born = BORN + timedelta(days=place // 900)
    first = f"310199{born:%Y%m%d}{place % 900:03d}"
    return f"学员{chr(0x4E00 + place % 8000)}", first + check_digit(first)


def _content(first: int, count: int) -> Iterator[bytes]:
    yield "证书编号,姓名,证件号码,证书名称,发证日期\n".encode()
    for start in range(first, first + count, ROWS_A_PART):
        lines = []
        for place in range(start, min(start + ROWS_A_PART, first + count)):
            name, document = _person(place)
            lines.append(f"CARE2026{place:08d},{name},{document},CARE-1,2026-06-28\n")
        yield "".join(lines).encode()


def _asked(issuer: int, place: int) -> float:
    name, _ = _person(place)
    started = time.perf_counter()
    answer = queries.confirm(issuer_id=issuer, number=f"CARE2026{place:08d}", name=name, today=NOW.date())
    assert answer.named is not None, answer
    return time.perf_counter() - started
