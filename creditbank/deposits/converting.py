"""Rows that stand for more than one achievement, against what the bank knows; and what was converted into what."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from creditbank.archive.queries import PROVENANCE_COLUMNS
from creditbank.catalogue.queries import matched
from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits import matching
from creditbank.deposits.intake import checks, items, known_courses
from creditbank.deposits.intake.layouts import OWN, SOURCE, TARGET
from creditbank.framework import queries as framework
from creditbank.framework.types import UnitDetails
from creditbank.kernel.text import fold

COURSE: Final = SpecificationKind.COURSE.value
CREDIT_UNIT: Final = "cn.he.credit"
#: What is one thing in a file that does not tell them apart.
_FAMILY: Final = {SpecificationKind.QUALIFICATION.value: SpecificationKind.CERTIFICATE.value}
_LINKS: Final = ("digest", "learner_id", "target_key", "target_obtained", "source_key", "source_obtained")


@dataclass(frozen=True, slots=True)
class Tables:
    """What items are compared with, once for a file: the institution's courses, everything else, units by name."""

    courses: matching.Tables
    known: tuple[matched.Known, ...]
    others: Mapping[str, int]
    by_code: Mapping[str, int]
    units: Mapping[str, int]
    opens_accounts: bool

    @property
    def organization_id(self) -> int:
        """Whose file it is."""
        return self.courses.organization_id


@dataclass(frozen=True, slots=True)
class Found:
    """Rows apart: those that go on, how many are repeated, those refused as `checks.FAILING`.

    `ready` have `specification_id` (null where a course would be proposed), and `unit_id` where files name units;
    `links` say what was converted into what, by keys, and are nothing where no file of the kind tells of it.
    """

    ready: pl.DataFrame
    duplicates: int
    failing: pl.DataFrame
    links: pl.DataFrame | None
    noticed: int
    tolerated: int


def tables(courses: matching.Tables, *, opens_accounts: bool) -> Tables:
    """Return what the items of an institution's file are compared with."""
    known = tuple(matched.beside_courses(courses.organization_id))
    units = {fold(spelling): each.unit.id for each in framework.unit_details() for spelling in _spellings(each)}
    return Tables(
        courses=courses,
        known=known,
        others=_by_key(known),
        by_code=_by_code(known),
        units=units,
        opens_accounts=opens_accounts,
    )


def _spellings(unit: UnitDetails) -> tuple[str, ...]:
    return unit.unit.code, unit.name.zh, unit.name.en


def _by_key(known: tuple[matched.Known, ...]) -> dict[str, int]:
    """Return what each key names, with and without its level; a key that several go by names none of them."""
    found: dict[str, set[int]] = defaultdict(set)
    for each in known:
        for name in {each.name_key, each.code_key, *each.aliases} - {""}:
            found[key_of(each.kind.value, name, fold(each.level))].add(each.id)
            found[key_of(each.kind.value, name, "")].add(each.id)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def _by_code(known: tuple[matched.Known, ...]) -> dict[str, int]:
    """Return what each code names; one that several carry names none of them."""
    carried = Counter(each.code_key for each in known)
    return {each.code_key: each.id for each in known if each.code and carried[each.code_key] == 1}


def key_of(kind: str, name: str, level: str) -> str:
    """Return by what an achievement that is no course is told apart within a file, and found in the catalogue."""
    return f"{_FAMILY.get(kind, kind)}:{name}:{level}"


def with_keys(kept: pl.DataFrame) -> pl.DataFrame:
    """Let the key of what is no course name its kind and level, too."""
    others = kept.filter(pl.col("kind") != COURSE).select("kind", "course_key", "certificate_level").unique()
    keyed = others.with_columns(
        pl.Series(
            "keyed",
            [key_of(kind, name, fold(level or "")) for kind, name, level in others.iter_rows()],
            dtype=pl.String,
        )
    )
    joined = kept.join(keyed, on=["kind", "course_key", "certificate_level"], how="left", nulls_equal=True)
    return joined.with_columns(pl.coalesce("keyed", "course_key").alias("course_key")).drop("keyed").sort("row", "item")


