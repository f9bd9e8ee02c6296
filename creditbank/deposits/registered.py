"""Certificates of a file against the register of their issuers: which they are, and what is revoked."""

from typing import Final

import polars as pl

from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits import matching, parts
from creditbank.deposits.intake import checks
from creditbank.kernel.certificates import UNNUMBERED, part_of
from creditbank.register.queries import taken

HOLDER_BYTES: Final = 16
CERTIFICATES: Final = "certificates"
_WHOSE: Final = ("learner_id", "specification_id")
_PLACE: Final = (*_WHOSE, "part")
_REVOKED: Final = {"specification_id": pl.Int32, "part": pl.Int32, "obtained": pl.Int32, "holder": pl.Binary}


def issued_again(rows: pl.DataFrame, *, organization_id: int) -> pl.DataFrame:
    """Tell certificates by the number under which their holders have claimed them, where theirs was lost since.

    What the institution has stored under the number that was lost stays what it is.
    """
    told = rows.filter(pl.col("part") != UNNUMBERED).drop_nulls(_WHOSE)
    found = taken.issued_again(set(told.select(_PLACE).rows())) if told.height else {}
    if not found:
        return rows
    schema = {**{name: rows.schema[name] for name in _PLACE}, "again": rows.schema["part"]}
    again = pl.DataFrame([(*place, part) for place, part in found.items()], schema=schema, orient="row")
    stands = matching.stored(told, organization_id=organization_id).filter("standing")
    named = rows.join(again.join(stands, on=_PLACE, how="anti"), on=_PLACE, how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("again", "part").alias("part")).drop("again")


def in_force(rows: pl.DataFrame) -> matching.Matched:
    """Refuse certificates that their issuer has revoked.

    They are known by number; one told without is the revoked one of its holder and day, if that has no other there.
    """
    others = rows.filter((pl.col("kind") != SpecificationKind.COURSE.value) & pl.col("specification_id").is_not_null())
    revoked = taken.revoked(specification_ids=others["specification_id"].unique().to_list()) if others.height else []
    if not revoked:
        return matching.Matched(kept=rows, failing=pl.DataFrame(schema=checks.FAILING), noticed=0)
    by_number = pl.DataFrame(
        [(each.certificate.specification_id, part_of(each.certificate.number), 0, b"") for each in revoked],
        schema=_REVOKED,
        orient="row",
    )
    by_day = pl.DataFrame(
        [
            (each.certificate.specification_id, UNNUMBERED, each.certificate.issued, each.holder)
            for each in revoked
            if each.alone
        ],
        schema=_REVOKED,
        orient="row",
    )
    others = others.with_columns(pl.col("digest").bin.slice(0, HOLDER_BYTES).alias("holder"))
    numbered = others.filter(pl.col("part") != UNNUMBERED).join(by_number, on=["specification_id", "part"], how="semi")
    found = pl.concat([numbered, others.join(by_day, on=list(_REVOKED), how="semi")])
    return matching.Matched(
        kept=rows.join(found, on=["row", "item"], how="anti", maintain_order="left"),
        failing=checks.fail(found, "certificate_revoked", column="certificate_number", value=pl.col("course")),
        noticed=0,
    )


def keep_certificates(batch: str, part: int, rows: pl.DataFrame) -> None:
    """Keep beside the plan of a part who has what of that is no course, if anybody has."""
    if "kind" in rows.columns:
        told = rows.filter(pl.col("kind") != SpecificationKind.COURSE.value).select(_WHOSE).unique()
        if told.height:
            parts.put(batch, CERTIFICATES, part, told)


def certificates_of(batch: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return the learners of whom a batch has certificates, and the kinds of these."""
    planned = [part for part in range(parts.number_of(batch, parts.PLAN)) if parts.has(batch, CERTIFICATES, part)]
    found = [parts.get(batch, CERTIFICATES, part) for part in planned]
    learners, kinds = (frozenset(value for each in found for value in each[name].to_list()) for name in _WHOSE)
    return learners, kinds
