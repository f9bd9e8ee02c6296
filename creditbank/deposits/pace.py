"""How fast jobs are: what a run of a job was, and how long a step will still take. Values in, an answer out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from creditbank.deposits.types import Progress


class Job(StrEnum):
    """What a worker does with a batch."""

    CHECK = "check"
    POST = "post"


class Outcome(StrEnum):
    """How a run of a job ended: done, stopped by a person, by a fault of ours, or by the end of its process."""

    DONE = "done"
    STOPPED = "stopped"
    FAULT = "fault"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a step goes, in rows a second, and in how many seconds it will be done; None where nobody can tell."""

    rate: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job at a batch. `steps` are the seconds by step; a run that has no end is under way."""

    job: Job
    started_at: datetime
    ended_at: datetime | None
    rows: int
    steps: Mapping[str, float]
    outcome: str

    @property
    def seconds(self) -> float:
        """How long it took; nothing while it is under way."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else 0.0

    @property
    def rate(self) -> float | None:
        """Rows a second over the whole run, or None where it is under way or too short to tell."""
        return self.rows / self.seconds if self.rows and self.seconds > 0 else None


def pace(progress: Progress) -> Pace:
    """Return how fast the step under way has been up to now; nothing where it has only begun."""
    if progress.since is None or progress.at is None:
        return Pace()
    seconds, done = (progress.at - progress.since).total_seconds(), progress.done - progress.begun
    if seconds <= 0 or done <= 0:
        return Pace()
    rate = done / seconds
    return Pace(rate=rate, left=max(0, progress.total - progress.done) / rate)
