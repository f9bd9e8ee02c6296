"""Everything that changes an enrolment. One function, one transaction, one fact."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Final

from django.db import transaction

from creditbank.catalogue import queries as catalogue
from creditbank.enrolments import errors, facts, lists, models, permissions, rules
from creditbank.enrolments.confirming import Telling, blocks, confirm_block, lock_school
from creditbank.enrolments.types import (
    Enrolment,
    EnrolmentRow,
    Key,
    Loaded,
    RefusedRow,
    Slip,
    StatusChange,
)
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import Found, NewPerson, Status as AccountStatus

SLIPS_MAX: Final = 500
LIST_SOURCE: Final = "list:"


@transaction.atomic
def confirm_many(
    *, actor: Actor, organization_id: int, rows: Sequence[EnrolmentRow], source: str, now: datetime
) -> dict[Key, int]:
    """Write the enrolments that a school tells of, or confirm those it told of before; return their numbers.

    Set-based and idempotent; of rows with one key the last counts. What a row does not tell stays, and
    a status goes forward only. Refused: no permission to load at this school.
    """
    permissions.check_may_load(actor, at=organization_id)
    lock_school(organization_id)
    telling = _telling(organization_id, source, now)
    distinct = {row.key: row for row in rows}
    numbers: dict[Key, int] = {}
    written = changed = 0
    for block in blocks(distinct[key] for key in sorted(distinct)):
        block_numbers, block_written, block_changed = confirm_block(block, telling)
        numbers |= {key: number for key, number in block_numbers.items() if key in distinct}
        written, changed = written + block_written, changed + block_changed
    if written or changed:
        fact = facts.enrolments_confirmed(
            organization_id=organization_id,
            written=written,
            changed=changed,
            source=source,
            actor=actor.reference,
            at=now,
        )
        evidence.append(fact)
    return numbers


@transaction.atomic
def load_enrolments(*, actor: Actor, organization_id: int, content: bytes, now: datetime) -> Loaded:
    """Take a school's list of students (XLSX or CSV): accounts are opened for newcomers, enrolments written.

    Good rows are taken and the others come back with their reasons. The same list twice changes nothing.
    Refused as a whole: no permission, a file without the columns, more rows than are taken at once.
    """
    permissions.check_may_load(actor, at=organization_id)
    read, refused = lists.read(content, today=rules.bank_day(now))
    found = accounts.find_by_documents([row.document for row in read])
    kept, differing = _names_compared(read, found)
    newcomers = [NewPerson(name=row.name, document=row.document) for row in kept if row.document not in found]
    ids: dict[Document, int] = {document: account.learner_id for document, account in found.items()}
    if newcomers:
        ids |= learners.open_many(actor=actor, organization_id=organization_id, people=newcomers, now=now)
    digest = hashlib.sha256(content).hexdigest()
    confirm_many(
        actor=actor,
        organization_id=organization_id,
        rows=[row.enrolment(ids[row.document]) for row in kept],
        source=f"{LIST_SOURCE}{digest[:16]}",
        now=now,
    )
    every = tuple(sorted([*refused, *differing], key=lambda row: row.row))
    opened = len({person.document for person in newcomers})
    loaded = Loaded(rows=len(kept) + len(every), taken=len(kept), accounts_opened=opened, refused=every)
    fact = facts.list_loaded(
        organization_id=organization_id,
        rows=loaded.rows,
        refused=len(every),
        accounts_opened=opened,
        digest=digest,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return loaded


@transaction.atomic
def change_status(*, actor: Actor, learner_id: int, number: int, change: StatusChange, now: datetime) -> Enrolment:
    """Change where an enrolment stands, from a day on, and keep the step; return the enrolment.

    Refused: an enrolment the actor may not know of, no permission to load at its school, a step
    that the machine of enrolments does not have, a day before that of the last step.
    """
    visible = models.Enrolment.objects.filter(permissions.visible_to(actor), learner_id=learner_id, number=number)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.EnrolmentNotFound
    permissions.check_may_load(actor, at=row.organization_id)
    rules.check_move(row.as_value().status, change.status)
    steps = models.EnrolmentStatus.objects.filter(learner_id=learner_id, number=number)
    last = steps.order_by("-step").first()
    # The first step bears the day its list was loaded, which says nothing about the student.
    rules.check_since(last.since if last and last.step > 1 else None, change.since)
    row.record_status(change.status)
    models.EnrolmentStatus.objects.create(
        learner_id=learner_id,
        number=number,
        step=(last.step if last else 0) + 1,
        since=change.since,
        status=change.status,
        source=actor.reference,
    )
    fact = facts.status_changed(
        learner_id=learner_id, number=number, status=change.status.value, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return row.as_value()


@transaction.atomic
def move_enrolments(
    *, actor: Actor, organization_id: int, survivor_id: int, other_id: int, now: datetime
) -> dict[int, int]:
    """Let the enrolments of an account that is merged live on under the survivor; return the new number of each.

    What the survivor studies by the same school, number, major, level and category is one enrolment afterwards,
    as far on as either was. Refused: no permission to merge accounts here.
    """
    permissions.check_may_move(actor, at=organization_id)
    mine = [row.as_value() for row in models.Enrolment.objects.filter(learner_id=survivor_id).order_by("number")]
    theirs = list(models.Enrolment.objects.filter(learner_id=other_id).order_by("number"))
    places = {each.place: each.number for each in mine}
    joined = {row.number: places[row.as_value().place] for row in theirs if row.as_value().place in places}
    free = count(start=max(places.values(), default=0) + 1)
    fresh = {row.number: next(free) for row in theirs if row.number not in joined}
    for row in theirs:
        if row.number in joined:
            _join(row.as_value(), survivor_id, now)
    steps = models.EnrolmentStatus.objects.filter(learner_id=other_id).order_by("number", "step")
    _write_under(survivor_id, [*theirs, *steps], fresh)
    delete_rows(learner_ids=[other_id])
    fact = facts.enrolments_moved(
        survivor_id=survivor_id,
        other_id=other_id,
        moved=len(fresh),
        joined=len(joined),
        organization_id=organization_id,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return joined | fresh


def _join(told: Enrolment, survivor_id: int, now: datetime) -> None:
    """Tell the survivor's enrolment what the other account knew of the same study."""
    row = EnrolmentRow(
        learner_id=survivor_id,
        student_number=told.student_number,
        major=told.major,
        level_code=told.level_code,
        category_code=told.category_code,
        cohort=told.cohort,
        outcome_code=told.outcome_code,
        season_code=told.season_code,
        class_name=told.class_name,
        entry_year=told.entry_year,
        status=told.status,
    )
    confirm_block([row], _telling(told.organization_id, told.source, now))


