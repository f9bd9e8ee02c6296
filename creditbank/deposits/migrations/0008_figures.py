"""What jobs did, how fast they are, and how many rows each check refused."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A table of runs, and on the batch: rows by check, the edition of the checks, and since when it is at a step."""

    dependencies: ClassVar = [("deposits", "0007_waiting")]
    operations: ClassVar = [
        migrations.AddField("batch", "kinds", models.JSONField(default=dict)),
        migrations.AddField("batch", "checks", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("batch", "step_from", models.IntegerField(default=0)),
        migrations.AddField("batch", "step_since", models.DateTimeField(null=True)),
        migrations.AddField("batch", "step_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("job", models.CharField(max_length=10)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("rows", models.IntegerField(default=0)),
                ("steps", models.JSONField(default=dict)),
                ("outcome", models.CharField(blank=True, default="", max_length=12)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="deposits.batch"
                    ),
                ),
            ],
            options={
                "db_table": "deposits_run",
                "constraints": [
                    models.CheckConstraint(condition=Q(job__in=["check", "post"]), name="run_job_known"),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=True, outcome="")
                        | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                        name="run_outcome_with_instant",
                    ),
                ],
            },
        ),
    ]
