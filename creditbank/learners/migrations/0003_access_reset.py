"""The holder also reads who had a new password set at a counter."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more kind of access."""

    dependencies: ClassVar = [("learners", "0002_learner_merged")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="access", name="access_kind_known"),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                name="access_kind_known", condition=models.Q(what__in=["found", "unmasked", "reset"])
            ),
        ),
    ]
