"""Tables of what people decide about a batch: withdrawals, the sample, and originals asked for. Nothing is decided."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from creditbank.deposits.types import OriginalRequest as OriginalRequestValue, Withdrawal as WithdrawalValue


class Withdrawal(models.Model):
    """One wish that a posted batch count no more, and what a second person said to it."""

    id = models.AutoField(primary_key=True)
    batch = models.ForeignKey("deposits.Batch", on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.TextField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True, default="")
    decided_by = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        """One open wish a batch."""

        app_label = "deposits"
        db_table = "deposits_withdrawal"
        constraints = [
            models.UniqueConstraint(name="withdrawal_open_once", fields=["batch"], condition=Q(verdict="")),
            models.CheckConstraint(
                name="withdrawal_verdict_with_instant",
                condition=Q(verdict="", decided_by="", decided_at__isnull=True)
                | Q(verdict__in=["approve", "return"], decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by who asked."""
        return f"{self.asked_by}: {self.verdict or 'open'}"

    def as_value(self) -> WithdrawalValue:
        """Return the plain value."""
        return WithdrawalValue(
            reason=self.reason,
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            verdict=self.verdict,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            note=self.note,
        )

    def record_decided(self, *, verdict: str, by: str, note: str, at: datetime) -> None:
        """A second person has said what becomes of it, or who asked took it back."""
        self.verdict, self.decided_by, self.note, self.decided_at = verdict, by, note, at
        self.save(update_fields=["verdict", "decided_by", "note", "decided_at"])

    def record_words(self, *, reason: str, note: str) -> None:
        """What was written was found to name somebody."""
        self.reason, self.note = reason, note
        self.save(update_fields=["reason", "note"])


class SampledRow(models.Model):
    """The number of a row that the second person is shown; the row itself lies sealed with the batch."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey("deposits.Batch", on_delete=models.PROTECT, related_name="sampled")
    row = models.IntegerField()

    class Meta:
        """Each row once."""

        app_label = "deposits"
        db_table = "deposits_sampled_row"
        constraints = [models.UniqueConstraint(name="sampled_row_once", fields=["batch", "row"])]

    def __str__(self) -> str:
        """Name the row by its number."""
        return str(self.row)


class OriginalRequest(models.Model):
    """What the second person wants to see of one row, and what the school gave; a file given lies sealed."""

    id = models.AutoField(primary_key=True)
    batch = models.ForeignKey("deposits.Batch", on_delete=models.PROTECT, related_name="requests")
    row = models.IntegerField()
    question = models.TextField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.CharField(max_length=60, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=200, blank=True, default="")
    file_size = models.IntegerField(default=0)

    class Meta:
        """One open question a row."""

        app_label = "deposits"
        db_table = "deposits_original_request"
        constraints = [
            models.UniqueConstraint(
                name="original_request_open_once", fields=["batch", "row"], condition=Q(answered_at__isnull=True)
            ),
            models.CheckConstraint(
                name="original_request_answered_by_somebody",
                condition=Q(answered_by="", answered_at__isnull=True)
                | (~Q(answered_by="") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by the row of the file."""
        return f"row {self.row}"

    def as_value(self) -> OriginalRequestValue:
        """Return the plain value."""
        return OriginalRequestValue(
            id=self.id,
            row=self.row,
            question=self.question,
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            answer=self.answer,
            answered_by=self.answered_by,
            answered_at=self.answered_at,
            file_name=self.file_name,
            file_size=self.file_size,
        )

    def record_answer(self, *, answer: str, by: str, file_name: str, file_size: int, at: datetime) -> None:
        """The school has given what was asked for."""
        self.answer, self.answered_by, self.answered_at = answer, by, at
        self.file_name, self.file_size = file_name, file_size
        self.save(update_fields=["answer", "answered_by", "answered_at", "file_name", "file_size"])

    def record_words(self, *, question: str, answer: str, file_name: str) -> None:
        """What was written was found to name somebody."""
        self.question, self.answer, self.file_name = question, answer, file_name
        self.save(update_fields=["question", "answer", "file_name"])