def _telling(organization_id: int, source: str, now: datetime) -> Telling:
    programmes = catalogue.programmes_of(organization_id)
    return Telling(organization_id=organization_id, source=source, day=rules.bank_day(now), programmes=programmes)


def _write_under(
    survivor_id: int, rows: Iterable[models.Enrolment | models.EnrolmentStatus], numbers: Mapping[int, int]
) -> None:
    """Write rows again under another learner: the column that they are distributed by is never updated."""
    for row in rows:
        if row.number in numbers:
            row.learner_id, row.number = survivor_id, numbers[row.number]
            row.save(force_insert=True)


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete the enrolments of accounts that are erased or live on in another; the callers have decided."""
    models.EnrolmentStatus.objects.filter(learner_id__in=learner_ids).delete()
    models.Enrolment.objects.filter(learner_id__in=learner_ids).delete()


@transaction.atomic
def print_claim_codes(*, actor: Actor, organization_id: int, class_name: str, now: datetime) -> tuple[Slip, ...]:
    """Return fresh claim slips for the students of a class whose accounts nobody has claimed, by student number.

    Refused: no permission to see these students or to issue codes for this school, more students than
    are printed at once, nobody to print for.
    """
    permissions.check_may_view(actor, at=organization_id)
    students = models.Enrolment.objects.filter(
        permissions.visible_to(actor), organization_id=organization_id, class_name=class_name
    )
    wanted = students.count()
    if wanted > SLIPS_MAX:
        raise errors.RangeTooWide(count=wanted, limit=SLIPS_MAX)
    rows = {row.learner_id: row for row in students.order_by("student_number", "learner_id", "number")}
    known = _vouched(list(rows), organization_id=organization_id)
    issued = learners.issue_claim_codes(
        actor=actor, organization_id=organization_id, learner_ids=list(rows), known=known, now=now
    )
    if not issued:
        raise errors.NobodyToPrintFor
    slips = [Slip(code, rows[code.learner_id].student_number, class_name) for code in issued]
    return tuple(sorted(slips, key=lambda slip: slip.student_number))


def _vouched(learner_ids: Sequence[int], *, organization_id: int) -> set[int]:
    """Return those whom a school knew before it listed them: a list is one person's word, a batch has a second one's.

    The first step of a study says where it came from; later lists overwrite the source of the study itself.
    """
    studies = models.Enrolment.objects.filter(organization_id=organization_id, learner_id__in=learner_ids)
    here = set(studies.values_list("learner_id", "number"))
    steps = models.EnrolmentStatus.objects.filter(learner_id__in=learner_ids, step=1)
    begun = steps.exclude(source__startswith=LIST_SOURCE).values_list("learner_id", "number")
    return {learner_id for learner_id, number in begun if (learner_id, number) in here}


def _names_compared(
    read: Sequence[lists.ListRow], found: dict[Document, Found]
) -> tuple[list[lists.ListRow], list[RefusedRow]]:
    """Keep the rows whose name is the one registered for the document, or the only one that a new document has here."""
    names: dict[Document, set[str]] = {}
    for row in read:
        names.setdefault(row.document, set()).add(row.name_key)
    kept: list[lists.ListRow] = []
    refused: list[RefusedRow] = []
    for row in read:
        reason = _against(row, found.get(row.document), names[row.document])
        if reason:
            refused.append(lists.refusal(reason, row=row.row))
        else:
            kept.append(row)
    return kept, refused


def _against(row: lists.ListRow, account: Found | None, names: set[str]) -> str:
    """Return the reason against a row that its person's account or the rest of the list gives, or nothing."""
    if account is None:
        return "two_names" if len(names) > 1 else ""
    if account.status is AccountStatus.CLOSED:
        return "account_closed"
    return "" if account.name_key == row.name_key else "name_differs"
