"""Everything that changes an enrolment, or a list of people. One function, one transaction, one fact."""

from creditbank.enrolments.operations.enrolling import change_status, confirm_frame, confirm_many
from creditbank.enrolments.operations.handing import forget_lists, forget_person, hand_in, stop_list
from creditbank.enrolments.operations.moving import delete_rows, move_enrolments
from creditbank.enrolments.operations.printing import print_claim_codes
from creditbank.enrolments.operations.working import take_list_at_once, work_list

__all__ = [
    "change_status",
    "confirm_frame",
    "confirm_many",
    "delete_rows",
    "forget_lists",
    "forget_person",
    "hand_in",
    "move_enrolments",
    "print_claim_codes",
    "stop_list",
    "take_list_at_once",
    "work_list",
]
