"""What may follow what in the life of a list of certificates: a table."""

from typing import Final

from creditbank.register.errors import LoadNotThere
from creditbank.register.types import LoadStage as S

MOVES: Final[dict[S, frozenset[S]]] = {
    S.RECEIVED: frozenset({S.CHECKING, S.CANCELLED}),
    S.CHECKING: frozenset({S.REPORTED, S.UNREADABLE, S.CANCELLED}),
    S.UNREADABLE: frozenset(),
    S.REPORTED: frozenset({S.SUBMITTED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.APPROVED, S.RETURNED, S.CANCELLED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.CANCELLED}),
    S.APPROVED: frozenset({S.ENTERING}),
    S.ENTERING: frozenset({S.ENTERED, S.FAILED}),
    S.FAILED: frozenset({S.APPROVED}),
    S.ENTERED: frozenset(),
    S.CANCELLED: frozenset(),
}


def check_move(now: S, then: S) -> None:
    """Refuse a step that the table does not have."""
    if then not in MOVES[now]:
        raise LoadNotThere(stage=now.value, wanted=then.value)
