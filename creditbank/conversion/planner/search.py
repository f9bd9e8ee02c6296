"""Search in one part of a packing: which sums can still be reached is one long integer, and few branches remain.

A *layer* is a set of options of which at most one is chosen. Leaving out what excludes each other across layers, the
sums that some choice reaches are the bits of one integer, and a layer is two operations on it: every sum stays, and
every sum is shifted by what an option adds. Several sums at once (credits, benefits, achievements) share the integer
as digits of a number. A target whose bit is not set cannot be reached; of the others one branch after another is
tried, and the bits are made anew for what is left. A *side* limit, which counts something else than the first sum, is
a further digit while its own layers are passed; there a bit means "at most so much of it".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from creditbank.conversion.planner.reduction import Packing, bits, set_of

BITS_MAX: Final = 1 << 19
"""Sums finer than this are left to CP-SAT."""

SIDE_BITS: Final = 1 << 13
"""A side limit's digit is made so coarse that no more bits are needed; rounding down, it only lets more pass."""

Axis = tuple[list[int], int]
"""What each option adds to a sum, and the largest sum of interest."""

Table = tuple[int, int, int]
"""A layer, the sums that the layers below it reach, and how far its side limit's digit lifts them."""

Numbers = tuple[int, ...]


class OutOfNodes(Exception):  # noqa: N818 - an answer to the caller, who asks CP-SAT then
    """The search gave up: it has neither found nor excluded."""


