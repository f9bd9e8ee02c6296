"""Everything that changes a batch: handed in, checked, submitted, read by a second person, posted, forgotten."""

from creditbank.deposits.operations.deciding import cancel, reopen, review, submit
from creditbank.deposits.operations.entering import deposit_at_once, post
from creditbank.deposits.operations.forgetting import forget_old, prepare_erasure
from creditbank.deposits.operations.reporting import check
from creditbank.deposits.operations.uploading import dry_run, upload

__all__ = [
    "cancel",
    "check",
    "deposit_at_once",
    "dry_run",
    "forget_old",
    "post",
    "prepare_erasure",
    "reopen",
    "review",
    "submit",
    "upload",
]
