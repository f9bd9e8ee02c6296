"""Single entries that count no more while their batch stands."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing was ended before."""

    dependencies: ClassVar = [("archive", "0007_provenance")]
    operations: ClassVar = [
        migrations.AddField("posting", "ends", models.BooleanField(default=False)),
    ]
