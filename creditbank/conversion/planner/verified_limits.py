"""What a plan may not exceed, summed from the documents alone: caps, reuse, targets, times. No planner code."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from creditbank.conversion.planner.verified_gives import Given, Ledger
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.limits import FieldBound, Limit, Selection, Share
from creditbank.conversion.rules.problem import Achievement, Problem

_OF_SOURCES: Final = frozenset({"achievement", "issuer", "family", "year", "semester"})
"""What a cap counts apart by the sources; a source of which it is not on record counts for none."""


class Entry(NamedTuple):
    """A grant of the plan, or one approved earlier, with its rule where that is still known."""

    book: int
    rule: Rule
    name: str
    uses: tuple[Achievement, ...]
    gives: tuple[Given, ...]
    earlier: bool = False


def limit_faults(
    books: Sequence[Book], problem: Problem, ledgers: Sequence[Ledger], entries: Sequence[Entry]
) -> Iterator[tuple[str, str]]:
    """Yield a code and a subject for each law of the whole plan that is broken."""
    before = list(earlier(books, problem))
    yield from _reuse(books, entries, before)
    yield from _targets(books, ledgers, entries, before)
    yield from _times(entries, before)
    for number, book in enumerate(books):
        for limit in book.caps:
            if ledgers[number].speaks and _speaks(limit, ledgers[number], problem):
                yield from _cap(number, limit, ledgers[number], (entries, before))


def earlier(books: Sequence[Book], problem: Problem) -> Iterator[Entry]:
    """Yield the earlier grants; one whose rule is gone counts where no rule is asked for."""
    held = {each.id: each for each in reversed(problem.achievements)}
    gone = Rule.model_construct(id="", tags=(), times="any", requires=())
    for grant in problem.prior:
        found = next(
            (
                (at, rule)
                for at, book in enumerate(books)
                for rule in book.rules
                if grant.rule in {rule.id, f"{book.id}#{rule.id}"}
            ),
            (-1, gone),
        )
        uses = tuple(held[name] for name in grant.uses if name in held)
        gives = tuple(given.model_dump(mode="json", exclude_none=True) for given in grant.gives)
        yield Entry(found[0], found[1], grant.rule, uses, gives, earlier=True)


def _reuse(books: Sequence[Book], entries: Sequence[Entry], before: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """An achievement serves one match, where either book of two says so."""
    whole = [*entries, *before]
    for at, entry in enumerate(entries):
        for other in whole[at + 1 :]:
            common = {use.id for use in entry.uses} & {use.id for use in other.uses}
            laws = {books[each.book].policies.reuse if each.book >= 0 else "once" for each in (entry, other)}
            if common and ("once" in laws or (entry.rule is other.rule and entry.uses == other.uses)):
                yield "reuse", min(common)


def _targets(
    books: Sequence[Book], ledgers: Sequence[Ledger], entries: Sequence[Entry], before: Sequence[Entry]
) -> Iterator[tuple[str, str]]:
    """A course is freed once."""
    freed: list[tuple[str, bool]] = []
    for entry in (*before, *entries):
        once = books[entry.book].policies.target_once if entry.book >= 0 else False
        for given in entry.gives:
            if given["kind"] != "course":
                continue
            again = [law for target, law in freed if ledgers[0].same(target, given["target"])]
            if not entry.earlier and again and (once or any(again)):
                yield "target_twice", given["target"]
            freed.append((given["target"], once and not entry.earlier))


def _times(entries: Sequence[Entry], before: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    counts = Counter((entry.book, entry.rule.id) for entry in (*entries, *before))
    for entry in entries:
        if entry.rule.times == "once" and counts[entry.book, entry.rule.id] > 1:
            yield "times", entry.name


def _speaks(limit: Limit, ledger: Ledger, problem: Problem) -> bool:
    if limit.awards is not None and problem.award not in limit.awards:
        return False
    return limit.when is None or state_of(limit.when, None, ledger.situation) is not State.REFUSED


def _cap(
    number: int, limit: Limit, ledger: Ledger, grants: tuple[Sequence[Entry], Sequence[Entry]]
) -> Iterator[tuple[str, str]]:
    """Every bound of a cap holds; where earlier grants passed it already, nothing more may be added."""
    entries, before = grants
    now = _sums(number, limit, ledger, [*entries, *before])
    then = _sums(number, limit, ledger, before)
    share = limit.at_most
    if isinstance(share, Share) and share.of == "chosen":
        everything = limit.model_copy(update={"of": Selection(), "per": "plan"})
        part = Fraction(share.share) / 100
        whole, was = (_sums(number, everything, ledger, each) for each in ([*entries, *before], before))
        over = now.get("", Fraction(0)) - part * whole.get("", Fraction(0))
        if over > max(Fraction(0), then.get("", Fraction(0)) - part * was.get("", Fraction(0))):
            yield "cap", limit.id
        return
    for value, amount in now.items():
        bound = _bound(limit, value, ledger, entries)
        if amount > max(bound, then.get(value, Fraction(0))):
            yield "cap", limit.id


def _bound(limit: Limit, value: str, ledger: Ledger, entries: Sequence[Entry]) -> Fraction:
    if isinstance(limit.at_most, FieldBound):
        return next((ledger.own(use) for entry in entries for use in entry.uses if use.id == value), Fraction(0))
    if isinstance(limit.at_most, Share):
        required = ledger.situation.problem.programme.credits_required
        return Fraction(required or 0) * Fraction(limit.at_most.share) / 100
    return Fraction(limit.at_most) * (ledger.factor if limit.measure in {"credits", "points"} else 1)


def _sums(number: int, limit: Limit, ledger: Ledger, grants: Sequence[Entry]) -> Mapping[str, Fraction]:
    """Return what grants come to under a cap, by value of `per`."""
    sums: dict[str, Fraction] = {}
    distinct: dict[str, set[str]] = {}
    for entry in grants:
        picked = _selected(number, limit, ledger, entry)
        if picked is None:
            continue
        uses, gives = picked
        for value in _values(limit, ledger, entry, picked):
            own = [use for use in uses if limit.per not in _OF_SOURCES or _value(use, limit.per) == value]
            part = [x for x in gives if limit.per != "category" or (_category(x, ledger) or "") == value]
            distinct.setdefault(value, set()).update(use.id for use in own)
            sums[value] = sums.get(value, Fraction(0)) + _amount(limit, ledger, entry, (own, part))
    if limit.measure == "achievements":
        return {value: Fraction(len(ids)) for value, ids in distinct.items()}
    return sums


def _selected(number: int, limit: Limit, ledger: Ledger, entry: Entry) -> tuple[list[Achievement], list[Given]] | None:
    """Return the sources and lines of a grant that a selection looks at; None where the grant is not in it."""
    of = limit.of
    if of.rules is not None and (entry.book != number or entry.rule.id not in of.rules):
        return None
    if of.tags is not None and (entry.book != number or set(of.tags).isdisjoint(entry.rule.tags)):
        return None
    uses = list(entry.uses)
    if of.sources is not None:
        uses = [use for use in uses if state_of(of.sources, use, ledger.situation) is State.SATISFIED]
        if not uses:
            return None
    gives = [given for given in entry.gives if _looked_at(of, given, ledger)]
    return (uses, gives) if gives else None


def _looked_at(of: Selection, given: Given, ledger: Ledger) -> bool:
    """Tell whether a selection looks at a line, by its category and by its course."""
    situation = ledger.situation
    if of.categories is not None:
        wholes = (situation.lexicon.with_descendants(category) for category in of.categories)
        if not any(_category(given, ledger) in whole for whole in wholes):
            return False
    if of.targets is None:
        return True
    course = ledger.course(given["target"]) if given["kind"] == "course" else None
    return course is not None and state_of(of.targets, course, situation) is State.SATISFIED


def _category(given: Given, ledger: Ledger) -> str | None:
    if given["kind"] == "credits":
        return str(given["target"])
    course = ledger.course(given["target"]) if given["kind"] == "course" else None
    return None if course is None else course.category


def _values(
    limit: Limit, ledger: Ledger, entry: Entry, picked: tuple[Sequence[Achievement], Sequence[Given]]
) -> Sequence[str]:
    uses, gives = picked
    if limit.per == "plan":
        return ("",)
    if limit.per == "rule":
        return (entry.name,)
    if limit.per == "match":
        return (f"{entry.name}:{'+'.join(sorted(use.id for use in entry.uses))}",)
    if limit.per == "category":
        return sorted({_category(given, ledger) or "" for given in gives})
    return sorted({value for use in uses if (value := _value(use, limit.per)) is not None})


def _value(use: Achievement, per: str) -> str | None:
    """Return for what an achievement is counted apart; None where the cap does not look at that."""
    half = "1" if use.acquired[5:7] <= "06" else "2"
    values: dict[str, Any] = {
        "achievement": use.id,
        "issuer": use.issuer,
        "family": use.family,
        "year": use.acquired[:4],
        "semester": f"{use.acquired[:4]}-{half}",
    }
    return values.get(per)


def _amount(
    limit: Limit, ledger: Ledger, entry: Entry, part: tuple[Sequence[Achievement], Sequence[Given]]
) -> Fraction:
    own, gives = part
    if limit.measure == "targets":
        return Fraction(sum(given["kind"] == "course" for given in gives))
    if limit.measure in {"grants", "achievements"}:
        return Fraction(1)
    amount = sum((Fraction(given.get("credits", "0")) for given in gives), Fraction(0))
    if limit.measure == "points":
        frameworks = ledger.situation.lexicon.words.frameworks
        name = limit.framework or (frameworks[0] if frameworks else "")
        levels = [Fraction((use.framework_level or {}).get(name, 0)) for use in own or entry.uses]
        amount *= max(levels, default=Fraction(0))
    known = [use.credits is not None for use in entry.uses]
    if limit.attribution == "pro_rata" and (all(known) or not any(known)):
        whole = sum((ledger.own(use) for use in entry.uses), Fraction(0))
        carried = sum((ledger.own(use) for use in own), Fraction(0))
        amount *= carried / whole if whole else Fraction(len(own), max(1, len(entry.uses)))
    return amount
