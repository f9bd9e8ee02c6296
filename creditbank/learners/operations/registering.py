"""Setting up accounts set-wise: digests are taken first, so that of two who open at once one finds the other's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from django.apps import apps
from django.db import connection

from creditbank.database.frames import copy_into, plain_array
from creditbank.kernel.documents import DocumentKind
from creditbank.learners import models
from creditbank.learners.digest_queries import KEY_BYTES, shortened
from creditbank.learners.models.fields import place_of
from creditbank.learners.numbers import kept_apart, numbered
from creditbank.learners.operations import describing
from creditbank.learners.types import NewPerson, OpenedThrough, Status

BLOCK: Final = 100_000
# The name of the sequence is looked up once, not for every id.
RESERVE: Final = """
    SELECT array_agg(nextval((SELECT pg_get_serial_sequence('learners_learner', 'learner_id')::regclass)))
    FROM generate_series(1, %s)"""
# In the order of digests, so that two bulks wait for each other and never in a ring.
TAKE_DIGESTS: Final = """
    WITH taken AS (
        INSERT INTO learners_key (digest, learner_id) SELECT * FROM unnest(%s::uuid[], %s::bigint[])
        ON CONFLICT (digest) DO NOTHING RETURNING 1)
    SELECT count(*) FROM taken"""
OURS: Final = "SELECT learner_id FROM learners_key WHERE learner_id = ANY(%s::bigint[])"
LEARNERS: Final = (
    *("learner_id", "account_number", "name", "name_key", "birth_date", "status", "opened_at", "opened_by"),
    *("opened_through", "claim_failures", "document_kind", "document_key_id", "document_ciphertext"),
)
KINDS: Final = {kind.value: place_of(kind) for kind in DocumentKind}


@dataclass(frozen=True, slots=True)
class Opening:
    """Where, how and when accounts are opened."""

    organization_id: int
    through: OpenedThrough
    now: datetime


def register(people: Mapping[bytes, NewPerson], *, opening: Opening) -> dict[bytes, int]:
    """Open an account for each digest that is still free, and return the new learners by digest; as below."""
    frame = describing.frame_of(list(people.values())).with_columns(pl.Series("digest", list(people), dtype=pl.Binary))
    return dict(register_frame(frame, opening=opening).iter_rows())


def register_frame(people: pl.DataFrame, *, opening: Opening) -> pl.DataFrame:
    """Open an account for each digest of a frame that is still free; return `digest` and `learner_id` of the new ones.

    The frame tells `digest`, `person_name`, `document_kind` and `document_number`, each digest once. Digests that
    somebody else holds, or takes at this moment, are left out: look them up again.
    Call it once in a transaction, so that bulks at the same time cannot wait for each other in a ring.
    """
    if not people.height:
        return pl.DataFrame(schema={"digest": pl.Binary, "learner_id": pl.Int64})
    won = _taken(describing.described(people))
    for block in won.iter_slices(BLOCK):
        copy_into("learners_learner", _learner_rows(block, opening).select(LEARNERS))
    return won.select("digest", "learner_id")


def _taken(people: pl.DataFrame) -> pl.DataFrame:
    """Return those people whose digest was free and is theirs now, with `learner_id` and `account_number`.

    Ids go by the order of the people, so that what was told together lies together.
    """
    found = pl.concat([people, _reserved(people.height)], how="horizontal")
    keys = found.select(pl.col("digest").bin.slice(0, KEY_BYTES), "learner_id").sort("digest")
    won = 0
    with connection.cursor() as cursor:
        for block in keys.iter_slices(BLOCK):
            digests, ids = block["digest"].bin.encode("hex"), block["learner_id"]
            cursor.execute(TAKE_DIGESTS, [plain_array(digests), plain_array(ids)])
            won += cursor.fetchone()[0]
        if won == found.height:
            return found
        cursor.execute(OURS, [plain_array(found["learner_id"])])
        ours = [learner_id for (learner_id,) in cursor]
    return found.filter(pl.col("learner_id").is_in(ours))


def _reserved(count: int) -> pl.DataFrame:
    """Return so many new `learner_id`, each with its `account_number`, which leads to nobody yet."""
    bank_code = apps.get_app_config("learners").bank_code  # type: ignore[attr-defined]  # our own LearnersConfig
    free = pl.DataFrame(schema={"learner_id": pl.Int64, "account_number": pl.String})
    while free.height < count:
        with connection.cursor() as cursor:
            cursor.execute(RESERVE, [count - free.height])
            (ids,) = cursor.fetchone()
        drawn = pl.DataFrame({"learner_id": ids, "account_number": numbered(bank_code, ids)})
        # Numbers that an earlier release drew, and those of other banks.
        taken = kept_apart(drawn["account_number"])
        free.vstack(drawn.filter(~pl.col("account_number").is_in(list(taken))), in_place=True)
    return free


def _learner_rows(block: pl.DataFrame, opening: Opening) -> pl.DataFrame:
    key_id, ciphertexts = describing.sealed(block)
    return block.with_columns(
        status=pl.lit(place_of(Status.UNCLAIMED)),
        opened_at=pl.lit(opening.now.isoformat()),
        opened_by=pl.lit(opening.organization_id),
        opened_through=pl.lit(place_of(opening.through)),
        claim_failures=pl.lit(0),
        document_kind=pl.col("document_kind").replace_strict(KINDS, return_dtype=pl.Int16),
        document_key_id=pl.lit(key_id),
        document_ciphertext="\\x" + pl.Series(ciphertexts, dtype=pl.Binary).bin.encode("hex"),
    )


def account_of(digest: bytes) -> models.Learner:
    """Return the account that a held digest leads to."""
    key = models.LearnerKey.objects.get(digest=shortened(digest))
    return models.Learner.objects.get(learner_id=key.learner_id)
