"""What rows of files are matched with: keys, credits, tolerances and accreditation of what an issuer has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final

from django.db.models import QuerySet

from creditbank.catalogue import models
from creditbank.catalogue.types import SpecificationKind
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.text import Text, fold
from creditbank.organizations import queries as organizations

#: What schools award under the state's own rules; everything else counts only while the bank had accredited it.
FORMAL: Final = frozenset({SpecificationKind.COURSE, SpecificationKind.ACADEMIC_CREDENTIAL})
#: What a row of a file can be an achievement of; diplomas are awarded, and not deposited as courses are.
DEPOSITABLE: Final = frozenset(SpecificationKind) - {SpecificationKind.ACADEMIC_CREDENTIAL}
#: How much of two names must agree for one to be put forward for the other.
LIKELY_MIN: Final = 0.4


@dataclass(frozen=True, slots=True)
class Alias:
    """One other name of a specification, in the files of one institution."""

    id: int
    alias: str
    key: str
    organization_id: int
    organization: Text
    since: datetime


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One period in which the bank accepts a specification, by a decision that is named as its minutes name it."""

    id: int
    starts: date
    ends: date | None
    decision: str

    def covers(self, obtained: PartialDate) -> bool:
        """Say whether what was obtained then can lie in the period; of a month only the month is known."""
        begins = max(self.starts, obtained.first_day)
        return begins <= obtained.last_day and (self.ends is None or begins < self.ends)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition, and the day from which it is in force; the last of one day is in force, until the next begins."""

    id: int
    starts: date
    credits: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """One specification as files name it, in its newest edition.

    `credits` (null where it has none) and `tolerance` are hundredths. `aliases` are keys (`kernel.text.fold`).
    `editions` are all there are, the first one first, where there are several.
    """

    id: int
    issuer_id: int
    kind: SpecificationKind
    name_key: str
    level: str
    code: str
    aliases: tuple[str, ...]
    credits: int | None
    hours: int | None
    tolerance: int
    accreditations: tuple[Accreditation, ...]
    editions: tuple[Edition, ...] = ()

    @property
    def code_key(self) -> str:
        """The key of the code; empty where there is none."""
        return fold(self.code)

    def edition_on(self, obtained: PartialDate) -> Edition | None:
        """Return the edition by which something was obtained, where there are several.

        Much is older than the catalogue: it belongs to the first edition.
        """
        then = [each for each in self.editions if each.starts <= obtained.last_day]
        return then[-1] if then else next(iter(self._in_force), None)

    @property
    def _in_force(self) -> tuple[Edition, ...]:
        """The editions without those whose place another took on the day on which they began."""
        later = {each.starts: each for each in self.editions}
        return tuple(each for each in self.editions if later[each.starts] is each)

    def accepted_on(self, obtained: PartialDate) -> bool:
        """Say whether the bank accepts it as obtained then: formal ones always, others while they were accredited."""
        return self.kind in FORMAL or any(each.covers(obtained) for each in self.accreditations)


def courses_of(organization_id: int) -> list[Known]:
    """Return the courses an institution has, in any status, each in its newest edition, by name."""
    return known_of([organization_id], kinds=[SpecificationKind.COURSE], files_of=organization_id)


def beside_courses(files_of: int) -> list[Known]:
    """Return everything but courses that the bank knows, of all issuers; see `known_of`."""
    kinds = set(SpecificationKind) - {SpecificationKind.COURSE}
    issuers = models.Specification.objects.filter(kind__in=kinds).values_list("issuer_id", flat=True).distinct()
    return known_of(list(issuers), kinds=kinds, files_of=files_of)


def known_of(issuer_ids: Iterable[int], *, kinds: Iterable[SpecificationKind], files_of: int) -> list[Known]:
    """Return what issuers have of some kinds, each in its newest edition, by issuer and name.

    `files_of` is the institution whose files are matched: its own names for things are among the aliases.
    """
    rows = models.Specification.objects.filter(issuer_id__in=set(issuer_ids), kind__in=set(kinds))
    every = list(rows.order_by("edition", "id"))
    newest = {(row.issuer_id, row.kind, row.name_key, row.level): row for row in every}
    heirs = _heirs(every)
    editions: dict[int, list[Edition]] = defaultdict(list)
    for each in every:
        editions[heirs[each.id]].append(Edition(each.id, each.starts, each.credits))
    aliases: dict[int, list[str]] = defaultdict(list)
    for row in models.Alias.objects.filter(organization_id=files_of, specification__in=rows).order_by("id"):
        aliases[heirs[row.specification_id]].append(row.key)
    accredited: dict[int, list[Accreditation]] = defaultdict(list)
    for specification_id, period in _periods(models.Accreditation.objects.filter(specification__in=rows)):
        accredited[heirs[specification_id]].append(period)
    tolerances = _tolerances(rows, heirs)
    standing = {number: place.credits_tolerance for number, place in organizations.by_ids(set(issuer_ids)).items()}
    return [
        Known(
            id=row.id,
            issuer_id=row.issuer_id,
            kind=SpecificationKind(row.kind),
            name_key=row.name_key,
            level=row.level,
            code=row.code,
            aliases=tuple(aliases[row.id]),
            credits=row.credits,
            hours=row.hours,
            tolerance=tolerances.get(row.id, standing.get(row.issuer_id, 0)),
            accreditations=tuple(accredited[row.id]),
            editions=tuple(editions[heirs[row.id]]) if len(editions[heirs[row.id]]) > 1 else (),
        )
        for row in sorted(newest.values(), key=lambda row: (row.issuer_id, row.sort_key, row.level, row.id))
    ]


def heirs() -> dict[int, int]:
    """Return the last edition of everything that has several, by each of its editions."""
    chained = models.Specification.objects.filter(supersedes__isnull=False).order_by("edition", "id")
    follower = {before: number for before, number in chained.values_list("supersedes", "id") if before is not None}
    return _lasts({*follower, *follower.values()}, follower)


def depositable(organization_id: int) -> list[Known]:
    """Return what rows of an institution's files may name: all that it issues, and what it calls by a name of its own.

    What others issue is known by the institution's aliases only: its name and code are empty.
    """
    named = models.Alias.objects.filter(organization_id=organization_id).exclude(issuer_id=organization_id)
    issuers = list(named.order_by("issuer_id").values_list("issuer_id", flat=True).distinct())
    others = known_of(issuers, kinds=DEPOSITABLE, files_of=organization_id) if issuers else []
    return [
        *known_of([organization_id], kinds=DEPOSITABLE, files_of=organization_id),
        *(replace(each, name_key="", code="") for each in others if each.aliases),
    ]


def aliases(specification_id: int) -> tuple[Alias, ...]:
    """Return the other names of a specification, by institution and name."""
    rows = list(models.Alias.objects.filter(specification_id=specification_id).order_by("organization_id", "key"))
    places = organizations.by_ids({row.organization_id for row in rows})
    return tuple(
        Alias(row.id, row.alias, row.key, row.organization_id, places[row.organization_id].name, row.since)
        for row in rows
    )


def accreditations(specification_id: int) -> tuple[Accreditation, ...]:
    """Return the periods in which the bank accepts a specification, the latest first."""
    rows = models.Accreditation.objects.filter(specification_id=specification_id)
    return tuple(period for _, period in reversed(list(_periods(rows))))


def tolerance(specification_id: int) -> int | None:
    """Return the tolerance of a course in hundredths, or nothing where that of its institution holds."""
    row = models.Tolerance.objects.filter(specification_id=specification_id).first()
    return row.hundredths if row else None


def _heirs(rows: list[models.Specification]) -> dict[int, int]:
    """Return in which edition each one lives on: the last of its chain, itself where none follows."""
    follower = {row.supersedes: row.id for row in rows if row.supersedes is not None}
    return _lasts((row.id for row in rows), follower)


def _lasts(numbers: Iterable[int], follower: Mapping[int, int]) -> dict[int, int]:
    found = {}
    for number in numbers:
        last = number
        while last in follower:
            last = follower[last]
        found[number] = last
    return found


def _periods(rows: QuerySet[models.Accreditation]) -> Iterable[tuple[int, Accreditation]]:
    for row in rows.order_by("starts", "id"):
        yield row.specification_id, Accreditation(row.id, row.starts, row.ends, row.decision)


def _tolerances(rows: QuerySet[models.Specification], heirs: dict[int, int]) -> dict[int, int]:
    found = models.Tolerance.objects.filter(specification__in=rows).order_by("specification_id")
    return {heirs[row.specification_id]: row.hundredths for row in found}


def likely(organization_id: int, text: str, *, most: int = 8) -> tuple[int, ...]:
    """Return the courses of an institution whose names look most like a text, the likeliest first."""
    names = {each.name_key: each.id for each in courses_of(organization_id)}
    return tuple(names[key] for key in get_close_matches(fold(text), names, n=most, cutoff=LIKELY_MIN))