def told(kept: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that say what a course of the institution is worth."""
    return kept.filter((pl.col("kind") == COURSE) & (pl.col("role") != SOURCE)) if "kind" in kept.columns else kept


def judge(rows: pl.DataFrame, failing: pl.DataFrame, known: Tables) -> Found:
    """Judge the items of some people by all that is known of them; where one of a row fails, the row is refused.

    A source stays where a row that is taken names it, whatever else its own row says.
    """
    nobody = checks.fail(
        rows.filter(pl.col("digest").is_null()), "account_unknown", column="document", value=pl.col("document_number")
    )
    counted = items.units(rows, known.units, usual=known.units[fold(CREDIT_UNIT)])
    rows = rows.with_columns(counted).filter(pl.col("digest").is_not_null())
    no_unit = checks.fail(rows.filter(pl.col("unit_id").is_null()), "unit_unknown", column="unit", value=pl.col("unit"))
    rows = rows.filter(pl.col("unit_id").is_not_null())
    settled = checks.settle(rows, failing)
    people = matching.with_people(settled.kept)
    # A row that waits for an account is one achievement: what was converted is told again once there is one.
    strangers = pl.col("learner_id").is_null() & (pl.col("role") != OWN) & pl.lit(not known.opens_accounts)
    early = people.kept.filter(strangers)
    early = checks.fail(early, "account_needed", column="document", value=pl.col("document_number"))
    found = _in_catalogue(people.kept.filter(~strangers), known)
    again = checks.once(found.kept)
    good = again.kept
    refused = items.one_a_row(
        pl.concat([nobody, early, no_unit, *(each.failing for each in (settled, people, found, again))])
    )
    refused = pl.concat([refused, _with_their_source(rows, good, refused)]).sort("row")
    taken = rows.join(refused.select("row"), on="row", how="anti")
    links = _links(taken, found.kept)
    needed = links.select(
        "digest", pl.col("source_key").alias("course_key"), pl.col("source_obtained").alias("obtained")
    )
    ready = pl.concat(
        [
            good.join(refused.select("row"), on="row", how="anti"),
            good.filter(role=SOURCE)
            .join(refused.select("row"), on="row", how="semi")
            .join(needed, on=["digest", "course_key", "obtained"], how="semi"),
        ]
    ).sort("row", "item")
    repeated = pl.concat([settled.duplicates.select("row"), again.duplicates.select("row")]).join(
        refused.select("row"), on="row", how="anti"
    )
    return Found(
        ready=ready,
        duplicates=repeated.height,
        failing=refused,
        links=links,
        noticed=people.noticed,
        tolerated=found.noticed,
    )


def _in_catalogue(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join what each item is an achievement of, by whether it is a course, and whose."""
    own = (pl.col("kind") == COURSE) & (pl.col("role") != SOURCE)
    foreign = (pl.col("kind") == COURSE) & (pl.col("role") == SOURCE)
    courses = matching.with_courses(rows.filter(own), known.courses)
    elsewhere = _with_foreign(rows.filter(foreign), known)
    others = _with_others(rows.filter(pl.col("kind") != COURSE), known)
    columns = [*rows.columns, "specification_id", "issuer_id"]
    return matching.Matched(
        kept=pl.concat([each.kept.select(columns) for each in (courses, elsewhere, others)]),
        failing=pl.concat([each.failing for each in (courses, elsewhere, others)]),
        noticed=courses.noticed,
    )


def provenance(links: pl.DataFrame, rows: pl.DataFrame, *, organization_id: int) -> pl.DataFrame:
    """Return what the book is told was converted into what, once accounts are open and courses proposed.

    `rows` are those that are planned, with course_key, digest and what these lead to.
    """
    people = rows.select("digest", pl.col("learner_id").alias("now_id")).unique("digest")
    named = rows.select("course_key", pl.col("specification_id").alias("now_spec")).drop_nulls().unique("course_key")
    found = links.join(people, on="digest", how="left")
    found = found.with_columns(pl.coalesce("now_id", "learner_id").alias("learner_id"))
    for side in ("target", "source"):
        told = named.rename({"course_key": f"{side}_key", "now_spec": f"{side}_now"})
        found = found.join(told, on=f"{side}_key", how="left")
    return (
        found.with_columns(
            pl.coalesce("target_spec", "target_now").alias("specification_id"),
            pl.coalesce("source_spec", "source_now").alias("source_specification_id"),
            pl.col("target_obtained").alias("obtained"),
            pl.col("target_obtained").alias("converted"),
            pl.lit(0).alias("part"),
            pl.lit(0).alias("source_part"),
            pl.lit(organization_id).alias("source_organization_id"),
        )
        .drop_nulls(["learner_id", "specification_id", "source_specification_id"])
        .select(pl.col(name).cast(kind) for name, kind in PROVENANCE_COLUMNS.items())
        .unique()
    )


def _links(rows: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """Return for each row that converts something the keys of both ends, with what is known of them already."""
    said = good.select("course_key", "specification_id").drop_nulls().unique("course_key")
    who = good.select("digest", "learner_id").unique("digest")
    sides = []
    for side, role in (("source", SOURCE), ("target", TARGET)):
        named = rows.filter(role=role).select(
            "row",
            "digest",
            pl.col("course_key").alias(f"{side}_key"),
            pl.col("obtained").alias(f"{side}_obtained"),
        )
        told = said.rename({"course_key": f"{side}_key", "specification_id": f"{side}_spec"})
        sides.append(named.join(told, on=f"{side}_key", how="left"))
    source, target = sides
    both = source.join(target.drop("digest"), on="row", how="inner").join(who, on="digest", how="left")
    return both.select(*_LINKS, "target_spec", "source_spec").unique()


def _with_their_source(rows: pl.DataFrame, good: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Refuse rows whose source is refused in an upper row that names it, too, for the reason given there."""
    key = ["digest", "course_key", "obtained"]
    named = rows.filter(role=SOURCE).with_columns(pl.col("row").min().over(key).alias("upper"))
    lost = named.join(good, on=key, how="anti").join(refused.select("row"), on="row", how="anti")
    told = lost.select(pl.col("row").alias("own"), "upper").join(refused, left_on="upper", right_on="row")
    return told.with_columns(pl.col("own").alias("row")).select(refused.columns)


def _with_foreign(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join courses of other schools: found by name or proposed, worth what the other school says."""
    named = known.courses.courses.select("course_key", "specification_id", "issuer_id")
    joined = rows.join(named, on="course_key", how="left", maintain_order="left")
    unknown = pl.col("specification_id").is_null() & pl.lit(not known.courses.may_propose)
    failing = checks.fail(joined.filter(unknown), "course_unknown", column="course", value=pl.col("course"))
    return matching.Matched(kept=joined.filter(~unknown), failing=failing, noticed=0)


def _with_others(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join what is no course, by its code or its name: the bank had accredited it when it was obtained."""
    numbers = {key: known.others.get(key) for key in rows["course_key"].unique().to_list()}
    by_name = pl.col("course_key").replace_strict(numbers, default=None, return_dtype=pl.Int32)
    codes = {code: known.by_code.get(fold(code)) for code in rows["course_code"].drop_nulls().unique().to_list()}
    by_code = pl.col("course_code").replace_strict(codes, default=None, return_dtype=pl.Int32)
    found = pl.coalesce(by_code, by_name)
    issuers = {each.id: each.issuer_id for each in known.known}
    issuer = pl.col("specification_id").replace_strict(issuers, default=None, return_dtype=pl.Int32)
    joined = rows.with_columns(found.alias("specification_id")).with_columns(issuer.alias("issuer_id"))
    unknown = joined.filter(pl.col("specification_id").is_null())
    rest = joined.filter(pl.col("specification_id").is_not_null())
    too_late = known_courses.not_accredited(rest, known.known)
    month = (pl.col("obtained") // 100).cast(pl.String).str.replace(r"00$", "")
    failing = [
        checks.fail(unknown, "course_unknown", column="course", value=pl.col("course")),
        checks.fail(
            rest.filter(too_late),
            "not_accredited",
            column="course",
            value=pl.concat_str(pl.col("course"), month, separator="|"),
        ),
    ]
    return matching.Matched(kept=rest.filter(~too_late), failing=pl.concat(failing), noticed=0)
