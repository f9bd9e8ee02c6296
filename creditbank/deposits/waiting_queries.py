"""Reading rows that wait and cases of institutions that disagree, within what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Min, Q, QuerySet

from creditbank.archive import queries as book
from creditbank.catalogue import queries as catalogue
from creditbank.deposits import aside, models, permissions
from creditbank.deposits.errors import BatchNotFound, ConflictNotFound
from creditbank.deposits.intake.registry import BY_CODE, Check
from creditbank.deposits.types import Batch, ConflictState, WaitingState
from creditbank.identity import queries as identity
from creditbank.kernel import documents
from creditbank.kernel.actor import Actor
from creditbank.kernel.credits import plain
from creditbank.kernel.grades import Grade, Scale, label, label_en
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners
from creditbank.organizations import queries as organizations

ROWS_A_PAGE: Final = 20
CASES_A_PAGE: Final = 50
BATCHES_SHOWN: Final = 10
ACHIEVEMENTS_SHOWN: Final = 30
#: The order in which open cases are looked at: the oldest first, of one file in the order of its rows.
IN_TURN: Final = ("since", "batch_id", "row", "item")


def _differing(name: str) -> Q:
    return ~Q(**{name: F(f"first_{name}")}) & ~Q(**{f"{name}__isnull": True, f"first_{name}__isnull": True})


#: What two institutions can say differently.
DIFFERENCES: Final = {
    "grade": ~Q(grade=F("first_grade"), grade_scale=F("first_grade_scale")),
    "credits": _differing("credits"),
    "hours": _differing("hours"),
}


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """One batch of which rows wait: how many, since when, and how many of them something speaks against."""

    batch: Batch
    institution: Text
    rows: int
    held: int
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row that waits, opened for the people of its institution; the number of the document is masked.

    `written` has a line for each achievement that the row stands for.
    """

    row: int
    person_name: str
    document: str
    student_number: str
    written: str
    since: datetime
    problem: Check | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One page of the `found` rows of a batch, of all that wait or of those held; and what became of the others."""

    batch: Batch
    institution: Text
    rows: tuple[WaitingRow, ...]
    number: int
    found: int
    total: int
    held: int
    ended: dict[WaitingState, int]
    late: tuple[Batch, ...]

    @property
    def pages(self) -> int:
        """How many pages the list has; at least one."""
        return max(1, -(-self.found // ROWS_A_PAGE))


@dataclass(frozen=True, slots=True)
class DisputedBatch:
    """A batch with open cases: whose it is, and how many there are."""

    batch: Batch
    institution: Text
    cases: int


@dataclass(frozen=True, slots=True)
class DisputedAchievement:
    """An achievement with open cases, and how many there are."""

    public_id: str
    name: Text
    cases: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which cases a list holds: of a batch, of an achievement, with a difference of `DIFFERENCES`; empty is any."""

    batch: str = ""
    achievement: str = ""
    differs: str = ""


ALL: Final = Narrowed()


@dataclass(frozen=True, slots=True)
class Side:
    """What one institution says of an achievement; credits and hours are hundredths."""

    institution: Text
    batch: str
    at: datetime | None
    credits: int | None
    hours: int | None
    grade: Grade

    @property
    def grade_text(self) -> Text:
        """The grade in words, on its own scale."""
        return Text(label(self.grade), label_en(self.grade))


@dataclass(frozen=True, slots=True)
class Case:
    """One case of two institutions that disagree, with the names a page shows."""

    batch: Batch
    row: int
    item: int
    person_name: str
    account_number: str
    achievement: Text
    obtained: int
    state: ConflictState
    since: datetime
    first: Side
    second: Side
    decided_at: datetime | None
    decided_by: str
    reason: str
    may_decide: bool


def waiting_batches(actor: Actor) -> tuple[WaitingBatch, ...]:
    """Return the batches of which rows wait, the oldest rows first."""
    visible = models.Batch.objects.filter(permissions.visible_to(actor))
    waits = Q(waiting_rows__state=WaitingState.WAITING)
    found = (
        visible.filter(waits)
        .annotate(
            waiting=Count("waiting_rows", filter=waits),
            held=Count("waiting_rows", filter=waits & ~Q(waiting_rows__problem="")),
            oldest=Min("waiting_rows__since", filter=waits),
        )
        .order_by("oldest", "id")
    )
    rows = list(found)
    places = organizations.by_ids({row.organization_id for row in rows})
    return tuple(
        WaitingBatch(row.as_value(), places[row.organization_id].name, row.waiting, row.held, row.oldest)
        for row in rows
    )


