"""What other institutions have stored of the same achievements: how two of them are found to disagree."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection

from creditbank.archive.statements import statement

ELSEWHERE_SCHEMA: Final = {
    "learner_id": pl.Int64,
    "organization_id": pl.Int32,
    "specification_id": pl.Int32,
    "obtained": pl.Int32,
    "part": pl.Int32,
    "revision": pl.Int16,
    "posting_id": pl.Int32,
    "credits": pl.Int32,
    "hours": pl.Int32,
    "grade": pl.Int32,
    "grade_scale": pl.Int8,
    "unit_id": pl.Int16,
    "enrolment": pl.Int16,
}


def stored_elsewhere(
    *, organization_id: int, learner_ids: Sequence[int], specification_ids: Sequence[int]
) -> pl.DataFrame:
    """Return what institutions other than one have stored of some specifications and not withdrawn, for many learners.

    What a batch has written that is not posted yet is there too: such a batch can only go on. Where several have the
    same achievement, it is that of the one that stored it first.
    """
    if not learner_ids or not specification_ids:
        return pl.DataFrame(schema=ELSEWHERE_SCHEMA)
    given: dict[str, int | list[int]] = {
        "learner_ids": list(learner_ids),
        "specification_ids": list(specification_ids),
        "organization_id": organization_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("stored_elsewhere"), given)
        return pl.DataFrame(cursor.fetchall(), schema=ELSEWHERE_SCHEMA, orient="row")
