"""Accounts taken over from another bank, and indexes that take less room beside millions of accounts."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

OPENED = ["outlet", "application", "bulk", "takeover"]


def _nearby(name: str) -> BrinIndex:
    return BrinIndex(
        fields=["learner_id"], name=name, opclasses=["int8_minmax_multi_ops"], pages_per_range=32, autosummarize=True
    )


def _instead(model: str, index: models.Index) -> list[Operation]:
    return [
        migrations.RemoveIndex(model_name=model, name=index.name),
        migrations.AddIndex(model_name=model, index=index),
    ]


class Migration(migrations.Migration):
    """One more way in which accounts are opened, since when an alias leads to one, and four indexes anew."""

    dependencies = [("learners", "0005_sign_in_by_number")]

    operations = [
        migrations.RemoveConstraint(model_name="learner", name="learner_opening_known"),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(
                condition=models.Q(("opened_through__in", OPENED)), name="learner_opening_known"
            ),
        ),
        migrations.AddField(model_name="learnernumber", name="since", field=models.DateField(null=True)),
        *_instead("learner", models.Index(fields=["opened_by", "learner_id"], name="learner_by_opener")),
        *_instead("learner", models.Index(fields=["name_key"], name="learner_by_name")),
        *_instead("learnerkey", _nearby("key_by_learner")),
        *_instead("learnernumber", _nearby("number_by_learner")),
        # Made beside the primary key for searches by the beginning of a number, of which there are none.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS learners_number_number_252bae87_like", reverse_sql=migrations.RunSQL.noop
        ),
    ]
