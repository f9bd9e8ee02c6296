"""Every check a row must pass: its public code, the column it looks at, and what is said to mend it."""

from collections.abc import Mapping

from creditbank.deposits.intake.registry import bank, cells, courses, dates, people
from creditbank.deposits.intake.registry.check import Check

__all__ = ["BY_CODE", "CHECKS", "RANK", "Check"]

# The order decides which reason a row with several is refused for. The last ones need what the bank knows already.
CHECKS = (*cells.CHECKS, *people.CHECKS, *courses.CHECKS, *dates.CHECKS, *bank.CHECKS)
RANK: Mapping[str, int] = {check.code.removeprefix("deposits.row."): rank for rank, check in enumerate(CHECKS)}
BY_CODE: Mapping[str, Check] = {check.code: check for check in CHECKS}
