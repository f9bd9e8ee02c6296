"""By what erasing finds a refused row whose document could not be read, or was another's."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows that were refused before have no such digest: they go when their period is over."""

    dependencies: ClassVar = [("register", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField("refusedrow", "named", models.BinaryField(max_length=8, null=True)),
    ]
