"""Rows that stand for more than one achievement, against what the bank knows; and what was converted into what."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from creditbank.catalogue.queries import matched
from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits import matching, registered
from creditbank.deposits.intake import checks, items, known_courses
from creditbank.deposits.intake.layouts import NONE_WRITTEN, SOURCE, TARGET
from creditbank.framework import queries as framework
from creditbank.framework.types import UnitDetails
from creditbank.kernel.certificates import UNNUMBERED, certificate_number, part_of
from creditbank.kernel.sheets import workbook
from creditbank.kernel.text import fold
from creditbank.organizations import queries as organizations

COURSE: Final = SpecificationKind.COURSE.value
CREDIT_UNIT: Final = "cn.he.credit"
#: What is one thing in a file that does not tell them apart.
_FAMILY: Final = {SpecificationKind.QUALIFICATION.value: SpecificationKind.CERTIFICATE.value}
_LINKS: Final = ("digest", "learner_id", "target_key", "target_obtained", "source_key", "source_obtained")
#: What tells a link's source from what else lies under its key.
_OF_SOURCE: Final = ("part", *matching.VALUES)
#: Between what a certificate is called and its number, within a key; no name has it.
_NUMBER: Final = "\n"
#: How a course of a school is called that the catalogue does not know: no course of the institution is.
_ELSEWHERE: Final = "{}（{}）"
_UNNAMED: Final = "外校"
_SCHOOL_CHARACTERS: Final = 60
_NAME_CHARACTERS: Final = 150
_NAME_MAX: Final = 200
_NUMBERS: Final = {"specification_id": pl.Int32, "issuer_id": pl.Int32}


@dataclass(frozen=True, slots=True)
class Tables:
    """What items are compared with, once for a file: the institution's courses, everything else, units by name.

    `elsewhere` fills with the courses of the other schools that the file names, and `schools` with who these are.
    """

    courses: matching.Tables
    known: tuple[matched.Known, ...]
    others: Mapping[str, int]
    by_code: Mapping[str, int]
    units: Mapping[str, int]
    elsewhere: dict[int, tuple[matched.Known, ...]] = field(default_factory=dict)
    schools: dict[str, int | None] = field(default_factory=dict)

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


def tables(courses: matching.Tables) -> Tables:
    """Return what the items of an institution's file are compared with."""
    known = tuple(matched.beside_courses(courses.organization_id))
    units = {fold(spelling): each.unit.id for each in framework.unit_details() for spelling in _spellings(each)}
    return Tables(
        courses=courses,
        known=known,
        others=_by_key(known),
        by_code=_by_code(known),
        units=units,
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
    """Let the key of an item say what tells it apart: kind, level and number; of a course, the school it was at."""
    of = ["kind", "role", "course", "course_key", "certificate_level", "certificate_number", "issuer_name"]
    every = kept.filter((pl.col("kind") != COURSE) | pl.col("issuer_name").is_not_null()).select(of).unique()
    keys = [_key(each) for each in every.iter_rows(named=True)]
    keyed = every.with_columns(pl.Series("keyed", keys, dtype=pl.String))
    joined = kept.join(keyed, on=of, how="left", nulls_equal=True)
    return joined.with_columns(pl.coalesce("keyed", "course_key").alias("course_key")).drop("keyed").sort("row", "item")


def _key(item: Mapping[str, str]) -> str:
    if item["kind"] == COURSE:
        at_school = item["role"] != TARGET and item["issuer_name"]
        return fold(_called(item["course"], item["issuer_name"])) if at_school else item["course_key"]
    named = key_of(item["kind"], item["course_key"], fold(item["certificate_level"] or ""))
    number = _number(item["certificate_number"] or "")
    return f"{named}{_NUMBER}{number}" if number else named


def _number(text: str) -> str:
    """Return a certificate's number, nothing for what exporters write where they know none."""
    number = certificate_number(text)
    return "" if number in NONE_WRITTEN else number


def _called(course: str, school: str) -> str:
    """Return what a course of another school is called among the institution's own."""
    place = "".join(sign for sign in " ".join(school.split()) if sign.isprintable())
    said = _UNNAMED if not place or place in NONE_WRITTEN else place[:_SCHOOL_CHARACTERS]
    whole = _ELSEWHERE.format(course, said)
    return whole if len(fold(whole)) <= _NAME_MAX else _ELSEWHERE.format(fold(course)[:_NAME_CHARACTERS], _UNNAMED)


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
    rows = _with_schools(rows.with_columns(counted, parts_of(rows)).filter(pl.col("digest").is_not_null()), known)
    no_unit = checks.fail(rows.filter(pl.col("unit_id").is_null()), "unit_unknown", column="unit", value=pl.col("unit"))
    rows = rows.filter(pl.col("unit_id").is_not_null())
    settled = checks.settle(rows, failing)
    people = matching.with_people(settled.kept)
    found = _in_catalogue(people.kept, known)
    again = checks.once(registered.issued_again(found.kept, organization_id=known.organization_id))
    clear = _told_apart(again.kept, organization_id=known.organization_id)
    valid = registered.in_force(clear.kept)
    good = valid.kept
    judged = (settled, people, found, again, clear, valid)
    refused = items.one_a_row(pl.concat([nobody, no_unit, *(each.failing for each in judged)]))
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


def parts_of(rows: pl.DataFrame) -> pl.Series:
    """Return `part`: what tells certificates of one kind and day apart, by their numbers; 0 where there is none."""
    numbers = rows["certificate_number"].unique().drop_nulls().to_list()
    known = {each: part_of(text) for each in numbers if (text := _number(each))}
    found = pl.col("certificate_number").replace_strict(known, default=UNNUMBERED, return_dtype=pl.Int32)
    numbered = (pl.col("kind") != COURSE) & pl.col("certificate_number").is_not_null()
    return rows.select(part=pl.when(numbered).then(found).otherwise(pl.lit(UNNUMBERED, pl.Int32)))["part"]


def still_apart(rows: pl.DataFrame, *, organization_id: int) -> pl.DataFrame:
    """Return checked rows without certificates that were revoked since, or entered with a number these do not have."""
    if "kind" not in rows.columns:
        return rows
    named = registered.issued_again(rows, organization_id=organization_id)
    return registered.in_force(_told_apart(named, organization_id=organization_id).kept).kept


def _told_apart(rows: pl.DataFrame, *, organization_id: int) -> matching.Matched:
    """Refuse certificates of which one has a number and one has none: nobody can tell whether they are the same.

    A number that Excel damaged is none, and is refused in any case.
    """
    others = rows.filter(pl.col("kind") != COURSE)
    if others.is_empty():
        return matching.Matched(kept=rows, failing=pl.DataFrame(schema=checks.FAILING), noticed=0)
    key = ["person", "specification_id", "obtained"]
    account = pl.format("{}", "learner_id")
    person = pl.coalesce(account, pl.col("digest").bin.encode("hex")).alias("person")
    stored = matching.stored(others, organization_id=organization_id).filter("standing")
    there = (
        stored.with_columns(account.alias("person"))
        .group_by(key)
        .agg(
            unnumbered=(pl.col("part") == UNNUMBERED).any(), numbered=(pl.col("part") != UNNUMBERED).any(), parts="part"
        )
    )
    mine = others.with_columns(person).join(there, on=key, how="left", maintain_order="left")
    has_number = pl.col("part") != UNNUMBERED
    beside = has_number.any().over(key) | pl.col("numbered").fill_null(value=False)
    plain = pl.col("unnumbered").fill_null(value=False)
    known = pl.col("part").is_in(pl.col("parts")).fill_null(value=False)
    lacking = mine.filter(~has_number & beside & ~plain)
    unclear = mine.filter(has_number & plain & ~known)
    texts = others["certificate_number"].unique().drop_nulls().to_list()
    damaged = mine.filter(pl.col("certificate_number").is_in([text for text in texts if workbook.is_damaged(text)]))
    failing = [
        checks.fail(damaged, "number_scientific", column="certificate_number", value=pl.col("certificate_number")),
        checks.fail(lacking, "number_needed", column="certificate_number", value=pl.col("course")),
        checks.fail(unclear, "number_unclear", column="certificate_number", value=pl.col("certificate_number")),
    ]
    refused = pl.concat([damaged, lacking, unclear]).select("row", "item")
    return matching.Matched(rows.join(refused, on=["row", "item"], how="anti"), pl.concat(failing), noticed=0)


def _with_schools(rows: pl.DataFrame, known: Tables) -> pl.DataFrame:
    """Name in `school` the institution at which a course was taken, null for one that the bank does not know."""
    at_school = (pl.col("kind") == COURSE) & (pl.col("role") != TARGET) & pl.col("issuer_name").is_not_null()
    named = set(rows.filter(at_school)["issuer_name"].unique().to_list())
    new = named - known.schools.keys()
    known.schools.update(dict.fromkeys(new) | organizations.by_names(new))
    numbers = {name: known.schools[name] for name in named}
    found = pl.col("issuer_name").replace_strict(numbers, default=None, return_dtype=pl.Int32)
    here = pl.lit(known.organization_id, pl.Int32)
    rows = rows.with_columns(pl.when(at_school).then(found).otherwise(here).alias("school"))
    own = at_school & (pl.col("school") == known.organization_id)
    return _with_bare_keys(rows, own, name="course_key")


def _with_bare_keys(rows: pl.DataFrame, where: pl.Expr, *, name: str) -> pl.DataFrame:
    """Put in a column what courses are called at their school."""
    bare = {each: fold(each) for each in rows.filter(where)["course"].unique().to_list()}
    found = pl.col("course").replace_strict(bare, default=None, return_dtype=pl.String)
    kept = pl.col(name) if name in rows.columns else pl.lit(None, pl.String)
    return rows.with_columns(pl.when(where).then(found).otherwise(kept).alias(name))


def _in_catalogue(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join what each item is an achievement of, by whether it is a course, and whose."""
    is_course = pl.col("kind") == COURSE
    foreign = is_course & (
        (pl.col("role") == SOURCE) | (pl.col("school") != known.organization_id).fill_null(value=True)
    )
    own = is_course & ~foreign
    courses = matching.with_courses(rows.filter(own), known.courses)
    elsewhere = _with_foreign(rows.filter(foreign), known)
    others = _with_others(rows.filter(~is_course), known)
    columns = [*(name for name in rows.columns if name != "school"), "specification_id", "issuer_id"]
    return matching.Matched(
        kept=pl.concat([each.kept.select(columns) for each in (courses, elsewhere, others)]),
        failing=pl.concat([each.failing for each in (courses, elsewhere, others)]),
        noticed=courses.noticed,
    )


def _links(rows: pl.DataFrame, good: pl.DataFrame) -> pl.DataFrame:
    """Return for each row that converts something the keys of both ends, with what is known of them already."""
    said = good.select("course_key", "obtained", "specification_id").drop_nulls().unique(["course_key", "obtained"])
    who = good.select("digest", "learner_id").unique("digest")
    sides = []
    for side, role in (("source", SOURCE), ("target", TARGET)):
        named = rows.filter(role=role).select(
            "row",
            "digest",
            pl.col("course_key").alias(f"{side}_key"),
            pl.col("obtained").alias(f"{side}_obtained"),
            *(pl.col(name).alias(f"{side}_{name}") for name in _OF_SOURCE if side == "source"),
        )
        key = {"course_key": f"{side}_key", "obtained": f"{side}_obtained"}
        told = said.rename({**key, "specification_id": f"{side}_spec"})
        sides.append(named.join(told, on=list(key.values()), how="left"))
    source, target = sides
    both = source.join(target.drop("digest"), on="row", how="inner").join(who, on="digest", how="left")
    return both.select(*_LINKS, "target_spec", "source_spec", *(f"source_{name}" for name in _OF_SOURCE)).unique()


def _with_their_source(rows: pl.DataFrame, good: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Refuse rows whose source is refused in an upper row that names it, too, for the reason given there."""
    key = ["digest", "course_key", "obtained"]
    named = rows.filter(role=SOURCE).with_columns(pl.col("row").min().over(key).alias("upper"))
    lost = named.join(good, on=key, how="anti").join(refused.select("row"), on="row", how="anti")
    told = lost.select(pl.col("row").alias("own"), "upper").join(refused, left_on="upper", right_on="row")
    return told.with_columns(pl.col("own").alias("row")).select(refused.columns)


def _with_foreign(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join courses of other schools, worth what the other school says.

    They are found at the school that the row names, or by the institution's own name for what others award; else they
    are proposed by the name that has the school in it, so that none is taken for a course of the institution.
    """
    rows = _with_bare_keys(rows, pl.lit(value=True), name="bare_key")
    of_school, every = _courses_of_schools(rows["school"].unique().drop_nulls().to_list(), known)
    own = known.courses.courses.select("course_key", "specification_id", "issuer_id")
    awarded = own.filter(pl.col("issuer_id") != known.organization_id).rename({"course_key": "bare_key"})
    joined = (
        rows.join(of_school, on=["school", "bare_key"], how="left", maintain_order="left")
        .join(awarded, on="bare_key", how="left", maintain_order="left", suffix="_awarded")
        .join(own, on="course_key", how="left", maintain_order="left", suffix="_proposed")
    )
    ways = ("", "_awarded", "_proposed")
    found = joined.with_columns(
        pl.coalesce(f"{name}{way}" for way in ways) for name in ("specification_id", "issuer_id")
    )
    unknown = pl.col("specification_id").is_null()
    lost = unknown & pl.lit(not known.courses.may_propose)
    failing = checks.fail(found.filter(lost), "course_unknown", column="course", value=pl.col("course"))
    kept = known_courses.by_edition(found.filter(~lost), every)
    abroad = unknown & pl.col("issuer_name").is_not_null()
    abroad &= (pl.col("school") != known.organization_id).fill_null(value=True)
    named = kept.filter(abroad).select("course", "issuer_name").unique()
    called = pl.Series("called", [_called(*each) for each in named.iter_rows()], dtype=pl.String)
    kept = kept.join(named.with_columns(called), on=["course", "issuer_name"], how="left", maintain_order="left")
    kept = kept.with_columns(pl.when(abroad).then("called").otherwise("course").alias("course"))
    return matching.Matched(kept=kept, failing=failing, noticed=0)


def _courses_of_schools(schools: list[int], known: Tables) -> tuple[pl.DataFrame, list[matched.Known]]:
    """Return by what the courses of some schools are found: school, bare_key, specification_id, issuer_id; and all."""
    known.elsewhere.update({each: tuple(matched.courses_of(each)) for each in schools if each not in known.elsewhere})
    tables = [
        known_courses.table(known.elsewhere[each]).select(
            pl.lit(each, pl.Int32).alias("school"),
            pl.col("course_key").alias("bare_key"),
            "specification_id",
            "issuer_id",
        )
        for each in schools
    ]
    nothing = pl.DataFrame(schema={"school": pl.Int32, "bare_key": pl.String, **_NUMBERS})
    every = [*known.courses.known, *(each for school in schools for each in known.elsewhere[school])]
    return pl.concat([nothing, *tables]), every


def _with_others(rows: pl.DataFrame, known: Tables) -> matching.Matched:
    """Join what is no course, by its code or its name: the bank had accredited it when it was obtained."""
    numbers = {key: known.others.get(key.partition(_NUMBER)[0]) for key in rows["course_key"].unique().to_list()}
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
    kept = known_courses.by_edition(rest.filter(~too_late), known.known)
    return matching.Matched(kept=kept, failing=pl.concat(failing), noticed=0)
