"""Limiting: caps and needs written as sums over possible grants. What is counted once is counted once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from math import floor, lcm
from typing import NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.counting import PLAN, Counter, Scope, Subject, total
from creditbank.conversion.planner.crediting import source_credits
from creditbank.conversion.planner.granting import Grant
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.matching import POOL_SETS_MAX
from creditbank.conversion.planner.model import Limit, Option, Requirement
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.planner.prepared import ReadyLimit
from creditbank.conversion.rules.answers import State, Unknown
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.limits import FieldBound, Selection, Share


class Part(Enum):
    """What a variable of the model stands for."""

    CHOICE = "choice"
    AMOUNT = "amount"
    FLOW = "flow"


class Piece(NamedTuple):
    """One variable of the model as it is counted: a choice, one unit of its divisible part, a source poured into it.

    A poured source is numbered below zero until it is known how many choices there are.
    """

    number: int
    subject: Subject
    grant: Grant
    credits: int
    part: Part = Part.CHOICE


class Sums(NamedTuple):
    """Coefficients by number, exact."""

    choices: dict[int, Fraction]
    achievements: dict[int, Fraction]
    amounts: dict[int, Fraction]

    @classmethod
    def empty(cls) -> "Sums":
        """Return a sum of nothing."""
        return cls({}, {}, {})

    def scaled(self, factor: int) -> "tuple[Terms, Terms, Terms]":
        """Return the coefficients in integers, zeros left out."""
        choices, achievements, amounts = (
            tuple((number, int(value * factor)) for number, value in part.items() if value) for part in self
        )
        return choices, achievements, amounts

    def denominators(self) -> Iterable[int]:
        """Yield the denominators of all coefficients."""
        return (value.denominator for part in self for value in part.values())


Terms = tuple[tuple[int, int], ...]


class Cap(NamedTuple):
    """One bound of a cap: for which value of `per`, how much, and what earlier grants already take of it.

    Where what it is a part of is not on record the bound is zero, and `lacking` says what to bring.
    """

    limit: ReadyLimit
    value: str
    bound: Fraction
    prior: Fraction
    scale: int
    lacking: Unknown | None = None


class Extras(NamedTuple):
    """Options that stand for nothing but "something of this group is chosen", and what requires them."""

    options: list[Option]
    requires: list[Requirement]


class Limiting:
    """Turns scopes into sums over the pieces of one model."""

    def __init__(self, ground: Ground, pieces: Sequence[Piece], grants: Sequence[Grant], options: int) -> None:
        """Keep the pieces; the grants are the choices, `options` is how many there are."""
        self.ground = ground
        self.pieces = pieces
        self._grants = grants
        self.extras = Extras([], [])
        self._options = options
        self.earlier = [Subject(each.rule, each.uses, each.lines) for each in ground.earlier]

    @cached_property
    def users(self) -> Mapping[int, frozenset[int]]:
        """Return the choices that use each achievement; -1 where it may be poured."""
        users: dict[int, set[int]] = {}
        for number, grant in enumerate(self._grants):
            for achievement in grant.uses:
                users.setdefault(achievement, set()).add(number)
            for achievement, _ in grant.pour:
                users.setdefault(achievement, set()).add(-1)
        return {achievement: frozenset(numbers) for achievement, numbers in users.items()}

    def sums(self, counter: Counter) -> dict[str, Sums]:
        """Return the sums of a scope, one for each value of `per` that some piece counts for."""
        self._check_poured(counter)
        if counter.scope.measure == "achievements":
            return self._distinct(counter)
        found: dict[str, Sums] = {}
        groups: dict[tuple[str, object], list[Piece]] = {}
        for piece in self.pieces:
            if piece.part is not Part.CHOICE and counter.scope.measure not in {"credits", "points"}:
                continue
            for value, amount in counter.count(piece.subject).items():
                into = found.setdefault(value, Sums.empty())
                (into.amounts if piece.part is Part.AMOUNT else into.choices)[piece.number] = amount
                groups.setdefault((value, _match(piece)), []).append(piece)
        if counter.scope.measure == "grants":
            self._count_once(found, groups)
        return found

    def _count_once(self, found: dict[str, Sums], groups: dict[tuple[str, object], list[Piece]]) -> None:
        """Count the parts of one grant once."""
        for (value, _), parts in groups.items():
            if len(parts) > 1 and parts[0].grant.rule.splits:
                for part in parts:
                    del found[value].choices[part.number]
                found[value].choices[self._stand_in(parts)] = Fraction(1)

    def _stand_in(self, pieces: Sequence[Piece]) -> int:
        """Return an option that must be chosen with any of these, and costs nothing itself."""
        number = self._options + len(self.extras.options)
        last = len(self.ground.prepared.rules)
        self.extras.options.append(Option(last + len(self.extras.options), (), (-1 - number,)))
        self.extras.requires.extend(Requirement(piece.number, (number,)) for piece in pieces)
        return number

    def _check_poured(self, counter: Counter) -> None:
        for piece in self.pieces:
            distinct = counter.scope.measure in {"achievements", "points"}
            if piece.grant.pour and (counter.by_sources or distinct or counter.scope.per == "match"):
                raise errors.PoolTooWide(rule=piece.grant.rule.id, most=POOL_SETS_MAX)

    def _distinct(self, counter: Counter) -> dict[str, Sums]:
        """Count achievements: by their own variable where the selection takes every use, else by the choices."""
        found: dict[str, Sums] = {}
        for (value, number), pieces in self._takers(counter).items():
            sums = found.setdefault(value, Sums.empty())
            if self.users[number] == {piece.number for piece in pieces}:
                sums.achievements[number] = Fraction(1)
            elif self._one_at_most(pieces):
                for piece in pieces:
                    sums.choices[piece.number] = sums.choices.get(piece.number, Fraction(0)) + 1
            else:
                sums.choices[self._stand_in(pieces)] = Fraction(1)
        return found

    def _takers(self, counter: Counter) -> dict[tuple[str, int], list[Piece]]:
        """Return the choices that count an achievement not counted by an earlier grant already."""
        before = self.distinct_before(counter)
        takers: dict[tuple[str, int], list[Piece]] = {}
        for piece in self.pieces:
            values = counter.count(piece.subject) if piece.part is Part.CHOICE else ()
            for value in values:
                for number in counter.of_value(piece.subject.uses, value):
                    if number not in before.get(value, ()):
                        takers.setdefault((value, number), []).append(piece)
        return takers

    def _one_at_most(self, pieces: Sequence[Piece]) -> bool:
        """Tell whether of choices that share an achievement one at most can be chosen."""
        books = self.ground.prepared.books
        if any(books[piece.grant.rule.book].book.policies.reuse != "once" for piece in pieces):
            return len(pieces) == 1
        split = [_match(piece) for piece in pieces if piece.grant.rule.splits]
        return len(split) == len(set(split))

    def distinct_before(self, counter: Counter) -> dict[str, set[int]]:
        """Return the achievements that earlier grants used within a scope, by value of `per`."""
        found: dict[str, set[int]] = {}
        for each in self.earlier:
            for value in counter.count(each):
                found.setdefault(value, set()).update(counter.of_value(each.uses, value))
        return found

    def caps(self, categories: Collection[str] = ()) -> list[tuple[Cap, Limit]]:
        """Return every cap that speaks, one limit for each value that occurs; nothing below zero is ever asked.

        A cap on the whole plan is there though nothing counts for it yet, and so is one on each of `categories`:
        what is still to be earned will.
        """
        found: list[tuple[Cap, Limit]] = []
        for ready in self.ground.prepared.limits:
            if speaks(self.ground, ready):
                found += self._cap(ready, categories)
        return found

    def _cap(self, ready: ReadyLimit, categories: Collection[str]) -> Iterable[tuple[Cap, Limit]]:
        counter = Counter(self.ground, scope_of(ready))
        before = total(counter, self.earlier)
        share = ready.limit.at_most
        if isinstance(share, Share) and share.of == "chosen":
            yield self._share_of_chosen(ready, share, self.sums(counter), before)
            return
        bound_of = bounds(self.ground, ready)
        if counter.simple:
            bound, prior = bound_of(PLAN), before.get(PLAN, Fraction(0))
            cap = Cap(ready, PLAN, bound, prior, HUNDRED, lacking(self.ground, ready, PLAN))
            yield cap, self._simple(ready, counter, bound - prior)
            return
        sums = self.sums(counter)
        to_come = {"plan": (PLAN,), "category": categories}.get(counter.scope.per, ())
        for value in sorted({*sums, *to_come}):
            own = sums.get(value, Sums.empty())
            bound, prior = bound_of(value), before.get(value, Fraction(0))
            scale = lcm(HUNDRED, *own.denominators())
            limit = limit_of(ready.id, own, bound - prior, scale)
            yield Cap(ready, value, bound, prior, scale, lacking(self.ground, ready, value)), limit

    def _simple(self, ready: ReadyLimit, counter: Counter, room: Fraction) -> Limit:
        """Return a cap on credits whose selection looks at rules only, in hundredths."""
        own = [piece for piece in self.pieces if counter.of_rule(piece.grant.rule)]
        choices = tuple(
            (piece.number, piece.credits) for piece in own if piece.part is not Part.AMOUNT and piece.credits
        )
        amounts = tuple((piece.number, piece.credits) for piece in own if piece.part is Part.AMOUNT)
        return Limit(ready.id, max(0, floor(room * HUNDRED)), choices, (), amounts)

    def _share_of_chosen(
        self, ready: ReadyLimit, share: Share, sums: dict[str, Sums], before: dict[str, Fraction]
    ) -> tuple[Cap, Limit]:
        """Return selected - p * everything <= 0, with earlier grants on both sides."""
        part = Fraction(share.share) / 100
        everything = Counter(self.ground, scope_of(ready)._replace(of=Selection(), per="plan"))
        all_sums = self.sums(everything).get(PLAN, Sums.empty())
        own = sums.get(PLAN, Sums.empty())
        mixed = Sums.empty()
        for into, selected, whole in zip(mixed, own, all_sums, strict=True):
            for number in sorted({*selected, *whole}):
                into[number] = selected.get(number, Fraction(0)) - part * whole.get(number, Fraction(0))
        prior = before.get(PLAN, Fraction(0))
        room = part * total(everything, self.earlier).get(PLAN, Fraction(0)) - prior
        scale = lcm(HUNDRED * part.denominator, *mixed.denominators())
        return Cap(ready, PLAN, part, prior, scale), limit_of(ready.id, mixed, room, scale)


def scope_of(ready: ReadyLimit) -> Scope:
    """Return what a cap counts."""
    limit = ready.limit
    pro_rata = limit.attribution == "pro_rata"
    return Scope(ready.book, limit.of, limit.measure, limit.per, pro_rata, limit.framework)


def speaks(ground: Ground, ready: ReadyLimit) -> bool:
    """Tell whether a cap holds for this learner and award; where that is not known it holds."""
    limit = ready.limit
    if ground.silent[ready.book] is not None:
        return False
    if limit.awards is not None and ground.problem.award not in limit.awards:
        return False
    if limit.when is None:
        return True
    situation = ground.situations[ready.book]
    return compile_conditions(limit.when, situation.lexicon).state(None, situation, ()) is not State.REFUSED


def bounds(ground: Ground, ready: ReadyLimit) -> Callable[[str], Fraction]:
    """Return the bound by value of `per`; what the bound rests on and is not on record bounds at zero."""
    at_most, basis = ready.limit.at_most, ground.bases[ready.book]
    factor = basis.factor if ready.limit.measure in {"credits", "points"} else Fraction(1)
    if isinstance(at_most, FieldBound):
        return lambda value: source_credits((ground.achievement(ground.held.numbers[value]),), basis)
    if isinstance(at_most, Share):
        whole = Fraction(ground.problem.programme.credits_required or 0)
        fixed = whole * Fraction(at_most.share) / 100
    else:
        fixed = Fraction(at_most) * factor
    return lambda _: fixed


def lacking(ground: Ground, ready: ReadyLimit, value: str) -> Unknown | None:
    """Return what is not on record though a bound is a part of it, or None where the bound is known."""
    at_most = ready.limit.at_most
    if isinstance(at_most, FieldBound):
        known = ground.achievement(ground.held.numbers[value]).credits is not None
        return None if known else Unknown("credits", "credits")
    if isinstance(at_most, Share) and at_most.of == "programme" and ground.problem.programme.credits_required is None:
        return Unknown("credits_required", "credits_required")
    return None


def limit_of(name: str, sums: Sums, bound: Fraction, scale: int) -> Limit:
    """Return a limit in integers; a bound that is passed already allows nothing more."""
    choices, achievements, amounts = sums.scaled(scale)
    return Limit(name, max(0, floor(bound * scale)), choices, achievements, amounts)


def _match(piece: Piece) -> object:
    return (piece.grant.rule.position, piece.grant.uses)
