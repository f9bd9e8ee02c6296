"""Requirements: rules that ask for one another in a ring would support themselves."""

from collections.abc import Iterator, Mapping

from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import lines
from creditbank.conversion.rules.targets import CourseLine


def requires_cycles(book: Book) -> Iterator[Finding]:
    """Yield a finding for every ring of rules, each of which needs the next or a course that the next gives."""
    asked = _asked(book)
    places = {rule.id: number for number, rule in enumerate(book.rules)}
    done: set[str] = set()
    for start in asked:
        ring = _ring_from(start, asked, done)
        if ring:
            first = min(ring, key=places.__getitem__)
            turned = [*ring[ring.index(first) :], *ring[: ring.index(first)], first]
            yield finding("requires_cycle", f"/rules/{places[first]}/requires", first, word=" → ".join(turned))


def _asked(book: Book) -> dict[str, list[str]]:
    """Return for every rule the rules that could support it."""
    givers: dict[str, list[str]] = {}
    for rule in book.rules:
        for line in lines(rule.gives):
            if isinstance(line, CourseLine):
                givers.setdefault(line.course, []).append(rule.id)
    known = {rule.id for rule in book.rules}
    asked: dict[str, list[str]] = {}
    for rule in book.rules:
        by_rule = [each.rule for each in rule.requires if each.rule in known and each.rule is not None]
        by_course = [giver for each in rule.requires if each.course for giver in givers.get(each.course, ())]
        asked[rule.id] = [*by_rule, *by_course]
    return asked


def _ring_from(start: str, asked: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """Return the first ring met on the way down from a rule, or nothing; what was seen is not entered again."""
    path: list[str] = []
    stack: list[tuple[str, int]] = [(start, 0)]
    while stack:
        rule, at = stack.pop()
        if at == 0:
            if rule in path:
                done.update(path)
                return path[path.index(rule) :]
            if rule in done:
                continue
            path.append(rule)
        if at < len(asked[rule]):
            stack += [(rule, at + 1), (asked[rule][at], 0)]
        else:
            path.pop()
            done.add(rule)
    return []
