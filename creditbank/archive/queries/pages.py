"""What a learner's own pages and the public home page ask of the archive, with names, as frozen values of this file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.utils.timezone import localtime

from creditbank.archive import models
from creditbank.archive.errors import EntryNotFound
from creditbank.archive.queries.book import (
    archive_of,
    entry_proof,
    figures,
    journal,
    last_changed,
    proofs_of,
    revisions,
    sums_of_rows,
)
from creditbank.archive.queries.lines import ArchiveFilters, Line, Row, claimed, lines
from creditbank.archive.queries.provenance import conversions
from creditbank.archive.queries.withdrawn import withdrawn_of
from creditbank.archive.types import (
    KIND_NAMES,
    MERGE_PREFIX,
    ArchivedAchievement,
    EntryKey,
    EntryPage,
    EntryProof,
    JournalKind,
    NamedEnrolment,
    Sum,
    WithdrawnAchievement,
)
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import SpecificationKind
from creditbank.enrolments import queries as enrolments
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners
from creditbank.learners.types import Access, Holder, Learner, PriorityGroup, Profile, Repair
from creditbank.organizations import queries as organizations

NEWEST_SHOWN: Final = 10
ACCESSES_SHOWN: Final = 3
FIGURES_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Year:
    """What was achieved in one year, the newest first, with one sum for each unit."""

    number: int
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """An archive by years, newest first, narrowed; the choices come from the whole archive, so does `total`."""

    holder: Holder
    years: tuple[Year, ...]
    shown: int
    sums: tuple[Sum, ...]
    total: int
    kinds: tuple[tuple[str, Text], ...]
    levels: tuple[str, ...]
    sources: tuple[tuple[str, Text], ...]
    year_numbers: tuple[int, ...]
    withdrawn: tuple[WithdrawnAchievement, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnerHome:
    """What a learner sees first: who they are, all they have in sums, the newest achievements, what is under way."""

    learner: Learner
    enrolments: tuple[NamedEnrolment, ...]
    years: tuple[Year, ...]
    shown: int
    total: int
    sums: tuple[Sum, ...]
    held: tuple[Line, ...]
    repairs: tuple[tuple[Repair, Text], ...]
    accesses: tuple[tuple[Access, Text], ...]


@dataclass(frozen=True, slots=True)
class ProofPage:
    """One achievement with its proof."""

    achievement: ArchivedAchievement
    proof: EntryProof


@dataclass(frozen=True, slots=True)
class MyData:
    """All that the bank keeps about its holder besides the archive; `groups` may still be consented to."""

    profile: Profile
    opened_by: Text
    enrolments: tuple[NamedEnrolment, ...]
    accesses: tuple[tuple[Access, Text], ...]
    groups: tuple[PriorityGroup, ...]


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """The bank in five numbers, counted at one instant."""

    accounts: int
    achievements: int
    institutions: int
    batches_this_year: int
    year: int
    specifications: int
    as_of: datetime


def _years(rows: Sequence[Row]) -> tuple[Year, ...]:
    """Return the rows of an archive, which come newest first, by year."""
    years: dict[int, list[Row]] = {}
    for row in rows:
        years.setdefault(row[2] // 10000, []).append(row)
    return tuple(Year(number, tuple(found), sums_of_rows(found)) for number, found in years.items())


def _newest(years: Sequence[Year]) -> tuple[Year, ...]:
    """Return the years with no more than the ten newest achievements; a year that is cut keeps its whole sums."""
    kept: list[Year] = []
    room = NEWEST_SHOWN
    for year in years:
        if room > 0:
            kept.append(replace(year, rows=year.rows[:room]))
            room -= len(year.rows)
    return tuple(kept)


def _own_id(actor: Actor) -> int:
    """Return the account that the actor holds; a page of one's own asks for no other."""
    assert actor.learner_id is not None
    return actor.learner_id


def _own(actor: Actor) -> list[ArchivedAchievement]:
    return archive_of(actor=actor, learner_id=_own_id(actor))


def _own_achievement(actor: Actor, address: str) -> tuple[ArchivedAchievement, WithdrawnAchievement | None]:
    """Return the achievement of an address, and how it was withdrawn where it was. Refused: an address of none."""
    for achievement in _own(actor):
        if achievement.address == address:
            return achievement, None
    for withdrawn in withdrawn_of(_own_id(actor)):
        if withdrawn.achievement.address == address:
            return withdrawn.achievement, withdrawn
    raise EntryNotFound


def _named_enrolments(learner_id: int) -> tuple[NamedEnrolment, ...]:
    """Return the enrolments of a learner with the names of the schools, the newest first."""
    found = enrolments.by_learner(learner_id)
    schools = organizations.by_ids({each.organization_id for each in found})
    return tuple(NamedEnrolment(each, schools[each.organization_id].name) for each in reversed(found))


def _named_accesses(accesses: Sequence[Access]) -> tuple[tuple[Access, Text], ...]:
    """Return accesses with the names of those who looked."""
    found = organizations.by_ids({access.organization_id for access in accesses})
    return tuple((access, found[access.organization_id].name) for access in accesses)


