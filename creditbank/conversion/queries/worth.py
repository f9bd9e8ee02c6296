"""What an archive is worth: the value in every programme, the plan with its reasons in one, awards within reach."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.errors import OccupationNotFound, SpecificationNotFound
from creditbank.catalogue.queries import occupations
from creditbank.catalogue.types import Programme, Specification
from creditbank.conversion import models, planning, vocabulary
from creditbank.conversion.errors import GoalUnknown, GoalWishUnknown
from creditbank.conversion.queries.books import Ruling, in_force
from creditbank.conversion.queries.held import Holdings, holdings
from creditbank.conversion.queries.telling import Telling, hundredths
from creditbank.conversion.rules import problem as given
from creditbank.conversion.told import Answer
from creditbank.conversion.types import AwardWorth, BookKind, Goal, GoalKind, Supposed, Worth
from creditbank.enrolments.types import Enrolment, Status
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

CONVERTING: Final = frozenset({BookKind.INSTITUTIONAL, BookKind.AGREEMENT, BookKind.GUIDANCE})


def worth(actor: Actor, learner_id: int, *, day: date) -> tuple[Worth, ...]:
    """Return the value of an archive in every programme that a book in force speaks to, the best first.

    First what the learner studies, then by credits freed, then by the share of the programme. Programmes that
    nothing is freed in stand behind those, then those that could not be worked out, each with its refusal; those that
    no book concerns are left out.
    """
    held = holdings(actor, learner_id)
    rulings = in_force(day, kinds=CONVERTING)
    programmes = [each for each in catalogue.programmes_on_offer(day) if books_for(each, rulings)]
    courses = _courses(programmes)
    schools = organizations.by_ids({each.organization_id for each in programmes})
    units = framework.units_by_id()
    rows = []
    for programme in programmes:
        books = books_for(programme, rulings)
        problem = problem_of(held, programme, courses, day=day)
        value, refusal = _value(books, problem)
        rows.append(
            Worth(
                programme_public_id=programme.public_id,
                programme=programme.name,
                institution=schools[programme.organization_id].name,
                enrolled=enrolment_in(held, programme) is not None,
                credits=value,
                held=_held(held, programme),
                credits_required=programme.credits_required,
                unit=units[programme.unit_id].name,
                editions=tuple(each.edition.public_id for each in books),
                refusal=refusal,
            )
        )
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                not row.enrolled,
                row.credits is None,
                -(row.credits or 0),
                -(row.credits or 0) / row.credits_required,
                row.programme.zh,
            ),
        )
    )


def _value(books: Iterable[Ruling], problem: given.Problem) -> tuple[int | None, Refusal | None]:
    """Return the value in hundredths, or why it could not be worked out: one programme never takes a page away."""
    try:
        return hundredths(planning.value([each.book for each in books], problem)), None
    except Refusal as refusal:
        return None, refusal


def answer(
    actor: Actor,
    learner_id: int,
    programme_public_id: str,
    *,
    day: date,
    keep: Sequence[str] = (),
    avoid: Sequence[str] = (),
) -> Answer:
    """Return the one best plan for a learner in a programme, with its explanation, as a document that replays.

    Refused: a programme that there is none of, wishes that no plan meets together. `keep` and `avoid` name entries of
    the archive by their addresses, or courses by their codes; they restrict the choice and are shown with their price.
    """
    held = holdings(actor, learner_id)
    wishes = given.Wishes(keep=_wish(held, keep), avoid=_wish(held, avoid))
    return answer_for(held, catalogue.programme(programme_public_id), day=day, wishes=wishes)


def answer_for(held: Holdings, programme: Programme, *, day: date, wishes: given.Wishes | None = None) -> Answer:
    """Return the one best plan for what somebody holds in a programme."""
    problem = problem_of(held, programme, _courses([programme]), day=day, wishes=wishes)
    return _answer(programme, problem, held_credits=_held(held, programme), day=day)


def _wish(held: Holdings, names: Sequence[str]) -> given.Wish:
    own = {each.id for each in held.achievements}
    return given.Wish(
        achievements=tuple(name for name in names if name in own),
        targets=tuple(name for name in names if name not in own and name),
    )


def simulated(programme_public_id: str, supposed: Sequence[Supposed], *, day: date) -> Answer:
    """Return the plan for achievements that somebody only supposes to hold; nothing is stored of them.

    The person is taken to be registered in the programme. Refused: a programme or a specification that there is none
    of, a text that is no grade.
    """
    programme = catalogue.programme(programme_public_id)
    courses = _courses([programme])
    unit = framework.units_by_id()[programme.unit_id].unit
    problem = given.Problem(
        as_of=day.isoformat(),
        events={"application": day.isoformat()},
        learner=given.Learner(status=Status.REGISTERED.value),
        programme=vocabulary.programme(programme, courses, unit=unit.code),
        achievements=supposed_achievements(supposed, day=day),
    )
    return _answer(programme, problem, held_credits=0, day=day)


def supposed_achievements(supposed: Sequence[Supposed], *, day: date) -> tuple[given.Achievement, ...]:
    """Return supposed achievements in the words of rule books, numbered in their order."""
    named = catalogue.named([each.specification for each in supposed], courses_of=None, on=day)
    found = [next(iter(named[each.specification]), None) for each in supposed]
    known = [each for each in found if each is not None]
    if len(known) != len(supposed):
        raise SpecificationNotFound
    issuers = organizations.by_ids({each.issuer_id for each in known})
    units = framework.units_by_id()
    standard = next((each.code for each in framework.editions()), None)
    return tuple(
        vocabulary.supposed(
            each,
            specification,
            id=f"{number}",
            issuer=issuers[specification.issuer_id].code,
            unit=units[specification.unit_id].unit.code if specification.unit_id else None,
            framework=standard,
            day=day,
        )
        for number, (each, specification) in enumerate(zip(supposed, known, strict=True), start=1)
    )


def awards(actor: Actor, learner_id: int, *, day: date) -> tuple[AwardWorth, ...]:
    """Return how far an archive reaches towards every award of the books in force, the nearest first."""
    held = holdings(actor, learner_id)
    rows = []
    for ruling in in_force(day, kinds=frozenset({BookKind.AWARD})):
        owner = organizations.by_id(ruling.edition.book.owner_id).name
        for award in ruling.book.awards:
            told, refusal = _award_value(ruling, award_problem(held, ruling, award.id, day=day))
            rows.append(
                AwardWorth(
                    target=award_target(ruling, award.id),
                    title=Text(award.title.zh, award.title.en),
                    owner=owner,
                    attained=told.attained,
                    needs=told.needs,
                    met=told.met,
                    still_needed=None if told.still_needed is None else hundredths(told.still_needed),
                    unit=unit_name(ruling.book.unit),
                    refusal=refusal,
                    credits=hundredths(told.credits),
                )
            )
    order = sorted(rows, key=lambda row: (-row.attained, row.refusal is not None, row.needs - row.met, row.title.zh))
    return tuple(order)


def _award_value(ruling: Ruling, problem: given.Problem) -> tuple[planning.AwardTold, Refusal | None]:
    """Return how far one award is reached, or nothing and why that could not be worked out."""
    try:
        return planning.award(ruling.book, problem), None
    except Refusal as refusal:
        return planning.AwardTold(attained=False, needs=0, met=0, credits=Decimal(0), still_needed=None), refusal


def books_for(programme: Programme, rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """Return the books that bind a programme: its institution's own, and agreements that it receives under."""
    at = programme.organization_id
    return tuple(
        each
        for each in rulings
        if (each.edition.book.kind is BookKind.INSTITUTIONAL and each.edition.book.owner_id == at)
        or (each.edition.book.kind is BookKind.AGREEMENT and each.edition.book.receiver_id == at)
    )


