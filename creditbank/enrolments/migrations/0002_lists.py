"""Lists of students and of accounts that a job works through."""

from django.db import migrations, models
from django.db.models import F, Q

KINDS = ["students", "takeover"]
MOVING = ["waiting", "working"]
STAGES = [*MOVING, "done", "unreadable", "cancelled", "failed"]


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("enrolments", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PeopleList",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=20)),
                ("organization_id", models.IntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("bank_code", models.CharField(blank=True, default="", max_length=16)),
                ("file_name", models.CharField(max_length=200)),
                ("file_size", models.BigIntegerField()),
                ("file_sha256", models.CharField(max_length=64)),
                ("form", models.CharField(blank=True, default="", max_length=4)),
                ("headings", models.JSONField(default=list)),
                ("stage", models.CharField(default="waiting", max_length=10)),
                ("handed_in_by", models.CharField(max_length=40)),
                ("handed_in_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("resumed_done", models.IntegerField(default=0)),
                ("expected", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("taken", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("opened", models.IntegerField(default=0)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("refusal_code", models.CharField(blank=True, default="", max_length=60)),
                ("refusal_zh", models.CharField(blank=True, default="", max_length=500)),
                ("refusal_en", models.CharField(blank=True, default="", max_length=500)),
                ("has_refused_file", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "enrolments_list",
                "indexes": [models.Index(fields=["organization_id", "-id"], name="list_of_organization")],
                "constraints": [
                    models.UniqueConstraint(fields=["public_id"], name="list_public_id_once"),
                    models.CheckConstraint(condition=Q(kind__in=KINDS), name="list_kind_known"),
                    models.CheckConstraint(condition=Q(stage__in=STAGES), name="list_stage_known"),
                    models.CheckConstraint(
                        condition=Q(stage__in=MOVING, ended_at__isnull=True)
                        | (~Q(stage__in=MOVING) & Q(ended_at__isnull=False)),
                        name="list_ended_pair",
                    ),
                    models.CheckConstraint(
                        condition=Q(taken__gte=0, refused__gte=0, opened__lte=F("taken")), name="list_rows_within"
                    ),
                ],
            },
        ),
    ]
