"""A program may be let hand in its organization's deposit files; those there are may not."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("identity", "0005_client_reads_worth")]
    operations: ClassVar = [
        migrations.AddField(model_name="client", name="hands_in", field=models.BooleanField(default=False)),
    ]
