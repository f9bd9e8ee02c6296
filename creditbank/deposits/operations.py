"""Everything that changes a batch: handed in, checked, submitted, read by a second person, posted, dropped."""

import hashlib
import secrets
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from creditbank.archive import operations as archive
from creditbank.archive.types import Posting
from creditbank.deposits import checking, errors, facts, files, locks, models, permissions, posting, queries
from creditbank.deposits.checking import Report
from creditbank.deposits.transitions import BatchNotThere, check_move
from creditbank.deposits.types import Batch, BatchStage, Step
from creditbank.evidence import operations as evidence
from creditbank.kernel import documents, ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.review import Stage, Verdict, next_stage
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization, Status

FILE_BYTES_MAX: Final = 300 * 1024 * 1024
PUBLIC_ID_BYTES: Final = 16
REFUSED_AT_ONCE: Final = 5000
_AFTER: Final = {
    Stage.ACCEPTED: BatchStage.APPROVED,
    Stage.RETURNED: BatchStage.RETURNED,
    Stage.REFUSED: BatchStage.RETURNED,
}


def _depositing(actor: Actor, organization_id: int) -> Organization:
    permissions.check_may_upload(actor, organization_id)
    institution = organizations.by_id(organization_id)
    if institution.status is not Status.ACTIVE:
        raise errors.InstitutionNotActive
    return institution


def _check_size(content: bytes) -> None:
    if not content:
        raise errors.FileMissing(field="file")
    if len(content) > FILE_BYTES_MAX:
        mega = 1024 * 1024
        raise errors.FileTooLarge(field="file", megabytes=len(content) // mega, most=FILE_BYTES_MAX // mega)


def dry_run(*, actor: Actor, organization_id: int, file_name: str, content: bytes, today: date) -> Report:
    """Return the report on a file and write nothing at all. Refused: as `upload`, and an unreadable file."""
    institution = _depositing(actor, organization_id)
    _check_size(content)
    return checking.check(content, name=file_name, institution=institution, today=today)


@transaction.atomic
def upload(
    *, actor: Actor, organization_id: int, file_name: str, content: bytes, title: str = "", now: datetime
) -> Batch:
    """Take a file in as a new batch, seal it, and return the batch; the check is a job of its own.

    Refused: who may not upload for the institution, one that is not active, an empty or too large file.
    """
    batch = _receive(actor, organization_id, file_name, content, title, now)
    _defer("deposits.check", batch)
    return batch


def _receive(  # noqa: PLR0917  # the words of `upload`, passed on
    actor: Actor, organization_id: int, file_name: str, content: bytes, title: str, now: datetime
) -> Batch:
    institution = _depositing(actor, organization_id)
    _check_size(content)
    row = models.Batch.objects.create(
        public_id=ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES)),
        number=_next_number(institution, timezone.localdate(now)),
        organization_id=organization_id,
        title=title.strip()[:120],
        file_name=PurePath(file_name).name[:200],
        file_size=len(content),
        file_sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor.reference,
        uploaded_at=now,
    )
    evidence.append(
        facts.batch_received(
            batch=row.public_id,
            organization_id=organization_id,
            file_sha256=row.file_sha256,
            actor=actor.reference,
            at=now,
        )
    )
    files.write(row.public_id, files.UPLOAD, content)  # last, so that no file stays behind a rollback
    return row.as_value()


def _defer(task: str, batch: Batch) -> None:
    """Ask a worker, within the caller's transaction. No lock of the queue: it would outlive a killed worker."""
    app.configure_task(task, queue="deposits").defer(batch=batch.public_id)


def _next_number(institution: Organization, today: date) -> str:
    """Return the institution's next batch number of the year; numbering is locked so that none is given twice."""
    locks.numbering(institution.id)
    start = f"{today.year}-"
    given = models.Batch.objects.filter(organization_id=institution.id, number__startswith=start).count()
    return f"{start}{given + 1:04d}"


def _find(actor: Actor, public_id: str) -> models.Batch:
    """Lock a batch that the actor may know of."""
    visible = models.Batch.objects.filter(permissions.visible_to(actor))
    row = visible.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise errors.BatchNotFound
    return row


@transaction.atomic
def _move(*, actor: Actor, public_id: str, then: BatchStage) -> Batch:
    row = _find(actor, public_id)
    check_move(BatchStage(row.stage), then)
    row.record_stage(then)
    return row.as_value()


def _watch(batch: Batch) -> posting.Watch:
    """Return what writes the progress of a job where people see it."""

    def watch(step: Step, done: int, total: int) -> None:
        models.Batch.objects.filter(id=batch.id).update(step=step, done=done, total=total)

    return watch


