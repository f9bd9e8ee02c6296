"""Random models drawn by a seed: rules with trees and targets over a few achievements, and every kind of law."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from creditbank.conversion.planner.model import (
    Amount,
    Flow,
    Key,
    Limit,
    Model,
    NeedLeaf,
    NeedTree,
    Option,
    Pool,
    Requirement,
)

T = TypeVar("T")

GENERIC = 1000
"""Lines from here on are no courses: two grants may give the same."""

SEQUENCES = (
    (Key.CREDITS, Key.BENEFITS, Key.FEWEST_ACHIEVEMENTS, Key.OLDEST_FIRST, Key.BOOK_ORDER),
    (Key.CREDITS, Key.FEWEST_ACHIEVEMENTS, Key.SOONEST_EXPIRY_FIRST, Key.BOOK_ORDER),
    (Key.USEFUL_CREDITS, Key.CREDITS, Key.FEWEST_ACHIEVEMENTS, Key.OLDEST_FIRST),
    (Key.CREDITS, Key.BOOK_ORDER),
    (Key.CREDITS, Key.OLDEST_FIRST, Key.BENEFITS, Key.BOOK_ORDER),
)


class Held(NamedTuple):
    """An achievement as the drawing knows it."""

    spec: int
    issuer: int


@dataclass
class Draft:
    """A model in the making."""

    chance: random.Random
    held: list[Held]
    courses: list[int]
    together: bool = True
    options: list[Option] = field(default_factory=list)
    matches: list[list[int]] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    def of_spec(self, spec: int) -> list[int]:
        return [number for number, held in enumerate(self.held) if held.spec == spec]

    def matches_of(self, specs: int) -> list[tuple[int, ...]]:
        """Draw a source tree and return the sets of achievements that fill it."""
        chance = self.chance
        leaves = [self.of_spec(chance.randrange(specs)) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
        if chance.random() < 0.4:
            found: set[tuple[int, ...]] = {(number,) for leaf in leaves for number in leaf}
        else:
            count = len(leaves) if chance.random() < 0.7 else max(1, len(leaves) - 1)
            found = {
                tuple(sorted(picked))
                for some in itertools.combinations(leaves, count)
                for picked in itertools.product(*some)
                if len(set(picked)) == len(picked)
            }
        return sorted(found)

    def grants_of(self) -> tuple[list[tuple[tuple[int, ...], int, int]], bool]:
        """Draw target lines; return (lines, credits, benefits) of each choice, and whether several go together."""
        chance = self.chance
        drawn = chance.sample(range(len(self.courses)), min(len(self.courses), chance.choice((1, 1, 2, 3))))
        kind = chance.random()
        if kind < 0.55:
            return [(tuple(sorted(drawn)), sum(self.courses[c] for c in drawn), 0)], False
        if kind < 0.7:
            return [((c,), self.courses[c], 0) for c in sorted(drawn)], False
        if kind < 0.8 and self.together:
            return [((c,), self.courses[c], 0) for c in sorted(drawn)], True
        if kind < 0.92:
            return [((GENERIC + chance.randrange(2),), 50 * chance.randint(1, 8), 0)], False
        return [((2 * GENERIC + len(self.matches),), 0, 1)], False


def draw(seed: int, *, rules: int, achievements: int, courses: int, most: int = 400, together: bool = True) -> Draft:
    """Draw rules until there are `most` options or no more rules; `together` lets a rule free several of its lines."""
    chance = random.Random(seed)
    specs = max(2, achievements * 2 // 3)
    held = [Held(chance.randrange(specs), chance.randrange(3)) for _ in range(achievements)]
    draft = Draft(chance, held, [50 * chance.randint(1, 12) for _ in range(courses)], together)
    for rule in range(rules):
        grants, together = draft.grants_of()
        for match in draft.matches_of(specs):
            if len(draft.options) + len(grants) > most:
                return draft
            numbers = []
            for lines, credit, benefits in grants:
                numbers.append(len(draft.options))
                useful = credit if lines[0] % 2 else 0
                draft.options.append(Option(rule, match, lines, credit, benefits, useful))
            draft.matches += [numbers] if together else [[number] for number in numbers]
    return draft


def laws(draft: Draft, *, free: bool = False, family: bool = False) -> Model:
    """Return the model of a draft under reuse, targets once, rules once and a family of which one may be used."""
    by: dict[tuple[str, int], list[tuple[int, ...]]] = {}
    for match in draft.matches:
        first = draft.options[match[0]]
        by.setdefault(("rule", first.rule), []).append(tuple(match))
        for achievement in first.achievements if not free else ():
            by.setdefault(("achievement", achievement), []).append(tuple(match))
    for number, option in enumerate(draft.options):
        for line in option.lines:
            if line < GENERIC:
                by.setdefault(("line", line), []).append((number,))
    cliques = list(by.values())
    if family:
        cliques.append(_family(draft))
    plain = tuple(tuple(group[0] for group in groups) for groups in cliques if all(len(group) == 1 for group in groups))
    grouped = tuple(tuple(groups) for groups in cliques if any(len(group) > 1 for group in groups))
    return Model(tuple(draft.options), len(draft.held), plain, grouped, tuple(draft.limits))


def _family(draft: Draft) -> list[tuple[int, ...]]:
    """Return what uses each of the first three achievements; what uses two of them is shut out by a limit."""
    members = set(range(min(3, len(draft.held))))
    shared = [members & set(option.achievements) for option in draft.options]
    dead = tuple((n, 1) for n, here in enumerate(shared) if len(here) > 1)
    draft.limits += [Limit("dead", 0, dead)] if dead else []
    groups = [tuple(n for n, here in enumerate(shared) if here == {member}) for member in sorted(members)]
    return [group for group in groups if group]


def cap(draft: Draft, share: float) -> None:
    """Add a cap on all credits, a share of what all courses give."""
    terms = tuple((n, option.credits) for n, option in enumerate(draft.options) if option.credits)
    draft.limits.append(Limit("total", int(sum(draft.courses) * share), terms))


def some_caps(draft: Draft) -> None:
    """Add some of: a cap per issuer, a count of achievements, a count of grants, a nature of course."""
    chance, options = draft.chance, draft.options
    if chance.random() < 0.5:
        mine = [n for n, o in enumerate(options) if any(draft.held[a].issuer == 0 for a in o.achievements)]
        terms = tuple((n, options[n].credits) for n in mine if options[n].credits)
        draft.limits.append(Limit("issuer", 50 * chance.randint(0, 20), terms))
    if chance.random() < 0.3:
        every = tuple((a, 1) for a in range(len(draft.held)))
        draft.limits.append(Limit("achievements", chance.randint(1, 3), achievements=every))
    if chance.random() < 0.3:
        draft.limits.append(Limit("grants", chance.randint(1, 3), tuple((n, 1) for n in range(len(options)))))
    if chance.random() < 0.3:
        odd = tuple((n, o.credits) for n, o in enumerate(options) if o.credits and o.lines[0] % 2)
        draft.limits.append(Limit("nature", 50 * chance.randint(1, 20), odd))


def small(seed: int) -> Model:
    """Return one of the small models: every construct, few enough choices to try them all."""
    draft = draw(seed, rules=7, achievements=6, courses=4, most=9)
    chance = draft.chance
    if chance.random() < 0.6:
        cap(draft, chance.choice((0.3, 0.5, 0.8)))
    some_caps(draft)
    if chance.random() < 0.2:
        part = tuple((n, (2 if o.lines[0] % 2 else -1) * o.credits) for n, o in enumerate(draft.options) if o.credits)
        draft.limits.append(Limit("ratio", 0, part))
    model = laws(draft, free=chance.random() < 0.3, family=chance.random() < 0.3)
    count = len(model.options)
    if count > 1 and chance.random() < 0.25:
        later = chance.randrange(1, count)
        model = model._replace(requires=(Requirement(later, tuple(range(chance.randint(1, later)))),))
    if count and chance.random() < 0.15:
        clause = tuple(sorted(chance.sample(range(count), min(count, chance.randint(1, 2)))))
        model = model._replace(forced=(clause,))
    if chance.random() < 0.15:
        model = divisible(model, chance)
    if chance.random() < 0.15:
        model = pooled(model, chance)
    if chance.random() < 0.3:
        order = list(range(model.achievements))
        chance.shuffle(order)
        model = model._replace(prefer=chance.choice(SEQUENCES), expiry_order=tuple(order))
    return model


def divisible(model: Model, chance: random.Random) -> Model:
    """Make the credits of one or two options divisible, and cap them together."""
    picked = sorted(chance.sample(range(len(model.options)), min(2, len(model.options))))
    options = list(model.options)
    amounts = []
    for number in picked:
        options[number] = options[number]._replace(credits=0)
        amounts.append(Amount(number, chance.randint(1, 3), chance.randint(0, 1)))
    room = Limit("parts", chance.randint(1, 5), amounts=tuple((n, 1) for n in range(len(amounts))))
    return model._replace(options=tuple(options), amounts=tuple(amounts), limits=(*model.limits, room))


def pooled(model: Model, chance: random.Random) -> Model:
    """Add an option filled from a pool; nothing that the pool takes may be used by another option."""
    number, size = len(model.options), min(4, model.achievements)
    members = sorted(chance.sample(range(model.achievements), size))
    option = Option(99, (), (3 * GENERIC,), 50 * chance.randint(0, 3))
    flows = tuple(Flow(number, a, chance.randint(1, 4), chance.choice((0, 50))) for a in members)
    cliques: list[tuple[int, int]] = []
    for at, flow in enumerate(flows):
        users = [n for n, other in enumerate(model.options) if flow.achievement in other.achievements]
        cliques += [(user, number + 1 + at) for user in users]
    return model._replace(
        options=(*model.options, option),
        flows=flows,
        pools=(Pool(number, chance.randint(1, 8)),),
        cliques=(*model.cliques, *cliques),
    )


def award(seed: int) -> Model:
    """Return a small model with nested needs: a draft's credits counted towards a total, natures and a condition."""
    draft = draw(seed, rules=7, achievements=6, courses=4, most=9)
    chance = draft.chance
    if chance.random() < 0.5:
        cap(draft, 0.6)

    names = itertools.count(1)

    def leaf() -> NeedLeaf:
        name = f"n{next(names)}"
        if chance.random() < 0.15:
            return NeedLeaf(name, held=chance.random() < 0.5, waived=True)
        if chance.random() < 0.2:
            return NeedLeaf(name, chance.randint(1, 4), achievements=tuple((a, 1) for a in range(len(draft.held))))
        parity = chance.randrange(3)
        counted = [(n, o.credits) for n, o in enumerate(draft.options) if o.credits and (o.lines[0] % 2 <= parity)]
        return NeedLeaf(name, 50 * chance.randint(1, 24), tuple(counted))

    def tree(depth: int) -> NeedTree | NeedLeaf:
        if depth == 0 or chance.random() < 0.3:
            return leaf()
        of = tuple(tree(depth - 1) for _ in range(chance.randint(1, 3)))
        return NeedTree(chance.choice((1, len(of), chance.randint(1, len(of)))), of)

    return laws(draft)._replace(needs=tree(2))


