"""How a search settles the preference: the best value of each sum is asked for first, then letter by letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Final

from creditbank.conversion.planner.model import LETTERS, Key, Model, before_book, worths_of
from creditbank.conversion.planner.reduction import Packing, bits, set_of
from creditbank.conversion.planner.search import Axis, Numbers, Search, search

NODES: Final = 600
"""States a search may look at for all the keys after the first; each costs some 20 microseconds."""

NODES_FIRST: Final = 100
"""States it may look at for the first key where a limit holds it; far more are never made good."""

NODES_FREE: Final = 8
"""The same where no limit does: the bits tell little then, and a hard part should go to CP-SAT at once."""

SUMS: Final = (Key.CREDITS, Key.BENEFITS, Key.FEWEST_ACHIEVEMENTS)


def settles(model: Model) -> bool:
    """Tell whether the search can settle this preference: credits, benefits, achievements, then letters."""
    keys = [key for key in before_book(model) if key not in LETTERS]
    first = keys == list(before_book(model)[: len(keys)])
    return first and keys in ([Key.CREDITS, Key.FEWEST_ACHIEVEMENTS], list(SUMS))


@dataclass(slots=True)
class Settling:
    """What has been settled of one part so far: kept where the search gives up, because CP-SAT goes on from here.

    `known` are sums that the best plan has, `allowed` the options it may have, each of `musts` holds one it has.
    """

    model: Model
    allowed: int
    musts: Numbers
    quest: Search
    scale: int
    most: int
    axes: list[Axis] = field(default_factory=list)
    known: dict[Key, int] = field(default_factory=dict)

    def first(self, key: Key) -> list[int] | None:
        """Settle the first sum and return a plan that has it, or nothing where the musts cannot be met."""
        worths = [worth // self.scale for worth in worths_of(self.model, key)]
        target = self.quest.aim([(worths, self.most)])
        reached = self.quest.reach(self.allowed, self.musts) & ((1 << target + 1) - 1)
        while reached:
            target = reached.bit_length() - 1
            plan = self.quest.find(self.allowed, target, self.musts, self.quest.rooms)
            if plan is not None:
                self.axes.append((worths, target))
                self.known[key] = target * self.scale
                return plan
            reached ^= 1 << target
        return None

    def second(self, key: Key, plan: list[int]) -> list[int]:
        """Settle a further sum, given a plan that has the sums before it, and return a plan that has this one too."""
        worths = worths_of(self.model, key)
        held = sum([worths[option] for option in plan])
        fewest = key is Key.FEWEST_ACHIEVEMENTS
        top = held if fewest else sum([worths[option] for option in self.quest.members])
        highest = self.quest.aim([*self.axes, (worths, top)])
        reached = self.quest.reach(self.allowed, self.musts)
        for value in range(held) if fewest else range(top, held, -1):
            target = highest - (top - value) * self.quest.stride
            if reached >> target & 1:
                allowed = self.quest.narrow(self.allowed, target)
                found = self.quest.find(allowed, target, self.musts, self.quest.rooms)
                if found is not None:
                    plan, held = found, value
                    break
        self.axes.append((worths, held))
        self.known[key] = held
        return plan

    def letters(self, letters: Iterable[int], plan: list[int]) -> list[int]:
        """Settle letter by letter which achievements are used, a letter being the users of one; return a best plan."""
        target = self.quest.aim(self.axes)
        self.allowed = self.quest.narrow(self.allowed, target)
        left, planned = self.known[Key.FEWEST_ACHIEVEMENTS], set_of(plan)
        for letter in letters:
            if not left:
                self.allowed &= ~letter
            elif letter & planned:
                self.musts = (*self.musts, letter)
                left -= 1
            elif letter & self.allowed:
                found = self.quest.find(self.allowed, target, (*self.musts, letter), self.quest.rooms)
                if found is None:
                    self.allowed = self.quest.narrow(self.allowed & ~letter, target)
                else:
                    plan, planned = found, set_of(found)
                    self.musts = (*self.musts, letter)
                    left -= 1
        return plan

    def book(self, plan: list[int]) -> list[int]:
        """Settle option by option what is granted, and return it."""
        target = self.quest.aim(self.axes)
        allowed, musts, rooms = self.quest.narrow(self.allowed, target), self.musts, self.quest.rooms
        chosen: list[int] = []
        for option in bits(allowed):
            if not allowed >> option & 1:
                continue
            wanted = target - self.quest.shifts[option]
            after, room = self.quest.after(option, allowed, rooms)
            left = tuple([must for must in musts if not must >> option & 1])
            if option in plan:
                plan.remove(option)
            else:
                found = self.quest.find(after, wanted, left, room) if wanted >= 0 else None
                if found is None:
                    allowed ^= 1 << option
                    continue
                plan = found
            chosen.append(option)
            allowed, rooms, musts, target = after, room, left, wanted
        return chosen


def settling(packing: Packing, part: int, key: Key, musts: Numbers) -> Settling:
    """Return a part about to be settled, its first sum being this key."""
    worths = worths_of(packing.model, key)
    members = list(bits(part))
    limits = [
        (coefficients, at_most)
        for coefficients, at_most in packing.limits
        if sum([coefficients[option] for option in members]) > at_most
    ]
    scale = gcd(*[worths[option] for option in members]) or 1
    most = sum([worths[option] for option in members])
    nodes = NODES_FREE
    sides: list[tuple[list[int], int]] = []
    for coefficients, at_most in limits:
        if all(coefficients[option] >= worths[option] for option in members):
            most, nodes = min(most, at_most), NODES_FIRST
        if any(coefficients[option] != worths[option] for option in members):
            unit = gcd(*[coefficients[option] for option in members])
            sides.append(([coefficient // unit for coefficient in coefficients], at_most // unit))
    quest = search(packing, part, worths, sides, nodes)
    return Settling(packing.model, part, musts, quest, scale, most // scale)


def settle(state: Settling, prefer: Sequence[Key]) -> list[int] | None:
    """Return the one best plan of a part, or nothing where its musts cannot be met; the state keeps how far it came."""
    model, packing = state.model, state.quest.packing
    plan = state.first(Key.CREDITS)
    if plan is None:
        return None
    state.quest.nodes = NODES
    for key in prefer[1:]:
        if key in SUMS and (key is not Key.BENEFITS or any(model.options[o].benefits for o in state.quest.members)):
            plan = state.second(key, plan)
        elif key in LETTERS:
            order = range(model.achievements) if key is Key.OLDEST_FIRST else model.expiry_order
            plan = state.letters((packing.users[achievement] for achievement in order), plan)
            break
        elif key is Key.BOOK_ORDER:
            break
    return state.book(plan)
