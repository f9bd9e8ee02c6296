"""What stands against a draft: faults of its form, findings of the checks, cases that come out otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditbank.conversion import models, planning
from creditbank.conversion.planner.casing import CaseResult
from creditbank.conversion.queries.books import in_force
from creditbank.conversion.queries.offered import catalogue_for
from creditbank.conversion.rules.adoption import adoption_findings, effective_book
from creditbank.conversion.rules.book import Book, BookKind
from creditbank.conversion.rules.checks.drafting import draft_cases
from creditbank.conversion.rules.checks.findings import Finding, Severity, finding
from creditbank.conversion.rules.faults import Fault
from creditbank.conversion.rules.reading import book_of, document_of
from creditbank.conversion.types import EditionStage


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that was found in a document; `book` is None while its form has faults.

    `ruling` is the document that plans would run on: its own, or the guidance it adopts with the deviations.
    """

    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    cases: tuple[CaseResult, ...]
    book: Book | None
    ruling: Book | None

    @property
    def refusals(self) -> int:
        """How much has to be mended before the draft goes to its readers."""
        return len(self.faults) + sum(each.severity is Severity.REFUSE for each in self.findings)

    @property
    def failures(self) -> int:
        """How many cases come out otherwise than they say."""
        return sum(not each.passes for each in self.cases)


def review(document: Mapping[str, Any], *, day: date) -> Review:
    """Return what stands against a document on a day: faults first, and where none, findings and cases."""
    book, faults = book_of(document)
    if book is None:
        return Review(faults=faults, findings=(), cases=(), book=None, ruling=None)
    ruling, against = _ruling(book)
    if ruling is None:
        return Review(faults=(), findings=against, cases=(), book=book, ruling=None)
    rulings = [each.book for each in in_force(day) if each.edition.book.uri != book.id]
    findings, cases = planning.check_book(
        _asked(book, ruling), catalogue=catalogue_for(ruling, day=day), in_force=rulings
    )
    return Review(faults=(), findings=findings, cases=cases, book=book, ruling=ruling)


def _asked(book: Book, ruling: Book) -> Book:
    """Return the book that is checked: one that adopts is tried by the guidance's cases, which may be older than it."""
    days = [each.given.as_of for each in ruling.cases]
    if book.adopts is None or not days:
        return ruling
    since = min(ruling.effective.since, *days)
    return ruling.model_copy(update={"effective": ruling.effective.model_copy(update={"since": since})})


def _ruling(book: Book) -> tuple[Book | None, tuple[Finding, ...]]:
    """Return the book that plans would run on, or None with what stands against the adoption."""
    if book.adopts is None:
        return book, ()
    row = (
        models.Edition.objects.filter(
            book__uri=book.adopts.book,
            book__kind=BookKind.GUIDANCE,
            edition=book.adopts.edition,
            stage=EditionStage.PUBLISHED,
        )
        .select_related("book")
        .first()
    )
    if row is None:
        return None, (finding("adoption_digest", "/adopts/digest", book.adopts.book, word=book.adopts.edition),)
    guidance = Book.model_validate(row.ruling)
    against = adoption_findings(book, guidance)
    return (None, against) if against else (effective_book(book, guidance).book, ())


def tryable(document: Mapping[str, Any]) -> tuple[Book, Book] | None:
    """Return the book of a document and the one that plans would run on; None while its form has faults."""
    book, _faults = book_of(document)
    ruling = _ruling(book)[0] if book else None
    return (book, ruling) if book and ruling else None


def ruling_of(book: Book) -> Book:
    """Return the book that plans would run on; where what it adopts is not at hand, the book as it is written."""
    return _ruling(book)[0] or book


def drafted_cases(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return cases at every bound of the rules that no case stands at, and one step below, for an expert to confirm."""
    book, _faults = book_of(document)
    ruling = _ruling(book)[0] if book else None
    if ruling is None:
        return []
    taken = {each.id for each in ruling.cases}
    made = {case.id: case for draft in draft_cases(ruling) for case in (draft.reaching, draft.below)}
    return [document_of(case) for name, case in made.items() if name not in taken]
