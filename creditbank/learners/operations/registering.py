"""Setting up accounts set-wise: digests are taken first, so that of two who open at once one finds the other's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

import polars as pl
from django.apps import apps
from django.db import connection

from creditbank.learners import models
from creditbank.learners.operations import describing
from creditbank.learners.rules import bank_day
from creditbank.learners.types import NewPerson, OpenedThrough, Status

BLOCK: Final = 100_000
PIECE_BYTES: Final = 1024 * 1024
RESERVE: Final = "SELECT nextval(pg_get_serial_sequence('learners_learner', 'learner_id')) FROM generate_series(1, %s)"
# In the order of digests, so that two bulks wait for each other and never in a ring.
TAKE_DIGESTS: Final = """
    WITH taken AS (
        INSERT INTO learners_key (digest, learner_id) SELECT * FROM unnest(%s::bytea[], %s::bigint[])
        ON CONFLICT (digest) DO NOTHING RETURNING 1)
    SELECT count(*) FROM taken"""
OURS: Final = "SELECT learner_id FROM learners_key WHERE learner_id = ANY(%s::bigint[])"
TAKE_NUMBERS: Final = """
    INSERT INTO learners_number (number, learner_id, kind, bank_code)
    SELECT number, learner_id, 'own', %s FROM unnest(%s::text[], %s::bigint[]) AS fresh(number, learner_id)
    ON CONFLICT (number) DO NOTHING RETURNING learner_id, number"""
LEARNERS: Final = (
    *("learner_id", "account_number", "name", "name_key", "birth_date", "status", "opened_at", "opened_by"),
    *("opened_through", "claimed_through", "claim_failures"),
)
DOCUMENTS: Final = ("learner_id", "number", "kind", "ciphertext", "key_id", "masked", "since", "reason")


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
    won = _taken(describing.described(people).sort("digest"))
    numbered = won.join(_numbered(won["learner_id"]), on="learner_id", how="left", maintain_order="left")
    for block in numbered.iter_slices(BLOCK):
        _copy("learners_learner", _learner_rows(block, opening).select(LEARNERS))
        _copy("learners_document", _document_rows(block, opening).select(DOCUMENTS))
    return numbered.select("digest", "learner_id")


def _taken(people: pl.DataFrame) -> pl.DataFrame:
    """Return those people whose digest was free and is theirs now, with `learner_id`."""
    found = people.with_columns(pl.Series("learner_id", _reserved(people.height), dtype=pl.Int64))
    won = 0
    with connection.cursor() as cursor:
        for block in found.select("digest", "learner_id").iter_slices(BLOCK):
            cursor.execute(TAKE_DIGESTS, [_bytes_array(block["digest"]), array(block["learner_id"].cast(pl.String))])
            won += cursor.fetchone()[0]
        if won == found.height:
            return found
        cursor.execute(OURS, [array(found["learner_id"].cast(pl.String))])
        ours = [learner_id for (learner_id,) in cursor]
    return found.filter(pl.col("learner_id").is_in(ours))


def _reserved(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(RESERVE, [count])
        return [learner_id for (learner_id,) in cursor]


def _numbered(learner_ids: pl.Series) -> pl.DataFrame:
    """Draw an account number for each learner; whoever drew a taken one draws again."""
    bank_code = apps.get_app_config("learners").bank_code  # type: ignore[attr-defined]  # our own LearnersConfig
    numbers: dict[int, str] = {}
    waiting: Sequence[int] = learner_ids.to_list()
    while waiting:
        # In the order of learners too: rows of accounts that were opened together lie together.
        drawn = sorted(describing.drawn_numbers(bank_code, len(waiting)))
        fresh = pl.DataFrame({"account_number": drawn, "learner_id": waiting})
        first = fresh.unique("account_number", keep="first", maintain_order=True)
        with connection.cursor() as cursor:
            for block in first.iter_slices(BLOCK):
                ids = array(block["learner_id"].cast(pl.String))
                cursor.execute(TAKE_NUMBERS, [bank_code, array(block["account_number"]), ids])
                numbers.update(cursor.fetchall())
        waiting = [learner_id for learner_id in waiting if learner_id not in numbers]
    schema = {"learner_id": pl.Int64, "account_number": pl.String}
    return pl.DataFrame({"learner_id": list(numbers), "account_number": list(numbers.values())}, schema=schema)


def _learner_rows(block: pl.DataFrame, opening: Opening) -> pl.DataFrame:
    return block.with_columns(
        status=pl.lit(Status.UNCLAIMED.value),
        opened_at=pl.lit(opening.now.isoformat()),
        opened_by=pl.lit(opening.organization_id),
        opened_through=pl.lit(opening.through.value),
        claimed_through=pl.lit(""),
        claim_failures=pl.lit(0),
    )


def _document_rows(block: pl.DataFrame, opening: Opening) -> pl.DataFrame:
    key_id, ciphertexts = describing.sealed(block["document_number"].to_list(), block["learner_id"].to_list())
    return block.with_columns(
        number=pl.lit(1),
        kind=pl.col("document_kind"),
        ciphertext="\\x" + pl.Series(ciphertexts, dtype=pl.Binary).bin.encode("hex"),
        key_id=pl.lit(key_id),
        since=pl.lit(bank_day(opening.now).isoformat()),
        reason=pl.lit(""),
    )


def _copy(table: str, rows: pl.DataFrame) -> None:
    """Write the rows of a frame into a table whose columns have the same names."""
    buffer = BytesIO()
    # Quoted wherever it is no number: an empty text is none, and nothing is not an empty text.
    rows.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    buffer.seek(0)
    statement = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := buffer.read(PIECE_BYTES):
            copy.write(piece)


def _bytes_array(values: pl.Series) -> str:
    return array('"\\\\x' + values.bin.encode("hex") + '"')


def array(values: pl.Series) -> str:
    """Return plain texts, of which none needs quoting, as an array that PostgreSQL reads."""
    return "{" + ",".join(values) + "}"


def account_of(digest: bytes) -> models.Learner:
    """Return the account that a held digest leads to."""
    key = models.LearnerKey.objects.get(digest=digest)
    return models.Learner.objects.get(learner_id=key.learner_id)
