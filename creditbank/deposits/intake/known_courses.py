"""From what the catalogue knows to what rows are joined with: keys, standards, and what was accredited when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from creditbank.catalogue.queries.matched import FORMAL, Known
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.text import fold

#: Of two ways to find a course the earlier wins.
WAYS: Final = ("name", "code", "alias")
TABLE: Final = {
    "course_key": pl.String,
    "specification_id": pl.Int32,
    "standard": pl.Int32,
    "tolerance": pl.Int32,
    "issuer_id": pl.Int32,
    "found_by": pl.String,
}


def table(known: Sequence[Known]) -> pl.DataFrame:
    """Return one line for each key that names a specification: its own name, else its code, else another name.

    A code that several carry names none of them, and neither does the bare name of something that has levels, unless
    it has one only. Keys are `kernel.text.fold` of what stands in a file.
    """
    codes = Counter(each.code_key for each in known)
    bare = Counter(each.name_key for each in known)
    ways: Mapping[str, Iterable[tuple[str, Known]]] = {
        "name": (
            (key, each)
            for each in known
            if each.name_key
            for key in (f"{each.name_key} {fold(each.level)}".rstrip(), each.name_key)
            if not (each.level and key == each.name_key and bare[key] > 1)
        ),
        "code": ((each.code_key, each) for each in known if each.code and codes[each.code_key] == 1),
        "alias": ((alias, each) for each in known for alias in each.aliases),
    }
    found: dict[str, tuple[Known, str]] = {}
    for way in WAYS:
        for key, each in ways[way]:
            found.setdefault(key, (each, way))
    rows = [(key, each.id, each.credits, each.tolerance, each.issuer_id, way) for key, (each, way) in found.items()]
    return pl.DataFrame(rows, schema=TABLE, orient="row")


def by_edition(rows: pl.DataFrame, known: Sequence[Known]) -> pl.DataFrame:
    """Name in `specification_id` the edition by which each row was obtained, and its credits in `standard`, if asked.

    `rows` name the newest edition, or nothing.
    """
    several = {each.id: each for each in known if each.editions}
    if not several:
        return rows
    pairs = rows.filter(pl.col("specification_id").is_in(list(several))).select("specification_id", "obtained").unique()
    if pairs.is_empty():
        return rows
    chosen = [several[number].edition_on(PartialDate(obtained)) for number, obtained in pairs.iter_rows()]
    told = pairs.with_columns(
        pl.Series("edition", [each and each.id for each in chosen], dtype=pl.Int32),
        pl.Series("worth", [each and each.credits for each in chosen], dtype=pl.Int32),
    )
    joined = rows.join(told, on=["specification_id", "obtained"], how="left", maintain_order="left")
    here = pl.col("edition").is_not_null()
    named = {"specification_id": pl.coalesce("edition", "specification_id")}
    if "standard" in rows.columns:
        named["standard"] = pl.when(here).then("worth").otherwise("standard")
    return joined.with_columns(**named).select(rows.columns)


def as_stored(rows: pl.DataFrame, stored: pl.DataFrame, heirs: Mapping[int, int]) -> pl.DataFrame:
    """Name in `specification_id` the edition under which a row is stored already, where it is under another.

    Both have learner_id, specification_id, obtained, and part where rows are told apart by it; `heirs` says which
    edition each one lives on in.
    """
    if not heirs:
        return rows
    key = ["learner_id", "specification_id", "obtained", *(["part"] if "part" in rows.columns else [])]
    family_key = ["family" if name == "specification_id" else name for name in key]
    of_several = pl.col("specification_id").is_in(list(heirs))
    there = stored.filter(of_several).select(key)
    if there.is_empty():
        return rows
    family = pl.col("specification_id").replace_strict(dict(heirs), default=None, return_dtype=pl.Int32)
    exact = there.unique().with_columns(exact=True)
    first = there.sort(key).with_columns(family=family, stored_as="specification_id").drop("specification_id")
    first = first.unique(family_key, keep="first", maintain_order=True)
    told = (
        rows.with_columns(family=family)
        .join(exact, on=key, how="left", maintain_order="left")
        .join(first, on=family_key, how="left", maintain_order="left")
    )
    here = pl.when(pl.col("exact").is_null()).then("stored_as")
    return told.with_columns(specification_id=pl.coalesce(here, "specification_id")).select(rows.columns)


def differs() -> pl.Expr:
    """Return where credits lie further from the standard than is tolerated; no standard, no difference."""
    return ((pl.col("credits") - pl.col("standard")).abs() > pl.col("tolerance").fill_null(0)).fill_null(value=False)


def within_tolerance() -> pl.Expr:
    """Return where credits are not the standard's and taken all the same, as the file says them."""
    return ((pl.col("credits") != pl.col("standard")) & ~differs()).fill_null(value=False)


def not_accredited(rows: pl.DataFrame, known: Sequence[Known]) -> pl.Series:
    """Return which rows (`specification_id`, `obtained`) name what the bank had not accredited when it was obtained."""
    by_id = {each.id: each for each in known if each.kind not in FORMAL}
    if not by_id:
        return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    pairs = rows.select("specification_id", "obtained").drop_nulls().unique()
    judged = pairs.with_columns(
        pl.Series(
            "refused",
            [
                number in by_id and not by_id[number].accepted_on(PartialDate(obtained))
                for number, obtained in pairs.iter_rows()
            ],
            dtype=pl.Boolean,
        )
    )
    joined = rows.select("specification_id", "obtained").join(
        judged, on=["specification_id", "obtained"], how="left", maintain_order="left"
    )
    return joined["refused"].fill_null(value=False)
