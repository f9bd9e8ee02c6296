"""Everything that changes a batch: handed in (whole or in pieces), checked, submitted, approved, posted, forgotten."""

from creditbank.deposits.operations.conflicts import decide_conflict
from creditbank.deposits.operations.deciding import cancel, choose, reopen, review, submit
from creditbank.deposits.operations.entering import deposit_at_once, post
from creditbank.deposits.operations.forgetting import forget_old, prepare_erasure
from creditbank.deposits.operations.profiles import end_profile, save_profile
from creditbank.deposits.operations.reporting import check
from creditbank.deposits.operations.resuming import add_piece, drop_upload, finish_upload, start_upload
from creditbank.deposits.operations.sampling import ask_original, give_original
from creditbank.deposits.operations.settling import settle_conflicts
from creditbank.deposits.operations.uploading import dry_run, upload
from creditbank.deposits.operations.waiting import drop_waiting, enter_waiting, retry_waiting
from creditbank.deposits.operations.withdrawing import ask_withdrawal, decide_withdrawal

__all__ = [
    "add_piece",
    "ask_original",
    "ask_withdrawal",
    "cancel",
    "check",
    "choose",
    "decide_conflict",
    "decide_withdrawal",
    "deposit_at_once",
    "drop_upload",
    "drop_waiting",
    "dry_run",
    "end_profile",
    "enter_waiting",
    "finish_upload",
    "forget_old",
    "give_original",
    "post",
    "prepare_erasure",
    "reopen",
    "retry_waiting",
    "review",
    "save_profile",
    "settle_conflicts",
    "start_upload",
    "submit",
    "upload",
]
