"""What ended an entry and was lifted says when."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What was lifted before does not say when."""

    dependencies: ClassVar = [("archive", "0008_ended")]
    operations: ClassVar = [
        migrations.AddField("posting", "lifted_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                name="posting_lifted_ends_no_more",
                condition=Q(lifted_at__isnull=True) | Q(withdrawn_at__isnull=False, ends=False),
            ),
        ),
    ]
