"""Where conditions stand in a book: every list of them with its JSON pointer and the id it belongs to."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from creditbank.conversion.rules.book import Adjust, AmountRow, Book, GradeRow, Rule
from creditbank.conversion.rules.conditions import Condition, Conditions
from creditbank.conversion.rules.implication import leaves, simple_conditions
from creditbank.conversion.rules.limits import Need, NeedLeaf, NeedTree, Selection
from creditbank.conversion.rules.targets import ChooseLine, Line


class Place(NamedTuple):
    """A list of conditions, where it stands, and the rule, cap or need it belongs to."""

    path: str
    subject: str
    conditions: Conditions


class NeedPlace(NamedTuple):
    """A need of an award, and where it stands."""

    path: str
    award: str
    need: Need


def condition_lists(book: Book) -> Iterator[Place]:
    """Yield every list of conditions of a book in written order."""
    yield Place("/scope", book.id, book.scope)
    for number, rule in enumerate(book.rules):
        yield from rule_lists(rule, f"/rules/{number}")
    for number, cap in enumerate(book.caps):
        if cap.when:
            yield Place(f"/caps/{number}/when", cap.id, cap.when)
        yield from selection_lists(cap.of, f"/caps/{number}/of", cap.id)
    for path, _award, need in needs(book):
        yield from selection_lists(need.of, f"{path}/of", need.id)
        if need.holds:
            yield Place(f"{path}/holds", need.id, need.holds)


def rule_lists(rule: Rule, path: str) -> Iterator[Place]:
    """Yield the lists of conditions of one rule: audience, leaves, choices, rows of amounts and grades."""
    yield Place(f"{path}/when", rule.id, rule.when)
    for where, conditions in leaves(rule.source):
        yield Place(f"{path}/from{where}", rule.id, conditions)
    for at, line in enumerate(rule.gives):
        if isinstance(line, ChooseLine) and line.where is not None:
            yield Place(f"{path}/gives/{at}/where", rule.id, line.where)
    for name, rows in row_lists(rule):
        for at, row in enumerate(rows):
            yield Place(f"{path}/{name}/{at}/if", rule.id, row.if_)


def row_lists(rule: Rule) -> Iterator[tuple[str, Sequence[AmountRow | Adjust | GradeRow]]]:
    """Yield the tables of a rule with their places: amounts, adjustments, recorded grades."""
    yield "credits/rows", rule.credits.rows or ()
    yield "credits/adjust", rule.credits.adjust
    yield "record_grade/rows", (rule.record_grade.rows if rule.record_grade else None) or ()


def selection_lists(selection: Selection, path: str, subject: str) -> Iterator[Place]:
    """Yield the lists of conditions of a selection."""
    if selection.sources:
        yield Place(f"{path}/sources", subject, selection.sources)
    if selection.targets:
        yield Place(f"{path}/targets", subject, selection.targets)


def needs(book: Book) -> Iterator[NeedPlace]:
    """Yield every need of every award, with its place."""
    for number, award in enumerate(book.awards):
        for path, need in _needs_of(award.needs, f"/awards/{number}/needs"):
            yield NeedPlace(path, award.id, need)


def single_conditions(book: Book) -> Iterator[tuple[Place, Condition]]:
    """Yield every single condition with the list it stands in."""
    for place in condition_lists(book):
        for condition in simple_conditions(place.conditions):
            yield place, condition


def lines(gives: tuple[Line, ...]) -> Iterator[Line]:
    """Yield every named line, those inside choices and bundles too."""
    for line in gives:
        yield line
        if isinstance(line, ChooseLine):
            for each in line.of or ():
                yield from lines(each if isinstance(each, tuple) else (each,))


def _needs_of(tree: NeedTree, path: str) -> Iterator[tuple[str, Need]]:
    if isinstance(tree, NeedLeaf):
        yield f"{path}/need", tree.need
        return
    key = next(key for key in ("all", "any", "of") if hasattr(tree, key))
    for number, branch in enumerate(getattr(tree, key)):
        yield from _needs_of(branch, f"{path}/{key}/{number}")
