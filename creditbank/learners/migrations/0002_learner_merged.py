"""Who was merged into an account is found without reading all accounts; there are few such rows."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One partial index."""

    dependencies: ClassVar = [("learners", "0001_initial")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="learner",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="learner_merged"
            ),
        ),
    ]
