"""Those who claimed their account before may sign in by its number too."""

from typing import ClassVar

from django.db import migrations

FILL = """
UPDATE identity_user AS u SET account_number = l.account_number
FROM learners_learner AS l WHERE l.learner_id = u.learner_id AND u.account_number IS NULL
"""


class Migration(migrations.Migration):
    """One statement."""

    dependencies: ClassVar = [("learners", "0004_access_code_page"), ("identity", "0004_account_number")]
    operations: ClassVar = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
