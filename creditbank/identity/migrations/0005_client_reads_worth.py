"""A program may be let ask what the archives of its organization's learners are worth; those there are may not."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("identity", "0004_account_number")]
    operations: ClassVar = [
        migrations.AddField(model_name="client", name="reads_worth", field=models.BooleanField(default=False)),
    ]
