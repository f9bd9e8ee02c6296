"""Readings of a submission as a table that is data: a process is an argument, not a constant.

The machine knows steps, verdicts and that nobody reads twice, nor reads their own
submission. It knows nothing of deposits, tables or the clock.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from creditbank.kernel.errors import Refusal, RefusalKind
from creditbank.kernel.permissions import Permission


class Verdict(StrEnum):
    """What one reader says after one reading."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


class Stage(StrEnum):
    """Where a submission stands. All but the first are final."""

    READING = "reading"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Process:
    """The permissions of the successive readings; one edition, never changed once used."""

    edition: str
    readings: tuple[Permission, ...]


class StageClosed(Refusal):
    """The submission is past review and takes no further verdict."""

    code = "review.stage_closed"
    kind = RefusalKind.CONFLICT
    zh = "这件已经办结，不能再给意见。刷新页面可看结果。"
    en = "This case is closed and takes no further verdict. Reload the page to see how it ended."


class SameReaderTwice(Refusal):
    """One person may not give two readings of a submission, nor read what they submitted."""

    code = "review.same_reader_twice"
    kind = RefusalKind.CONFLICT
    zh = "复核人与经办人不能是同一人。请换一位复核人。"
    en = "The person who approves cannot be the one who submitted. Ask a colleague to approve."


def next_stage(
    process: Process, *, stage: Stage, earlier_readers: AbstractSet[str], reader: str, verdict: Verdict, submitter: str
) -> Stage:
    """Return the stage that follows this reading, or refuse it."""
    if stage is not Stage.READING:
        raise StageClosed(stage=stage)
    if reader in earlier_readers or reader == submitter:
        raise SameReaderTwice(reader=reader)
    match verdict:
        case Verdict.RETURN:
            return Stage.RETURNED
        case Verdict.REFUSE:
            return Stage.REFUSED
        case Verdict.APPROVE:
            last = len(earlier_readers) + 1 == len(process.readings)
            return Stage.ACCEPTED if last else Stage.READING
