"""Facts say no to changes."""

from typing import ClassVar

from django.db import migrations

TRIGGER = """
CREATE FUNCTION evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evidence_outbox_append_only BEFORE UPDATE OR DELETE ON evidence_outbox
    FOR EACH ROW EXECUTE FUNCTION evidence_append_only();
"""
UNDO = "DROP TRIGGER evidence_outbox_append_only ON evidence_outbox; DROP FUNCTION evidence_append_only();"


class Migration(migrations.Migration):
    """Triggers guard one node; everywhere else the application's privileges do."""

    dependencies: ClassVar = [("evidence", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(TRIGGER, UNDO)]
