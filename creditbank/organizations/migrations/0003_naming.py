"""A number that each renaming of an organization changes, so that processes may keep what they are called."""

from typing import Any

from django.db import migrations, models


def begin(apps: Any, _editor: object) -> None:
    """Write the one row."""
    apps.get_model("organizations", "Naming").objects.create(id=1, renamed=0)


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = [("organizations", "0002_depositing")]

    operations = [
        migrations.CreateModel(
            "Naming",
            [
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("renamed", models.BigIntegerField()),
            ],
            {
                "db_table": "organizations_naming",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="organization_naming_one_row"),
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
