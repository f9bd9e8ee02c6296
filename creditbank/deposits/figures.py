"""Reading figures: what jobs did, how often and how well institutions deposit. Sums of batches, never of entries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, Sum
from django.utils import timezone

from creditbank.deposits import models
from creditbank.deposits.pace import Outcome, Run
from creditbank.deposits.types import Place

MONTHS_SHOWN: Final = 12
_BATCHES: Final = """
    SELECT organization_id, checked_at, posted_at, late_of IS NULL AS first, stage = 'posted' AS counting,
           stage = 'withdrawn' AS withdrawn, refusal_code <> '' AS unreadable,
           coalesce((counts->>'rows')::bigint, 0) AS rows,
           coalesce((counts->>'refused_rows')::bigint, 0) AS refused,
           coalesce((counts->>'kept')::bigint, 0) AS kept,
           coalesce((counts->>'corrections')::bigint, 0) AS corrections,
           CASE WHEN late_of IS NULL THEN (counts->>'fresh')::bigint END AS fresh
    FROM deposits_batch WHERE organization_id = ANY(%(places)s)
"""
_SUMS: Final = f"""
    SELECT organization_id,
           count(*) FILTER (WHERE first AND counting),
           max(posted_at) FILTER (WHERE counting),
           coalesce(sum(kept + corrections) FILTER (WHERE counting), 0),
           coalesce(sum(corrections) FILTER (WHERE counting), 0),
           coalesce(sum(rows) FILTER (WHERE first AND checked_at IS NOT NULL AND NOT unreadable), 0),
           coalesce(sum(refused) FILTER (WHERE first AND checked_at IS NOT NULL AND NOT unreadable), 0),
           coalesce(sum(least(fresh, kept + corrections)) FILTER (WHERE counting AND fresh IS NOT NULL), 0),
           coalesce(sum(kept + corrections) FILTER (WHERE counting AND fresh IS NOT NULL), 0),
           count(*) FILTER (WHERE withdrawn)
    FROM ({_BATCHES}) AS batch GROUP BY organization_id
"""  # noqa: S608  # constants of this file
_MONTHS: Final = f"""
    WITH batch AS ({_BATCHES}),
    checked AS (
        SELECT to_char(checked_at AT TIME ZONE %(zone)s, 'YYYYMM')::int AS month, count(*) AS files,
               sum(rows) AS rows, sum(refused) AS refused
        FROM batch WHERE first AND checked_at IS NOT NULL AND NOT unreadable GROUP BY 1
    ),
    posted AS (
        SELECT to_char(posted_at AT TIME ZONE %(zone)s, 'YYYYMM')::int AS month,
               sum(kept) AS kept, sum(corrections) AS corrections
        FROM batch WHERE counting GROUP BY 1
    )
    SELECT month, coalesce(files, 0), coalesce(rows, 0), coalesce(refused, 0), coalesce(kept, 0),
           coalesce(corrections, 0)
    FROM checked FULL JOIN posted USING (month) ORDER BY month DESC LIMIT %(months)s
"""  # noqa: S608  # constants of this file
_KINDS: Final = """
    SELECT to_char(checked_at AT TIME ZONE %(zone)s, 'YYYYMM')::int, kind.key, sum(kind.value::bigint)
    FROM deposits_batch, jsonb_each_text(kinds) AS kind
    WHERE organization_id = ANY(%(places)s) AND checked_at IS NOT NULL
    GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """How an institution deposits. `days` since the last deposit, None where there was none.

    Shares are of 1 and None where there is nothing to be a share of: `refused_share` of the rows that were read,
    `fresh_share` of the rows posted, those obtained in the 90 days before.
    """

    place: Place
    files: int = 0
    last: datetime | None = None
    days: int | None = None
    posted: int = 0
    corrections: int = 0
    rows: int = 0
    refused_share: float | None = None
    fresh_share: float | None = None
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """What an institution handed in and posted in a month (yyyymm00); `kinds` are refused rows by check."""

    month: int
    files: int
    rows: int
    refused: int
    kept: int
    corrections: int
    kinds: Mapping[str, int]

    @property
    def refused_share(self) -> float | None:
        """The share of the rows read that were refused; None where nothing was read."""
        return self.refused / self.rows if self.rows else None


def runs_of(batch_id: int) -> tuple[Run, ...]:
    """Return what jobs did with a batch, the latest first."""
    return tuple(row.as_value() for row in models.Run.objects.filter(batch_id=batch_id).order_by("-id"))


def seconds_of(batch_ids: Iterable[int]) -> dict[int, float]:
    """Return how long the jobs of these batches took that came to an end, in seconds."""
    took = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    found = models.Run.objects.filter(batch_id__in=list(batch_ids), outcome=Outcome.DONE).values("batch_id")
    return {line["batch_id"]: line["took"].total_seconds() for line in found.annotate(took=Sum(took)).order_by()}


def institutions(places: Collection[Place], *, today: date) -> list[Figures]:
    """Return the figures of institutions, those included that never deposited."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"places": [place.id for place in places]})
        found = {line[0]: line[1:] for line in cursor.fetchall()}
    return [_figures(place, found.get(place.id), today) for place in places]


def _figures(place: Place, sums: tuple[Any, ...] | None, today: date) -> Figures:
    if sums is None:
        return Figures(place=place)
    files, last, posted, corrections, rows, refused, fresh, of, withdrawn = sums
    return Figures(
        place=place,
        files=files,
        last=last,
        days=(today - timezone.localdate(last)).days if last else None,
        posted=int(posted),
        corrections=int(corrections),
        rows=int(rows),
        refused_share=int(refused) / int(rows) if rows else None,
        fresh_share=int(fresh) / int(of) if of else None,
        withdrawn=withdrawn,
    )


def months(place: Place) -> list[Month]:
    """Return the last twelve months in which an institution handed something in, the latest first."""
    asked: dict[str, Any] = {
        "places": [place.id],
        "zone": timezone.get_default_timezone_name(),
        "months": MONTHS_SHOWN,
    }
    kinds: defaultdict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, asked)
        for month, code, rows in cursor.fetchall():
            kinds[month][code] = int(rows)
        cursor.execute(_MONTHS, asked)
        lines = cursor.fetchall()
    return [
        Month(
            month=month * 100,
            files=files,
            rows=int(rows),
            refused=int(refused),
            kept=int(kept),
            corrections=int(corrections),
            kinds=kinds[month],
        )
        for month, files, rows, refused, kept, corrections in lines
    ]
