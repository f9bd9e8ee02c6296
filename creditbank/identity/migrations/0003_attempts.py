"""Attempts at the gates that people pass before they sign in, counted for all processes of the bank."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies: ClassVar = [("identity", "0002_cache")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("ends_at", models.DateTimeField()),
                ("count", models.IntegerField()),
            ],
            options={
                "db_table": "identity_attempts",
                "indexes": [models.Index(fields=["ends_at"], name="attempts_ended")],
            },
        ),
    ]
