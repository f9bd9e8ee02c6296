"""The book and its journal say no to changes, and tell the planner how many people there are."""

from typing import ClassVar

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION archive_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'creditbank_eraser' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER archive_entry_append_only BEFORE UPDATE OR DELETE ON archive_entry
    FOR EACH ROW EXECUTE FUNCTION archive_append_only();
CREATE TRIGGER archive_journal_append_only BEFORE UPDATE OR DELETE ON archive_journal
    FOR EACH ROW EXECUTE FUNCTION archive_append_only();
-- Samples underestimate how many learners there are, and plans of one learner's archive turn bad.
ALTER TABLE archive_entry ALTER learner_id SET (n_distinct = -0.05);
ALTER TABLE archive_entry SET (autovacuum_vacuum_insert_scale_factor = 0.05);
"""
UNDO = """
DROP TRIGGER archive_entry_append_only ON archive_entry;
DROP TRIGGER archive_journal_append_only ON archive_journal;
DROP FUNCTION archive_append_only();
"""


class Migration(migrations.Migration):
    """Triggers guard one node; everywhere else the application's privileges do."""

    dependencies: ClassVar = [("archive", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(TRIGGERS, UNDO)]