def problem_of(
    held: Holdings,
    programme: Programme,
    courses: Mapping[int, Specification],
    *,
    day: date,
    wishes: given.Wishes | None = None,
) -> given.Problem:
    """Return the problem of a learner in a programme: through an enrolment in it, else supposed to be registered."""
    enrolment = enrolment_in(held, programme)
    learner = vocabulary.learner(enrolment, held.groups)
    if enrolment is None:
        learner = learner.model_copy(update={"status": Status.REGISTERED.value})
    events = {"application": day.isoformat()} | ({"enrolment": learner.enrolled} if learner.enrolled else {})
    done = done_in(held, programme)
    unit = framework.units_by_id()[programme.unit_id].unit.code
    return given.Problem(
        as_of=day.isoformat(),
        events=events,
        learner=learner,
        programme=vocabulary.programme(
            programme, courses, unit=unit, done=[vocabulary.spec_code(each) for each in done]
        ),
        achievements=held.achievements,
        spent=held.spent,
        wishes=wishes or given.Wishes(),
    )


def award_problem(held: Holdings, ruling: Ruling, award: str, *, day: date) -> given.Problem:
    """Return the problem of a learner towards an award: the archive itself, no programme."""
    first = min((each.acquired for each in held.achievements), default=day.isoformat())
    return given.Problem(
        as_of=day.isoformat(),
        events={"application": day.isoformat(), "registration": first},
        learner=vocabulary.learner(held.enrolments[0] if held.enrolments else None, held.groups),
        programme=given.Programme(code=award, unit=ruling.book.unit),
        achievements=held.achievements,
        spent=held.spent,
        award=award,
    )


