"""A learner signs in by the account number as well as by phone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; the numbers of those who sign in already are written by the learners' room, which knows them."""

    dependencies: ClassVar = [("identity", "0003_attempts")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="user", name="account_number", field=models.CharField(max_length=15, null=True)
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(fields=["account_number"], name="user_account_number_unique"),
        ),
    ]
