"""Deciding what becomes of an account's entries and claims when it lives on in another. Values in, an answer out."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace

from creditbank.archive.errors import SpentTwice
from creditbank.archive.types import Claim, Entry, EntryKey


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


def moves(
    mine: Mapping[EntryKey, Entry], theirs: Sequence[Entry], *, survivor_id: int, taken: AbstractSet[EntryKey]
) -> list[Move]:
    """Return where each entry of another account lives on under the survivor, in the order of sources and keys.

    What the survivor has with the same values is not doubled. A key that is taken by something else goes on
    with the next free part.
    """
    used = set(taken)
    decided: list[Move] = []
    for entry in sorted(theirs, key=lambda each: (each.key.organization_id, each.key)):
        key = replace(entry.key, learner_id=survivor_id)
        own = mine.get(key)
        if own is not None and is_same(own, entry):
            decided.append(Move(entry, key, own.revision, doubled=True))
            continue
        while key in used:
            key = replace(key, part=key.part + 1)
        used.add(key)
        decided.append(Move(entry, key, 0, doubled=False))
    return decided


def late_moves(
    mine: Mapping[EntryKey, Entry], theirs: Sequence[Entry], *, survivor_id: int, taken: Mapping[EntryKey, int]
) -> list[Move]:
    """Return the same for entries that a batch wrote under an account after it was merged.

    A correction of what was moved before corrects it where it lives now. `taken` says of every key in the book the
    highest revision, be it withdrawn.
    """
    corrections: list[Move] = []
    others: list[Entry] = []
    for entry in theirs:
        key = replace(entry.key, learner_id=survivor_id)
        own = mine.get(key)
        if entry.revision and own is not None and not is_same(own, entry):
            corrections.append(Move(entry, key, taken[key] + 1, doubled=False))
        else:
            others.append(entry)
    found = corrections + moves(mine, others, survivor_id=survivor_id, taken=taken.keys())
    return sorted(found, key=lambda move: (move.key.organization_id, move.key))


def check_not_spent_twice(mine: Sequence[Claim], theirs: Sequence[Claim]) -> None:
    """Refuse two accounts that claim the same achievement in the same scope."""
    here = {(claim.scope, replace(claim.key, learner_id=0)) for claim in mine}
    twice = [claim for claim in theirs if (claim.scope, replace(claim.key, learner_id=0)) in here]
    if twice:
        raise SpentTwice(count=len(twice))
