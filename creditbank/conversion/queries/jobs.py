"""A job as a goal: for each way into an occupation what is held, what is missing, and which way is nearest to done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries import occupations
from creditbank.catalogue.types import Occupation, Programme, RouteNeed, Specification
from creditbank.conversion import vocabulary
from creditbank.conversion.queries.books import Ruling, in_force
from creditbank.conversion.queries.held import Holdings, holdings
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.queries.ways import Bound
from creditbank.conversion.queries.worth import award_target, done_in, enrolment_in
from creditbank.conversion.told import Job, RouteNeedTold, RouteTold
from creditbank.conversion.types import AwardWorth, BookKind, Named, Worth
from creditbank.enrolments.types import Status
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

LEADING_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class AwardOffered:
    """An award of a book in force, as goals and routes name it, with the owner of the book."""

    target: str
    title: Text
    owner: Text


def awards_on_offer(day: date) -> tuple[AwardOffered, ...]:
    """Return the awards of the books in force, in the order of the books."""
    rulings = in_force(day, kinds=frozenset({BookKind.AWARD}))
    owners = organizations.by_ids({each.edition.book.owner_id for each in rulings})
    return tuple(
        AwardOffered(
            award_target(ruling, award.id),
            Text(award.title.zh, award.title.en),
            owners[ruling.edition.book.owner_id].name,
        )
        for ruling in rulings
        for award in ruling.book.awards
    )


def job(
    actor: Actor,
    learner_id: int,
    code: str,
    *,
    day: date,
    programmes: Sequence[Worth],
    awards: Sequence[AwardWorth],
) -> Job:
    """Return an occupation with how far an archive has come on each way into it, the nearest way first.

    `programmes` and `awards` are the worth of that archive on that day. Refused: an occupation that does not hold.
    """
    occupation = occupations.of_code(code, day=day)
    asked = _Asked(holdings(actor, learner_id), occupation, day, programmes, awards)
    routes = [
        RouteTold(position, route.name, tuple(asked.told(need) for need in route.needs))
        for position, route in enumerate(occupation.routes)
    ]
    return Job(
        code=occupation.code,
        public_id=occupation.public_id,
        name=occupation.name,
        about=occupation.about,
        note=occupation.note,
        routes=tuple(sorted(routes, key=lambda route: (route.missing, -route.credits, route.position))),
    )


class _Asked:
    """What the ways into one occupation ask for, held against one archive."""

    def __init__(
        self,
        held: Holdings,
        occupation: Occupation,
        day: date,
        worths: Sequence[Worth],
        awards: Sequence[AwardWorth],
    ) -> None:
        needs = [need for route in occupation.routes for need in route.needs]
        self._held, self._day = held, day
        self._worths = {each.programme_public_id: each for each in worths}
        self._awards = {each.target: each for each in awards}
        self._programmes = occupations.programmes_needed(occupation, day=day)
        self._entries = catalogue.by_ids({need.specification_id for need in needs if need.specification_id})
        self._names: Names | None = None
        self._bound = Bound(day)

    def told(self, need: RouteNeed) -> RouteNeedTold:
        """Return one need with what meets it, or what is missing."""
        if need.specification_id is not None:
            return self._entry(self._entries[need.specification_id])
        if need.programme_id is not None:
            return self._programme(need.programme_id, self._programmes[need.programme_id])
        return self._award(need.award)

    def _entry(self, wanted: Specification) -> RouteNeedTold:
        alike = [each for each in self._valid() if _family(each) == _family(wanted)]
        best = max(alike, key=lambda each: (_reaches(each, wanted), _rank(each), each.id), default=None)
        met = best is not None and _reaches(best, wanted)
        return RouteNeedTold(
            kind="specification",
            target=wanted.public_id,
            title=vocabulary.named(wanted).title,
            met=met,
            by=vocabulary.named(best).title if best else None,
            leading=() if met else self._leading(wanted),
        )

    def _valid(self) -> Iterator[Specification]:
        """Yield what is held on the day: not failed, and not out of date."""
        day = self._day.isoformat()
        for archived, said in zip(self._held.archived, self._held.achievements, strict=True):
            if said.passed is not False and (said.valid_until is None or said.valid_until >= day):
                yield self._held.specifications[archived.entry.key.specification_id]

    def _programme(self, named: int, programme: Programme) -> RouteNeedTold:
        graduated = [each for each in self._held.enrolments if each.status is Status.GRADUATED]
        done = any(each.programme_id == named for each in graduated)
        met = done or enrolment_in(replace(self._held, enrolments=tuple(graduated)), programme) is not None
        worth = self._worths.get(programme.public_id)
        passed = {each.id for each in done_in(self._held, programme)}
        courses = [course for group in programme.groups for course in group.courses]
        counted = sum(course.credits for course in courses if course.specification_id in passed)
        if worth is not None:
            counted = worth.held + (worth.credits or 0)
        return RouteNeedTold(
            kind="programme",
            target=programme.public_id,
            title=programme.name,
            met=met,
            credits=programme.credits_required if met else min(counted, programme.credits_required),
            by=organizations.by_id(programme.organization_id).name,
            worth=worth,
        )

    def _award(self, target: str) -> RouteNeedTold:
        found = self._awards.get(target)
        return RouteNeedTold(
            kind="award",
            target=target if found else "",
            title=found.title
            if found
            else Text("现在没有施行的学历或证书规则", "An award no rule book in force states"),
            met=found is not None and found.attained,
            credits=found.credits if found else 0,
            by=found.owner if found else None,
            award=found,
        )

    def _leading(self, wanted: Specification) -> tuple[Named, ...]:
        """Return courses that rules in force put on a par with an entry, or give it for, in the order of the books."""
        if self._names is None:
            self._names = Names(in_force(self._day))
        names = self._names
        found = (each for ruling in names.rulings for each in _courses_for(ruling, names, self._bound, wanted))
        own = {vocabulary.spec_code(wanted), wanted.name.zh}
        known = dict.fromkeys(each for each in found if each.public_id and each.code not in own)
        return tuple(known)[:LEADING_MAX]


def _courses_for(ruling: Ruling, names: Names, bound: Bound, wanted: Specification) -> Iterator[Named]:
    """Yield what the rules of a book free for an entry of any level, and what they ask for towards it as an award."""
    own = {vocabulary.spec_code(wanted), wanted.name.zh}
    given = [each for each in ruling.book.awards if each.title.zh == vocabulary.named(wanted).title.zh]
    for rule in ruling.book.rules:
        sources = vocabulary.sources_of(rule)
        if any(vocabulary.counts_towards(rule, each) for each in given):
            yield from (names.source(*each) for each in sources)
        if any(code in own or names.named(code).name.zh == wanted.name.zh for code, _ in sources):
            yield from (names.named(code) for code in vocabulary.targets_of(rule))
            yield from bound.chosen(ruling, rule)


def _family(specification: Specification) -> tuple[int, str, str]:
    """Return what the levels of one certificate share."""
    return specification.issuer_id, specification.kind.value, specification.name_key


def _rank(specification: Specification) -> int:
    """Return the place of a level on its scale, the lowest first; -1 for one of no scale."""
    scale = vocabulary.level_scale(specification)
    return -1 if scale is None else vocabulary.LEVEL_SCALES[scale].index(specification.level)


def _reaches(held: Specification, wanted: Specification) -> bool:
    """Say whether an entry of the same family is of the level wanted, or of a higher one on the same scale."""
    if not wanted.level or held.level == wanted.level:
        return True
    scale = vocabulary.level_scale(wanted)
    return scale is not None and scale == vocabulary.level_scale(held) and _rank(held) >= _rank(wanted)
