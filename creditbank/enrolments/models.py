"""Tables and constraints. Nothing is decided here."""

from django.db import models
from django.db.models import Q

from creditbank.enrolments.list_models import PeopleList
from creditbank.enrolments.types import Enrolment as EnrolmentValue, Status, StatusStep

__all__ = ["Enrolment", "EnrolmentStatus", "PeopleList"]


class Enrolment(models.Model):
    """Who studies what at which school, distributed by learner, numbered within the learner.

    Until something changes, the row itself says its first and only step: its status, since when, and who told so.
    """

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    programme_id = models.IntegerField(null=True)
    number = models.SmallIntegerField()
    entry_year = models.SmallIntegerField(null=True)
    cohort = models.SmallIntegerField(null=True)
    student_number = models.CharField(max_length=40)
    major = models.CharField(max_length=100)
    level_code = models.CharField(max_length=8)
    category_code = models.CharField(max_length=8)
    outcome_code = models.CharField(max_length=8, default="", blank=True)
    season_code = models.CharField(max_length=8, default="", blank=True)
    class_name = models.CharField(max_length=60, default="", blank=True)
    status = models.CharField(max_length=10, default=Status.REGISTERED)
    source = models.CharField(max_length=40)
    since = models.DateField()

    class Meta:
        """One learner may study several things at one school, each once: schools write one after the other, locked.

        A unique index would say it too, and take as much room as the study itself.
        """

        app_label = "enrolments"
        db_table = "enrolments_enrolment"
        indexes = [
            models.Index(name="enrolment_by_school", fields=["organization_id", "student_number"]),
            models.Index(name="enrolment_by_class", fields=["organization_id", "class_name"]),
        ]
        constraints = [
            models.CheckConstraint(name="enrolment_status_known", condition=Q(status__in=list(Status))),
            models.CheckConstraint(name="enrolment_entry_plausible", condition=Q(entry_year__range=(1900, 2199))),
        ]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def as_value(self) -> EnrolmentValue:
        """Return the plain value; the row itself does not leave the room."""
        return EnrolmentValue(
            learner_id=self.learner_id,
            number=self.number,
            organization_id=self.organization_id,
            student_number=self.student_number,
            major=self.major,
            level_code=self.level_code,
            category_code=self.category_code,
            programme_id=self.programme_id,
            entry_year=self.entry_year,
            class_name=self.class_name,
            cohort=self.cohort,
            outcome_code=self.outcome_code,
            season_code=self.season_code,
            status=Status(self.status),
            source=self.source,
        )

    def first_step(self) -> StatusStep:
        """Return the only step of a study of which none is kept apart."""
        return StatusStep(1, Status(self.status), self.since, self.source)

    def record_status(self, status: Status) -> None:
        """Write where the enrolment stands; the step is kept by the caller."""
        self.status = status
        self.save(update_fields=["status"])


class EnrolmentStatus(models.Model):
    """Since when an enrolment had which status, step by step, once there was a change."""

    pk = models.CompositePrimaryKey("learner_id", "number", "step")
    learner_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    step = models.SmallIntegerField()
    since = models.DateField()
    status = models.CharField(max_length=10)
    source = models.CharField(max_length=40)

    class Meta:
        """Rows are inserted, never updated."""

        app_label = "enrolments"
        db_table = "enrolments_status"
        constraints = [models.CheckConstraint(name="enrolment_step_known", condition=Q(status__in=list(Status)))]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}/{self.step}"

    def as_value(self) -> StatusStep:
        """Return the plain value."""
        return StatusStep(self.step, Status(self.status), self.since, self.source)
