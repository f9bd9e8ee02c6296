"""Tables and constraints. Nothing is decided here."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from creditbank.deposits.decision_models import OriginalRequest, SampledRow, Withdrawal
from creditbank.deposits.figure_models import Run
from creditbank.deposits.profile_models import Head, Profile
from creditbank.deposits.types import (
    Batch as BatchValue,
    BatchStage,
    Counts,
    Gone,
    Progress,
    Reading as ReadingValue,
    RefusedRow as RefusedRowValue,
    Step,
)
from creditbank.deposits.upload_models import Upload
from creditbank.deposits.waiting_models import Conflict, Look, Waiting

__all__ = [
    "Batch",
    "Conflict",
    "Head",
    "Look",
    "Named",
    "OriginalRequest",
    "Profile",
    "Reading",
    "RefusedRow",
    "Run",
    "SampledRow",
    "Upload",
    "Waiting",
    "Withdrawal",
]


class Batch(models.Model):
    """One uploaded file and its way through; a local table."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    number = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    title = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    template = models.CharField(max_length=40, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=12, default=BatchStage.RECEIVED)
    step = models.CharField(max_length=12, default=Step.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=60, blank=True)
    submitted_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    refusal_code = models.CharField(max_length=60, blank=True)
    refusal_zh = models.TextField(blank=True)
    refusal_en = models.TextField(blank=True)
    root = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)
    original_deleted_at = models.DateTimeField(null=True)
    original_deleted_why = models.CharField(max_length=12, blank=True, default="")
    people_kept = models.BooleanField(default=False)
    late_of = models.IntegerField(null=True)
    attempts = models.SmallIntegerField(default=0)
    all_or_nothing = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    kinds = models.JSONField(default=dict)
    checks = models.CharField(max_length=40, blank=True, default="")
    step_from = models.IntegerField(default=0)
    step_since = models.DateTimeField(null=True)
    step_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "deposits"
        db_table = "deposits_batch"
        constraints = [
            models.UniqueConstraint(name="batch_public_id_once", fields=["public_id"]),
            models.UniqueConstraint(name="batch_number_once", fields=["organization_id", "number"]),
            models.CheckConstraint(name="batch_stage_known", condition=Q(stage__in=list(BatchStage))),
            models.CheckConstraint(
                name="batch_submitted_by_with_instant",
                condition=Q(submitted_by="", submitted_at__isnull=True)
                | (~Q(submitted_by="") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="batch_posted_has_root",
                condition=~Q(stage__in=["posted", "withdrawn"]) | (Q(posted_at__isnull=False) & ~Q(root="")),
            ),
            models.CheckConstraint(
                name="batch_withdrawn_has_instant",
                condition=Q(stage="withdrawn", withdrawn_at__isnull=False)
                | (~Q(stage="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="batch_closed_has_instant",
                condition=~Q(stage__in=["posted", "withdrawn", "cancelled", "unreadable"]) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_original_deleted_with_reason",
                condition=Q(original_deleted_at__isnull=True, original_deleted_why="")
                | Q(original_deleted_at__isnull=False, original_deleted_why__in=list(Gone)),
            ),
        ]
        indexes = [
            models.Index(name="batch_of_institution", fields=["organization_id", "-uploaded_at"]),
            models.Index(name="batch_of_file", fields=["organization_id", "file_sha256"]),
        ]

    def __str__(self) -> str:
        """Name the row by its number."""
        return self.number

    def as_value(self) -> BatchValue:
        """Return the plain value; the row itself does not leave the room."""
        return BatchValue(
            id=self.id,
            public_id=self.public_id,
            number=self.number,
            organization_id=self.organization_id,
            title=self.title,
            file_name=self.file_name,
            file_size=self.file_size,
            file_sha256=self.file_sha256,
            template=self.template,
            encoding=self.encoding,
            stage=BatchStage(self.stage),
            progress=Progress(
                step=Step(self.step),
                done=self.done,
                total=self.total,
                begun=self.step_from,
                since=self.step_since,
                at=self.step_at,
            ),
            counts=Counts(**self.counts),
            uploaded_by=self.uploaded_by,
            uploaded_at=self.uploaded_at,
            checked_at=self.checked_at,
            submitted_by=self.submitted_by,
            submitted_at=self.submitted_at,
            posted_at=self.posted_at,
            refusal_code=self.refusal_code,
            refusal_zh=self.refusal_zh,
            refusal_en=self.refusal_en,
            root=self.root,
            late_of=self.late_of,
            attempts=self.attempts,
            original_deleted_at=self.original_deleted_at,
            original_deleted_why=Gone(self.original_deleted_why) if self.original_deleted_why else None,
            readings=tuple(reading.as_value() for reading in self.readings.order_by("id")),
            all_or_nothing=self.all_or_nothing,
            withdrawn_at=self.withdrawn_at,
            kinds=self.kinds,
            checks=self.checks,
        )

    def record_stage(self, stage: BatchStage) -> None:
        """Move on; whether the move is allowed was decided before."""
        self.stage = stage
        self.save(update_fields=["stage"])

    def record_report(
        self,
        *,
        template: str,
        encoding: str,
        title: str,
        counts: dict[str, int],
        kinds: dict[str, int],
        checks: str,
        at: datetime,
    ) -> None:
        """Keep what the check found, and by which edition of the checks."""
        self.template, self.encoding, self.counts, self.checked_at = template, encoding, counts, at
        self.kinds, self.checks = kinds, checks
        self.title = self.title or title
        self.stage, self.step, self.people_kept, self.attempts = BatchStage.REPORTED, Step.DONE, True, 0
        self.save()

    def record_unreadable(self, *, code: str, zh: str, en: str, at: datetime) -> None:
        """Keep why the file as a whole was refused."""
        self.refusal_code, self.refusal_zh, self.refusal_en, self.checked_at = code, zh, en, at
        self.stage, self.step, self.closed_at = BatchStage.UNREADABLE, Step.DONE, at
        self.save()

    def record_submitted(self, *, by: str, at: datetime) -> None:
        """The uploader has read the report and asks a second person."""
        self.stage, self.submitted_by, self.submitted_at = BatchStage.SUBMITTED, by, at
        self.save(update_fields=["stage", "submitted_by", "submitted_at"])

    def record_posted(self, *, counts: dict[str, int], root: str, at: datetime) -> None:
        """The rows are in the book."""
        self.counts, self.root, self.posted_at, self.closed_at = counts, root, at, at
        self.stage, self.step, self.done = BatchStage.POSTED, Step.DONE, self.total
        self.save()

    def record_choice(self, *, all_or_nothing: bool) -> None:
        """The school has chosen anew what refused rows do to the others."""
        self.all_or_nothing = all_or_nothing
        self.save(update_fields=["all_or_nothing"])

    def record_withdrawn(self, *, at: datetime) -> None:
        """The rows stay in the book and count no more."""
        self.stage, self.withdrawn_at = BatchStage.WITHDRAWN, at
        self.save(update_fields=["stage", "withdrawn_at"])

    def record_attempt(self) -> None:
        """A job ended with a fault of ours."""
        self.attempts += 1
        self.save(update_fields=["attempts"])

    def record_failed(self, *, written: int) -> None:
        """The job is not tried again by itself; `written` rows are in the book, invisible."""
        self.stage, self.done = BatchStage.FAILED, written
        self.save(update_fields=["stage", "done"])

    def record_reopened(self) -> None:
        """Somebody asks for another try."""
        self.stage, self.step, self.attempts = BatchStage.APPROVED, Step.WAITING, 0
        self.save(update_fields=["stage", "step", "attempts"])

    def record_cancelled(self, *, at: datetime) -> None:
        """Nothing of the batch will enter the book."""
        self.stage, self.closed_at = BatchStage.CANCELLED, at
        self.save(update_fields=["stage", "closed_at"])

    def record_original_deleted(self, *, why: Gone, at: datetime) -> None:
        """The sealed original is deleted once this is committed; the first reason stands."""
        self.original_deleted_why, self.original_deleted_at = why, at
        self.save(update_fields=["original_deleted_why", "original_deleted_at"])

    def record_words(self, *, title: str, file_name: str) -> None:
        """What people called the batch and its file was found to name somebody."""
        self.title, self.file_name = title, file_name
        self.save(update_fields=["title", "file_name"])

    def record_people_kept(self) -> None:
        """Whom the file names is known from now on."""
        self.people_kept = True
        self.save(update_fields=["people_kept"])


class Reading(models.Model):
    """One verdict of a second person."""

    id = models.AutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        """The verdict is one of the kernel's three."""

        app_label = "deposits"
        db_table = "deposits_reading"
        constraints = [
            models.CheckConstraint(
                name="reading_verdict_known", condition=Q(verdict__in=["approve", "return", "refuse"])
            ),
        ]

    def __str__(self) -> str:
        """Name the row by who said what."""
        return f"{self.reader}: {self.verdict}"

    def as_value(self) -> ReadingValue:
        """Return the plain value."""
        return ReadingValue(reader=self.reader, verdict=self.verdict, note=self.note, at=self.at)

    def record_note(self, note: str) -> None:
        """What was noted was found to name somebody."""
        self.note = note
        self.save(update_fields=["note"])


class RefusedRow(models.Model):
    """A row that was not taken, for the report; the full row lies in the sealed file only."""

    id = models.BigAutoField(primary_key=True)
    # Written by the hundred thousand in the transaction of its batch's report: to ask for each row whether the batch is
    # there would cost as much as half of the writing, and the two indexes below lead with it.
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="refused", db_constraint=False, db_index=False
    )
    row = models.IntegerField()
    column = models.CharField(max_length=30)
    code = models.CharField(max_length=60)
    message_zh = models.TextField()
    message_en = models.TextField()
    more = models.SmallIntegerField(default=0)
    person_name = models.CharField(max_length=80)
    document = models.CharField(max_length=24)
    student_number = models.CharField(max_length=40)
    written = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        """One reason a row."""

        app_label = "deposits"
        db_table = "deposits_refused_row"
        constraints = [models.UniqueConstraint(name="refused_row_once", fields=["batch", "row"])]
        indexes = [models.Index(name="refused_by_code", fields=["batch", "code", "row"])]

    def __str__(self) -> str:
        """Name the row by its number and reason."""
        return f"{self.row} {self.code}"

    def as_value(self) -> RefusedRowValue:
        """Return the plain value."""
        return RefusedRowValue(
            row=self.row,
            column=self.column,
            code=self.code,
            message_zh=self.message_zh,
            message_en=self.message_en,
            more=self.more,
            person_name=self.person_name,
            document=self.document,
            student_number=self.student_number,
            written=self.written,
        )

    def record_digest(self, digest: bytes) -> None:
        """Whom the row is about is known from now on."""
        self.digest = digest
        self.save(update_fields=["digest"])

    def record_blanked(self, *, message_zh: str, message_en: str) -> None:
        """The person was erased: row, column and reason stay, and nothing that is of the person."""
        self.person_name = self.document = self.student_number = self.written = ""
        self.message_zh, self.message_en, self.digest = message_zh, message_en, None
        self.save()


class Named(models.Model):
    """Whom a batch names, by the keyed digest of the document: how erasing a person finds files and reports."""

    pk = models.CompositePrimaryKey("digest", "batch_id")
    digest = models.BinaryField(max_length=32)
    batch_id = models.IntegerField()

    class Meta:
        """Rows go with the sealed original; no learner here, for most people of a file have no account yet."""

        app_label = "deposits"
        db_table = "deposits_named"
        indexes = [models.Index(name="named_of_batch", fields=["batch_id"])]

    def __str__(self) -> str:
        """Name the row by its batch; a digest is nobody's business."""
        return f"in batch {self.batch_id}"
