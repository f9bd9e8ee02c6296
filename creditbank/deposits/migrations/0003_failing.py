"""A batch whose posting fails again and again says so, and keeps nobody waiting."""

from typing import ClassVar

from django.db import migrations, models

STAGES = (
    *("received", "checking", "unreadable", "reported", "submitted", "returned"),
    *("approved", "posting", "failed", "posted", "cancelled"),
)


class Migration(migrations.Migration):
    """Counts how often a job was tried in vain; batches of before begin at nought."""

    dependencies: ClassVar = [("deposits", "0002_forgetting")]
    operations: ClassVar = [
        migrations.AddField("batch", "attempts", models.SmallIntegerField(default=0)),
        migrations.RemoveConstraint("batch", "batch_stage_known"),
        migrations.AddConstraint(
            "batch",
            models.CheckConstraint(condition=models.Q(("stage__in", list(STAGES))), name="batch_stage_known"),
        ),
    ]
