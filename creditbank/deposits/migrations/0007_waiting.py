"""Rows that wait for an account, and rows that two institutions tell differently."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Two tables, and what batch a late one is of."""

    dependencies: ClassVar = [("deposits", "0006_profiles")]
    operations: ClassVar = [
        migrations.AddField("batch", "late_of", models.IntegerField(null=True)),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("row", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32, null=True)),
                ("key_id", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("problem", models.CharField(blank=True, default="", max_length=60)),
                ("since", models.DateTimeField()),
                ("late_batch_id", models.IntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_rows",
                        to="deposits.batch",
                    ),
                ),
            ],
            options={
                "db_table": "deposits_waiting",
                "indexes": [
                    models.Index(condition=Q(state="waiting"), fields=["digest"], name="waiting_for_account"),
                    models.Index(condition=Q(state="waiting"), fields=["since"], name="waiting_since"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["batch", "row"], name="waiting_row_once"),
                    models.CheckConstraint(
                        condition=Q(state__in=["waiting", "entered", "stored", "dropped", "erased"]),
                        name="waiting_state_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="waiting", ended_at__isnull=True, digest__isnull=False)
                        | (~Q(state="waiting") & Q(ended_at__isnull=False, digest__isnull=True, sealed=b"")),
                        name="waiting_ended_is_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "learner_id",
                        "batch_id",
                        "row",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("learner_id", models.BigIntegerField()),
                ("batch_id", models.IntegerField()),
                ("row", models.IntegerField()),
                ("organization_id", models.IntegerField()),
                ("specification_id", models.IntegerField()),
                ("obtained", models.IntegerField()),
                ("part", models.IntegerField(default=0)),
                ("credits", models.IntegerField(null=True)),
                ("hours", models.IntegerField(null=True)),
                ("grade_scale", models.SmallIntegerField()),
                ("grade", models.IntegerField()),
                ("first_organization_id", models.IntegerField()),
                ("first_posting_id", models.IntegerField()),
                ("first_credits", models.IntegerField(null=True)),
                ("first_hours", models.IntegerField(null=True)),
                ("first_grade_scale", models.SmallIntegerField()),
                ("first_grade", models.IntegerField()),
                ("key_id", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("since", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "deposits_conflict",
                "indexes": [
                    models.Index(condition=Q(state="open"), fields=["since"], name="conflict_open"),
                    models.Index(fields=["batch_id", "row"], name="conflict_of_batch"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["open", "first", "second", "both"]), name="conflict_state_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(state="open", decided_at__isnull=True, decided_by="", reason="")
                        | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")),
                        name="conflict_decided_by_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=Q(settled_at__isnull=True) | Q(sealed=b""), name="conflict_settled_is_blank"
                    ),
                ],
            },
        ),
    ]
