"""Everything that changes the register: lists handed in, checked, released, entered; revocations; claims."""

from creditbank.register.operations.claiming import claim, move_claims, take_back
from creditbank.register.operations.deciding import cancel, reopen, review, submit
from creditbank.register.operations.ending import end_revoked
from creditbank.register.operations.entering import enter, load_at_once
from creditbank.register.operations.forgetting import delete_rows, forget_old
from creditbank.register.operations.loading import check, hand_in
from creditbank.register.operations.wishing import ask, decide

__all__ = [
    "ask",
    "cancel",
    "check",
    "claim",
    "decide",
    "delete_rows",
    "end_revoked",
    "enter",
    "forget_old",
    "hand_in",
    "load_at_once",
    "move_claims",
    "reopen",
    "review",
    "submit",
    "take_back",
]
