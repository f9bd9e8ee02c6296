"""Refused rows are written without a look at their batch for each: it is written in the same transaction."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    """Takes the constraint and its index from refused rows; what is stored stays as it is."""

    dependencies: ClassVar = [("deposits", "0010_ended_and_looked_for")]
    operations: ClassVar = [
        migrations.AlterField(
            "refusedrow",
            "batch",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=PROTECT,
                related_name="refused",
                to="deposits.batch",
            ),
        ),
    ]
