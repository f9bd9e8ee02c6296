"""A school's own names for columns."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Profiles of institutions, and the headings of files that were not recognised."""

    dependencies: ClassVar = [("deposits", "0005_withdrawn")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=20)),
                ("organization_id", models.IntegerField()),
                ("name", models.CharField(max_length=60)),
                ("edition", models.SmallIntegerField()),
                ("layout", models.CharField(max_length=40)),
                ("headings", models.JSONField()),
                ("names", models.JSONField()),
                ("values", models.JSONField(default=dict)),
                ("fixed", models.JSONField(default=dict)),
                ("made_by", models.CharField(max_length=60)),
                ("made_at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "deposits_profile",
                "constraints": [
                    models.UniqueConstraint(fields=("public_id", "edition"), name="profile_edition_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("organization_id", "name"),
                        name="profile_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by", "")),
                            models.Q(models.Q(("ended_by", ""), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="profile_ended_by_with_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("batch_id", models.IntegerField(primary_key=True, serialize=False)),
                ("headings", models.JSONField()),
                ("samples", models.JSONField()),
            ],
            options={"db_table": "deposits_head"},
        ),
    ]
