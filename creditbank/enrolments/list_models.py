"""The table of lists of people that were handed in. Nothing is decided here."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from creditbank.enrolments.types import ListKind, ListStage, PeopleList as PeopleListValue


class PeopleList(models.Model):
    """A list that a job works through; its file lies sealed on disk until it ends, the refused rows for some days."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    kind = models.CharField(max_length=10)
    bank_code = models.CharField(max_length=16, default="", blank=True)
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    form = models.CharField(max_length=4, default="", blank=True)
    headings = models.JSONField(default=list)
    stage = models.CharField(max_length=10, default=ListStage.WAITING)
    handed_in_by = models.CharField(max_length=40)
    handed_in_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    resumed_done = models.IntegerField(default=0)
    expected = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    opened = models.IntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    refusal_code = models.CharField(max_length=60, default="", blank=True)
    refusal_zh = models.CharField(max_length=500, default="", blank=True)
    refusal_en = models.CharField(max_length=500, default="", blank=True)
    has_refused_file = models.BooleanField(default=False)

    class Meta:
        """An end and its instant come together."""

        app_label = "enrolments"
        db_table = "enrolments_list"
        indexes = [models.Index(name="list_of_organization", fields=["organization_id", "-id"])]
        constraints = [
            models.UniqueConstraint(name="list_public_id_once", fields=["public_id"]),
            models.CheckConstraint(name="list_kind_known", condition=Q(kind__in=list(ListKind))),
            models.CheckConstraint(name="list_stage_known", condition=Q(stage__in=list(ListStage))),
            models.CheckConstraint(
                name="list_ended_pair",
                condition=Q(stage__in=[ListStage.WAITING, ListStage.WORKING], ended_at__isnull=True)
                | (~Q(stage__in=[ListStage.WAITING, ListStage.WORKING]) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="list_rows_within", condition=Q(taken__gte=0, refused__gte=0, opened__lte=F("taken"))
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its public id."""
        return self.public_id

    def as_value(self) -> PeopleListValue:
        """Return the plain value."""
        return PeopleListValue(
            id=self.id,
            public_id=self.public_id,
            kind=ListKind(self.kind),
            organization_id=self.organization_id,
            bank_code=self.bank_code,
            file_name=self.file_name,
            file_size=self.file_size,
            file_sha256=self.file_sha256,
            stage=ListStage(self.stage),
            handed_in_by=self.handed_in_by,
            handed_in_at=self.handed_in_at,
            ended_at=self.ended_at,
            resumed_at=self.resumed_at,
            resumed_done=self.resumed_done,
            expected=self.expected,
            done=self.done,
            taken=self.taken,
            refused=self.refused,
            opened=self.opened,
            refusal_code=self.refusal_code,
            refusal_zh=self.refusal_zh,
            refusal_en=self.refusal_en,
            has_refused_file=self.has_refused_file,
        )

    def record_resumed(self, *, form: str, headings: list[str], expected: int, at: datetime) -> None:
        """Write that a job is at it, and what it found the file to be."""
        self.stage, self.resumed_at, self.resumed_done = ListStage.WORKING, at, self.done
        self.form, self.headings, self.expected = form, headings, expected
        self.save(update_fields=["stage", "resumed_at", "resumed_done", "form", "headings", "expected"])

    def record_block(self, *, last: int, taken: int, refused: int, opened: int) -> None:
        """Write that the rows up to one are worked through."""
        self.done, self.attempts = last, 0
        self.taken, self.refused, self.opened = self.taken + taken, self.refused + refused, self.opened + opened
        self.has_refused_file = self.has_refused_file or refused > 0
        self.save(update_fields=["done", "attempts", "taken", "refused", "opened", "has_refused_file"])

    def record_attempt(self) -> None:
        """Write one more try that ended with a fault of the bank's own."""
        self.attempts += 1
        self.save(update_fields=["attempts"])

    def record_ended(self, stage: ListStage, *, at: datetime, code: str = "", zh: str = "", en: str = "") -> None:
        """Write how it ended, and why where a file could not be read."""
        self.stage, self.ended_at = stage, at
        self.refusal_code, self.refusal_zh, self.refusal_en = code, zh[:500], en[:500]
        self.save(update_fields=["stage", "ended_at", "refusal_code", "refusal_zh", "refusal_en"])

    def record_refused_dropped(self) -> None:
        """Write that the refused rows are kept no longer."""
        self.has_refused_file = False
        self.save(update_fields=["has_refused_file"])
