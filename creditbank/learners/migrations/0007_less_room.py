"""Accounts in less room: words as numbers, half a digest, and the first document in its account's own row."""

import creditbank.learners.models.fields
from django.db import migrations, models
from django.db.models import Q

STATUSES = ("unclaimed", "active", "suspended", "closed", "merged")
OPENED = ("outlet", "application", "bulk", "takeover")
CLAIMED = ("counter", "code", "provider")
KINDS = (
    "resident-id",
    "passport",
    "hk-macau-permit",
    "hk-macau-taiwan-residence",
    "taiwan-permit",
    "foreign-residence",
)


def _place(words: tuple[str, ...], column: str) -> str:
    written = ", ".join(f"'{word}'" for word in words)
    return f"array_position(ARRAY[{written}], {column})::smallint"


# The failures move behind the words, where two bytes leave no gap before a number of eight.
SHRINK = f"""
ALTER TABLE learners_learner ADD COLUMN failures smallint NOT NULL DEFAULT 0;
UPDATE learners_learner SET failures = claim_failures WHERE claim_failures <> 0;
ALTER TABLE learners_learner
    ALTER COLUMN account_number TYPE bigint USING account_number::bigint,
    ALTER COLUMN status TYPE smallint USING {_place(STATUSES, "status::text")},
    ALTER COLUMN opened_through TYPE smallint USING {_place(OPENED, "opened_through::text")},
    ALTER COLUMN claimed_through DROP NOT NULL,
    ALTER COLUMN claimed_through TYPE smallint USING {_place(CLAIMED, "claimed_through::text")},
    ALTER COLUMN failures DROP DEFAULT,
    DROP COLUMN claim_failures,
    ADD COLUMN document_kind smallint,
    ADD COLUMN document_key_id smallint,
    ADD COLUMN document_ciphertext bytea;
ALTER TABLE learners_learner RENAME COLUMN failures TO claim_failures;
ALTER TABLE learners_key ALTER COLUMN digest TYPE uuid USING encode(substring(digest FROM 1 FOR 16), 'hex')::uuid;
"""
# What the account's row says of its first document without a column: it is the current one since the day of opening.
FOLD = f"""
WITH moved AS (
    DELETE FROM learners_document AS d USING learners_learner AS l
    WHERE l.learner_id = d.learner_id AND d.number = 1 AND d.until IS NULL AND d.reason = ''
        AND d.since = (l.opened_at AT TIME ZONE 'Asia/Shanghai')::date
    RETURNING d.learner_id, {_place(KINDS, "d.kind::text")} AS kind, d.key_id, d.ciphertext)
UPDATE learners_learner AS l
SET document_kind = moved.kind, document_key_id = moved.key_id, document_ciphertext = moved.ciphertext
FROM moved WHERE moved.learner_id = l.learner_id
"""


def _words(words: tuple[str, ...], **more: object) -> creditbank.learners.models.fields.WordField:
    return creditbank.learners.models.fields.WordField(words=words, **more)


class Migration(migrations.Migration):
    """It does not go back: the other half of a digest is worked out from documents, with keys no migration has.

    Numbers of accounts that were drawn stay in their table; those of accounts opened from now on are worked out.
    """

    dependencies = [("learners", "0006_taken_over")]

    operations = [
        migrations.RemoveConstraint(model_name="learner", name="learner_status_known"),
        migrations.RemoveConstraint(model_name="learner", name="learner_opening_known"),
        migrations.RemoveConstraint(model_name="learner", name="learner_claimed_pair"),
        migrations.RemoveConstraint(model_name="learner", name="learner_merged_pair"),
        migrations.RemoveIndex(model_name="learner", name="learner_by_opener"),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SHRINK)],
            state_operations=[
                migrations.AlterField(
                    model_name="learner",
                    name="account_number",
                    field=creditbank.learners.models.fields.AccountNumberField(),
                ),
                migrations.AlterField(model_name="learner", name="status", field=_words(STATUSES, default="unclaimed")),
                migrations.AlterField(model_name="learner", name="opened_through", field=_words(OPENED)),
                migrations.AlterField(model_name="learner", name="claimed_through", field=_words(CLAIMED, null=True)),
                migrations.AddField(model_name="learner", name="document_kind", field=_words(KINDS, null=True)),
                migrations.AddField(
                    model_name="learner", name="document_key_id", field=models.SmallIntegerField(null=True)
                ),
                migrations.AddField(
                    model_name="learner",
                    name="document_ciphertext",
                    field=models.BinaryField(max_length=80, null=True),
                ),
                migrations.AlterField(
                    model_name="learnerkey",
                    name="digest",
                    field=models.UUIDField(primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(condition=Q(status__in=STATUSES), name="learner_status_known"),
        ),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(condition=Q(opened_through__in=OPENED), name="learner_opening_known"),
        ),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, claimed_through__isnull=True)
                | Q(claimed_at__isnull=False, claimed_through__in=CLAIMED),
                name="learner_claimed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(
                condition=Q(merged_into__isnull=False, status="merged")
                | Q(merged_into__isnull=True) & ~Q(status="merged"),
                name="learner_merged_pair",
            ),
        ),
        migrations.RunSQL(FOLD),
        migrations.AddConstraint(
            model_name="learner",
            constraint=models.CheckConstraint(
                condition=Q(document_kind__isnull=True, document_key_id__isnull=True, document_ciphertext__isnull=True)
                | Q(document_kind__isnull=False, document_key_id__isnull=False, document_ciphertext__isnull=False),
                name="learner_document_whole",
            ),
        ),
        migrations.AddIndex(model_name="learner", index=models.Index(fields=["opened_by"], name="learner_by_opener")),
    ]
