"""Cases that end because what was stored first was withdrawn."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A case has one more way to end."""

    dependencies: ClassVar = [("deposits", "0009_items")]
    operations: ClassVar = [
        migrations.RemoveConstraint("conflict", "conflict_state_known"),
        migrations.AddConstraint(
            "conflict",
            models.CheckConstraint(
                condition=Q(state__in=["open", "first", "second", "both", "withdrawn"]), name="conflict_state_known"
            ),
        ),
    ]
