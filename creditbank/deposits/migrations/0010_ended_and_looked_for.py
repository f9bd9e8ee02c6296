"""Cases that end because what was stored first was withdrawn, and rows that wait being found by new accounts."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Func, Q, UUIDField


class Migration(migrations.Migration):
    """A case has one more way to end; the first look after this one asks about all accounts."""

    dependencies: ClassVar = [("deposits", "0009_items")]
    operations: ClassVar = [
        migrations.RemoveConstraint("conflict", "conflict_state_known"),
        migrations.AddConstraint(
            "conflict",
            models.CheckConstraint(
                condition=Q(state__in=["open", "first", "second", "both", "withdrawn"]), name="conflict_state_known"
            ),
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("newest", models.BigIntegerField(default=0)),
                ("whole_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "deposits_look",
                "constraints": [models.CheckConstraint(condition=Q(id=1), name="look_is_one")],
            },
        ),
        migrations.AddIndex(
            "waiting",
            models.Index(
                Func(
                    F("digest"),
                    template="encode(substring(%(expressions)s from 1 for 16), 'hex')::uuid",
                    output_field=UUIDField(),
                ),
                name="waiting_for_key",
                condition=Q(state="waiting"),
            ),
        ),
    ]
