"""Reading the book: entries, claims, journal, proofs and figures, ordered down to a unique column."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set as AbstractSet
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import polars as pl
from django.db import connection
from django.db.models import Max

from creditbank.archive import canonical, models, permissions
from creditbank.archive.errors import EntryNotFound
from creditbank.archive.queries.lines import Row, amount
from creditbank.archive.queries.rows import ask, entry_of, key_of
from creditbank.archive.statements import statement
from creditbank.archive.types import (
    ArchivedAchievement,
    BookFigures,
    Claim,
    Entry,
    EntryKey,
    EntryProof,
    JournalKind,
    JournalRow,
    Posting,
    Revision,
    Sum,
    Total,
    tree_of,
)
from creditbank.catalogue import queries as catalogue
from creditbank.evidence import queries as evidence
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as learners
from creditbank.organizations import queries as organizations

_AMOUNT: Final = attrgetter("credits", "hours", "unit_id")
CONTACT_HOURS: Final = 3  # contact.hours, seeded by the framework
#: Before and behind all dates that entries have.
EVER: Final = (0, 99999999)
STORED_SCHEMA: Final = {
    "learner_id": pl.Int64,
    "specification_id": pl.Int32,
    "obtained": pl.Int32,
    "part": pl.Int32,
    "revision": pl.Int16,
    "credits": pl.Int32,
    "unit_id": pl.Int16,
    "hours": pl.Int32,
    "grade": pl.Int32,
    "grade_scale": pl.Int16,
    "standing": pl.Boolean,
}


def entries(*learner_ids: int) -> list[Entry]:
    """Return the entries of learners in force, by learner, institution, specification, date and part.

    An account that was merged into another has none: they are in force under the survivor.
    """
    return [entry_of(row) for row in ask("in_force", learner_ids=list(learner_ids))]


def under_way(learner_ids: Sequence[int]) -> bool:
    """Say whether any of these learners has entries in a batch that is not posted yet."""
    return any(row["exists"] for row in ask("under_way", learner_ids=list(learner_ids)))


def late(posting_id: int) -> list[Entry]:
    """Return the entries that a batch wrote under accounts that were merged meanwhile."""
    return [entry_of(row) for row in ask("late", posting_id=posting_id)]


def taken(*learner_ids: int) -> dict[EntryKey, int]:
    """Return every key that learners have in the book with its highest revision, visible or not, withdrawn or not."""
    return {key_of(row): row["revision"] for row in ask("taken", learner_ids=list(learner_ids))}


def archive_of(*, actor: Actor, learner_id: int) -> list[ArchivedAchievement]:
    """Return what the actor may see of a learner's archive, newest achievement first, with names.

    A learner sees all of their own; staff see the entries that their institutions deposited.
    """
    return archives_of(actor=actor, learner_ids=[learner_id])[learner_id]


def archives_of(*, actor: Actor, learner_ids: Sequence[int]) -> dict[int, list[ArchivedAchievement]]:
    """Return the same for each of many learners, by as many questions to the database as for one."""
    seen = [
        entry
        for entry in map(entry_of, ask("in_force", learner_ids=list(learner_ids)))
        if permissions.may_view(actor, learner_id=entry.key.learner_id, organization_id=entry.key.organization_id)
    ]
    claimed = {claim.key: claim.kind for claim in _claims(learner_ids)}
    found: dict[int, list[ArchivedAchievement]] = {learner_id: [] for learner_id in learner_ids}
    for achievement in named(sorted(seen, key=lambda each: (-each.key.obtained, each.key)), claimed):
        found[achievement.entry.key.learner_id].append(achievement)
    return found


def named(entries: Sequence[Entry], claimed: Mapping[EntryKey, JournalKind]) -> list[ArchivedAchievement]:
    """Return entries with the names that a page shows, in their order."""
    specifications = catalogue.by_ids({entry.key.specification_id for entry in entries})
    sources = organizations.by_ids({entry.key.organization_id for entry in entries})
    units = framework.units_by_id()
    return [
        ArchivedAchievement(
            entry=entry,
            name=(specification := specifications[entry.key.specification_id]).name,
            kind=specification.kind,
            level=specification.level,
            specification_public_id=specification.public_id,
            source=(source := sources[entry.key.organization_id]).name,
            source_code=source.code,
            unit=(unit := units[entry.unit_id]).unit,
            unit_name=unit.name,
            claimed=claimed.get(entry.key),
        )
        for entry in entries
    ]


def holders(learner_ids: Sequence[int], *, specification_ids: AbstractSet[int] | None) -> frozenset[int]:
    """Return those of the learners who may have something of these in the book; without a choice, anything at all."""
    rows = models.Entry.objects.filter(learner_id__in=learner_ids)
    if specification_ids is not None:
        rows = rows.filter(specification_id__in=specification_ids)
    return frozenset(rows.values_list("learner_id", flat=True).distinct())


def totals(achievements: Sequence[ArchivedAchievement]) -> list[Total]:
    """Return one total for each unit, never across units, in the order of unit ids; nothing counted, no line.

    Contact hours count where an achievement carries no credits, so that nothing is counted in two units.
    """
    found = _added(map(_AMOUNT, achievements))
    return [Total(unit_id=unit_id, hundredths=found[unit_id]) for unit_id in sorted(found)]


def _added(amounts: Iterable[tuple[int | None, int | None, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for credited, hours, unit_id in amounts:
        if credited:
            found[unit_id] = found.get(unit_id, 0) + credited
        elif hours:
            found[CONTACT_HOURS] = found.get(CONTACT_HOURS, 0) + hours
    return found


def sums(achievements: Sequence[ArchivedAchievement]) -> tuple[Sum, ...]:
    """Return the totals with the names of their units."""
    return _named(_added(map(_AMOUNT, achievements)))


def sums_of_rows(rows: Sequence[Row]) -> tuple[Sum, ...]:
    """Return the same of the rows of an archive."""
    return _named(_added(map(amount, rows)))


def _named(found: Mapping[int, int]) -> tuple[Sum, ...]:
    units = framework.units_by_id()
    return tuple(Sum(unit=units[unit_id].name, hundredths=found[unit_id]) for unit_id in sorted(found))


def stored(*, organization_id: int, learner_ids: Sequence[int], obtained: tuple[int, int] = EVER) -> pl.DataFrame:
    """Return what one institution has stored under each key for many learners, as a frame.

    The values are those of the newest revision that is not withdrawn, posted or not; `revision` is the highest number
    that the book has. Where `standing` is false all is withdrawn: what comes next is new, behind that number.
    What was obtained before the first or after the last of `obtained` is left out.
    """
    posted = models.Posting.objects.filter(organization_id=organization_id, withdrawn_at__isnull=False)
    withdrawn, ended = (list(rows.values_list("id", flat=True)) for rows in (posted, posted.filter(ends=True)))
    given: dict[str, int | list[int]] = {"learner_ids": list(learner_ids), "organization_id": organization_id}
    given |= dict(zip(("first", "last"), obtained, strict=True))
    with connection.cursor() as cursor:
        if withdrawn:
            cursor.execute(statement("stored_beside_withdrawn"), {**given, "withdrawn": withdrawn, "ended": ended})
        else:
            cursor.execute(statement("stored"), given)
        return pl.DataFrame(cursor.fetchall(), schema=STORED_SCHEMA, orient="row")


def posting(reference: str) -> Posting | None:
    """Return the posting of a batch, if it was begun."""
    row = models.Posting.objects.filter(reference=reference).first()
    return None if row is None else row.as_value()


def claims(learner_id: int) -> list[Claim]:
    """Return what is claimed now, by scope and key."""
    return _claims([learner_id])


def _claims(learner_ids: Sequence[int]) -> list[Claim]:
    rows = models.Claim.objects.filter(learner_id__in=learner_ids)
    return sorted((row.as_value() for row in rows), key=lambda claim: (claim.scope, claim.key))


def journal(learner_id: int) -> list[JournalRow]:
    """Return the journal of one learner in its order."""
    return [row.as_value() for row in models.Journal.objects.filter(learner_id=learner_id).order_by("number")]


def entry_proof(*, actor: Actor, key: EntryKey) -> EntryProof:
    """Return what proves one entry: canonical text, salt, position and the path to its batch's root.

    One whose batch was withdrawn is proved as it last stood, and the proof says so. Refused: an entry that neither is
    in force nor was until its batch was withdrawn, and one that the actor may not see.
    """
    visible = permissions.may_view(actor, learner_id=key.learner_id, organization_id=key.organization_id)
    for name in ("in_force", "withdrawn") if visible else ():
        for row in ask(name, learner_ids=[key.learner_id]):
            if entry_of(row).key == key:
                return _proof(row, _Tree(row["posting_id"]))
    raise EntryNotFound


def proofs_of(learner_id: int) -> dict[EntryKey, EntryProof]:
    """Return the proof of every entry of a learner in force. Callers have checked who asks."""
    rows = sorted(ask("in_force", learner_ids=[learner_id]), key=lambda row: row["posting_id"])
    found: dict[EntryKey, EntryProof] = {}
    for posting_id, of_batch in groupby(rows, key=lambda row: row["posting_id"]):
        tree = _Tree(posting_id)
        found |= {entry_of(row).key: _proof(row, tree) for row in of_batch}
    return found


def leaves(posting_id: int) -> list[bytes]:
    """Return the commitments that a batch has in the book, in the order of its tree."""
    return [bytes(row["commitment"]) for row in ask("leaves", posting_id=posting_id)]


def _proof(row: dict[str, Any], tree: "_Tree") -> EntryProof:
    frame = pl.DataFrame([{name: row[name] for name in canonical.COLUMNS}], schema=canonical.COLUMNS)
    form = canonical.entry_forms(frame, names_of(frame, organization_id=row["organization_id"]))[0]
    return EntryProof(
        form=form,
        salt=bytes(row["salt"]),
        commitment=bytes(row["commitment"]),
        index=row["leaf"],
        size=tree.batch.rows,
        path=tree.path(bytes(row["commitment"]), row["leaf"]),
        root=tree.root,
        batch=tree.batch.reference,
        number=tree.batch.number,
        withdrawn_at=tree.batch.withdrawn_at,
    )


class _Tree:
    """The tree of one batch: read from the tiles kept, and from the book where these do not lead to the root."""

    def __init__(self, posting_id: int) -> None:
        self.batch = models.Posting.objects.get(id=posting_id)
        assert self.batch.root is not None
        self.root = bytes(self.batch.root)
        self._of_book: list[bytes] = []

    def path(self, leaf: bytes, index: int) -> tuple[bytes, ...]:
        """Return the sibling hashes from a leaf up to the root."""
        name, size = tree_of(self.batch.id), self.batch.rows
        if not self._of_book and evidence.tree_size(name) == size:
            path = evidence.tree_proof(name, index)
            if evidence.root_of_proof(leaf=leaf, index=index, size=size, proof=path) == self.root:
                return tuple(path)
        self._of_book = self._of_book or leaves(self.batch.id)
        return tuple(evidence.inclusion_proof(self._of_book, index))


def names_of(frame: pl.DataFrame, *, organization_id: int) -> canonical.Names:
    """Return what the numbers of a frame of entries are called in their canonical form."""
    accounts = learners.account_numbers(frame["learner_id"].unique().to_list())
    specifications = catalogue.by_ids(set(frame["specification_id"].unique().to_list()))
    return canonical.Names(
        accounts=accounts,
        achievements={number: found.public_id for number, found in specifications.items()},
        source=organizations.by_id(organization_id).code,
        units={unit.id: unit.code for unit in framework.units().values()},
    )


def figures() -> BookFigures:
    """Return how many achievements the book holds, and for how many people; what merging wrote twice counts once."""
    ended = models.Posting.objects.filter(ends=True).values_list("id", flat=True)
    rows = models.Entry.objects.filter(posting_id__in=list(ended)).values_list("learner_id", flat=True)
    apart = list(rows.distinct())
    [row] = ask("figures", apart=apart)
    theirs = [entry_of(each).key.learner_id for each in ask("in_force", learner_ids=apart)]
    return BookFigures(entries=row["entries"] + len(theirs), learners=row["learners"] + len(set(theirs)))


def postings(ids: Collection[int] | None = None) -> tuple[Posting, ...]:
    """Return posted batches, withdrawn or not, in the order in which they were begun: these, or every one."""
    posted = models.Posting.objects.filter(posted_at__isnull=False)
    found = posted if ids is None else posted.filter(id__in=ids)
    return tuple(row.as_value() for row in found.order_by("id"))


def last_changed() -> datetime | None:
    """Return the instant at which a batch was posted or withdrawn last."""
    found = models.Posting.objects.aggregate(posted=Max("posted_at"), withdrawn=Max("withdrawn_at"))
    return max((at for at in found.values() if at is not None), default=None)


def revisions(key: EntryKey) -> tuple[Revision, ...]:
    """Return every posted state of one entry, the newest first, those that were withdrawn among them.

    Callers have checked who asks.
    """
    rows = models.Entry.objects.filter(
        learner_id=key.learner_id,
        organization_id=key.organization_id,
        specification_id=key.specification_id,
        obtained=key.obtained,
        part=key.part,
    )
    stored = list(rows.order_by("-revision").values())
    posted = models.Posting.objects.filter(id__in={row["posting_id"] for row in stored}, posted_at__isnull=False)
    batches = {row.id: row for row in posted}
    units = framework.units_by_id()
    return tuple(
        Revision(
            entry=entry_of(row | {"posted_at": batch.posted_at}),
            unit=units[row["unit_id"]].name,
            number=batch.number,
            root=bytes(batch.root or b""),
            reference=batch.reference,
            withdrawn_at=batch.withdrawn_at,
            ends=batch.ends,
            lifted_at=batch.lifted_at,
        )
        for row in stored
        if (batch := batches.get(row["posting_id"])) is not None
    )
