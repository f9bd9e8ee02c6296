"""Never: conditions that contradict one another, and rows of a table that are never reached."""

from collections.abc import Iterator

from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import condition_lists, row_lists
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.implication import contradiction_in, implies
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.regions import Key
from creditbank.conversion.rules.sources import One


def never(book: Book) -> Iterator[Finding]:
    """Yield a finding for every list of conditions that can never hold, and every audience outside the scope."""
    lexicon = Lexicon(book.words)
    for place in condition_lists(book):
        key = contradiction_in(place.conditions, lexicon)
        if key is not None:
            yield finding("never", place.path, place.subject, word=_named(key))
    for number, rule in enumerate(book.rules):
        if contradiction_in(book.scope, lexicon) is None and contradiction_in(rule.when, lexicon) is None:
            key = contradiction_in((*book.scope, *rule.when), lexicon)
            if key is not None:
                yield finding("never", f"/rules/{number}/when", rule.id, word=_named(key))


def dead_rows(book: Book) -> Iterator[Finding]:
    """Yield a finding for every row that an earlier row takes all cases from, or that the source never meets."""
    lexicon = Lexicon(book.words)
    for number, rule in enumerate(book.rules):
        for name, rows in row_lists(rule):
            earlier: list[Conditions] = []
            for at, row in enumerate(rows):
                if _dead(rule, row.if_, earlier, lexicon):
                    yield finding("dead_row", f"/rules/{number}/{name}/{at}", rule.id, row=str(at + 1))
                if name != "credits/adjust":
                    earlier.append(row.if_)


def _dead(rule: Rule, row: Conditions, earlier: list[Conditions], lexicon: Lexicon) -> bool:
    leaf = rule.source.one if isinstance(rule.source, One) else ()
    whole = (*rule.when, *leaf, *row)
    if contradiction_in(row, lexicon) is not None or contradiction_in((*rule.when, *leaf), lexicon) is not None:
        return False
    if contradiction_in(whole, lexicon) is not None:
        return True
    return any(implies(whole, before, lexicon) for before in earlier)


def _named(key: Key) -> str:
    return " · ".join(key)
