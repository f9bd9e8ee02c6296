"""Everything that changes the archive: batches enter and leave the book, entries are held, used and given back."""

from creditbank.archive.operations.claiming import hold, release, reverse, use
from creditbank.archive.operations.ending import end_entries, reinstate_entry
from creditbank.archive.operations.erasing import delete_rows, prepare_erasure
from creditbank.archive.operations.moving import move_account
from creditbank.archive.operations.posting import begin_posting, finish_posting, post_many
from creditbank.archive.operations.provenance import lead_provenance, post_provenance
from creditbank.archive.operations.withdrawing import withdraw_posting

__all__ = [
    "begin_posting",
    "delete_rows",
    "end_entries",
    "finish_posting",
    "hold",
    "lead_provenance",
    "move_account",
    "post_many",
    "post_provenance",
    "prepare_erasure",
    "reinstate_entry",
    "release",
    "reverse",
    "use",
    "withdraw_posting",
]
