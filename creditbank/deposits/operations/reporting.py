"""A batch is checked, and the report is kept."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from creditbank.deposits import checking, errors, facts, files, locks, models, parts, queries
from creditbank.deposits.checking import Report, Watch, nobody_watches
from creditbank.deposits.intake.registry import EDITION
from creditbank.deposits.operations import naming, profiles, sampling
from creditbank.deposits.operations.rows import count_attempt, find, move
from creditbank.deposits.operations.runs import died, watched
from creditbank.deposits.pace import Job
from creditbank.deposits.transitions import BatchNotThere, check_move
from creditbank.deposits.types import Batch, BatchStage, Gone, Head
from creditbank.evidence import operations as evidence
from creditbank.kernel import documents
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.organizations import queries as organizations

TITLE_MAX: Final = 120
DEATHS_MAX: Final = 5
_NOT_SHOWN: Final = r"[\x00\x{202A}-\x{202E}\x{2066}-\x{2069}]"
#: What a refused row keeps of each text, in characters.
LONGEST: Final = {"person_name": 80, "document": 24, "student_number": 40, "written": 200}


def check(*, actor: Actor, public_id: str, watch: Watch = nobody_watches, now: datetime) -> Batch:
    """Check a received batch and keep its report; a check that crashed is done anew. `watch` hears how far it is.

    Refused: a batch that is not there, one past its check, one that another process is at.
    An unreadable file is an outcome, not a refusal; so is one at which the bank itself fails three times, or at which
    five processes died: a file that takes all memory would else take it every minute.
    """
    batch = queries.batch(actor=actor, public_id=public_id)
    with locks.working_on(batch.id) as alone:
        if not alone:
            raise errors.BatchBusy
        batch = queries.batch(actor=actor, public_id=public_id)
        if batch.stage is not BatchStage.CHECKING:
            batch = move(actor=actor, public_id=public_id, then=BatchStage.CHECKING)
        if died(batch, Job.CHECK) >= DEATHS_MAX:
            return _keep_unreadable(actor=actor, batch=batch, refusal=errors.CheckFailed(), now=now)
        try:
            with watched(batch, Job.CHECK, also=watch) as watch_too:
                return _checked(actor=actor, batch=batch, watch=watch_too, now=now)
        except BatchNotThere:
            raise
        except Exception:
            if count_attempt(actor=actor, public_id=public_id):
                _keep_unreadable(actor=actor, batch=batch, refusal=errors.CheckFailed(), now=now)
            raise


def _checked(*, actor: Actor, batch: Batch, watch: Watch, now: datetime) -> Batch:
    source = files.source(batch.public_id, name=batch.file_name, size=batch.file_size)
    try:
        report = checking.check(
            source,
            batch=batch.public_id,
            institution=organizations.by_id(batch.organization_id),
            today=timezone.localdate(now),
            watch=watch,
        )
    except BatchNotThere:  # cancelled while it was checked
        raise
    except Refusal as refusal:
        head = profiles.head_for(refusal, source)
        return _keep_unreadable(actor=actor, batch=batch, refusal=refusal, head=head, now=now)
    return _keep_report(actor=actor, batch=batch, report=report, now=now)


@transaction.atomic
def _keep_unreadable(*, actor: Actor, batch: Batch, refusal: Refusal, head: Head | None = None, now: datetime) -> Batch:
    row = find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.UNREADABLE)
    row.record_unreadable(code=refusal.code, zh=refusal.sentence("zh"), en=refusal.sentence("en"), at=now)
    row.record_original_deleted(why=Gone.UNREADABLE, at=now)  # nobody can tell whom it names, and nobody needs it
    evidence.append(facts.batch_unreadable(batch=batch.public_id, code=refusal.code, at=now))
    if head is not None:
        profiles.keep_head(row.id, head)
    transaction.on_commit(lambda: files.drop_all(batch.public_id))
    return row.as_value()


@transaction.atomic
def _keep_report(*, actor: Actor, batch: Batch, report: Report, now: datetime) -> Batch:
    row = find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.REPORTED)
    for named in parts.each(batch.public_id, parts.NAMED):
        naming.keep(row, named["digest"])
    for refused in checking.refused(batch.public_id):
        _copy_refused(row, refused)
    sampling.keep_sample(row, parts.column(batch.public_id, parts.STAGED, "row").unique().sort())
    title = report.title or row.file_name.rsplit(".", 1)[0]
    row.record_report(
        template=report.template,
        encoding=report.encoding,
        title=title.replace("\0", "\N{REPLACEMENT CHARACTER}")[:TITLE_MAX],
        counts=asdict(report.counts),
        kinds=dict(report.kinds),
        checks=EDITION,
        at=now,
    )
    counts = report.counts
    evidence.append(
        facts.batch_checked(
            batch=batch.public_id, rows=counts.rows, postable=counts.postable, refused=counts.refused_rows, at=now
        )
    )
    transaction.on_commit(lambda: parts.drop(batch.public_id, parts.NAMED, parts.REFUSED))
    return row.as_value()


def _copy_refused(row: models.Batch, refused: pl.DataFrame) -> None:
    """Write refused rows with what a person needs to find them: name, masked document, student number."""
    masked = {text: documents.masked(text) for text in refused["document"].drop_nulls().unique()}
    texts = {name: pl.col(name).fill_null("") for name in ("message_zh", "message_en", "code")}
    texts |= {
        "column": pl.col("heading").fill_null(""),
        "document": pl.col("document").replace_strict(masked, default="", return_dtype=pl.String),
    }
    texts |= {name: pl.col(name).fill_null("") for name in ("person_name", "student_number", "written")}
    told = refused.select(
        pl.lit(row.id).alias("batch_id"),
        "row",
        "more",
        *(
            # What PostgreSQL keeps in no text, and what turns the words of a page round.
            text.str.replace_all(_NOT_SHOWN, "\N{REPLACEMENT CHARACTER}").str.slice(0, LONGEST.get(name)).alias(name)
            for name, text in texts.items()
        ),
        pl.format("\\x{}", pl.col("digest").bin.encode("hex")).alias("digest"),
    )
    names = [f'"{name}"' for name in told.columns]
    never_null = ", ".join(f'"{name}"' for name in texts)
    statement = f"COPY deposits_refused_row ({', '.join(names)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({never_null}))"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(told.write_csv(include_header=False))
