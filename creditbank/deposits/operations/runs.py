"""What jobs leave behind: a line for each run at a batch, and how far the one under way is, by the database's clock."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from django.db import DatabaseError, connection
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Now

from creditbank.deposits import memory, models
from creditbank.deposits.checking import Watch, nobody_watches
from creditbank.deposits.pace import Job, Outcome
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import Batch, BatchStage, Step

_TOLD: Final = """
    UPDATE deposits_batch
    SET step_from = CASE WHEN step = %(step)s THEN step_from ELSE %(done)s END,
        step_since = CASE WHEN step = %(step)s THEN coalesce(step_since, statement_timestamp())
                     ELSE statement_timestamp() END,
        step = %(step)s, done = %(done)s, total = %(total)s, step_at = statement_timestamp()
    WHERE id = %(batch)s
    RETURNING stage, step_at
"""


class _Run:
    """Tells how far a run is where people look, and counts the seconds that its steps took."""

    def __init__(self, batch: Batch, also: Watch) -> None:
        self.batch, self.also = batch, also
        self.seconds: Counter[str] = Counter()
        self.step: Step | None = None
        self.at: datetime | None = None
        self.begun = self.rows = 0

    def watch(self, step: Step, done: int, total: int) -> None:
        """Keep how far the run is. Refused: a batch that was cancelled meanwhile, so that its job ends here."""
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, {"step": step.value, "done": done, "total": total, "batch": self.batch.id})
            stage, at = cursor.fetchone()
        if stage == BatchStage.CANCELLED:
            raise BatchNotThere(stage=stage, wanted=self.batch.stage.value)
        if self.step is None:
            self.begun = done
        elif self.at is not None:
            self.seconds[self.step.value] += (at - self.at).total_seconds()
        self.step, self.at, self.rows = step, at, max(self.rows, done - self.begun)
        self.also(step, done, total)


def died(batch: Batch, job: Job) -> int:
    """Return how many runs of a job at a batch ended with their process; one that is open now has none any more."""
    ended = models.Run.objects.filter(batch_id=batch.id, job=job, outcome__in=("", Outcome.INTERRUPTED))
    return ended.count()


@contextmanager
def watched(batch: Batch, job: Job, *, also: Watch = nobody_watches) -> Iterator[Watch]:
    """Give what a job tells its progress to, and keep a line of its run; `also` hears the same.

    A run that a killed process left open is closed here, at the last sign of life that it gave.
    """
    last = Greatest(F("started_at"), Coalesce(Value(batch.progress.at), F("started_at")))
    models.Run.objects.filter(batch_id=batch.id, ended_at__isnull=True).update(
        ended_at=last, outcome=Outcome.INTERRUPTED
    )
    line = models.Run.objects.create(batch_id=batch.id, job=job, started_at=Now())
    run = _Run(batch, also)
    try:
        with memory.sparing():
            yield run.watch
    except BatchNotThere:
        _end(line.id, run, Outcome.STOPPED)
        raise
    except Exception:
        with suppress(DatabaseError):  # where the database itself is the fault, the next run closes this one
            _end(line.id, run, Outcome.FAULT)
        raise
    _end(line.id, run, Outcome.DONE)


def _end(number: int, run: _Run, outcome: Outcome) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (at,) = cursor.fetchone()
    if run.step is not None and run.at is not None:
        run.seconds[run.step.value] += (at - run.at).total_seconds()
    steps = {step: round(seconds, 3) for step, seconds in run.seconds.items()}
    models.Run.objects.filter(id=number).update(ended_at=at, rows=run.rows, steps=steps, outcome=outcome)
