"""Everything that changes an account. One function, one transaction, one fact."""

from creditbank.learners.locks import accounts as keep_accounts, accounts_while as keeping_accounts
from creditbank.learners.operations.applications import accept_application, apply_for_account, refuse_application
from creditbank.learners.operations.claiming import claim_at_counter, claim_with_code, claim_with_provider
from creditbank.learners.operations.codes import issue_claim_code, issue_claim_codes
from creditbank.learners.operations.consents import set_attribute, withdraw_attribute
from creditbank.learners.operations.correcting import add_alias, correct_name, replace_document
from creditbank.learners.operations.erasing import delete_rows, prepare_erasure
from creditbank.learners.operations.looking import find_person, open_page, unmask
from creditbank.learners.operations.merging import merge
from creditbank.learners.operations.opening import open_account, open_frame, open_many
from creditbank.learners.operations.repairs import dismiss_repair, read_repair, resolve_repair
from creditbank.learners.operations.resealing import rotate
from creditbank.learners.operations.resetting import reset_at_counter
from creditbank.learners.operations.standing import close, reopen, suspend
from creditbank.learners.operations.taking_over import take_over
from creditbank.learners.operations.vouching import hold_vouching
from creditbank.learners.sealed_files import SealedFiles

__all__ = [
    "SealedFiles",
    "accept_application",
    "add_alias",
    "apply_for_account",
    "claim_at_counter",
    "claim_with_code",
    "claim_with_provider",
    "close",
    "correct_name",
    "delete_rows",
    "dismiss_repair",
    "find_person",
    "hold_vouching",
    "issue_claim_code",
    "issue_claim_codes",
    "keep_accounts",
    "keeping_accounts",
    "merge",
    "open_account",
    "open_frame",
    "open_many",
    "open_page",
    "prepare_erasure",
    "read_repair",
    "refuse_application",
    "reopen",
    "replace_document",
    "reset_at_counter",
    "resolve_repair",
    "rotate",
    "set_attribute",
    "suspend",
    "take_over",
    "unmask",
    "withdraw_attribute",
]
