"""What may follow what in the life of a batch: a table, from which the picture in the docs is drawn."""

from typing import Final

from creditbank.deposits.types import BatchStage as S
from creditbank.kernel.errors import Refusal, RefusalKind

MOVES: Final[dict[S, frozenset[S]]] = {
    S.RECEIVED: frozenset({S.CHECKING, S.CANCELLED}),
    S.CHECKING: frozenset({S.REPORTED, S.UNREADABLE, S.CANCELLED}),
    S.UNREADABLE: frozenset(),
    S.REPORTED: frozenset({S.SUBMITTED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.APPROVED, S.RETURNED, S.CANCELLED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.CANCELLED}),
    S.APPROVED: frozenset({S.POSTING, S.CANCELLED}),
    S.POSTING: frozenset({S.POSTED, S.FAILED}),
    S.FAILED: frozenset({S.APPROVED, S.CANCELLED}),
    S.POSTED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
    S.CANCELLED: frozenset(),
}


class BatchNotThere(Refusal):
    """The batch is not at a stage from which this step is possible."""

    code = "deposits.batch.stage"
    kind = RefusalKind.CONFLICT
    zh = "这一批现在不能做这一步：可能已有人办过。刷新页面看它到了哪一步。"
    en = "The batch cannot take this step now; somebody may have taken it. Reload the page to see where it stands."


def check_move(now: S, then: S) -> None:
    """Refuse a step that the table does not have."""
    if then not in MOVES[now]:
        raise BatchNotThere(stage=now.value, wanted=then.value)


def mermaid() -> str:
    """Return the table as a mermaid state diagram, the same text every time."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.RECEIVED}"]
    lines += [f"    {stage} --> {then}" for stage in MOVES for then in sorted(MOVES[stage])]
    lines += [f"    {stage} --> [*]" for stage, following in MOVES.items() if not following]
    return "\n".join(lines) + "\n"
