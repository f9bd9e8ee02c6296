"""Every check a row must pass: its public code, the column it looks at, and what is said to mend it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from creditbank.deposits.intake.registry import bank, cells, courses, dates, people
from creditbank.deposits.intake.registry.check import Check

__all__ = ["BY_CODE", "CHECKS", "EDITION", "RANK", "Check"]

# The order decides which reason a row with several is refused for. The last ones need what the bank knows already.
CHECKS = (*cells.CHECKS, *people.CHECKS, *courses.CHECKS, *dates.CHECKS, *bank.CHECKS)
RANK: Mapping[str, int] = {check.code.removeprefix("deposits.row."): rank for rank, check in enumerate(CHECKS)}
BY_CODE: Mapping[str, Check] = {check.code: check for check in CHECKS}
#: Names this edition of the checks: which there are, in which order, and what each says. A report keeps it.
EDITION: Final = sha256("\n".join(f"{each.code} {each.en}" for each in CHECKS).encode()).hexdigest()[:16]
