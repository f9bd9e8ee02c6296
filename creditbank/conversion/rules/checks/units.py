"""Units: credits are compared and summed across units only where the book holds an exact map."""

from collections.abc import Iterator

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.implication import leaves, simple_conditions
from creditbank.conversion.rules.quantities import Units
from creditbank.conversion.rules.sources import All, AnyBranch, Pool, Some, Source


def mixed_units(book: Book) -> Iterator[Finding]:
    """Yield a finding for every place where two units meet without a map between them."""
    units = Units(book.words.unit_maps)
    for number, rule in enumerate(book.rules):
        for path, one, other in _meetings(rule, book.unit, f"/rules/{number}"):
            if units.factor(one, other) is None:
                yield finding("units", path, rule.id, one=one, other=other)
    for number, case in enumerate(book.cases):
        unit = case.given.programme.unit
        if units.factor(book.unit, unit) is None:
            yield finding("units", f"/cases/{number}/given/programme/unit", case.id, one=book.unit, other=unit)


def _meetings(rule: Rule, unit: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield every two units that a rule compares or adds, with the place."""
    sums = rule.credits.mode in {"source", "least"}
    for where, leaf in leaves(rule.source):
        written = [each.unit for each in simple_conditions(leaf) if isinstance(each, c.Credits)]
        if sums:
            written.append(unit)
        yield from ((f"{path}/from{where}", one, written[-1]) for one in dict.fromkeys(written[:-1]))
    for pool in _pools(rule.source):
        if pool.measure == "credits" and pool.unit is not None:
            yield f"{path}/from", pool.unit, unit


def _pools(source: Source) -> Iterator[Pool]:
    if isinstance(source, Pool):
        yield source
    branches: tuple[Source, ...] = ()
    if isinstance(source, All):
        branches = source.all
    elif isinstance(source, AnyBranch):
        branches = source.any
    elif isinstance(source, Some):
        branches = source.of
    for branch in branches:
        yield from _pools(branch)
