"""Deciding what becomes of an account's entries and claims when it lives on in another. Values in, an answer out."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from creditbank.archive.errors import SpentTwice
from creditbank.archive.types import Claim, Entry, EntryKey
from creditbank.kernel.certificates import UNNUMBERED


@dataclass(frozen=True, slots=True)
class Move:
    """Where one entry lives on. `doubled`: the survivor holds the same achievement, so nothing is written."""

    entry: Entry
    key: EntryKey
    revision: int
    doubled: bool


def is_same(one: Entry, other: Entry) -> bool:
    """Say whether two entries of one key tell the same; the number of the enrolment is each account's own."""
    return (one.credits, one.unit_id, one.hours, one.grade) == (other.credits, other.unit_id, other.hours, other.grade)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of entries besides what they tell.

    The postings by which certificates were `claimed` from the register, and the specifications of which things are told
    apart by their numbers.
    """

    claimed: AbstractSet[int] = frozenset()
    numbered: AbstractSet[int] = frozenset()

    def claims(self, *entries: Entry) -> bool:
        """Say whether one of these came from the register."""
        return not self.claimed.isdisjoint(entry.posting_id for entry in entries)

    def has_number(self, key: EntryKey) -> bool:
        """Say whether a key is of something with a number."""
        return key.part != UNNUMBERED and key.specification_id in self.numbered


NOTHING_KNOWN: Final = Known()


def lacks_number(one: EntryKey, other: EntryKey) -> bool:
    """Say whether two keys are one achievement but that one of them, whosever account it is in, is told by a number."""
    same = replace(one, learner_id=0, part=UNNUMBERED) == replace(other, learner_id=0, part=UNNUMBERED)
    return same and (one.part == UNNUMBERED) != (other.part == UNNUMBERED)


def doubles(
    mine: Mapping[EntryKey, Entry], theirs: Sequence[Entry], *, survivor_id: int, known: Known
) -> dict[EntryKey, Entry]:
    """Return which of another account's entries the survivor has, each with what it is there.

    It tells the same under the same key, or under one that differs only in that one side leaves a certificate's number
    out. A number says which certificate it is whatever is told of it, and so does the register.
    """

    def is_one(own: Entry, entry: Entry) -> bool:
        return is_same(own, entry) or known.claims(own, entry)

    found = {
        entry.key: own
        for entry in theirs
        if (own := mine.get(replace(entry.key, learner_id=survivor_id))) is not None
        and (is_one(own, entry) or known.has_number(own.key))
    }
    taken = {own.key for own in found.values()}
    free = [own for key, own in sorted(mine.items()) if key not in taken]
    for entry in sorted(theirs, key=lambda each: each.key):
        like = [own for own in free if lacks_number(own.key, entry.key) and is_one(own, entry)]
        if like and entry.key not in found:
            found[entry.key] = like[0]
            free.remove(like[0])
    return found


def moves(
    mine: Mapping[EntryKey, Entry],
    theirs: Sequence[Entry],
    *,
    survivor_id: int,
    taken: Mapping[EntryKey, int],
    known: Known = NOTHING_KNOWN,
) -> list[Move]:
    """Return where each entry of another account lives on under the survivor, in the order of sources and keys.

    What the survivor has is not doubled: see `doubles`. Of one number what was told last stands. A key under which
    something else stands goes on with the next free part. `taken` says of every key in the book the highest revision:
    where all is withdrawn, the next one is new.
    """
    had = doubles(mine, theirs, survivor_id=survivor_id, known=known)
    used = set(mine)
    decided: list[Move] = []
    for entry in sorted(theirs, key=lambda each: (each.key.organization_id, each.key)):
        own = had.get(entry.key)
        if own is not None:
            corrects = not is_same(own, entry) and not known.claims(own, entry) and entry.posted_at > own.posted_at
            revision = taken[own.key] + 1 if corrects else own.revision
            decided.append(Move(entry, own.key, revision, doubled=not corrects))
            continue
        key = replace(entry.key, learner_id=survivor_id)
        while key in used:
            key = replace(key, part=key.part + 1)
        used.add(key)
        decided.append(Move(entry, key, taken.get(key, -1) + 1, doubled=False))
    return decided


def late_moves(
    mine: Mapping[EntryKey, Entry], theirs: Sequence[Entry], *, survivor_id: int, taken: Mapping[EntryKey, int]
) -> list[Move]:
    """Return the same for entries that a batch wrote under an account after it was merged.

    A correction of what was moved before corrects it where it lives now. `taken` as for `moves`.
    """
    corrections: list[Move] = []
    others: list[Entry] = []
    for entry in theirs:
        key = replace(entry.key, learner_id=survivor_id)
        own = mine.get(key) or next((each for at, each in sorted(mine.items()) if lacks_number(at, key)), None)
        if entry.revision and own is not None and not is_same(own, entry):
            corrections.append(Move(entry, own.key, taken[own.key] + 1, doubled=False))
        else:
            others.append(entry)
    found = corrections + moves(mine, others, survivor_id=survivor_id, taken=taken)
    return sorted(found, key=lambda move: (move.key.organization_id, move.key))


def check_not_spent_twice(mine: Sequence[Claim], theirs: Sequence[Claim], moves: Sequence[Move]) -> None:
    """Refuse two accounts that claim the same achievement in the same scope."""
    lives = {move.entry.key: move.key for move in moves}
    here = {(claim.scope, replace(claim.key, learner_id=0)) for claim in mine}
    twice = [
        claim
        for claim in theirs
        if not here.isdisjoint(
            (claim.scope, replace(key, learner_id=0)) for key in (claim.key, lives.get(claim.key, claim.key))
        )
    ]
    if twice:
        raise SpentTwice(count=len(twice))