@dataclass(slots=True)
class Search:
    """One part of a packing under search.

    `rooms` of a state are what is left under each of the side limits; a *must* is a set of options that exclude each
    other, of which one has to be chosen. `nodes` is how many more states may be looked at. `shifts` say how far each
    option moves the sums, `lifted` the same with the digit of its layer's side limit, which is divided by `coarse`;
    `groups` put together what moves alike in a layer. `mask` holds the sums of interest, `masks` those with a digit.
    """

    packing: Packing
    members: list[int]
    layers: list[int]
    sides_of: list[int]
    sides: list[list[int]]
    rooms: Numbers
    nodes: int
    below: list[int] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)
    lifted: list[int] = field(default_factory=list)
    groups: list[list[tuple[int, int]]] = field(default_factory=list)
    coarse: list[int] = field(default_factory=list)
    mask: int = 0
    stride: int = 0
    width: int = 0
    masks: dict[int, int] = field(default_factory=dict)
    failed: set[tuple[object, ...]] = field(default_factory=set)
    too_large: dict[tuple[int, int], int] = field(default_factory=dict)

    def aim(self, axes: Sequence[Axis]) -> int:
        """Lay out the sums of interest, each a digit, and return the position where all of them are largest.

        `stride` is then the distance of two neighbours on the last axis.
        """
        self.shifts = [0] * len(self.packing.clash)
        mask, target, width = 1, 0, 1
        for weights, top in axes:
            if width * (top + 1) > BITS_MAX:
                raise OutOfNodes
            self.stride = stride = width
            mask = _repeated(mask, stride, top)
            target += top * stride
            heaviest = 0
            for option in self.members:
                weight = weights[option]
                if weight:
                    self.shifts[option] += weight * stride
                    heaviest = max(heaviest, weight)
            width *= top + 1 + heaviest
        self.mask, self.width, self.masks, self.failed = mask, width, {}, set()
        self.coarse = [-(-width * (room + 1) // SIDE_BITS) for room in self.rooms]
        self._group()
        return target

    def _group(self) -> None:
        """Put together the options of a layer that add the same."""
        self.groups, self.lifted = [], self.shifts.copy()
        for layer, side in zip(self.layers, self.sides_of, strict=True):
            found: dict[int, int] = {}
            for option in bits(layer):
                if side >= 0:
                    self.lifted[option] += self.sides[side][option] // self.coarse[side] * self.width
                shift = self.lifted[option]
                found[shift] = found.get(shift, 0) | 1 << option
            self.groups.append(list(found.items()))

    def reach(self, allowed: int, musts: Iterable[int] = ()) -> int:
        """Return the sums that may be reached: none is missing, but some may not hold when looked at closely."""
        rest = allowed
        for must in musts:
            rest &= ~must
        return self._after_musts(self._up_to(rest, self.rooms, len(self.layers), []), allowed, musts)[0]

    def _up_to(self, allowed: int, rooms: Numbers, top: int, tables: list[Table]) -> int:
        """Return the sums that the layers below `top` may reach, and add to the tables what each layer begins with."""
        reached, mask, digit, lift = 1, self.mask, -1, 0
        layers, groups, digits = self.layers, self.groups, self.sides_of
        for number in range(top):
            if not allowed & layers[number]:
                continue
            if digits[number] != digit:
                reached, digit = reached >> lift & self.mask, digits[number]
                mask, lift = self.mask, 0
                if digit >= 0:
                    room = rooms[digit] // self.coarse[digit]
                    lift = room * self.width
                    reached = _repeated(reached, self.width, room)
                    mask = self._mask(room)
            tables.append((number, reached, lift))
            more = reached
            for shift, options in groups[number]:
                if allowed & options:
                    more |= reached << shift
            reached = more & mask
        return reached >> lift & self.mask

    def _mask(self, room: int) -> int:
        if room not in self.masks:
            self.masks[room] = _repeated(self.mask, self.width, room)
        return self.masks[room]

    def _after_musts(self, reached: int, allowed: int, musts: Iterable[int]) -> tuple[int, int]:
        """Return the sums after a layer for each must, and the options of these layers.

        One must be chosen of such a layer, unless some of its options stand in an earlier one and may serve both.
        """
        shifts, done = self.shifts, 0
        for must in musts:
            options = must & allowed
            fresh = options & ~done
            more = 0 if fresh == options else reached
            for shift in {shifts[option] for option in bits(fresh)}:
                more |= reached << shift
            reached = more & self.mask
            done |= options
        return reached, done

    def narrow(self, allowed: int, target: int) -> int:
        """Return the allowed options that stand in some choice with exactly the target, as far as the bits can tell.

        Side limits are left out here.
        """
        mask, shifts, reached = self.mask, self.shifts, 1
        before = []
        for layer in self.layers:
            groups = {shifts[option] for option in bits(layer & allowed)}
            before.append((layer, groups, reached))
            more = reached
            for shift in groups:
                more |= reached << shift
            reached = more & mask
        kept, wanted = 0, 1 << target
        for layer, groups, reached in reversed(before):
            lacking = {shift: wanted >> shift for shift in groups}
            good = {shift for shift, rest in lacking.items() if reached & rest}
            for rest in lacking.values():
                wanted |= rest & mask
            if len(good) == len(groups):
                kept |= layer & allowed
            elif good:
                kept |= set_of(option for option in bits(layer & allowed) if shifts[option] in good)
        return kept

    def find(
        self, allowed: int, target: int, musts: Numbers, rooms: Numbers, top: int | None = None
    ) -> list[int] | None:
        """Return options that add up to the target exactly and meet every must, or nothing if there are none.

        Once the musts are met only layers below `top` are chosen from. Raises OutOfNodes when it costs too much.
        """
        if not target and not musts:
            return []
        if top is None:
            top = len(self.layers)
        state = (allowed, target, musts, rooms, top)
        if state in self.failed:
            return None
        self.nodes -= 1
        if self.nodes < 0:
            raise OutOfNodes
        found = self._meet(allowed, target, musts, rooms) if musts else self._fill(allowed, target, rooms, top)
        if found is None:
            self.failed.add(state)
        return found

    def _meet(self, allowed: int, target: int, musts: Numbers, rooms: Numbers) -> list[int] | None:
        """Branch on the must that has the fewest options left; musts are met before any layer is chosen from."""
        asked = sorted([must & allowed for must in musts], key=int.bit_count, reverse=True)
        options = asked.pop()
        if not options:
            return None
        rest = allowed & ~options
        for must in asked:
            rest &= ~must
        reached, done = self._after_musts(self._up_to(rest, rooms, len(self.layers), []), allowed, asked)
        if not options & done and not self._after_musts(reached, options, (options,))[0] >> target & 1:
            return None
        for option in bits(options):
            wanted = target - self.shifts[option]
            # An option that also meets an earlier must leaves that layer without a choice: the bits say nothing then.
            if wanted >= 0 and (done >> option & 1 or reached >> wanted & 1):
                left = tuple([must for must in musts if not must >> option & 1])
                after, room = self.after(option, allowed, rooms)
                found = self.find(after, wanted, left, room)
                if found is not None:
                    found.append(option)
                    return found
        return None

    def _fill(self, allowed: int, target: int, rooms: Numbers, top: int) -> list[int] | None:
        """Branch on the highest layer: one of its options, or none and the next layer below."""
        tables: list[Table] = []
        if not self._up_to(allowed, rooms, top, tables) >> target & 1:
            return None
        for number, reached, lift in reversed(tables):
            place = target + lift
            for option in bits(allowed & self.layers[number]):
                wanted = target - self.shifts[option]
                if wanted >= 0 and reached >> place - self.lifted[option] & 1:
                    after, room = self.after(option, allowed & self.below[number], rooms)
                    found = self.find(after, wanted, (), room, number)
                    if found is not None:
                        found.append(option)
                        return found
            if not reached >> place & 1:
                break
        return None

    def after(self, option: int, allowed: int, rooms: Numbers) -> tuple[int, Numbers]:
        """Return what is allowed, and what room is left, once an option is chosen."""
        allowed &= ~self.packing.clash[option]
        if rooms:
            rooms = tuple([room - side[option] for room, side in zip(rooms, self.sides, strict=True)])
            for side, room in enumerate(rooms):
                allowed &= ~self._too_large(side, room)
        return allowed, rooms

    def _too_large(self, side: int, room: int) -> int:
        """Return the options for which a side limit has no room."""
        if (side, room) not in self.too_large:
            weights = self.sides[side]
            self.too_large[side, room] = set_of(option for option in self.members if weights[option] > room)
        return self.too_large[side, room]


def _repeated(row: int, stride: int, top: int) -> int:
    """Return the row of bits repeated at every step from zero to the top."""
    done = 1
    while done <= top:
        more = min(done, top + 1 - done)
        row |= row << more * stride
        done += more
    return row


def search(packing: Packing, part: int, worths: list[int], sides: list[tuple[list[int], int]], nodes: int) -> Search:
    """Return a part ready to be searched, with the side limits as coefficients and bound.

    Layers with the largest worths are chosen from first; those of one side limit lie together, and an option under
    several such limits lies with the tightest.
    """
    order = sorted(range(len(sides)), key=lambda side: sides[side][1] / (1 + sum(sides[side][0])))
    left, blocks = part, []
    for side in [*order, -1]:
        block = left if side < 0 else left & set_of(option for option, weight in enumerate(sides[side][0]) if weight)
        left &= ~block
        layers = _layers(packing, block)
        layers.sort(key=lambda layer: max([worths[option] for option in bits(layer)]))
        blocks.append((side, layers))
    found = [(side, layer) for side, layers in blocks for layer in layers]
    below = [0]
    for _, layer in found:
        below.append(below[-1] | layer)
    return Search(
        packing=packing,
        members=list(bits(part)),
        layers=[layer for _, layer in found],
        sides_of=[side for side, _ in found],
        sides=[coefficients for coefficients, _ in sides],
        rooms=tuple(at_most for _, at_most in sides),
        nodes=nodes,
        below=below,
    )


def _layers(packing: Packing, block: int) -> list[int]:
    """Cover a block by sets that exclude each other, the largest first."""
    layers = []
    for clique in sorted([clique & block for clique in packing.cliques], key=int.bit_count, reverse=True):
        if clique & block:
            layers.append(clique & block)
            block &= ~clique
    layers += [1 << option for option in bits(block)]
    return layers
