"""The holder also reads who printed a claim code, and who opened a page with the name."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two more kinds of access."""

    dependencies: ClassVar = [("learners", "0003_access_reset")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="access", name="access_kind_known"),
        migrations.AddConstraint(
            model_name="access",
            constraint=models.CheckConstraint(
                name="access_kind_known",
                condition=models.Q(what__in=["found", "unmasked", "reset", "code", "page"]),
            ),
        ),
    ]
