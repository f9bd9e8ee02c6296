"""The tables of what is under way: claim codes, repair cases, applications. Nothing is decided here."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from creditbank.kernel.review import Stage
from creditbank.learners.types import Application as ApplicationValue, Repair as RepairValue, RepairState


class ClaimCode(models.Model):
    """The digest of a printed claim code; distributed by digest, like the keys."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    learner_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=40)

    class Meta:
        """One unspent code an account and organization: a new one withdraws the one before."""

        app_label = "learners"
        db_table = "learners_claim_code"
        indexes = [models.Index(name="claim_code_unspent", fields=["learner_id"], condition=Q(spent_at__isnull=True))]

    def __str__(self) -> str:
        """Name the row by whom it is for."""
        return f"code for {self.learner_id}"

    def record_spent(self, at: datetime) -> None:
        """Write that the code opens nothing any more."""
        self.spent_at = at
        self.save(update_fields=["spent_at"])


class Repair(models.Model):
    """Stated data that do not fit an account; what was stated is sealed."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    key_id = models.SmallIntegerField()
    organization_id = models.IntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    public_id = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=RepairState.OPEN)
    cause = models.CharField(max_length=24)
    closed_by = models.CharField(max_length=40, default="", blank=True)
    resolution = models.CharField(max_length=120, default="", blank=True)
    ciphertext = models.BinaryField(max_length=600)

    class Meta:
        """Closed has an instant and a person, open has neither."""

        app_label = "learners"
        db_table = "learners_repair"
        indexes = [models.Index(name="repair_open", fields=["organization_id"], condition=Q(state=RepairState.OPEN))]
        constraints = [
            models.UniqueConstraint(name="repair_public_id", fields=["learner_id", "public_id"]),
            models.CheckConstraint(
                name="repair_closed_pair",
                condition=Q(state=RepairState.OPEN, closed_at__isnull=True, closed_by="")
                | (
                    Q(state__in=[RepairState.RESOLVED, RepairState.DISMISSED], closed_at__isnull=False)
                    & ~Q(closed_by="")
                ),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def as_value(self) -> RepairValue:
        """Return the plain value, without what was stated."""
        return RepairValue(
            learner_id=self.learner_id,
            number=self.number,
            public_id=self.public_id,
            state=RepairState(self.state),
            cause=self.cause,
            opened_at=self.opened_at,
            organization_id=self.organization_id,
            closed_at=self.closed_at,
            closed_by=self.closed_by,
            resolution=self.resolution,
        )

    def record_closed(self, *, state: RepairState, by: str, at: datetime, resolution: str) -> None:
        """Write how the case ended."""
        self.state, self.closed_by, self.closed_at, self.resolution = state, by, at, resolution
        self.save(update_fields=["state", "closed_by", "closed_at", "resolution"])


class Application(models.Model):
    """A person's own request for an account; before there is a learner, so a local table, found by number."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.IntegerField()
    key_id = models.SmallIntegerField()
    learner_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    public_id = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    masked = models.CharField(max_length=20)
    stage = models.CharField(max_length=12, default=Stage.READING)
    readers = ArrayField(models.CharField(max_length=40), default=list)
    decided_by = models.CharField(max_length=40, default="", blank=True)
    reason = models.CharField(max_length=120, default="", blank=True)
    digest = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField(max_length=600, null=True)

    class Meta:
        """One open application a document; what was sealed is kept only while it is read."""

        app_label = "learners"
        db_table = "learners_application"
        indexes = [models.Index(name="application_by_outlet", fields=["organization_id", "stage", "id"])]
        constraints = [
            models.UniqueConstraint(name="application_one_open", fields=["digest"], condition=Q(stage=Stage.READING)),
            models.CheckConstraint(
                name="application_decided_pair",
                condition=Q(stage=Stage.READING, decided_at__isnull=True, decided_by="", ciphertext__isnull=False)
                | (Q(decided_at__isnull=False, ciphertext__isnull=True) & ~Q(stage=Stage.READING) & ~Q(decided_by="")),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its public id."""
        return self.public_id

    def as_value(self) -> ApplicationValue:
        """Return the plain value, masked."""
        return ApplicationValue(
            id=self.id,
            public_id=self.public_id,
            organization_id=self.organization_id,
            name=self.name,
            masked=self.masked,
            stage=self.stage,
            applied_at=self.applied_at,
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            reason=self.reason,
            learner_id=self.learner_id,
        )

    def record_decision(self, *, stage: Stage, by: str, at: datetime, reason: str, learner_id: int | None) -> None:
        """Write the outlet's answer and drop what was sealed."""
        self.stage, self.decided_by, self.decided_at, self.reason = stage, by, at, reason
        self.readers = [*self.readers, by]
        self.learner_id, self.ciphertext = learner_id, None
        self.save()
