"""Accounts of another bank go on here: opened or found by their documents, their numbers kept as aliases."""

from datetime import datetime
from typing import Final

import polars as pl
from django.db import connection, transaction

from creditbank.database.frames import plain_array
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import facts, permissions, queries
from creditbank.learners.numbers import leads
from creditbank.learners.operations.describing import described
from creditbank.learners.operations.opening import opened_for
from creditbank.learners.operations.registering import Opening
from creditbank.learners.types import OpenedThrough, Status

DOCUMENT: Final = ["document_kind", "document_number"]
# In the order of numbers, so that two lists wait for each other and never in a ring.
KEEP: Final = """
    WITH kept AS (
        INSERT INTO learners_number (number, learner_id, kind, bank_code, since)
        SELECT number, learner_id, 'alias', %s, since
        FROM unnest(%s::text[], %s::bigint[], %s::date[]) AS told(number, learner_id, since) ORDER BY number
        ON CONFLICT (number) DO NOTHING RETURNING 1)
    SELECT count(*) FROM kept"""


@transaction.atomic
def take_over(
    *, actor: Actor, organization_id: int, bank_code: str, frame: pl.DataFrame, now: datetime
) -> pl.DataFrame:
    """Return the frame, in its order, with `learner_id` and `is_new`, or the reason against a row in `refusal`.

    It tells `number` (the account's at the other bank, well-formed), `person_name`, `document_kind`,
    `document_number` and `since` (the day it was opened there, or null); other columns stay. Reasons: `number_twice`,
    `number_taken`, `two_names`, `name_differs`, `account_closed`. The same again changes nothing.
    Refused: no permission to take accounts over here, a code that is no other bank's, a text that is no name.
    """
    permissions.check_may_take_over(actor, bank_code=bank_code, at=organization_id)
    judged = _judged(frame)
    good = judged.filter(pl.col("refusal").is_null())
    opening = Opening(organization_id=organization_id, through=OpenedThrough.TAKEOVER, now=now)
    joined, opened, _found = opened_for(good, opening)
    kept = _keep(joined, bank_code)
    if opened or kept:
        fact = facts.accounts_taken_over(
            organization_id=organization_id,
            bank_code=bank_code,
            aliases=kept,
            opened=opened,
            actor=actor.reference,
            at=now,
        )
        evidence.append(fact)
    held = _held(joined["number"])
    lost = joined.join(held, on=["number", "learner_id"], how="anti")["place"]
    table = joined.select("place", pl.col("learner_id").alias("led_to"))
    refusal = pl.when(pl.col("place").is_in(lost.to_list())).then(pl.lit("number_taken")).otherwise("refusal")
    return (
        judged.join(table, on="place", how="left", maintain_order="left")
        .with_columns(refusal=refusal, is_new=pl.col("learner_id").is_null() & pl.col("refusal").is_null())
        .with_columns(learner_id=pl.coalesce("led_to", "learner_id"))
        .select(*frame.columns, "learner_id", "is_new", "refusal")
    )


def _judged(frame: pl.DataFrame) -> pl.DataFrame:
    """Join the learner that each document leads to, and the reason against a row."""
    rows = described(frame.with_row_index("place")).drop("birth_date")
    rows = queries.digested(rows)
    joined = rows.join(queries.accounts_by_digest(rows["digest"]), on="digest", how="left", maintain_order="left")
    held = _held(rows["number"]).rename({"learner_id": "holder"})
    joined = joined.join(held, on="number", how="left", maintain_order="left")
    reason = (
        pl.when(pl.struct(DOCUMENT).n_unique().over("number") > 1)
        .then(pl.lit("number_twice"))
        .when(pl.col("learner_id").is_null() & (pl.col("name_key").n_unique().over(DOCUMENT) > 1))
        .then(pl.lit("two_names"))
        .when(pl.col("account_status") == Status.CLOSED.value)
        .then(pl.lit("account_closed"))
        .when(pl.col("account_key") != pl.col("name_key"))
        .then(pl.lit("name_differs"))
        .when(pl.col("holder").is_not_null() & pl.col("holder").ne_missing(pl.col("learner_id")))
        .then(pl.lit("number_taken"))
    )
    return joined.with_columns(refusal=reason).select(
        "place", *frame.columns, "digest", "learner_id", pl.col("refusal").cast(pl.String)
    )


def _held(numbers: pl.Series) -> pl.DataFrame:
    """Return the learner that each known number leads to."""
    found = leads(numbers.unique())
    schema = {"number": pl.String, "learner_id": pl.Int64}
    return pl.DataFrame({"number": list(found), "learner_id": list(found.values())}, schema=schema)


def _keep(joined: pl.DataFrame, bank_code: str) -> int:
    """Keep the numbers as aliases; return how many are new."""
    distinct = joined.unique("number", keep="first", maintain_order=True)
    distinct = distinct.join(_held(distinct["number"]), on="number", how="anti")
    columns = [plain_array(distinct[name]) for name in ("number", "learner_id", "since")]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [bank_code, *columns])
        return int(cursor.fetchone()[0])
