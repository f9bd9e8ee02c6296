"""A batch is checked, and the report is kept."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from creditbank.deposits import checking, errors, facts, files, locks, models, queries
from creditbank.deposits.checking import Report
from creditbank.deposits.operations import naming
from creditbank.deposits.operations.rows import count_attempt, find, move, watched
from creditbank.deposits.transitions import BatchNotThere, check_move
from creditbank.deposits.types import Batch, BatchStage, Gone
from creditbank.evidence import operations as evidence
from creditbank.kernel import documents
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.organizations import queries as organizations

REFUSED_AT_ONCE: Final = 5000
TITLE_MAX: Final = 120


def check(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Check a received batch and keep its report; a check that crashed is done anew.

    Refused: a batch that is not there, one past its check, one that another process is at.
    An unreadable file is an outcome, not a refusal; so is one at which the bank itself fails three times.
    """
    batch = queries.batch(actor=actor, public_id=public_id)
    with locks.working_on(batch.id) as alone:
        if not alone:
            raise errors.BatchBusy
        batch = queries.batch(actor=actor, public_id=public_id)
        if batch.stage is not BatchStage.CHECKING:
            batch = move(actor=actor, public_id=public_id, then=BatchStage.CHECKING)
        try:
            return _checked(actor=actor, batch=batch, now=now)
        except BatchNotThere:
            raise
        except Exception:
            if count_attempt(actor=actor, public_id=public_id):
                _keep_unreadable(actor=actor, batch=batch, refusal=errors.CheckFailed(), now=now)
            raise


def _checked(*, actor: Actor, batch: Batch, now: datetime) -> Batch:
    institution = organizations.by_id(batch.organization_id)
    content = files.read(batch.public_id, files.UPLOAD)
    try:
        report = checking.check(
            content, name=batch.file_name, institution=institution, today=timezone.localdate(now), watch=watched(batch)
        )
    except Refusal as refusal:
        return _keep_unreadable(actor=actor, batch=batch, refusal=refusal, now=now)
    files.write_frame(batch.public_id, files.STAGED, report.kept)
    return _keep_report(actor=actor, batch=batch, report=report, now=now)


@transaction.atomic
def _keep_unreadable(*, actor: Actor, batch: Batch, refusal: Refusal, now: datetime) -> Batch:
    row = find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.UNREADABLE)
    row.record_unreadable(code=refusal.code, zh=refusal.sentence("zh"), en=refusal.sentence("en"), at=now)
    row.record_original_deleted(why=Gone.UNREADABLE, at=now)  # nobody can tell whom it names, and nobody needs it
    evidence.append(facts.batch_unreadable(batch=batch.public_id, code=refusal.code, at=now))
    transaction.on_commit(lambda: files.drop_all(batch.public_id))
    return row.as_value()


@transaction.atomic
def _keep_report(*, actor: Actor, batch: Batch, report: Report, now: datetime) -> Batch:
    row = find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.REPORTED)
    digests = naming.keep(row, report.people, refused=report.refused["row"].to_list())
    models.RefusedRow.objects.bulk_create(_refused(row, report, digests), batch_size=REFUSED_AT_ONCE)
    row.record_report(
        template=report.sheet.template,
        encoding=report.sheet.encoding or report.sheet.kind,
        title=_storable(report.sheet.title or row.file_name.rsplit(".", 1)[0])[:TITLE_MAX],
        counts=asdict(report.counts),
        at=now,
    )
    counts = report.counts
    evidence.append(
        facts.batch_checked(
            batch=batch.public_id, rows=counts.rows, postable=counts.postable, refused=counts.refused_rows, at=now
        )
    )
    return row.as_value()


def _refused(row: models.Batch, report: Report, digests: Mapping[int, bytes]) -> list[models.RefusedRow]:
    """Return the refused rows with what a person needs to find them: name, masked document, student number."""
    written = ["person_name", "document", "student_number", "course", "credits", "grade", "obtained"]
    sheet = report.sheet.frame.select("row", *written).with_columns(pl.col("row").cast(pl.Int64))
    joined = report.refused.join(sheet, on="row", how="left")
    return [
        models.RefusedRow(
            batch=row,
            row=line["row"],
            column=line["column"] or "",
            code=line["code"],
            message_zh=line["message_zh"],
            message_en=line["message_en"],
            more=line["more"],
            person_name=_storable(line["person_name"] or "")[:80],
            document=_storable(documents.masked(line["document"] or ""))[:24],
            student_number=_storable(line["student_number"] or "")[:40],
            digest=digests.get(line["row"]),
            written=_storable(" · ".join(line[name] or "" for name in written[3:]))[:200],
        )
        for line in joined.iter_rows(named=True)
    ]


def _storable(text: str) -> str:
    """Return the text without the one character that PostgreSQL keeps in no text."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
