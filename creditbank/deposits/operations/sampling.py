"""The second person is shown a sample of a batch, and may ask for the originals of single rows."""

import hashlib
from datetime import datetime
from pathlib import PurePath
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.deposits import errors, facts, files, models, permissions, sample
from creditbank.deposits.operations.rows import find
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import ORIGINAL_BYTES_MAX, BatchStage, OriginalRequest
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.review import SameReaderTwice

WORDS_MIN: Final = 2
WORDS_MAX: Final = 500
#: How the files that may be given begin; what they are called tells nothing.
BEGINNINGS: Final = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def keep_sample(row: models.Batch, numbers: pl.Series) -> None:
    """Draw and keep which of the rows that would be posted the second person is shown; `numbers` in rising order."""
    drawn = sample.draw(len(numbers), file_sha256=row.file_sha256, batch=row.public_id)
    row.sampled.all().delete()
    models.SampledRow.objects.bulk_create(models.SampledRow(batch=row, row=numbers[place]) for place in drawn)


@transaction.atomic
def ask_original(*, actor: Actor, public_id: str, row: int, question: str, now: datetime) -> OriginalRequest:
    """Ask the school for the original of one row of the sample; until it answers the batch cannot be approved.

    Refused: a batch the actor may not know of or not approve, who handed it in, a batch not submitted; a row outside
    the sample or asked for already; a question that is missing or too long.
    """
    batch = find(actor, public_id)
    value = batch.as_value()
    permissions.check_may_approve(actor, value)
    if value.stage is not BatchStage.SUBMITTED:
        raise BatchNotThere(stage=value.stage.value, wanted=BatchStage.APPROVED.value)
    if not permissions.may_approve(actor, value):
        raise SameReaderTwice(reader=actor.reference)
    told = _words(question, field="question")
    open_ones = batch.requests.filter(row=row, answered_at__isnull=True)
    if not batch.sampled.filter(row=row).exists() or open_ones.exists():
        raise errors.RowNotSampled(row=row)
    made = batch.requests.create(row=row, question=told, asked_by=actor.reference, asked_at=now)
    evidence.append(facts.original_asked(batch=public_id, row=row, actor=actor.reference, at=now))
    return made.as_value()


@transaction.atomic
def give_original(
    *,
    actor: Actor,
    public_id: str,
    number: int,
    answer: str,
    file_name: str = "",
    content: bytes = b"",
    now: datetime,
) -> OriginalRequest:
    """Answer what the second person asked of a row, with words and, where it helps, a file, which is sealed.

    Refused: a batch the actor may not know of or not upload for; a question that is not there or answered; an answer
    that is missing or too long; a file that is no PDF, JPG or PNG, or too large.
    """
    batch = find(actor, public_id)
    permissions.check_may_upload(actor, batch.organization_id)
    asked = batch.requests.filter(id=number, answered_at__isnull=True).first()
    if asked is None:
        raise errors.RequestNotFound
    told = _words(answer, field="answer")
    if content and (len(content) > ORIGINAL_BYTES_MAX or not content.startswith(BEGINNINGS)):
        raise errors.OriginalUnfit(field="file", most=ORIGINAL_BYTES_MAX // 1024**2)
    name = PurePath(file_name).name[:200] if content else ""
    asked.record_answer(answer=told, by=actor.reference, file_name=name, file_size=len(content), at=now)
    digest = hashlib.sha256(content).hexdigest() if content else None
    evidence.append(
        facts.original_given(batch=public_id, row=asked.row, file_sha256=digest, actor=actor.reference, at=now)
    )
    if content:  # last, so that no file stays behind a rollback
        files.write(public_id, files.given(asked.id), content)
    return asked.as_value()


def _words(text: str, *, field: str) -> str:
    told = " ".join(text.split())
    if not WORDS_MIN <= len(told) <= WORDS_MAX:
        raise errors.QuestionMissing(field=field)
    return told
