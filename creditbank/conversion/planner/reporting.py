"""Reporting: what the checks and cases of a book, and the difference of two editions, come to as JSON."""

from collections.abc import Sequence
from typing import Any

from creditbank.conversion.planner.casing import CaseResult
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Finding, refuses
from creditbank.conversion.rules.diffs import diff
from creditbank.conversion.rules.faults import Fault
from creditbank.conversion.rules.reading import digest_of


def faulty_report(faults: Sequence[Fault]) -> dict[str, Any]:
    """Return the report on a text that is not a book."""
    told = [{"path": each.pointer, "code": each.code, "zh": each.zh, "en": each.en} for each in faults]
    return {"book": None, "faults": told, "findings": [], "cases": [], "publishable": False}


def check_report(book: Book, findings: Sequence[Finding], cases: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the report on a book; it is publishable where no finding refuses it and every case passes."""
    return {
        "book": {"id": book.id, "edition": book.edition, "digest": digest_of(book)},
        "faults": [],
        "findings": [_finding(each) for each in findings],
        "cases": [_case(each) for each in cases],
        "publishable": not refuses(tuple(findings)) and all(each.passes for each in cases),
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code,
        "severity": each.severity.value,
        "path": each.path,
        "subject": each.subject,
        "zh": each.zh,
        "en": each.en,
        "details": dict(each.details),
    }


def _case(each: CaseResult) -> dict[str, Any]:
    return {
        "case": each.case,
        "passes": each.passes,
        "differences": [difference._asdict() for difference in each.differences],
        "refused": each.refused,
    }


def diff_report(old: Book, new: Book) -> list[dict[str, str]]:
    """Return what changed from one edition to the next, each change in both languages."""
    return [
        {"code": each.code, "part": each.part, "subject": each.subject, "zh": each.zh, "en": each.en}
        for each in diff(old, new)
    ]