def enrolment_in(held: Holdings, programme: Programme) -> Enrolment | None:
    """Return the enrolment that leads to a programme: by its edition, else by school, level and major's name."""
    mine = [each for each in held.enrolments if each.organization_id == programme.organization_id]
    named = (each for each in mine if each.programme_id == programme.id)
    alike = (
        each
        for each in mine
        if each.programme_id is None
        and each.level_code == programme.level_code
        and each.major
        and programme.name.zh.startswith(each.major)
    )
    return next(named, None) or next(alike, None)


def done_in(held: Holdings, programme: Programme) -> tuple[Specification, ...]:
    """Return the courses of a programme that its own institution says were passed; without a result nobody knows."""
    wanted = {course.specification_id for group in programme.groups for course in group.courses}
    return tuple(
        held.specifications[each.entry.key.specification_id]
        for each, said in zip(held.archived, held.achievements, strict=True)
        if each.entry.key.specification_id in wanted
        and each.entry.key.organization_id == programme.organization_id
        and said.passed is True
    )


def goal(learner_id: int) -> Goal | None:
    """Return what a learner works towards, if they said so."""
    row = models.Goal.objects.filter(learner_id=learner_id).first()
    return None if row is None else row.as_value()


def check_target(kind: GoalKind, target: str, *, day: date) -> None:
    """Refuse a goal that names no programme, no award of a book in force, and no occupation that holds on the day."""
    if kind is GoalKind.PROGRAMME:
        known = any(each.public_id == target for each in catalogue.programmes_on_offer(day))
    elif kind is GoalKind.OCCUPATION:
        known = aims(kind, target, day=day) is not None
    else:
        known = any(
            target == award_target(each, award.id)
            for each in in_force(day, kinds=frozenset({BookKind.AWARD}))
            for award in each.book.awards
        )
    if not known:
        raise GoalUnknown


def aims(kind: GoalKind, target: str, *, day: date) -> tuple[Programme, ...] | None:
    """Return the programmes that a goal leads through: itself, or those of an occupation's routes in their order.

    None where the goal is an occupation that does not hold on the day; an award leads through no programme.
    """
    if kind is GoalKind.AWARD:
        return ()
    if kind is GoalKind.PROGRAMME:
        return (catalogue.programme(target),)
    try:
        occupation = occupations.of_code(target, day=day)
    except OccupationNotFound:
        return None
    return tuple(occupations.programmes_needed(occupation, day=day).values())


def check_wishes(actor: Actor, goal: Goal, *, day: date) -> None:
    """Refuse a goal whose wishes name neither an entry of the archive nor a course of what it leads through."""
    asked = (*goal.keep, *goal.avoid)
    if not asked:
        return
    known = {each.id for each in holdings(actor, goal.learner_id).achievements}
    known |= {vocabulary.spec_code(each) for each in _courses(aims(goal.kind, goal.target, day=day) or ()).values()}
    for wish in asked:
        if wish not in known:
            raise GoalWishUnknown(wish=wish[:40])


def award_target(ruling: Ruling, award: str) -> str:
    """Return what names an award in addresses and goals."""
    return f"{ruling.edition.book.public_id}#{award}"


def unit_name(code: str) -> Text:
    """Return the name of a unit; one that the bank does not know is called by its code."""
    return next((each.name for each in framework.units_by_id().values() if each.unit.code == code), Text(code))


def _answer(programme: Programme, problem: given.Problem, *, held_credits: int, day: date) -> Answer:
    books = books_for(programme, in_force(day, kinds=CONVERTING))
    document: dict[str, Any] = planning.simulate([each.book for each in books], problem, explain=True)
    return Answer(
        programme_public_id=programme.public_id,
        programme=programme.name,
        institution=organizations.by_id(programme.organization_id).name,
        credits_required=programme.credits_required,
        held=held_credits,
        unit=framework.units_by_id()[programme.unit_id].name,
        document=document,
        told=Telling(document, books, problem).told(),
        editions=tuple(each.edition for each in books),
    )


def _courses(programmes: Iterable[Programme]) -> dict[int, Specification]:
    return catalogue.by_ids(
        {course.specification_id for each in programmes for group in each.groups for course in group.courses}
    )


def _held(held: Holdings, programme: Programme) -> int:
    done = {each.id for each in done_in(held, programme)}
    return sum(
        course.credits for group in programme.groups for course in group.courses if course.specification_id in done
    )
