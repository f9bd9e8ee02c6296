"""A posting that is under way says how many of its rows are in the book, so that nobody has to count them."""

from typing import ClassVar

from django.db import migrations

COUNT = """
    UPDATE archive_posting SET rows = (SELECT count(*) FROM archive_entry WHERE posting_id = archive_posting.id)
     WHERE posted_at IS NULL"""


class Migration(migrations.Migration):
    """Postings under way said 0 so far."""

    dependencies: ClassVar = [("archive", "0004_numbers")]
    operations: ClassVar = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
