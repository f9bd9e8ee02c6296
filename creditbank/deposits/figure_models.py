"""The table of what jobs did: one line for each run at a batch. Nothing is decided here."""

from django.db import models
from django.db.models import Q

from creditbank.deposits.pace import Job, Run as RunValue


class Run(models.Model):
    """One run of a job at a batch, with the seconds that each step took; a local table."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey("deposits.Batch", on_delete=models.PROTECT, related_name="runs")
    job = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.IntegerField(default=0)
    steps = models.JSONField(default=dict)
    outcome = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        """A run that ended says how."""

        app_label = "deposits"
        db_table = "deposits_run"
        constraints = [
            models.CheckConstraint(name="run_job_known", condition=Q(job__in=list(Job))),
            models.CheckConstraint(
                name="run_outcome_with_instant",
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by what was done."""
        return f"{self.job}: {self.outcome or 'under way'}"

    def as_value(self) -> RunValue:
        """Return the plain value."""
        return RunValue(
            job=Job(self.job),
            started_at=self.started_at,
            ended_at=self.ended_at,
            rows=self.rows,
            steps=self.steps,
            outcome=self.outcome,
        )
