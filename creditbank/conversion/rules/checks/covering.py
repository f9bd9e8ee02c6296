"""Shadowing and contradiction: rules of which one makes the other needless, or says something else of the same."""

from collections.abc import Iterator, Sequence

from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import needs
from creditbank.conversion.rules.implication import implies, source_implies
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.targets import Between, ChooseLine, CourseLine, Line, LineOrBundle


def shadowed(book: Book) -> Iterator[Finding]:
    """Yield a finding for every rule that another makes needless; of two that are the same, for the later."""
    lexicon = Lexicon(book.words)
    for number, rule in enumerate(book.rules):
        for place, other in enumerate(book.rules):
            if place == number or not _shadows(book, other, rule, lexicon):
                continue
            if place > number and _shadows(book, rule, other, lexicon):
                continue
            yield finding("shadowed", f"/rules/{number}", rule.id, other=other.id)
            break


def contradictions(book: Book) -> Iterator[Finding]:
    """Yield a finding for every pair of rules with the same conditions and targets, but other credits."""
    lexicon = Lexicon(book.words)
    for number, rule in enumerate(book.rules):
        for other in book.rules[:number]:
            same_targets = _gives_as_much(rule, other, lexicon) and _gives_as_much(other, rule, lexicon)
            if not same_targets or rule.credits == other.credits or rule.requires != other.requires:
                continue
            if _admits_as_many(rule, other, lexicon) and _admits_as_many(other, rule, lexicon):
                yield finding("contradiction", f"/rules/{number}", rule.id, other=other.id)


def line_covers(wide: Line, narrow: Line, lexicon: Lexicon) -> bool:
    """Say whether whatever the narrow line may give, the wide line may give as well."""
    if wide == narrow:
        return True
    if isinstance(wide, ChooseLine) and isinstance(narrow, CourseLine):
        return _bounds(wide)[0] <= 1 and narrow in (wide.of or ())
    return isinstance(wide, ChooseLine) and isinstance(narrow, ChooseLine) and _choice_covers(wide, narrow, lexicon)


def lines_cover(wide: Sequence[Line], narrow: Sequence[Line], lexicon: Lexicon) -> bool:
    """Say whether each narrow line has a wide line of its own that covers it."""
    free = list(wide)
    for line in narrow:
        found = next((each for each in free if line_covers(each, line, lexicon)), None)
        if found is None:
            return False
        free.remove(found)
    return True


def _shadows(book: Book, strong: Rule, weak: Rule, lexicon: Lexicon) -> bool:
    """Say whether the weak rule is never needed beside the strong one."""
    same = all(getattr(strong, name) == getattr(weak, name) for name in ("credits", "surplus", "record_grade"))
    if not same or not _serves_as_often(strong, weak) or _marks(book, strong) != _marks(book, weak):
        return False
    if not set(strong.requires) <= set(weak.requires):
        return False
    return _gives_as_much(strong, weak, lexicon) and _admits_as_many(strong, weak, lexicon)


def _marks(book: Book, rule: Rule) -> tuple[object, ...]:
    """Return by what caps and needs tell this rule from others: two rules told apart may fill different caps."""
    selections = [cap.of for cap in book.caps] + [place.need.of for place in needs(book)]
    if any(cap.per == "rule" for cap in book.caps):
        return (rule.id,)
    return tuple(
        (bool(each.tags and set(each.tags) & set(rule.tags)), bool(each.rules and rule.id in each.rules))
        for each in selections
    )


def _serves_as_often(strong: Rule, weak: Rule) -> bool:
    """Two rules used once free two choices; only courses named are freed once whoever frees them."""
    return strong.times == "any" or (weak.times == "once" and all(isinstance(line, CourseLine) for line in weak.gives))


def _gives_as_much(wide: Rule, narrow: Rule, lexicon: Lexicon) -> bool:
    return lines_cover(wide.gives, narrow.gives, lexicon)


def _admits_as_many(wide: Rule, narrow: Rule, lexicon: Lexicon) -> bool:
    return implies(narrow.when, wide.when, lexicon) and source_implies(narrow.source, wide.source, lexicon)


def _choice_covers(wide: ChooseLine, narrow: ChooseLine, lexicon: Lexicon) -> bool:
    (low, high), (least, most) = _bounds(wide), _bounds(narrow)
    if low > least or high < most:
        return False
    if wide.where is not None and narrow.where is not None:
        return implies(narrow.where, wide.where, lexicon)
    return wide.of is not None and narrow.of is not None and _all_in(narrow.of, wide.of)


def _bounds(line: ChooseLine) -> tuple[int, int]:
    if isinstance(line.choose, Between):
        return line.choose.at_least, line.choose.at_most
    return line.choose, line.choose


def _all_in(narrow: Sequence[LineOrBundle], wide: Sequence[LineOrBundle]) -> bool:
    return all(each in wide for each in narrow)
