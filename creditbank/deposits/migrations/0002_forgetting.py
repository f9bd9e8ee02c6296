"""When batches ended, why originals went, whom a batch names; and the book learns what batches are called."""

from typing import ClassVar

from django.db import migrations, models

ENDED = "UPDATE deposits_batch SET closed_at = coalesce(posted_at, checked_at, uploaded_at) WHERE stage IN ({})"
NUMBERS = """
UPDATE archive_posting p SET number = b.number FROM deposits_batch b WHERE b.public_id = p.reference;
"""


class Migration(migrations.Migration):
    """Batches of before do not say whom they name: the first night, or the first erasing, reads that from the files."""

    dependencies: ClassVar = [("deposits", "0001_initial"), ("archive", "0004_numbers")]
    operations: ClassVar = [
        migrations.AddField("batch", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField("batch", "original_deleted_at", models.DateTimeField(null=True)),
        migrations.AddField("batch", "original_deleted_why", models.CharField(blank=True, default="", max_length=12)),
        migrations.AddField("batch", "people_kept", models.BooleanField(default=False)),
        migrations.AddField("refusedrow", "digest", models.BinaryField(max_length=32, null=True)),
        migrations.CreateModel(
            name="Named",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "digest", "batch_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("batch_id", models.IntegerField()),
            ],
            options={
                "db_table": "deposits_named",
                "indexes": [models.Index(fields=["batch_id"], name="named_of_batch")],
            },
        ),
        migrations.RunSQL(ENDED.format("'posted', 'cancelled', 'unreadable'"), migrations.RunSQL.noop),
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        migrations.AddIndex("batch", models.Index(fields=["organization_id", "file_sha256"], name="batch_of_file")),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage__in", ["posted", "cancelled", "unreadable"]), _negated=True),
                    ("closed_at__isnull", False),
                    _connector="OR",
                ),
                name="batch_closed_has_instant",
            ),
        ),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("original_deleted_at__isnull", True), ("original_deleted_why", "")),
                    models.Q(
                        ("original_deleted_at__isnull", False),
                        ("original_deleted_why__in", ["erasure", "retention", "unreadable"]),
                    ),
                    _connector="OR",
                ),
                name="batch_original_deleted_with_reason",
            ),
        ),
    ]
