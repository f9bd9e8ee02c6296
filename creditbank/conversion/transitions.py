"""What may follow what in the life of an edition, and who reads it: tables, from which the docs are drawn."""

from typing import Final

from creditbank.conversion.errors import EditionNotThere, ReaderMayNot
from creditbank.conversion.types import BookKind, EditionStage as S, Side, Verdict

MOVES: Final[dict[S, frozenset[S]]] = {
    S.DRAFT: frozenset({S.READING, S.WITHDRAWN}),
    S.READING: frozenset({S.DRAFT, S.NOTICE, S.REFUSED}),
    S.NOTICE: frozenset({S.PUBLISHED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.SUCCEEDED, S.WITHDRAWN}),
    S.SUCCEEDED: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}

#: How many readers of each side approve before an edition goes to public notice.
READINGS: Final[dict[BookKind, dict[Side, int]]] = {
    BookKind.GUIDANCE: {Side.OWNER: 3},
    BookKind.INSTITUTIONAL: {Side.OWNER: 2},
    BookKind.AGREEMENT: {Side.OWNER: 1, Side.PARTNER: 1},
    BookKind.AWARD: {Side.OWNER: 2},
}

EXPERTS_MIN: Final = 5
"""A group that writes guidance has at least so many experts in office."""


def check_move(now: S, then: S) -> None:
    """Refuse a step that the table does not have."""
    if then not in MOVES[now]:
        raise EditionNotThere(stage=now.value, wanted=then.value)


def after_reading(
    kind: BookKind,
    *,
    stage: S,
    earlier: tuple[tuple[int, Side], ...],
    reader: int,
    side: Side,
    verdict: Verdict,
    writers: frozenset[int],
) -> S:
    """Return the stage that follows this reading, or refuse it: nobody reads twice, nor what they wrote.

    `earlier` are the approvals so far. One refusal refuses the edition, one return sends it back to its writer.
    """
    if stage is not S.READING:
        raise EditionNotThere(stage=stage.value, wanted="reading")
    if reader in writers or any(reader == before for before, _side in earlier):
        raise ReaderMayNot
    match verdict:
        case Verdict.RETURN:
            return S.DRAFT
        case Verdict.REFUSE:
            return S.REFUSED
        case Verdict.APPROVE:
            given = [before for _reader, before in earlier] + [side]
            whole = all(given.count(each) >= needed for each, needed in READINGS[kind].items())
            return S.NOTICE if whole else S.READING


def needed(kind: BookKind) -> int:
    """Return how many approvals an edition needs in all."""
    return sum(READINGS[kind].values())


def mermaid() -> str:
    """Return the table of moves as a mermaid state diagram, the same text every time."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.DRAFT}"]
    lines += [f"    {stage} --> {then}" for stage in MOVES for then in sorted(MOVES[stage])]
    lines += [f"    {stage} --> [*]" for stage, following in MOVES.items() if not following]
    return "\n".join(lines) + "\n"
