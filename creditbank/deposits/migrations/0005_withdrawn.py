"""Batches that are withdrawn, all or nothing, and samples for approval."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

STAGES = (
    *("received", "checking", "unreadable", "reported", "submitted", "returned"),
    *("approved", "posting", "failed", "posted", "withdrawn", "cancelled"),
)
Q = models.Q


def _constraint(name: str, condition: Q) -> list[migrations.operations.base.Operation]:
    """Say anew what the database holds a batch to."""
    return [
        migrations.RemoveConstraint("batch", name),
        migrations.AddConstraint("batch", models.CheckConstraint(condition=condition, name=name)),
    ]


class Migration(migrations.Migration):
    """No batch of before was withdrawn, and every one let its good rows in."""

    dependencies: ClassVar = [("deposits", "0004_uploads")]
    operations: ClassVar = [
        migrations.AddField("batch", "all_or_nothing", models.BooleanField(default=False)),
        migrations.AddField("batch", "withdrawn_at", models.DateTimeField(null=True)),
        *_constraint("batch_stage_known", Q(("stage__in", list(STAGES)))),
        *_constraint(
            "batch_posted_has_root",
            Q(
                Q(("stage__in", ["posted", "withdrawn"]), _negated=True),
                Q(("posted_at__isnull", False), Q(("root", ""), _negated=True)),
                _connector="OR",
            ),
        ),
        *_constraint(
            "batch_closed_has_instant",
            Q(
                Q(("stage__in", ["posted", "withdrawn", "cancelled", "unreadable"]), _negated=True),
                ("closed_at__isnull", False),
                _connector="OR",
            ),
        ),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(
                condition=Q(
                    Q(("stage", "withdrawn"), ("withdrawn_at__isnull", False)),
                    Q(Q(("stage", "withdrawn"), _negated=True), ("withdrawn_at__isnull", True)),
                    _connector="OR",
                ),
                name="batch_withdrawn_has_instant",
            ),
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("asked_by", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("verdict", models.CharField(blank=True, default="", max_length=10)),
                ("decided_by", models.CharField(blank=True, default="", max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, default="")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="deposits.batch"
                    ),
                ),
            ],
            options={
                "db_table": "deposits_withdrawal",
                "constraints": [
                    models.UniqueConstraint(condition=Q(("verdict", "")), fields=("batch",), name="withdrawal_open_once"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("decided_at__isnull", True), ("decided_by", ""), ("verdict", "")),
                            Q(("decided_at__isnull", False), ("verdict__in", ["approve", "return"])),
                            _connector="OR",
                        ),
                        name="withdrawal_verdict_with_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampledRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("row", models.IntegerField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sampled", to="deposits.batch"
                    ),
                ),
            ],
            options={
                "db_table": "deposits_sampled_row",
                "constraints": [models.UniqueConstraint(fields=("batch", "row"), name="sampled_row_once")],
            },
        ),
        migrations.CreateModel(
            name="OriginalRequest",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("row", models.IntegerField()),
                ("question", models.TextField()),
                ("asked_by", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_by", models.CharField(blank=True, default="", max_length=60)),
                ("answered_at", models.DateTimeField(null=True)),
                ("file_name", models.CharField(blank=True, default="", max_length=200)),
                ("file_size", models.IntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="deposits.batch"
                    ),
                ),
            ],
            options={
                "db_table": "deposits_original_request",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("answered_at__isnull", True)),
                        fields=("batch", "row"),
                        name="original_request_open_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("answered_at__isnull", True), ("answered_by", "")),
                            Q(Q(("answered_by", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="original_request_answered_by_somebody",
                    ),
                ],
            },
        ),
    ]
