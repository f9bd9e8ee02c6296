"""Whom the rows of a file are about: everybody's keyed digest is made once a file, however often they are named."""

from dataclasses import replace
from typing import Final

import polars as pl

from creditbank.deposits.intake import checks, items
from creditbank.deposits.narrow import Narrow
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

    def joined(self, judged: checks.Judged) -> tuple[Narrow, Narrow]:
        """Return the rows kept and failing; their `people` have `digest`, null where nobody can be told, and `part`."""
        kept, failing = judged.kept, Narrow.of(judged.failing)
        named = pl.concat([kept.people.select(DOCUMENT), failing.people.select(DOCUMENT)]).drop_nulls().unique()
        new = named.join(self._known, on=DOCUMENT, how="anti")
        if new.height:
            self._known = pl.concat([self._known, self._found(new)])
        here = self._known if new.height == named.height else self._known.join(named, on=DOCUMENT, how="semi")
        return _joined(kept, here), _joined(failing, here)

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


def _joined(rows: Narrow, known: pl.DataFrame) -> Narrow:
    people = rows.people.join(known, on=DOCUMENT, how="left", maintain_order="left")
    return replace(rows, people=people.with_columns(pl.col("part").fill_null(0)))
