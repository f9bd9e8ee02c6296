"""How alike names are: the same, written differently, or another person's; only pairs that differ are looked at."""

from enum import IntEnum

import polars as pl

from creditbank.kernel import text


class Likeness(IntEnum):
    """What a row's name is to its account's: nothing to compare with counts as the same."""

    SAME = 0
    WRITTEN_DIFFERENTLY = 1
    OTHER = 2


def of_names(rows: pl.DataFrame, *, ours: str, theirs: str) -> pl.Series:
    """Return the likeness of two columns of name keys (`kernel.text.name_key`), row by row; nulls are the same.

    Traditional characters, accents, dots and spaces make a name written differently, and no other name.
    """
    if not (rows[ours] != rows[theirs]).any():
        return pl.repeat(Likeness.SAME.value, rows.height, dtype=pl.Int8, eager=True).alias("likeness")
    keys = rows.select(pl.col(ours).alias("ours"), pl.col(theirs).alias("theirs"))
    differing = keys.filter(pl.col("ours") != pl.col("theirs")).unique()
    alike = [text.loose_name_key(one) == text.loose_name_key(other) for one, other in differing.iter_rows()]
    judged = differing.with_columns(
        pl.when(pl.Series(alike, dtype=pl.Boolean))
        .then(pl.lit(Likeness.WRITTEN_DIFFERENTLY.value, pl.Int8))
        .otherwise(pl.lit(Likeness.OTHER.value, pl.Int8))
        .alias("likeness")
    )
    joined = keys.join(judged, on=["ours", "theirs"], how="left", maintain_order="left")
    return joined["likeness"].fill_null(Likeness.SAME.value)


def loose_where_several(rows: pl.DataFrame, *, person: list[str], name_key: str) -> pl.Series:
    """Return the name keys by which a person's rows are compared in a file: loose ones where a person has several.

    The rest keep the key they have: converting characters is dear, and nearly everybody is written one way.
    """
    several = rows.select(*person, name_key).drop_nulls().unique()
    several = several.filter(pl.struct(person).is_duplicated())
    distinct = several[name_key].unique()
    loose = pl.DataFrame(
        {name_key: distinct, "loose": [text.loose_name_key(key) for key in distinct]},
        schema={name_key: pl.String, "loose": pl.String},
    )
    known = several.join(loose, on=name_key, how="left")
    joined = rows.select(*person, name_key).join(known, on=[*person, name_key], how="left", maintain_order="left")
    return joined.select(pl.coalesce("loose", name_key).alias("compared"))["compared"]