def waiting_rows(*, actor: Actor, public_id: str, held_only: bool = False, page: int = 1) -> WaitingPage:
    """Return a page of the rows of a batch that wait, in the order of the file. Refused: as `batch`.

    `held_only`: those that the account or the catalogue speaks against.
    """
    row = models.Batch.objects.filter(permissions.visible_to(actor), public_id=public_id).first()
    if row is None:
        raise BatchNotFound
    every = models.Waiting.objects.filter(batch=row)
    waiting = every.filter(state=WaitingState.WAITING)
    held = waiting.exclude(problem="")
    listed = held if held_only else waiting
    found = listed.count()
    number = min(max(1, page), max(1, -(-found // ROWS_A_PAGE)))
    shown = list(listed.order_by("row")[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE])
    ended = every.exclude(state=WaitingState.WAITING).values("state").annotate(rows=Count("id")).order_by("state")
    late = models.Batch.objects.filter(late_of=row.id).order_by("id")
    return WaitingPage(
        batch=row.as_value(),
        institution=organizations.by_id(row.organization_id).name,
        rows=tuple(_opened(row.public_id, shown)),
        number=number,
        found=found,
        total=waiting.count(),
        held=held.count(),
        ended={WaitingState(line["state"]): line["rows"] for line in ended},
        late=tuple(each.as_value() for each in late),
    )


def _opened(batch: str, rows: Sequence[models.Waiting]) -> list[WaitingRow]:
    frame = aside.opened((aside.SealedRow(row.row, row.key_id, bytes(row.sealed)) for row in rows), batch=batch)
    said = {number: lines.to_dicts() for (number,), lines in frame.partition_by("row", as_dict=True).items()}
    return [
        WaitingRow(
            row=row.row,
            person_name=said[row.row][0]["person_name"],
            document=documents.masked(said[row.row][0]["document_number"]),
            student_number=said[row.row][0]["student_number"] or "",
            written="\n".join(_written(line) for line in said[row.row]),
            since=row.since,
            problem=BY_CODE[row.problem] if row.problem else None,
        )
        for row in rows
    ]


def _written(line: dict[str, Any]) -> str:
    """Return what a row says of one achievement, in one line."""
    worth = "" if line["credits"] is None else plain(line["credits"])
    return " · ".join(filter(None, (line["course"], worth, str(line["obtained"])[:6])))


def conflicts(actor: Actor, which: Narrowed = ALL, *, open_only: bool = True, page: int = 1) -> tuple[Case, ...]:
    """Return a page of the cases that the actor may know of.

    Open ones come with the oldest first, decided ones with the latest.
    """
    rows = _open(actor, which) if open_only else _decided(actor, which)
    ordered = rows.order_by(*IN_TURN) if open_only else rows.order_by("-decided_at", *IN_TURN[1:])
    first = (max(1, page) - 1) * CASES_A_PAGE
    return _cases(actor, list(ordered[first : first + CASES_A_PAGE]))


def open_conflicts(actor: Actor, which: Narrowed = ALL) -> int:
    """Return how many cases are open among those that the actor may know of."""
    return _open(actor, which).count()


def decided_conflicts(actor: Actor, which: Narrowed = ALL) -> int:
    """Return how many cases are decided among those that the actor may know of."""
    return _decided(actor, which).count()


def next_conflict(actor: Actor, which: Narrowed = ALL, *, after: Case) -> Case | None:
    """Return the open case that comes after another in turn, else the first one; None where no other is open."""
    batch, row = Q(since=after.since, batch_id=after.batch.id), Q(row=after.row)
    later = Q(since__gt=after.since) | Q(since=after.since, batch_id__gt=after.batch.id)
    later |= batch & (Q(row__gt=after.row) | row & Q(item__gt=after.item))
    rows = _open(actor, which).exclude(batch & row & Q(item=after.item)).order_by(*IN_TURN)
    found = rows.filter(later).first() or rows.first()
    return None if found is None else _cases(actor, [found])[0]


def disputed_batches(actor: Actor) -> tuple[DisputedBatch, ...]:
    """Return the batches that have open cases which the actor may know of, those with the most first."""
    counted = _open(actor).values("batch_id").annotate(cases=Count("row")).order_by("-cases", "batch_id")
    cases = {line["batch_id"]: line["cases"] for line in counted[:BATCHES_SHOWN]}
    batches = {row.id: row.as_value() for row in models.Batch.objects.filter(id__in=cases)}
    places = organizations.by_ids({each.organization_id for each in batches.values()})
    return tuple(
        DisputedBatch(batches[number], places[batches[number].organization_id].name, count)
        for number, count in cases.items()
    )


def disputed_achievements(actor: Actor) -> tuple[DisputedAchievement, ...]:
    """Return the achievements that have open cases which the actor may know of, those with the most first."""
    counted = _open(actor).values("specification_id").annotate(cases=Count("row"))
    lines = list(counted.order_by("-cases", "specification_id")[:ACHIEVEMENTS_SHOWN])
    names = catalogue.by_ids({line["specification_id"] for line in lines})
    named = [(names[line["specification_id"]], line["cases"]) for line in lines]
    return tuple(DisputedAchievement(each.public_id, each.name, cases) for each, cases in named)


def _visible(actor: Actor, which: Narrowed = ALL) -> QuerySet[models.Conflict]:
    rows = models.Conflict.objects.filter(permissions.conflicts_visible_to(actor))
    if which.batch:
        rows = rows.filter(batch_id__in=models.Batch.objects.filter(public_id=which.batch).values("id"))
    if which.achievement:
        disputed = catalogue.by_ids(rows.values_list("specification_id", flat=True).distinct())
        rows = rows.filter(specification_id__in=[n for n, at in disputed.items() if at.public_id == which.achievement])
    if which.differs:
        rows = rows.filter(DIFFERENCES.get(which.differs, Q(batch_id__in=[])))
    return rows


def _open(actor: Actor, which: Narrowed = ALL) -> QuerySet[models.Conflict]:
    return _visible(actor, which).filter(state=ConflictState.OPEN)


def _decided(actor: Actor, which: Narrowed = ALL) -> QuerySet[models.Conflict]:
    return _visible(actor, which).exclude(state=ConflictState.OPEN)


def conflict(*, actor: Actor, public_id: str, row: int, item: int) -> Case:
    """Return one case. Refused: none, or one that the actor may not know of."""
    batch_id = models.Batch.objects.filter(public_id=public_id).values_list("id", flat=True)
    found = _visible(actor).filter(batch_id__in=batch_id, row=row, item=item).first()
    if found is None:
        raise ConflictNotFound
    return _cases(actor, [found])[0]


def _cases(actor: Actor, rows: Sequence[models.Conflict]) -> tuple[Case, ...]:
    batches = {row.id: row.as_value() for row in models.Batch.objects.filter(id__in={each.batch_id for each in rows})}
    places = organizations.by_ids({n for each in rows for n in (each.organization_id, each.first_organization_id)})
    names = catalogue.by_ids({each.specification_id for each in rows})
    people = learners.by_ids(sorted({each.learner_id for each in rows}))
    postings = {each.id: each for each in book.postings({each.first_posting_id for each in rows})}
    staff = identity.users({int(each.decided_by[6:]) for each in rows if each.decided_by.startswith("staff:")})
    cases = []
    for each in rows:
        batch, person, first = batches[each.batch_id], people[each.learner_id], postings.get(each.first_posting_id)
        decider = each.decided_by.removeprefix("staff:")
        cases.append(
            Case(
                batch=batch,
                row=each.row,
                item=each.item,
                person_name=person.name,
                account_number=person.account_number,
                achievement=names[each.specification_id].name,
                obtained=each.obtained,
                state=ConflictState(each.state),
                since=each.since,
                first=Side(
                    institution=places[each.first_organization_id].name,
                    batch=first.number if first else "",
                    at=first.posted_at if first else None,
                    credits=each.first_credits,
                    hours=each.first_hours,
                    grade=Grade(Scale(each.first_grade_scale), each.first_grade),
                ),
                second=Side(
                    institution=places[each.organization_id].name,
                    batch=batch.number,
                    at=batch.posted_at,
                    credits=each.credits,
                    hours=each.hours,
                    grade=Grade(Scale(each.grade_scale), each.grade),
                ),
                decided_at=each.decided_at,
                decided_by=staff[int(decider)].name if decider.isdecimal() and int(decider) in staff else "",
                reason=each.reason,
                may_decide=each.state == ConflictState.OPEN
                and permissions.may_decide(actor, first_id=each.first_organization_id, second_id=each.organization_id),
            )
        )
    return tuple(cases)