def _named_repairs(actor: Actor) -> tuple[tuple[Repair, Text], ...]:
    """Return a learner's own cases of differing data with the names of those who mend them."""
    cases = learners.own_repairs(actor=actor)
    found = organizations.by_ids({case.organization_id for case in cases})
    return tuple((case, found[case.organization_id].name) for case in cases)


def own_home(*, actor: Actor, now: datetime) -> LearnerHome:
    """Return what a learner sees first: all they have in sums, the ten newest by year, and what is under way."""
    profile = learners.profile(actor=actor, learner_id=_own_id(actor), now=now)
    rows = lines(_own_id(actor)).standing
    return LearnerHome(
        learner=profile.learner,
        enrolments=_named_enrolments(profile.learner.learner_id),
        years=_newest(_years(rows)),
        shown=min(len(rows), NEWEST_SHOWN),
        total=len(rows),
        sums=sums_of_rows(rows),
        held=tuple(Line.of(row) for row in rows if claimed(row) == JournalKind.HOLD),
        repairs=_named_repairs(actor),
        accesses=_named_accesses(profile.accesses[:ACCESSES_SHOWN]),
    )


def own_archive(*, actor: Actor, filters: ArchiveFilters) -> ArchivePage:
    """Return a learner's own archive by years, narrowed, with the choices that narrow it further."""
    told = lines(_own_id(actor))
    rows = told.standing
    kept = filters.narrowed(rows)
    years = _years(kept)
    courses = catalogue.labels([row[1] for row in rows])
    kinds = sorted({course.kind for course in courses})
    sources = {source.code: source.name for source in map(organizations.label, {row[0] for row in rows})}
    return ArchivePage(
        holder=told.holder,
        years=years,
        shown=len(kept),
        sums=sums_of_rows(kept),
        total=len(rows),
        kinds=tuple((kind, KIND_NAMES[SpecificationKind(kind)]) for kind in kinds),
        levels=tuple(sorted({course.level for course in courses if course.level})),
        sources=tuple(sorted(sources.items())),
        year_numbers=tuple(year.number for year in (years if kept is rows else _years(rows))),
        withdrawn=withdrawn_of(_own_id(actor)) if told.withdrawn else (),
    )


def own_rows(*, actor: Actor, filters: ArchiveFilters) -> tuple[str, Sequence[Row]]:
    """Return the account number of a learner, and their own archive, narrowed, the newest first."""
    told = lines(_own_id(actor))
    return told.holder.account_number, filters.narrowed(told.standing)


def own_entry(*, actor: Actor, address: str) -> EntryPage:
    """Return one achievement of a learner's own with all its revisions. Refused: an address of none of theirs."""
    achievement, withdrawn = _own_achievement(actor, address)
    entry = achievement.entry
    studies = _named_enrolments(entry.key.learner_id)
    sources, targets = conversions(actor=actor, key=entry.key)
    return EntryPage(
        learner=learners.by_id(entry.key.learner_id),
        achievement=achievement,
        revisions=revisions(entry.key),
        enrolment=next((each for each in studies if each.enrolment.number == entry.enrolment), None),
        journal=tuple(row for row in journal(entry.key.learner_id) if row.key == entry.key),
        withdrawn=withdrawn,
        sources=sources,
        targets=targets,
    )


def own_proof(*, actor: Actor, address: str) -> ProofPage:
    """Return the proof of one achievement of a learner's own. Refused: an address of none of theirs."""
    achievement, _ = _own_achievement(actor, address)
    return ProofPage(achievement=achievement, proof=entry_proof(actor=actor, key=achievement.entry.key))


def own_proofs(*, actor: Actor) -> dict[EntryKey, EntryProof]:
    """Return the proof of every entry of a learner's own."""
    return proofs_of(_own_id(actor))


def own_data(*, actor: Actor, now: datetime) -> MyData:
    """Return all that the bank keeps about a learner besides the archive, and who looked at it."""
    profile = learners.profile(actor=actor, learner_id=_own_id(actor), now=now)
    standing = {each.group for each in profile.attributes if each.withdrawn_on is None}
    return MyData(
        profile=profile,
        opened_by=organizations.by_id(profile.learner.opened_by).name,
        enrolments=_named_enrolments(profile.learner.learner_id),
        accesses=_named_accesses(profile.accesses),
        groups=tuple(group for group in PriorityGroup if group not in standing),
    )


def public_figures(*, now: datetime) -> PublicFigures:
    """Return the bank in numbers, at most five minutes old, and never older than the last batch posted or withdrawn."""
    last = last_changed()
    name = f"archive.public_figures:{last.isoformat() if last else ''}"
    found = cache.get(name)
    if found is None:
        found = _counted(now)
        cache.set(name, found, FIGURES_SECONDS)
    assert isinstance(found, PublicFigures)
    return found


def _counted(now: datetime) -> PublicFigures:
    standing = models.Posting.objects.filter(posted_at__isnull=False, withdrawn_at__isnull=True)
    posted = standing.exclude(reference__startswith=MERGE_PREFIX)
    today = localtime(now)
    new_year = today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return PublicFigures(
        accounts=learners.living(),
        achievements=figures().entries,
        institutions=posted.values("organization_id").distinct().count(),
        batches_this_year=posted.filter(posted_at__gte=new_year).count(),
        year=today.year,
        specifications=sum(catalogue.counts().values()),
        as_of=now,
    )
