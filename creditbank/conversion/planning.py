"""The facade of planning: books and a problem in, a verified plan, its value and its explanation out. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

from creditbank.conversion import errors
from creditbank.conversion.planner import attaining, board, patience, replaying, reporting, verifier
from creditbank.conversion.planner.answering import Answer, answer, award_document, credits_of, plan_document
from creditbank.conversion.planner.building import build
from creditbank.conversion.planner.casing import CaseResult, compare
from creditbank.conversion.planner.checking import solved_findings
from creditbank.conversion.planner.explaining import explanation_document
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.keeping import Kept
from creditbank.conversion.planner.matching import Held
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.planner.prepared import Prepared, prepare
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Finding
from creditbank.conversion.rules.checks.publishing import check
from creditbank.conversion.rules.checks.surroundings import CaseRun, Catalogue, Surroundings
from creditbank.conversion.rules.faults import Fault
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.reading import book_or_faults, digest_of, document_of, read_book, read_problem
from creditbank.kernel.errors import Refusal

PREPARED_MAX: Final = 256
"""How many sets of books are kept ready in one process."""

HELD_MAX: Final = 16
"""How many sets of achievements are kept looked through."""

_READY: Final = Kept[Book, Prepared](PREPARED_MAX)

_HELD: Final = Kept[Achievement, Held](HELD_MAX)


within = patience.within


class PlanNotVerifiedError(Exception):
    """The planner made a plan that the verifier does not pass: a defect of the bank, and the plan is not shown."""


@dataclass(frozen=True, slots=True)
class AwardTold:
    """How far somebody is towards an award: needs on the best way, how many of them are met, what is still needed."""

    attained: bool
    needs: int
    met: int
    credits: Decimal
    still_needed: Decimal | None


def value(books: Sequence[Book], problem: Problem) -> Decimal:
    """Return the value of a problem: the credits of the best plan, and nothing else of it.

    Refused: books that do not go together, an award that no book states, a rule filled in too many ways, a problem
    too hard to prove.
    """
    if not books:
        return Decimal(0)
    prepared, held = ready(books), _held(problem)
    found = board.value(prepared, problem, held)
    if found is None:
        found = credits_of(build(Ground(prepared, problem, held)).model)
    return Decimal(found) / HUNDRED


def plan(books: Sequence[Book], problem: Problem) -> dict[str, Any]:
    """Return the one best plan, verified, as rules.md part 7 writes `plan`. Refused: as `simulate`."""
    return plan_document(_answer(books, problem))


def simulate(
    books: Sequence[Book], problem: Problem, *, award: str | None = None, explain: bool = True
) -> dict[str, Any]:
    """Return the plan, verified, with its explanation (rules.md part 7), the problem, and the editions it rests on.

    The document replays. Refused: wishes that no plan meets together, an award that no book states, a rule filled
    in too many ways, a problem too hard to prove.
    """
    if award is not None:
        problem = problem.model_copy(update={"award": award})
    answered = _answer(books, problem)
    editions = replaying.editions_of(books)
    if explain:
        document, _ = explanation_document(answered, editions)
    else:
        document = {"plan": plan_document(answered), "editions": editions}
        needed = award_document(answered)
        if needed is not None:
            document["award"] = needed
    return document | {"problem": document_of(problem)}


def explain(books: Sequence[Book], problem: Problem) -> tuple[dict[str, Any], int]:
    """Return the explained plan and how many values were solved for the explanation."""
    return explanation_document(_answer(books, problem), replaying.editions_of(books))


def stored(books: Sequence[Book], problem: Problem) -> dict[str, Any]:
    """Return what is kept of a decision: problem, books by digest, plan, explanation."""
    document, _ = explain(books, problem)
    planned, named = document.pop("plan"), document["editions"]
    return {"problem": document_of(problem), "books": named, "plan": planned, "explanation": document}


def replay(document: Mapping[str, Any], books: Sequence[Book]) -> dict[str, Any]:
    """Return a stored document made again from its problem; it is the same, byte for byte.

    Refused: what is no stored plan, a book that is not at hand or was changed, and a document that comes to something
    else.
    """
    named = replaying.books_named(document, books)
    problem = replaying.problem_of(document)
    if "explanation" in document:
        again = stored(named, problem)
    else:
        again = simulate(named, problem, explain=replaying.EXPLAINED in document)
    replaying.check_same(document, again)
    return again


def books_named(editions: Sequence[Mapping[str, str]], at_hand: Sequence[Book]) -> list[Book]:
    """Return the books that editions name, in their order. Refused: one that is not at hand."""
    return replaying.books_named({"editions": list(editions)}, at_hand)


def editions_named(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what names each book of a stored document: id, edition, digest. Refused: what is no stored plan."""
    return replaying.editions_in(document)


def award(book: Book, problem: Problem) -> AwardTold:
    """Return how far a problem is towards its award. Refused: as `simulate`."""
    answered = _answer([book], problem)
    told = award_document(answered)
    assert told is not None
    asked = [need for need in told["needs"] if need["asked"]]
    lacking = told["credits_still_needed"]
    return AwardTold(
        attained=told["attained"],
        needs=len(asked),
        met=sum(need["missing"] == "0" for need in asked),
        credits=Decimal(answered.credits) / HUNDRED,
        still_needed=None if lacking is None else Decimal(lacking),
    )