def check(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Check a received batch and keep its report; a check that crashed is done anew.

    Refused: a batch that is not there, one past its check, one that another process is at.
    An unreadable file is an outcome, not a refusal.
    """
    batch = queries.batch(actor=actor, public_id=public_id)
    with locks.working_on(batch.id) as alone:
        if not alone:
            raise errors.BatchBusy
        batch = queries.batch(actor=actor, public_id=public_id)
        if batch.stage is not BatchStage.CHECKING:
            batch = _move(actor=actor, public_id=public_id, then=BatchStage.CHECKING)
        return _checked(actor=actor, batch=batch, now=now)


def _checked(*, actor: Actor, batch: Batch, now: datetime) -> Batch:
    institution = organizations.by_id(batch.organization_id)
    content = files.read(batch.public_id, files.UPLOAD)
    try:
        report = checking.check(
            content, name=batch.file_name, institution=institution, today=timezone.localdate(now), watch=_watch(batch)
        )
    except Refusal as refusal:
        return _keep_unreadable(actor=actor, batch=batch, refusal=refusal, now=now)
    files.write_frame(batch.public_id, files.STAGED, report.kept)
    return _keep_report(actor=actor, batch=batch, report=report, now=now)


@transaction.atomic
def _keep_unreadable(*, actor: Actor, batch: Batch, refusal: Refusal, now: datetime) -> Batch:
    row = _find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.UNREADABLE)
    row.record_unreadable(code=refusal.code, zh=refusal.sentence("zh"), en=refusal.sentence("en"), at=now)
    evidence.append(facts.batch_unreadable(batch=batch.public_id, code=refusal.code, at=now))
    return row.as_value()


@transaction.atomic
def _keep_report(*, actor: Actor, batch: Batch, report: Report, now: datetime) -> Batch:
    row = _find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.REPORTED)
    models.RefusedRow.objects.bulk_create(_refused(row, report), batch_size=REFUSED_AT_ONCE)
    row.record_report(
        template=report.sheet.template,
        encoding=report.sheet.encoding or report.sheet.kind,
        title=report.sheet.title or row.file_name.rsplit(".", 1)[0],
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


def _refused(row: models.Batch, report: Report) -> list[models.RefusedRow]:
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
            person_name=(line["person_name"] or "")[:80],
            document=documents.masked(line["document"] or "")[:24],
            student_number=(line["student_number"] or "")[:40],
            written=" · ".join(line[name] or "" for name in written[3:])[:200],
        )
        for line in joined.iter_rows(named=True)
    ]


@transaction.atomic
def submit(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Ask a second person to let the good rows enter the book.

    Refused: a batch the actor may not know of or not upload for, one that is not reported (or returned),
    one without a row to post.
    """
    row = _find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.SUBMITTED)
    if row.as_value().counts.postable == 0:
        raise errors.NothingToPost
    row.record_submitted(by=actor.reference, at=now)
    evidence.append(facts.batch_submitted(batch=public_id, actor=actor.reference, at=now))
    return row.as_value()


@transaction.atomic
def review(*, actor: Actor, public_id: str, verdict: Verdict, note: str = "", now: datetime) -> Batch:
    """Record the second person's verdict: approved batches are posted by a job, others go back.

    Refused: a batch the actor may not know of or not approve, a reading by the uploader, a batch not submitted.
    """
    row = _find(actor, public_id)
    batch = row.as_value()
    permissions.check_may_approve(actor, batch)
    if batch.stage is not BatchStage.SUBMITTED:
        raise BatchNotThere(stage=batch.stage.value, wanted=BatchStage.APPROVED.value)
    since = [reading.reader for reading in batch.readings if batch.submitted_at and reading.at >= batch.submitted_at]
    stage = next_stage(
        permissions.SECOND_PERSON,
        stage=Stage.READING,
        earlier_readers=frozenset(since),
        reader=actor.reference,
        verdict=verdict,
        submitter=batch.submitted_by if actor.reference == batch.submitted_by else batch.uploaded_by,
    )
    models.Reading.objects.create(batch=row, reader=actor.reference, verdict=verdict, note=note.strip(), at=now)
    row.record_stage(_AFTER[stage])
    process = permissions.SECOND_PERSON.edition
    if stage is Stage.ACCEPTED:
        _defer("deposits.post", batch)
    evidence.append(
        facts.batch_read(batch=public_id, actor=actor.reference, verdict=verdict.value, process=process, at=now)
    )
    return row.as_value()


