"""What the book is told of conversions: which entry became which, once it is known where both ends lie."""

import polars as pl

from creditbank.archive import queries as archive
from creditbank.archive.queries import PROVENANCE_COLUMNS
from creditbank.catalogue.queries import matched
from creditbank.deposits import conflicting, matching, registered
from creditbank.deposits.intake import known_courses


def told(links: pl.DataFrame, rows: pl.DataFrame, *, organization_id: int) -> pl.DataFrame:
    """Return what the book is told was converted into what, once accounts are open and courses proposed.

    `rows` are those that are planned, with course_key, digest and what these lead to.
    """
    people = rows.select("digest", pl.col("learner_id").alias("now_id")).unique("digest")
    named = rows.select("course_key", "obtained", pl.col("specification_id").alias("now_spec")).drop_nulls()
    named = named.unique(["course_key", "obtained"])
    found = links.join(people, on="digest", how="left")
    found = found.with_columns(pl.coalesce("now_id", "learner_id").alias("learner_id"))
    for side in ("target", "source"):
        key = {"course_key": f"{side}_key", "obtained": f"{side}_obtained"}
        now = named.rename({**key, "now_spec": f"{side}_now"})
        found = found.join(now, on=list(key.values()), how="left")
    found = found.with_columns(
        pl.coalesce("target_spec", "target_now").alias("specification_id"),
        pl.coalesce("source_spec", "source_now").alias("source_specification_id"),
        pl.col("target_obtained").alias("obtained"),
        pl.col("target_obtained").alias("converted"),
        pl.lit(0, pl.Int32).alias("part"),
    ).drop_nulls(["learner_id", "specification_id", "source_specification_id"])
    return (
        _as_stored(found, rows, organization_id=organization_id)
        .select(pl.col(name).cast(kind) for name, kind in PROVENANCE_COLUMNS.items())
        .unique()
    )


def _as_stored(found: pl.DataFrame, rows: pl.DataFrame, *, organization_id: int) -> pl.DataFrame:
    """Say of both ends of conversions where they lie: under which edition, and the source with which institution.

    A source whose number is told here and not there, or the other way round, is the one that is stored. One that is
    neither among the rows nor stored by the institution may be an entry of another one, just so or by a decision.
    """
    key, heirs = ["learner_id", "specification_id", "obtained", "part"], matched.heirs()
    dates = "obtained", "source_obtained"
    stored = matching.stored(found, organization_id=organization_id, dates=dates).filter("standing")
    found = known_courses.as_stored(found, stored, heirs)
    names = (*key[1:], *matching.VALUES)
    sources = found.select("learner_id", *(pl.col(f"source_{name}").alias(name) for name in names))
    sources = registered.issued_again(known_courses.as_stored(sources, stored, heirs), organization_id=organization_id)
    own = pl.concat([rows.select(key), stored.select(key)]).unique().with_columns(own=True)
    others = archive.stored_elsewhere(
        organization_id=organization_id,
        learner_ids=sources["learner_id"].unique().sort().to_list(),
        specification_ids=sources["specification_id"].unique().sort().to_list(),
    ).select(*key, *(pl.col(name).alias(f"stored_{name}") for name in ("organization_id", *matching.VALUES)))
    mine = matching.with_stored_elsewhere(sources, own)
    mine = mine.with_columns(pl.coalesce("stored_part", "part").alias("part")).drop("stored_part")
    placed = matching.with_stored_elsewhere(mine, others)
    just_so = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"stored_{name}")) for name in matching.VALUES)
    stands = just_so | _decided_for_other(placed, organization_id=organization_id)
    theirs = pl.col("own").is_null() & pl.col("stored_organization_id").is_not_null() & stands
    here = pl.lit(organization_id, pl.Int32)
    return found.with_columns(
        placed.select(
            source_specification_id="specification_id",
            source_organization_id=pl.when(theirs).then("stored_organization_id").otherwise(here),
            source_part=pl.when(theirs).then("stored_part").otherwise("part"),
        )
    )


def _decided_for_other(placed: pl.DataFrame, *, organization_id: int) -> pl.Series:
    """Say of each source whether it was decided that what another institution stored stands in its stead."""
    theirs = {f"stored_{name}": f"first_{name}" for name in ("organization_id", *matching.VALUES)}
    asked = placed.with_columns(part="stored_part").rename(theirs)
    return conflicting.is_case(asked, conflicting.DECIDED_FOR_FIRST, organization_id=organization_id)