def attains(book: Book, problem: Problem) -> bool:
    """Say whether a problem attains its award, without making the plan. Refused: as `award`."""
    return attaining.attains(_ground([book], problem))


def run_cases(book: Book) -> tuple[CaseResult, ...]:
    """Return how each case of a book comes out, by its own plan and explanation."""
    return tuple(result for result, _ in _cased(book))


def check_book(
    book: Book, *, catalogue: Catalogue | None = None, in_force: Sequence[Book] = ()
) -> tuple[tuple[Finding, ...], tuple[CaseResult, ...]]:
    """Return everything the checks at publishing find in a book, and how its cases come out."""
    cased = _cased(book)
    runs = tuple(run for _, run in cased)
    found = (*check(book, Surroundings(catalogue, in_force, runs)), *solved_findings(book))
    return found, tuple(result for result, _ in cased)


def check_text(data: bytes) -> dict[str, Any]:
    """Return the report on a text: its faults where it is no book, else findings and cases, and whether it may go."""
    book, faults = book_or_faults(data)
    return report_of(book, faults) if book is None else report_of(book, faults, *check_book(book))


def report_of(
    book: Book | None, faults: Sequence[Fault], findings: Sequence[Finding] = (), cases: Sequence[CaseResult] = ()
) -> dict[str, Any]:
    """Return what was found in a text as JSON: its faults where it is no book, else findings and cases."""
    return reporting.faulty_report(faults) if book is None else reporting.check_report(book, findings, cases)


def _cased(book: Book) -> list[tuple[CaseResult, CaseRun]]:
    found = []
    for case in book.cases:
        try:
            document, _ = explain([book], case.given)
        except Refusal as refusal:
            words = (refusal.sentence("zh"), refusal.sentence("en"))
            found.append((CaseResult(case.id, (), refusal.code, words), CaseRun(case.id)))
            continue
        run = CaseRun(
            case=case.id,
            used=frozenset(grant["rule"] for grant in document["plan"]["grants"]),
            refused=frozenset(entry["rule"] for entry in document["unused"] if entry["why"] == "condition"),
            costly=frozenset(cap["cap"] for cap in document["caps"] if cap["cost"] != "0"),
            full=frozenset(cap["cap"] for cap in document["caps"] if cap["slack"] == "0"),
        )
        found.append((compare(case, document), run))
    return found


def _answer(books: Sequence[Book], problem: Problem) -> Answer:
    """Return the best plan; no plan leaves that the verifier does not pass."""
    answered = answer(_ground(books, problem))
    faults = verifier.faults(books, problem, plan_document(answered))
    if faults:
        raise PlanNotVerifiedError(faults)
    return answered


def _ground(books: Sequence[Book], problem: Problem) -> Ground:
    return Ground(ready(books), problem, _held(problem))


def _held(problem: Problem) -> Held:
    """Return the achievements looked through; the last ones are kept, for somebody asks about many programmes."""
    return _HELD.of(problem.achievements, lambda: Held(problem))


def ready(books: Sequence[Book]) -> Prepared:
    """Return books made ready; the same books, as values in this process, are made ready once.

    Refused: one book twice, in whatever editions, and books that prefer different plans.
    """
    return _READY.of(tuple(books), lambda: _prepared(books))


def _prepared(books: Sequence[Book]) -> Prepared:
    for one, other in combinations(books, 2):
        if one.id == other.id:
            raise errors.BookTwice(book=one.id, one=one.edition, other=other.edition)
        if one.policies.prefer != other.policies.prefer:
            raise errors.PreferencesDiffer(one=one.id, other=other.id)
    return prepare(books)


def simulate_texts(
    books: Sequence[bytes], problem: bytes, *, award: str | None = None, explain: bool = True
) -> dict[str, Any]:
    """Return what `simulate` does, from texts. Refused besides: a text that is not a book, or not a problem."""
    return simulate([read_book(each) for each in books], read_problem(problem), award=award, explain=explain)


def simulate_stated(books: Sequence[Book], problem: Mapping[str, Any], *, award: str | None = None) -> dict[str, Any]:
    """Return what `simulate` does, explained, for a problem as a tree. Refused besides: a tree that is no problem."""
    return simulate(books, read_problem(json.dumps(problem), "json"), award=award)


def books_in(texts: Iterable[bytes]) -> list[Book]:
    """Return the books among texts; those that are none are passed over."""
    read = (book_or_faults(each)[0] for each in texts)
    return [book for book in read if book is not None]


def digest_in(text: bytes) -> str | None:
    """Return the digest of the book that a text states, or None where it states none."""
    book, _ = book_or_faults(text)
    return None if book is None else digest_of(book)


def replay_texts(document: Mapping[str, Any], texts: Iterable[bytes]) -> dict[str, Any]:
    """Return what `replay` does, from texts; those that are no books are passed over."""
    return replay(document, books_in(texts))


def diff_texts(old: bytes, new: bytes) -> list[dict[str, str]]:
    """Return what changed from one edition to the next. Refused: a text that is not a book."""
    return reporting.diff_report(read_book(old), read_book(new))
