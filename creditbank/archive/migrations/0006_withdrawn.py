"""Batches that count no more, and a way to the rows of a batch."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    """No batch was withdrawn before. The index is a few bytes a megabyte, and made in one reading of the book."""

    dependencies: ClassVar = [("archive", "0005_rows_so_far")]
    operations: ClassVar = [
        migrations.AddField("posting", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                condition=models.Q(("withdrawn_at__isnull", True), ("posted_at__isnull", False), _connector="OR"),
                name="posting_withdrawn_was_posted",
            ),
        ),
        migrations.AddIndex(
            "entry", BrinIndex(fields=["posting_id"], autosummarize=True, name="entry_by_posting")
        ),
    ]
