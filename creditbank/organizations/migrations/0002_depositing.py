"""How an institution deposits: whether its deposits open accounts, and how far credits may differ."""

from typing import Any

from django.db import migrations, models


def close_to_others(apps: Any, _editor: object) -> None:
    """Let only schools and examination authorities open accounts, as new organizations of these kinds do."""
    table = apps.get_model("organizations", "Organization")
    table.objects.exclude(kind__in=["institution", "exam-authority"]).update(opens_accounts=False)


class Migration(migrations.Migration):
    """Two columns, and one constraint on them."""

    dependencies = [("organizations", "0001_initial")]

    operations = [
        migrations.AddField("organization", "opens_accounts", models.BooleanField(default=True)),
        migrations.AddField("organization", "credits_tolerance", models.IntegerField(default=0)),
        migrations.RunPython(close_to_others, migrations.RunPython.noop),
        migrations.AddConstraint(
            "organization",
            models.CheckConstraint(
                condition=models.Q(credits_tolerance__gte=0), name="organization_tolerance_not_negative"
            ),
        ),
    ]
