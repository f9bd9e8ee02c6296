"""Too many matches: a rule that could be filled, or its targets chosen, in more ways than a plan can look at."""

from collections.abc import Iterable, Iterator
from math import comb, prod
from typing import Final

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.implication import Slot, Slots, TooManyTermsError, source_terms
from creditbank.conversion.rules.targets import ChooseLine, LineOrBundle, fewest, most, one_by_one

MATCHES_MAX: Final = 20_000
HELD: Final = 60
"""The archive that is reckoned with: so many achievements, each named one held once."""
COURSES: Final = 60
"""The programme that is reckoned with: so many courses that a choice may be made among."""


def too_many_matches(book: Book) -> Iterator[Finding]:
    """Yield a finding for every rule that could be met in more than 20,000 ways.

    Reckoned with 60 achievements and 60 courses: matches alone, then matches times the ways to choose the targets.
    """
    for number, rule in enumerate(book.rules):
        try:
            count = sum(_matches(slots) for slots in source_terms(rule.source))
        except TooManyTermsError:
            count = MATCHES_MAX + 1
        if count > MATCHES_MAX:
            shown = {"held": str(HELD), "count": str(count), "most": str(MATCHES_MAX)}
            yield finding("too_many_matches", f"/rules/{number}/from", rule.id, **shown)
            continue
        count *= _choices(rule)
        if count > MATCHES_MAX:
            shown = {"held": str(HELD), "courses": str(COURSES), "count": str(count), "most": str(MATCHES_MAX)}
            yield finding("too_many_choices", f"/rules/{number}/gives", rule.id, **shown)


def _matches(slots: Slots) -> int:
    """Count the ways to fill the slots; slots that ask the same are filled by a set, in one order only."""
    alike: dict[Slot, int] = {}
    for slot in slots:
        alike[slot] = alike.get(slot, 0) + 1
    return prod(comb(max(_candidates(slot), many), many) for slot, many in alike.items())


def _candidates(slot: Slot) -> int:
    """Return how many achievements may fill a slot; a pool is no choice between matches, it is planned by itself."""
    if slot.measure:
        return 1
    named = [len(each.among) for each in slot.conditions if isinstance(each, c.Spec)]
    return min([HELD, *named])


def _choices(rule: Rule) -> int:
    """Return in how many ways what a rule gives may be chosen; where each line is a grant of its own, its lines."""
    if one_by_one(rule.gives) and not _told_apart(rule):
        return _lines(rule.gives[0])
    return _together(rule.gives)


def _told_apart(rule: Rule) -> bool:
    """Tell whether the credits look at all that is chosen, so that the lines are no grants of their own."""
    law = rule.credits
    return law.mode not in {"target", "none"} or bool(law.adjust) or rule.surplus is not None


def _together(lines: Iterable[LineOrBundle]) -> int:
    return prod(_ways(line) for line in lines)


def _ways(line: LineOrBundle) -> int:
    if isinstance(line, tuple):
        return _together(line)
    if not isinstance(line, ChooseLine):
        return 1
    among = _lines(line)
    return max(1, sum(comb(among, many) for many in range(fewest(line), min(most(line), among) + 1)))


def _lines(line: LineOrBundle) -> int:
    """Return among how many things a choice is made: lines and bundles it names, or the courses of a programme."""
    assert isinstance(line, ChooseLine)
    found = sum(_ways(each) for each in line.of or ())
    if line.where is not None:
        found += min([COURSES, *(len(each.among) for each in line.where if isinstance(each, c.Course))])
    return found
