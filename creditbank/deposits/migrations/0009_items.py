"""A case for each achievement of a row, and rows that waited and are cases now."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KEY = ("learner_id", "batch_id", "row", "item")
SAME_KEY = "ALTER TABLE deposits_conflict DROP CONSTRAINT deposits_conflict_pkey, ADD PRIMARY KEY ({})"


class Migration(migrations.Migration):
    """The achievement within the row becomes part of the key of a case; what there is keeps its place, as the first."""

    dependencies: ClassVar = [("deposits", "0008_figures")]
    operations: ClassVar = [
        migrations.AddField("conflict", "item", models.SmallIntegerField(default=0)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    SAME_KEY.format(", ".join(f'"{name}"' for name in KEY)),
                    SAME_KEY.format(", ".join(f'"{name}"' for name in KEY[:3])),
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "conflict",
                    "pk",
                    models.CompositePrimaryKey(
                        *KEY, blank=True, editable=False, primary_key=True, serialize=False
                    ),
                )
            ],
        ),
        migrations.RemoveIndex("conflict", "conflict_of_batch"),
        migrations.AddIndex("conflict", models.Index(fields=["batch_id", "row", "item"], name="conflict_of_batch")),
        migrations.RemoveConstraint("waiting", "waiting_state_known"),
        migrations.AddConstraint(
            "waiting",
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "entered", "stored", "disputed", "dropped", "erased"]),
                name="waiting_state_known",
            ),
        ),
    ]
