"""Well-formed: every word, citation, rule, cap and category that a book uses is defined in it."""

from collections.abc import Container, Iterator

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import lines, needs, single_conditions
from creditbank.conversion.rules.checks.uses import Use, What, uses
from creditbank.conversion.rules.implication import leaves, simple_conditions
from creditbank.conversion.rules.scales import rank_on
from creditbank.conversion.rules.targets import CreditsLine


def undefined_words(book: Book) -> Iterator[Finding]:
    """Yield a finding for every word that is used and not defined."""
    known: dict[What, Container[str]] = {
        What.SCALE: book.words.scales,
        What.LEVELS: book.words.levels,
        What.FRAMEWORK: book.words.frameworks,
        What.CITE: {each.id for each in book.cites},
        What.RULE: {each.id for each in book.rules},
        What.CAP: {each.id for each in book.caps},
        What.AWARD: {each.id for each in book.awards},
        What.NEED: {each.need.id for each in needs(book)},
        What.TAG: {tag for rule in book.rules for tag in rule.tags},
    }
    categories = _categories(book)
    if categories is not None:
        known[What.CATEGORY] = categories
    for use in (*uses(book), *_values_off_their_scale(book)):
        if use.what is What.CATEGORY and categories is None:
            continue
        if use.word not in known.get(use.what, ()):
            zh, en = use.what.value
            yield finding("undefined_word", use.path, use.subject, what_zh=zh, what_en=en, word=use.word)


def mixed_families(book: Book) -> Iterator[Finding]:
    """Yield a finding for every family that keeps its highest and is asked for on several level scales."""
    for family, policy in book.policies.families.items():
        scales: set[str] = set()
        for rule in book.rules:
            for _path, leaf in leaves(rule.source):
                singles = simple_conditions(leaf)
                if any(isinstance(each, c.Family) and family in each.among for each in singles):
                    scales |= {each.scale for each in singles if isinstance(each, c.Level)}
        if policy == "highest" and len(scales) > 1:
            yield finding("family_mixed", f"/policies/families/{family}", family, word=", ".join(sorted(scales)))


def _categories(book: Book) -> set[str] | None:
    """Return the categories a selection may name, or None where a rule gives what the source or a course has."""
    given = {line.credits for rule in book.rules for line in lines(rule.gives) if isinstance(line, CreditsLine)} | {
        rule.surplus.to for rule in book.rules if rule.surplus is not None
    }
    freed = any(not isinstance(line, CreditsLine) for rule in book.rules for line in lines(rule.gives))
    if "@category" in given or freed:
        return None
    return (
        given | {each.category for each in book.open_lines} | {*book.words.categories, *book.words.categories.values()}
    )


def _values_off_their_scale(book: Book) -> Iterator[Use]:
    """Yield the levels and grades that their scale does not have, where the scale itself is defined."""
    for place, condition in single_conditions(book):
        if isinstance(condition, c.Level) and condition.scale in book.words.levels:
            levels = (condition.at_least, condition.at_most, condition.exactly)
            off = [each for each in levels if each is not None and each not in book.words.levels[condition.scale]]
            yield from (Use(What.LEVEL, each, place.path, place.subject) for each in off)
        if isinstance(condition, c.Grade) and _off(book, condition.scale, condition.at_least):
            yield Use(What.GRADE, condition.at_least, place.path, place.subject)


def _off(book: Book, scale: str, grade: str) -> bool:
    return scale in book.words.scales and rank_on(book.words.scales[scale], grade) is None
