"""Reading what a check refused: by kind, row by row, as a file to be mended, and as the report that programs get."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from typing import Final, Literal

import polars as pl
from django.db import connection
from django.db.models import Count, Q

from creditbank.deposits import files, models, profile_queries
from creditbank.deposits.errors import OriginalDeleted
from creditbank.deposits.intake import reading, refused_file
from creditbank.deposits.intake.registry import BY_CODE
from creditbank.deposits.types import Batch, BatchStage, KindOfRefusal, RefusedRow

ROWS_A_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """One page of refused rows."""

    rows: tuple[RefusedRow, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages the list has; at least one."""
        return max(1, -(-self.total // ROWS_A_PAGE))


def kinds_of_refusal(batch: Batch) -> list[KindOfRefusal]:
    """Return the reasons of a report, the most frequent first, each with an example."""
    if not batch.counts.refused_rows:
        return []
    counted = batch.kinds or _counted(batch)
    examples = _examples(batch, list(counted))
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [kind_of(code, rows, examples.get(code)) for code, rows in ordered]


def kind_of(code: str, rows: int, example: RefusedRow | None = None) -> KindOfRefusal:
    """Return one reason with its words, how many rows it refused, and the uppermost of them."""
    check = BY_CODE[code]
    return KindOfRefusal(
        code=code,
        rows=rows,
        name_zh=check.name_zh,
        name_en=check.name_en,
        remedy_zh=check.remedy_zh,
        remedy_en=check.remedy_en,
        example=example,
    )


def _counted(batch: Batch) -> dict[str, int]:
    """Count the reasons of a report that was made before the check kept their numbers."""
    rows = models.RefusedRow.objects.filter(batch_id=batch.id).values("code").annotate(n=Count("id")).order_by("code")
    return {line["code"]: line["n"] for line in rows}


def _examples(batch: Batch, codes: list[str]) -> dict[str, RefusedRow]:
    """Return the uppermost row of each reason, found by the index whatever the size of the report."""
    rows = models.RefusedRow.objects.raw(
        "SELECT found.* FROM unnest(%s::text[]) AS asked (code), LATERAL (SELECT * FROM deposits_refused_row AS refused"
        " WHERE refused.batch_id = %s AND refused.code = asked.code ORDER BY refused.row LIMIT 1) AS found",
        [codes, batch.id],
    )
    return {row.code: row.as_value() for row in rows}


def refused_rows(batch: Batch, *, code: str = "", words: str = "", page: int = 1) -> RefusedPage:
    """Return a page of refused rows in the order of the file, of one reason and with these words."""
    rows = models.RefusedRow.objects.filter(batch_id=batch.id)
    if code:
        rows = rows.filter(code=code)
    if words:
        rows = rows.filter(Q(person_name__contains=words) | Q(student_number__contains=words))
    known = batch.kinds if not words and batch.original_deleted_at is None else {}
    total = (known.get(code, 0) if code else batch.counts.refused_rows) if known else rows.count()
    start = (max(1, page) - 1) * ROWS_A_PAGE
    found = rows.order_by("row")[start : start + ROWS_A_PAGE]
    return RefusedPage(rows=tuple(row.as_value() for row in found), number=max(1, page), total=total)


def all_refused(batch: Batch) -> Iterator[RefusedRow]:
    """Yield every refused row in the order of the file."""
    for row in models.RefusedRow.objects.filter(batch_id=batch.id).order_by("row").iterator():
        yield row.as_value()


def refused_as_file(batch: Batch, *, language: str, code: str = "") -> tuple[str, Iterator[bytes]]:
    """Return a name and the refused rows as a file of the same template, with the reason in the last column.

    The file comes in pieces, as the original is read. Refused: a batch whose original was deleted.
    """
    if batch.original_deleted_at is not None:
        raise OriginalDeleted
    source = files.source(batch.public_id, name=batch.file_name, size=batch.file_size)
    renamings = profile_queries.renamings(batch.organization_id, ended=True)
    opened = partial(reading.opened, source, renamings=renamings)
    sheet = opened()
    kind: Literal["csv", "xlsx"] = "csv" if sheet.kind == "csv" else "xlsx"
    refusals = partial(_refusals, batch.id, code)
    content = refused_file.in_pieces(sheet, refusals, again=opened, language=language, kind=kind)
    stem = batch.file_name.rsplit(".", 1)[0]
    return f"{stem}_{'refused' if language == 'en' else '问题行'}.{kind}", content


def _refusals(batch_id: int, code: str, first: int, last: int) -> pl.DataFrame:
    """Return what is against the rows of a block, in one stroke: there may be very many."""
    statement = (
        "COPY (SELECT row, code, message_zh, message_en, more FROM deposits_refused_row"
        " WHERE batch_id = %s AND %s IN ('', code) AND row BETWEEN %s AND %s)"
        " TO STDOUT (FORMAT csv, FORCE_QUOTE (message_zh, message_en))"
    )
    lines = BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement, [batch_id, code, first, last]) as copy:
        for data in copy:
            lines.write(data)
    texts = dict.fromkeys(("code", "message_zh", "message_en"), pl.String())
    schema = {"row": pl.Int64(), **texts, "more": pl.Int32()}
    if not lines.tell():
        found = pl.DataFrame(schema=schema)
    else:
        found = pl.read_csv(lines.getvalue(), has_header=False, schema=schema)
    remedies = {
        name: pl.col("code").replace_strict({code: getattr(check, name) for code, check in BY_CODE.items()})
        for name in ("remedy_zh", "remedy_en")
    }
    return found.with_columns(**remedies).drop("code")


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch with every refused row, as the command line and programs get it; the rows are read when asked for."""

    batch: Batch

    @property
    def refused(self) -> tuple[RefusedRow, ...]:
        """The refused rows in the order of the file."""
        return tuple(all_refused(self.batch))

    def as_json(self) -> dict[str, object]:
        """Return the report as JSON takes it; rows as `Counts` adds them up.

        Of a file that could not be read there is only why: `code`, `message`, `message_en`.
        """
        if self.batch.refusal_code:
            words = {"message": self.batch.refusal_zh, "message_en": self.batch.refusal_en}
            return {"batch": self.batch.number, "posted": False, "code": self.batch.refusal_code, **words}
        refused = [
            {"row": r.row, "column": r.column, "code": r.code, "message": r.message_zh, "message_en": r.message_en}
            for r in self.refused
        ]
        posted = self.batch.stage is BatchStage.POSTED
        return {"batch": self.batch.number, "posted": posted, **asdict(self.batch.counts), "refused": refused}


def report(found: Batch) -> BatchReport:
    """Return a batch's whole report."""
    return BatchReport(batch=found)
