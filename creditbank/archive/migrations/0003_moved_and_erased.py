"""Accounts that live on in others, and what erased entries leave; both are added to and never changed."""

from typing import ClassVar

from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER archive_moved_append_only BEFORE UPDATE OR DELETE ON archive_moved
    FOR EACH ROW EXECUTE FUNCTION archive_append_only();
CREATE TRIGGER archive_erased_append_only BEFORE UPDATE OR DELETE ON archive_erased
    FOR EACH ROW EXECUTE FUNCTION archive_append_only();
"""
UNDO = """
DROP TRIGGER archive_moved_append_only ON archive_moved;
DROP TRIGGER archive_erased_append_only ON archive_erased;
"""


class Migration(migrations.Migration):
    """The eraser gets past the trigger on both, and the privileges let it delete from the first only."""

    dependencies: ClassVar = [("archive", "0002_append_only")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("learner_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("survivor_id", models.BigIntegerField()),
                ("posting_id", models.IntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "archive_moved"},
        ),
        migrations.CreateModel(
            name="Erased",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "posting_id", "leaf", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("posting_id", models.IntegerField()),
                ("leaf", models.IntegerField()),
                ("commitment", models.BinaryField(max_length=32)),
            ],
            options={"db_table": "archive_erased"},
        ),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
