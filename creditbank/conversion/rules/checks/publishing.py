"""All the checks at publishing that need no plan, in the order in which their findings are read."""

from collections.abc import Iterator

from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.cases import missing_cases, missing_thresholds, untried
from creditbank.conversion.rules.checks.catalogued import dead_sources, dead_targets, unknown_codes
from creditbank.conversion.rules.checks.covering import contradictions, shadowed
from creditbank.conversion.rules.checks.findings import Finding
from creditbank.conversion.rules.checks.holding import dead_rows, never
from creditbank.conversion.rules.checks.inflation import inflation
from creditbank.conversion.rules.checks.matches import too_many_matches
from creditbank.conversion.rules.checks.requiring import requires_cycles
from creditbank.conversion.rules.checks.surroundings import NOTHING_AROUND, Catalogue, Surroundings
from creditbank.conversion.rules.checks.units import mixed_units
from creditbank.conversion.rules.checks.wellformed import mixed_families, undefined_words


def check(book: Book, around: Surroundings = NOTHING_AROUND) -> tuple[Finding, ...]:
    """Return everything found in a book: what its words, rules and cases say, and how it stands to the catalogue.

    Never-binding caps and impossible needs are found by the planner, which solves for them; cases that could still
    be written are no findings but `proposals`.
    """
    return tuple(_found(book, around))


def proposals(book: Book, around: Surroundings = NOTHING_AROUND) -> tuple[Finding, ...]:
    """Return the cases that the book could still have: at its bounds and a step below, and for what is not tried."""
    return (*missing_thresholds(book), *untried(book, around.runs or ()))


def _found(book: Book, around: Surroundings) -> Iterator[Finding]:
    for subject in (undefined_words, mixed_families, mixed_units, never, dead_rows):
        yield from subject(book)
    yield from contradictions(book)
    yield from shadowed(book)
    yield from requires_cycles(book)
    yield from too_many_matches(book)
    if around.catalogue is not None:
        unknown = tuple(unknown_codes(book, around.catalogue))
        yield from unknown or dead_sources(book, around.catalogue)
        yield from () if unknown else dead_targets(book, around.catalogue)
    yield from inflation(book, around.in_force, around.catalogue or Catalogue())
    if around.runs is not None:
        yield from missing_cases(book, around.runs)
