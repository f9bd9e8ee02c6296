"""Whom the rows of a file are about: everybody's keyed digest is made once a file, however often they are named."""

from typing import Final

import polars as pl

from creditbank.deposits.intake import checks, items
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import queries as learners

DOCUMENT: Final = ["document_kind", "document_number"]
_KNOWN: Final = {"document_kind": pl.String, "document_number": pl.String, "digest": pl.Binary, "part": pl.UInt8}


class People:
    """The people of a file by what they are found by, and to which of so many parts each of them belongs."""

    def __init__(self, parts: int) -> None:
        """Begin with nobody."""
        self._parts = parts
        self._known = pl.DataFrame(schema=_KNOWN)

    def joined(self, judged: checks.Judged) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows kept and failing with `digest`, null where nobody can be told, and `part`."""
        named = pl.concat([judged.kept.select(DOCUMENT), judged.failing.select(DOCUMENT)]).drop_nulls().unique()
        new = named.join(self._known, on=DOCUMENT, how="anti")
        if new.height:
            self._known = pl.concat([self._known, self._found(new)])
        here = self._known if new.height == named.height else self._known.join(named, on=DOCUMENT, how="semi")
        kept, failing = (
            rows.join(here, on=DOCUMENT, how="left", maintain_order="left").with_columns(pl.col("part").fill_null(0))
            for rows in (judged.kept, judged.failing)
        )
        return kept, failing

    def _found(self, people: pl.DataFrame) -> pl.DataFrame:
        accounts = people.filter(document_kind=items.ACCOUNT)["document_number"].to_list()
        people = people.filter(pl.col("document_kind") != items.ACCOUNT)
        digests = learners.digests([Document(DocumentKind(kind), text) for kind, text in people.iter_rows()])
        if accounts:
            named = learners.digests_by_number(accounts)
            people = pl.concat(
                [people, pl.DataFrame([(items.ACCOUNT, each) for each in named], people.schema, orient="row")]
            )
            digests = [*digests, *named.values()]
        return people.with_columns(
            pl.Series("digest", digests, dtype=pl.Binary),
            pl.Series("part", [digest[0] % self._parts for digest in digests], dtype=pl.UInt8),
        )
