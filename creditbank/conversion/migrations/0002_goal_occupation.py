"""An occupation may be a goal, beside programmes and awards."""

from django.db import migrations, models

KINDS = ["programme", "award", "occupation"]


class Migration(migrations.Migration):
    """Goals that were set before stay as they are."""

    dependencies = [("conversion", "0001_initial")]
    operations = [
        migrations.RemoveConstraint("goal", "goal_kind_known"),
        migrations.AddConstraint(
            "goal", models.CheckConstraint(name="goal_kind_known", condition=models.Q(kind__in=KINDS))
        ),
    ]
