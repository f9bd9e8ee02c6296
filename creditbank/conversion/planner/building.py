"""Building: from books and a problem to the model that is solved, and back from its solution to grants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import NamedTuple

from creditbank.conversion.planner.awards import Aim, aim_of, needs_of, useful, with_lines
from creditbank.conversion.planner.cliques import cliques_of
from creditbank.conversion.planner.counting import Subject
from creditbank.conversion.planner.crediting import Line, source_credits
from creditbank.conversion.planner.granting import Grant, Possible, possible
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.limiting import Cap, Limiting, Part, Piece
from creditbank.conversion.planner.model import (
    PREFER,
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
    Solution,
    Terms,
)
from creditbank.conversion.planner.offers import hundredths
from creditbank.conversion.planner.prepared import Poured, ReadyRule
from creditbank.conversion.planner.spreading import shut


@dataclass(frozen=True, slots=True)
class Building:
    """A model with what its numbers stand for. `closed` are grants that nothing can support."""

    ground: Ground
    possible: Possible
    grants: tuple[Grant, ...]
    model: Model
    caps: tuple[Cap, ...]
    closed: tuple[Grant, ...]
    unmet_wishes: tuple[tuple[str, str], ...]
    aim: Aim | None


class Granted(NamedTuple):
    """A grant of a plan: all lines of one match together."""

    rule: ReadyRule
    uses: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def credits(self) -> int:
        """Return its credits in hundredths."""
        return sum(line.credits for line in self.lines)


def build(ground: Ground, assumed: int | None = None) -> Building:
    """Return the model of a ground; of the rule `assumed`, what is unknown counts as satisfied.

    Refused: a rule that can be filled in too many ways.
    """
    found = possible(ground, assumed)
    grants, closed, supporters = _supported(ground, found.grants)
    options = _options(grants)
    pieces = [
        Piece(number, Subject(grant.rule, grant.uses, grant.lines), grant, option.credits)
        for number, (grant, option) in enumerate(zip(grants, options, strict=True))
    ]
    amounts = _divide(ground, grants, options, pieces)
    flows, pools = _flows(ground, grants, pieces)
    books = ground.prepared.books
    first = books[0].book.policies.prefer if books else tuple(key.value for key in PREFER)
    aim = aim_of(ground)
    if Key.USEFUL_CREDITS in first:
        worths = [useful(ground, aim, piece.subject) for piece in pieces]
        options, amounts, flows = _with_useful(pieces, worths, (options, amounts, flows))
    limiting = Limiting(ground, pieces, grants, len(options))
    capped = limiting.caps(() if aim is None else {line.category for line in aim.lines})
    needs = None if aim is None else needs_of(limiting, aim)
    if aim is not None:
        capped = [(cap, with_lines(ground, aim, cap, limit)) for cap, limit in capped]
    closing = () if aim is None else shut(ground, aim)
    options += limiting.extras.options
    made = cliques_of(ground, found, grants, flows, len(options))
    limits = [*(limit for _, limit in capped), *made.limits, *closing]
    forced, unmet = _forced(ground, grants, flows, len(options))
    requires = [Requirement(number, group) for number, groups in supporters.items() for group in groups]
    model = Model(
        options=tuple(options),
        achievements=len(ground.held.achievements),
        cliques=made.plain,
        group_cliques=made.grouped,
        limits=tuple([_renumbered(limit, len(options)) for limit in limits]),
        requires=(*requires, *limiting.extras.requires),
        forced=forced,
        pools=pools,
        flows=flows,
        amounts=amounts,
        needs=None if needs is None else _renumbered_needs(needs, len(options)),
        open_lines=0 if aim is None else len(aim.lines),
        prefer=tuple(Key(name) for name in first),
        expiry_order=_by_expiry(ground) if "soonest_expiry_first" in first else (),
    )
    caps = tuple(cap for cap, _ in capped)
    return Building(ground, found, grants, model, caps, closed, unmet, aim)


def _with_useful(
    pieces: Sequence[Piece], worths: Sequence[int], parts: tuple[list[Option], tuple[Amount, ...], tuple[Flow, ...]]
) -> tuple[list[Option], tuple[Amount, ...], tuple[Flow, ...]]:
    """Return the options, amounts and flows with what of them is useful."""
    options, amounts, flows = parts[0], list(parts[1]), list(parts[2])
    for piece, worth in zip(pieces, worths, strict=True):
        match piece.part:
            case Part.CHOICE:
                options[piece.number] = options[piece.number]._replace(useful=worth)
            case Part.AMOUNT:
                amounts[piece.number] = amounts[piece.number]._replace(useful=worth)
            case Part.FLOW:
                flows[-1 - piece.number] = flows[-1 - piece.number]._replace(useful=worth)
    return options, tuple(amounts), tuple(flows)


def _terms(terms: Terms, first_flow: int) -> Terms:
    """Return the terms with poured sources numbered after all options."""
    if all(number >= 0 for number, _ in terms):
        return terms
    return tuple((number if number >= 0 else first_flow - 1 - number, value) for number, value in terms)


def _renumbered(limit: Limit, first_flow: int) -> Limit:
    return limit._replace(choices=_terms(limit.choices, first_flow))


def _renumbered_needs(tree: NeedTree | NeedLeaf, first_flow: int) -> NeedTree | NeedLeaf:
    if isinstance(tree, NeedLeaf):
        return tree._replace(choices=_terms(tree.choices, first_flow))
    return tree._replace(of=tuple(_renumbered_needs(each, first_flow) for each in tree.of))


def _options(grants: Sequence[Grant]) -> list[Option]:
    """Return the grants as options; equal lines have equal numbers, and lines of one tuple are numbered once."""
    lines: dict[tuple[object, ...], int] = {}
    known: dict[int, tuple[int, ...]] = {}
    options = []
    for grant in grants:
        numbers = known.get(id(grant.lines))
        if numbers is None:
            numbers = tuple([lines.setdefault((*line[:5], line[6]), len(lines)) for line in grant.lines])
            known[id(grant.lines)] = numbers
        options.append(Option(grant.rule.position, grant.uses, numbers, grant.credits, grant.benefits))
    return options


def _divide(ground: Ground, grants: Sequence[Grant], options: list[Option], pieces: list[Piece]) -> tuple[Amount, ...]:
    """Take the generic lines of divisible books out of their options: any part of them may be granted."""
    divisible = [ready.book.policies.divisible for ready in ground.prepared.books]
    if not any(divisible):
        return ()
    amounts: list[Amount] = []
    for number, grant in enumerate(grants):
        if not divisible[grant.rule.book]:
            continue
        fixed = [line._replace(credits=0) if line.kind == "credits" else line for line in grant.lines]
        options[number] = options[number]._replace(credits=sum(line.credits for line in fixed))
        subject = Subject(grant.rule, grant.uses, tuple(fixed))
        pieces[number] = Piece(number, subject, grant, options[number].credits)
        for line in grant.lines:
            if line.kind == "credits" and line.credits:
                one = Subject(grant.rule, grant.uses, (line._replace(credits=1),))
                pieces.append(Piece(len(amounts), one, grant, 1, Part.AMOUNT))
                amounts.append(Amount(number, line.credits))
    return tuple(amounts)


def _flows(ground: Ground, grants: Sequence[Grant], pieces: list[Piece]) -> tuple[tuple[Flow, ...], tuple[Pool, ...]]:
    """Return the sources of wide pools one by one; where sources bring the credits, each brings its own."""
    flows: list[Flow] = []
    pools: list[Pool] = []
    for number, grant in enumerate(grants):
        if not grant.pour:
            continue
        tree = grant.rule.tree
        assert isinstance(tree, Poured)
        scale = lcm(tree.at_least.denominator, *(amount.denominator for _, amount in grant.pour))
        pools.append(Pool(number, int(tree.at_least * scale)))
        brings = grant.rule.rule.credits.mode == "source"
        for achievement, amount in grant.pour:
            own = source_credits((ground.achievement(achievement),), ground.bases[grant.rule.book])
            worth = hundredths(own) if brings else 0
            if worth:
                one = Subject(grant.rule, (achievement,), (grant.lines[0]._replace(credits=worth),))
                pieces.append(Piece(-1 - len(flows), one, grant, worth, Part.FLOW))
            flows.append(Flow(number, achievement, int(amount * scale), worth))
    return tuple(flows), tuple(pools)


def _supported(
    ground: Ground, grants: Sequence[Grant]
) -> tuple[tuple[Grant, ...], tuple[Grant, ...], dict[int, list[tuple[int, ...]]]]:
    """Return the grants whose requirements something can meet, those that nothing can, and who supports whom."""
    kept = list(grants)
    closed: list[Grant] = []
    while True:
        supporters: dict[int, list[tuple[int, ...]]] = {}
        lost: set[int] = set()
        for number, grant in enumerate(kept):
            if not grant.rule.rule.requires:
                continue
            groups = list(_supporters(ground, grant, kept))
            if not all(groups):
                lost.add(number)
            supporters[number] = groups
        if not lost:
            return tuple(kept), tuple(closed), supporters
        closed += [kept[number] for number in sorted(lost)]
        kept = [grant for number, grant in enumerate(kept) if number not in lost]


def _supporters(ground: Ground, grant: Grant, among: Sequence[Grant]) -> Iterable[tuple[int, ...]]:
    """Yield for each open requirement of a grant the grants that meet it; what is met already asks for nothing."""
    courses = ground.courses
    for need in grant.rule.rule.requires:
        if need.rule is not None:
            if any(each.rule is not None and each.rule.rule.id == need.rule for each in ground.earlier):
                continue
            yield tuple(
                number
                for number, other in enumerate(among)
                if other.rule.book == grant.rule.book and other.rule.rule.id == need.rule
            )
        if need.course is not None:
            root = courses.root(need.course)
            if root in courses.done or root in ground.granted_roots:
                continue
            yield tuple(
                number for number, other in enumerate(among) if root in other.roots and other.rule is not grant.rule
            )


def _forced(
    ground: Ground, grants: Sequence[Grant], flows: Sequence[Flow], first_flow: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[str, str], ...]]:
    """Return what the learner wants kept, as sets of which one is chosen, and the wishes that nothing can meet."""
    keep = ground.problem.wishes.keep
    forced: list[tuple[int, ...]] = []
    unmet: list[tuple[str, str]] = []
    before = ground.earlier
    for name in keep.achievements:
        number = ground.held.numbers.get(name)
        users = [at for at, grant in enumerate(grants) if number in grant.uses]
        users += [first_flow + at for at, flow in enumerate(flows) if flow.achievement == number]
        done = any(name in each.grant.uses for each in before)
        _wish(("achievements", name), users, forced, unmet, done=done)
    for name in keep.rules:
        users = [at for at, grant in enumerate(grants) if grant.rule.id == name]
        _wish(("rules", name), users, forced, unmet, done=any(each.grant.rule == name for each in before))
    for name in keep.targets:
        root = ground.courses.root(name)
        users = [
            at for at, grant in enumerate(grants) if any(ground.courses.root(x.target) == root for x in grant.lines)
        ]
        done = any(ground.courses.root(line.target) == root for each in before for line in each.lines)
        _wish(("targets", name), users, forced, unmet, done=done)
    return tuple(forced), tuple(unmet)


def _wish(
    wish: tuple[str, str],
    users: list[int],
    forced: list[tuple[int, ...]],
    unmet: list[tuple[str, str]],
    *,
    done: bool,
) -> None:
    if done:
        return
    if users:
        forced.append(tuple(users))
    else:
        unmet.append(wish)


def _by_expiry(ground: Ground) -> tuple[int, ...]:
    """Return the achievements by the end of their validity, those without an end last."""
    held = ground.held.achievements
    return tuple(
        sorted(range(len(held)), key=lambda at: (held[at].valid_until is None, held[at].valid_until or "", held[at].id))
    )


def granted(building: Building, solution: Solution) -> tuple[Granted, ...]:
    """Return the grants of a solution in the order of the books, the lines of one match together."""
    poured: dict[int, list[int]] = {}
    for at in solution.flows:
        flow = building.model.flows[at]
        poured.setdefault(flow.option, []).append(at)
    taken: dict[int, list[int]] = {}
    for amount, value in zip(building.model.amounts, solution.amounts, strict=True):
        taken.setdefault(amount.option, []).append(value)
    found: dict[tuple[int, tuple[int, ...]], Granted] = {}
    for number in sorted(solution.options):
        if number >= len(building.grants):
            continue
        grant = building.grants[number]
        lines = _divided(grant, taken.get(number, []))
        flows = [building.model.flows[at] for at in poured.get(number, [])]
        uses = (*grant.uses, *(flow.achievement for flow in flows))
        brought = sum(flow.credits for flow in flows)
        if brought:
            lines = (lines[0]._replace(credits=lines[0].credits + brought), *lines[1:])
        key = (grant.rule.position, uses)
        before = found.get(key)
        merged = lines if before is None else (*before.lines, *lines)
        found[key] = Granted(grant.rule, tuple(sorted(uses)), merged)
    return tuple(each for each in found.values() if each.lines)


def _divided(grant: Grant, parts: Sequence[int]) -> tuple[Line, ...]:
    if not parts:
        return grant.lines
    left = iter(parts)
    whole = tuple(
        line._replace(credits=next(left)) if line.kind == "credits" and line.credits else line for line in grant.lines
    )
    return whole if grant.benefits or any(line.credits for line in whole) else ()


def limits_without(building: Building, name: str | None) -> tuple[Limit, ...]:
    """Return the limits of a model without one cap, or without any; the laws of families stay."""
    of_caps = building.model.limits[: len(building.caps)]
    rest = building.model.limits[len(building.caps) :]
    if name is None:
        return rest
    kept = tuple(limit for cap, limit in zip(building.caps, of_caps, strict=True) if cap.limit.id != name)
    return (*kept, *rest)
