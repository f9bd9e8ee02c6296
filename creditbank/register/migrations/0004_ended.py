"""Entries that were deposited and count no more, as their certificates were revoked."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was revoked before is ended by the first night's job."""

    dependencies: ClassVar = [("register", "0003_submitted")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Ended",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "learner_id", "posting", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("learner_id", models.BigIntegerField()),
                ("issuer_id", models.IntegerField()),
                ("specification_id", models.IntegerField()),
                ("number", models.CharField(max_length=40)),
                ("posting", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "register_ended",
                "indexes": [models.Index(fields=["issuer_id", "number"], name="register_ended_number")],
            },
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("status", 2)), fields=["specification_id"], name="register_certificate_revoked"
            ),
        ),
    ]
