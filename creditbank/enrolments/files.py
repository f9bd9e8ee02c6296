"""Files of lists on disk, sealed: the list itself until it is worked through, the refused rows for some days."""

from typing import Final

from creditbank.learners.operations import SealedFiles

LISTS: Final = SealedFiles(kind="lists", room="enrolments")
UPLOAD: Final = "upload"
REFUSED: Final = "refused-"


def refused_name(last: int) -> str:
    """Name the refused rows of the block that ends with this row; names are in the order of the file."""
    return f"{REFUSED}{last:010}"