@transaction.atomic
def cancel(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Drop a batch before anything entered the book; its files go, its report stays.

    Refused: a batch the actor may not know of or not upload for, one that is approved already.
    """
    row = _find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.CANCELLED)
    row.record_stage(BatchStage.CANCELLED)
    evidence.append(facts.batch_cancelled(batch=public_id, actor=actor.reference, at=now))
    transaction.on_commit(lambda: files.drop(public_id, files.STAGED))
    return row.as_value()


def post(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Let an approved batch enter the book; what a crash interrupted goes on where it stopped.

    An institution's batches enter one by one; one that a crash left half way goes first.
    Refused: a batch the actor may not know of, one that is not approved or is posted.
    """
    batch = queries.batch(actor=actor, public_id=public_id)
    with locks.posting_for(batch.organization_id):
        batch = queries.batch(actor=actor, public_id=public_id)
        if batch.stage is not BatchStage.POSTING:
            check_move(batch.stage, BatchStage.POSTING)
            for earlier in queries.half_posted(actor=actor, organization_id=batch.organization_id):
                _posted(actor=actor, batch=earlier, now=now)
            batch = _move(actor=actor, public_id=public_id, then=BatchStage.POSTING)
        return _posted(actor=actor, batch=batch, now=now)


def _posted(*, actor: Actor, batch: Batch, now: datetime) -> Batch:
    opened = archive.begin_posting(
        actor=actor, organization_id=batch.organization_id, reference=batch.public_id, now=now
    )
    watch = _watch(batch)
    watch(Step.OPENING, 0, batch.counts.postable)
    entries = posting.plan(batch, actor=actor, now=now)
    commitments = posting.post(posting=opened, actor=actor, entries=entries, watch=watch)
    return _finish(actor=actor, batch=batch, opened=opened, entries=entries, commitments=commitments, now=now)


@transaction.atomic
def _finish(
    *,
    actor: Actor,
    batch: Batch,
    opened: Posting,
    entries: pl.DataFrame,
    commitments: list[bytes],
    now: datetime,
) -> Batch:
    """Make the rows visible and close the batch, in one transaction."""
    row = _find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.POSTED)
    closed = archive.finish_posting(
        actor=actor, posting=opened, commitments=commitments, file_digest=batch.file_sha256, now=now
    )
    corrections = entries.filter(pl.col("revision") > 0).height
    kept = entries.height - corrections
    fallen_out = batch.counts.postable - entries.height
    counts = replace(batch.counts, kept=kept, corrections=corrections, duplicates=batch.counts.duplicates + fallen_out)
    assert closed.root is not None
    row.record_posted(counts=asdict(counts), root=closed.root.hex(), at=now)
    evidence.append(
        facts.batch_entered(
            batch=batch.public_id,
            rows=entries.height,
            accounts_opened=counts.accounts_opened,
            courses_proposed=counts.courses_proposed,
            at=now,
        )
    )
    transaction.on_commit(lambda: _tidy(batch.public_id))
    return row.as_value()


def deposit_at_once(
    *, actor: Actor, organization_id: int, file_name: str, content: bytes, now: datetime
) -> queries.BatchReport:
    """Hand in, check and post a file in one go, as the command line does: one actor, recorded as such.

    Refused: as `upload`; who may not both upload and approve; an unreadable file; one without a row to post
    is no refusal here: its report says so and nothing is posted.
    """
    permissions.check_may_deposit_alone(actor, organization_id)
    with ExitStack() as hands:
        with transaction.atomic():
            batch = _receive(actor, organization_id, file_name, content, "", now)
            # Held before anybody can see the batch, so that no worker takes it out of our hands.
            hands.enter_context(locks.working_on(batch.id))
        batch = check(actor=actor, public_id=batch.public_id, now=now)
        if batch.stage is BatchStage.REPORTED and batch.counts.postable:
            _approve_alone(actor=actor, public_id=batch.public_id, now=now)
            with suppress(BatchNotThere):  # a worker that goes through what was left lying was faster
                post(actor=actor, public_id=batch.public_id, now=now)
    return queries.report(queries.batch(actor=actor, public_id=batch.public_id))


@transaction.atomic
def _approve_alone(*, actor: Actor, public_id: str, now: datetime) -> None:
    row = _find(actor, public_id)
    check_move(BatchStage(row.stage), BatchStage.SUBMITTED)
    row.record_submitted(by=actor.reference, at=now)
    row.record_stage(BatchStage.APPROVED)
    evidence.append(
        facts.batch_read(
            batch=public_id, actor=actor.reference, verdict=Verdict.APPROVE.value, process="command-line.v1", at=now
        )
    )


def _tidy(public_id: str) -> None:
    """Delete the working files; the sealed original stays, as long as the institution may ask for it."""
    files.drop(public_id, files.STAGED)
    files.drop(public_id, files.PLAN)
