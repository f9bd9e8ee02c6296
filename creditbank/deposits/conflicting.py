"""Rows about achievements that others award, against what other institutions have stored; frames in, frames out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db.models import Q

from creditbank.archive import queries as archive
from creditbank.deposits import models, parts
from creditbank.deposits.matching import VALUES, with_stored_elsewhere
from creditbank.deposits.types import ConflictState
from creditbank.learners import queries as learners

KEY = ("learner_id", "specification_id", "obtained", "part")
FIRST = {
    "organization_id": "first_organization_id",
    "posting_id": "first_posting_id",
    **{name: f"first_{name}" for name in VALUES},
}
#: What lies beside the parts of a batch: who awards what it tells of, and what somebody has told since the check.
ISSUERS: Final = "issuers"
SINCE: Final = "since"
#: What makes two cases of one institution the same question: of what, and what either side says.
QUESTION: Final = (*KEY, *VALUES, "first_organization_id", *(f"first_{name}" for name in VALUES))
#: A question that waits for its answer, and one that was answered so that what stood still stands.
ANSWERED: Final = Q(settled_at__isnull=True) | Q(state=ConflictState.FIRST)
DECIDED_FOR_FIRST: Final = Q(settled_at__isnull=False, state=ConflictState.FIRST)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows apart: what nobody else has stored, what somebody has stored just so, and what is told differently.

    The last two have the columns of `FIRST`: who stored it first, in which batch, with which values. What is a case
    already, or was decided for who stored it first, is among the duplicates: nobody is asked the same twice.
    """

    kept: pl.DataFrame
    duplicates: pl.DataFrame
    conflicting: pl.DataFrame


def of_others(rows: pl.DataFrame, *, organization_id: int) -> tuple[pl.DataFrame, Compared]:
    """Return the rows that go on, and what others say of those that the institution does not award itself.

    `rows` have `issuer_id`, too; where they have none it was decided that they stand beside what others say.
    """
    if "issuer_id" not in rows.columns:
        return rows, Compared(kept=rows, duplicates=rows.clear(), conflicting=rows.clear())
    foreign = rows.filter(_foreign(organization_id))
    others = against_others(foreign, organization_id=organization_id)
    own = rows.filter(~_foreign(organization_id)) if foreign.height else rows
    return pl.concat([own, others.kept]), others


def _foreign(organization_id: int) -> pl.Expr:
    return (pl.col("issuer_id") != organization_id).fill_null(value=False)


def mark(batch: str, part: int, staged: pl.DataFrame, *, organization_id: int) -> None:
    """Keep beside the rows of a part who awards what its institution does not, if anybody does."""
    if "issuer_id" in staged.columns:
        issuers = staged.filter(_foreign(organization_id)).select("issuer_id").unique()
        if issuers.height:
            parts.put(batch, ISSUERS, part, issuers)


def tells_of_others(batch: str, part: int) -> bool:
    """Say whether a part of a batch has rows about what its institution does not award itself."""
    return parts.has(batch, ISSUERS, part)


def issuers_of(batch: str) -> list[int]:
    """Return who awards what the institution of a batch does not, in their order."""
    found = [parts.get(batch, ISSUERS, part) for part in _parts_with(batch, ISSUERS)]
    return pl.concat(found)["issuer_id"].unique().sort().to_list() if found else []


def put_aside(batch: str, part: int, conflicting: pl.DataFrame, *, told: pl.DataFrame) -> None:
    """Put rows aside that somebody has told differently since the check, with all that `told` says of them."""
    places = [name for name in ("row", "item") if name in told.columns]
    more = [name for name in told.columns if name not in conflicting.columns]
    found = conflicting.join(told.select(*places, *more), on=places, how="left", maintain_order="left")
    if parts.has(batch, SINCE, part):
        found = pl.concat([parts.get(batch, SINCE, part), found]).unique(places, keep="last", maintain_order=True)
    parts.put(batch, SINCE, part, found)


def since_the_check(batch: str) -> Iterator[pl.DataFrame]:
    """Yield the rows that were put aside since the check, with the columns of `Compared.conflicting`."""
    return (parts.get(batch, SINCE, part) for part in _parts_with(batch, SINCE))


def _parts_with(batch: str, name: str) -> list[int]:
    return [part for part in range(parts.number_of(batch, parts.STAGED)) if parts.has(batch, name, part)]


def against_others(rows: pl.DataFrame, *, organization_id: int, again: bool = False) -> Compared:
    """Compare rows of one institution with what others have stored of the same achievement of the same person.

    `rows` have learner_id and specification_id (null where new), obtained, `part` (0 without such a column) and
    `matching.VALUES`. Only what an institution does not award itself is asked about; that is the caller's choice.
    `again`: they are of cases that are looked at once more, so that what was asked before does not count.
    """
    names = rows.columns
    rows = rows if "part" in names else rows.with_columns(pl.lit(0, pl.Int32).alias("part"))
    stored = archive.stored_elsewhere(
        organization_id=organization_id,
        learner_ids=rows["learner_id"].drop_nulls().unique().sort().to_list() if rows.height else (),
        specification_ids=rows["specification_id"].drop_nulls().unique().sort().to_list(),
    )
    first = stored.rename(FIRST).select(*KEY, *FIRST.values())
    joined = with_stored_elsewhere(rows, first)
    # A case is about the entry that stands, under its part.
    joined = joined.with_columns(pl.coalesce("stored_part", "part").alias("part")).drop("stored_part")
    found = pl.col("first_posting_id").is_not_null()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"first_{name}")) for name in VALUES)
    differing = joined.filter(found & ~same)
    asked = is_case(differing.clear() if again else differing, ANSWERED, organization_id=organization_id)
    asked = asked.extend_constant(value=False, n=differing.height - len(asked))
    return Compared(
        kept=joined.filter(~found).select(names),
        duplicates=pl.concat([joined.filter(found & same), differing.filter(asked)]),
        conflicting=differing.filter(~asked),
    )


def is_case(rows: pl.DataFrame, of: Q, *, organization_id: int) -> pl.Series:
    """Say of each row, with the columns of `QUESTION`, whether it is a case `of` some kind of its institution."""
    if rows.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    cases = list(
        models.Conflict.objects.filter(
            of,
            organization_id=organization_id,
            specification_id__in=rows["specification_id"].unique().to_list(),
        ).values_list(*QUESTION)
    )
    if not cases:
        return pl.repeat(value=False, n=rows.height, eager=True)
    # An account that was merged since lives on in another.
    living = learners.survivors([learner_id for learner_id, *_ in cases])
    known = {(living.get(learner_id), *rest) for learner_id, *rest in cases}
    return pl.Series([question in known for question in rows.select(QUESTION).iter_rows()], dtype=pl.Boolean)
