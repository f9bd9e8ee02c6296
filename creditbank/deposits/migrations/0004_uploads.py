"""Uploads that come in pieces."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Uploads that come in pieces."""

    dependencies: ClassVar = [("deposits", "0003_failing")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("public_id", models.CharField(max_length=20)),
                ("organization_id", models.IntegerField()),
                ("file_name", models.CharField(max_length=200)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("size", models.BigIntegerField()),
                ("offset", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("mark", models.CharField(blank=True, max_length=100)),
                ("started_by", models.CharField(max_length=60)),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
            ],
            options={
                "db_table": "deposits_upload",
                "indexes": [models.Index(fields=["organization_id"], name="upload_of_institution")],
                "constraints": [
                    models.UniqueConstraint(fields=("public_id",), name="upload_public_id_once"),
                    models.UniqueConstraint(
                        condition=~models.Q(("mark", "")),
                        fields=("started_by", "organization_id", "file_name", "size", "mark"),
                        name="upload_of_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offset__gte", 0), ("offset__lte", models.F("size")), ("size__gt", 0)),
                        name="upload_offset_within",
                    ),
                ],
            },
        ),
    ]
