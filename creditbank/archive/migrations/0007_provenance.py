"""What an entry was converted from; added to and never changed."""

from typing import ClassVar

from django.db import migrations, models

KEY = (
    "learner_id",
    "organization_id",
    "specification_id",
    "obtained",
    "part",
    "source_organization_id",
    "source_specification_id",
    "source_obtained",
    "source_part",
    "posting_id",
)
TRIGGER = """
CREATE TRIGGER archive_provenance_append_only BEFORE UPDATE OR DELETE ON archive_provenance
    FOR EACH ROW EXECUTE FUNCTION archive_append_only();
"""
UNDO = "DROP TRIGGER archive_provenance_append_only ON archive_provenance;"


class Migration(migrations.Migration):
    """A table of its own: one entry in a thousand was converted from something."""

    dependencies: ClassVar = [("archive", "0006_withdrawn")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Provenance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(*KEY, blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("learner_id", models.BigIntegerField()),
                *((name, models.IntegerField()) for name in KEY[1:]),
                ("converted", models.IntegerField()),
            ],
            options={
                "db_table": "archive_provenance",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("converted__range", (19000000, 21991231))),
                        name="provenance_converted_plausible",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGER, UNDO),
    ]
