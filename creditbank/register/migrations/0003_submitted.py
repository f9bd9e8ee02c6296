"""When a list was handed to the second person: from then on it waits for that one."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Of lists that wait already it is not known; they wait from their check, as before."""

    dependencies: ClassVar = [("register", "0002_named")]
    operations: ClassVar = [
        migrations.AddField("load", "submitted_at", models.DateTimeField(null=True)),
    ]