def large(seed: int) -> Model:
    """Return one of the large models: 15 to 45 rules, capped."""
    chance = random.Random(seed)
    rules, achievements, courses = chance.randint(15, 45), chance.randint(8, 30), chance.randint(8, 30)
    together = chance.random() < 0.2
    draft = draw(seed, rules=rules, achievements=achievements, courses=courses, together=together)
    cap(draft, chance.choice((0.2, 0.4, 0.6)))
    if chance.random() < 0.3:
        some_caps(draft)
    return laws(draft, free=chance.random() < 0.1, family=chance.random() < 0.2)


def uncapped(seed: int) -> Model:
    """Return one of the hard models: one to three sources to one to three courses, and no cap."""
    chance = random.Random(seed)
    return laws(
        draw(seed, rules=chance.randint(15, 40), achievements=chance.randint(8, 25), courses=20, together=False)
    )


def shuffled(model: Model, seed: int) -> Model:
    """Return the same model, with everything that has no meaning in its order in another order."""
    chance = random.Random(seed)

    def mixed(items: Sequence[T]) -> tuple[T, ...]:
        return tuple(chance.sample(list(items), len(items)))

    return model._replace(
        cliques=mixed(tuple(mixed(clique) for clique in model.cliques)),
        group_cliques=mixed(tuple(mixed(tuple(mixed(group) for group in each)) for each in model.group_cliques)),
        limits=mixed(tuple(each._replace(choices=mixed(each.choices)) for each in model.limits)),
        requires=mixed(model.requires),
        forced=mixed(tuple(mixed(clause) for clause in model.forced)),
    )
