"""What people call a batch, and what the enrolments of a merged account are numbered where it lives on."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The numbers of batches posted before are filled in by the deposits, which know them."""

    dependencies: ClassVar = [("archive", "0003_moved_and_erased")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="posting", name="number", field=models.CharField(blank=True, default="", max_length=20)
        ),
        migrations.AddField(model_name="moved", name="enrolments", field=models.JSONField(default=dict)),
    ]
