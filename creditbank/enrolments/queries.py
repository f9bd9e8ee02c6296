"""Reading enrolments: of a learner, and of a school in pages."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.models import Count, Q, QuerySet

from creditbank.catalogue import queries as catalogue
from creditbank.enrolments import errors, models, permissions, rules
from creditbank.enrolments.list_queries import (
    list_progress,
    lists_left_lying,
    people_list,
    people_lists,
    refused_as_file,
    refused_rows,
    take_over_place,
    take_over_places,
)
from creditbank.enrolments.types import (
    SLIPS_MAX,
    Enrolment,
    Filters,
    SchoolClass,
    StatusStep,
    Student,
    StudentLine,
    StudentPage,
)
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as accounts
from creditbank.learners.errors import LearnerNotFound
from creditbank.learners.types import Place
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind

__all__ = [
    "by_learner",
    "by_learners",
    "classes",
    "count_learners",
    "enrolment",
    "export",
    "learners_after",
    "list_progress",
    "listing",
    "lists_left_lying",
    "people_list",
    "people_lists",
    "place",
    "places",
    "print_parts",
    "refused_as_file",
    "refused_rows",
    "student",
    "take_over_place",
    "take_over_places",
]

PAGE_LINES: Final = 50
EXPORT_BLOCK: Final = 1_000
CLASSES_MAX: Final = 300
SCHOOLS: Final = frozenset({OrganizationKind.INSTITUTION, OrganizationKind.ASSESSMENT_ORGANIZATION})


def by_learner(learner_id: int) -> tuple[Enrolment, ...]:
    """Return the enrolments of a learner in the order of their numbers."""
    return by_learners([learner_id])[learner_id]


def by_learners(learner_ids: Sequence[int]) -> dict[int, tuple[Enrolment, ...]]:
    """Return the same for each of many learners."""
    found: dict[int, list[Enrolment]] = {learner_id: [] for learner_id in learner_ids}
    for row in models.Enrolment.objects.filter(learner_id__in=learner_ids).order_by("learner_id", "number"):
        found[row.learner_id].append(row.as_value())
    return {learner_id: tuple(studied) for learner_id, studied in found.items()}


def learners_after(learner_id: int, *, organization_id: int | None, most: int) -> tuple[int, ...]:
    """Return the next learners with an enrolment at a school, or at any, by their numbers, at most so many."""
    rows = _at(organization_id).filter(learner_id__gt=learner_id).order_by("learner_id")
    return tuple(rows.values_list("learner_id", flat=True).distinct()[:most])


def count_learners(organization_id: int | None) -> int:
    """Return how many learners have an enrolment at a school, or at any."""
    return _at(organization_id).values("learner_id").distinct().count()


def _at(organization_id: int | None) -> QuerySet[models.Enrolment]:
    rows = models.Enrolment.objects.all()
    return rows if organization_id is None else rows.filter(organization_id=organization_id)


def enrolment(*, actor: Actor, learner_id: int, number: int) -> tuple[Enrolment, tuple[StatusStep, ...]]:
    """Return one enrolment with its steps, newest first. Refused: one the actor may not know of."""
    rows = models.Enrolment.objects.filter(permissions.visible_to(actor), learner_id=learner_id, number=number)
    row = rows.first()
    if row is None:
        raise errors.EnrolmentNotFound
    steps = models.EnrolmentStatus.objects.filter(learner_id=learner_id, number=number).order_by("-step")
    return row.as_value(), tuple(step.as_value() for step in steps) or (row.first_step(),)


def places(actor: Actor, permission: Permission) -> tuple[Place, ...]:
    """Return the open schools where the actor holds a permission, by code."""
    return accounts.places(actor, permission, kinds=SCHOOLS)


def place(actor: Actor, permission: Permission, public_id: str) -> int:
    """Return the id of the school chosen; of the only one, where nothing was chosen. Refused: any other."""
    return accounts.place(actor, permission, public_id, kinds=SCHOOLS)


def student(*, actor: Actor, account_number: str, number: int) -> Student:
    """Return one enrolment by account number, with the person and its steps. Refused: one the actor may not know of."""
    try:
        learner = accounts.by_account_number(account_number)
    except LearnerNotFound:
        raise errors.EnrolmentNotFound from None  # one sentence for all, or numbers of accounts could be tried out
    found, steps = enrolment(actor=actor, learner_id=learner.learner_id, number=number)
    masked = accounts.masked_documents([learner.learner_id]).get(learner.learner_id, "")
    line = StudentLine(found, learner.name, learner.account_number, masked, learner.status.value)
    school = organizations.by_id(found.organization_id).name
    following = tuple(sorted(rules.MOVES[found.status]))
    programme = next((p for p in catalogue.programmes_of(found.organization_id) if p.id == found.programme_id), None)
    return Student(line=line, school=school, steps=steps, next_statuses=following, programme=programme)


def classes(*, actor: Actor, organization_id: int | None) -> tuple[SchoolClass, ...]:
    """Return the classes of a school, or of all the actor sees, by name."""
    rows = models.Enrolment.objects.filter(permissions.visible_to(actor)).exclude(class_name="")
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    counted = rows.values("organization_id", "class_name").annotate(students=Count("learner_id", distinct=True))
    ordered = counted.order_by("class_name", "organization_id")[:CLASSES_MAX]
    return tuple(SchoolClass(row["organization_id"], row["class_name"], row["students"]) for row in ordered)


def print_parts(*, actor: Actor, organization_id: int | None, class_name: str) -> int:
    """Return in how many parts the claim slips of a class are printed."""
    rows = models.Enrolment.objects.filter(permissions.visible_to(actor), class_name=class_name)
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    return max(1, -(-rows.count() // SLIPS_MAX)) if class_name else 1


def listing(*, actor: Actor, filters: Filters, page: int) -> StudentPage:
    """Return one page of the students that the actor may know of, by student number; beyond the last is the last."""
    rows = models.Enrolment.objects.filter(permissions.visible_to(actor)).filter(_narrowed(filters))
    total = rows.count()
    pages = max(1, -(-total // PAGE_LINES))
    number = min(max(1, page), pages)
    ordered = rows.order_by("student_number", "learner_id", "number")
    shown = [row.as_value() for row in ordered[(number - 1) * PAGE_LINES : number * PAGE_LINES]]
    schools = organizations.by_ids({each.organization_id for each in shown})
    names = {school: found.name for school, found in schools.items()}
    return StudentPage(lines=_lines(shown), number=number, pages=pages, total=total, schools=names)


def export(*, actor: Actor, filters: Filters) -> Iterator[StudentLine]:
    """Yield every student of the list, in its order, for a file."""
    rows = models.Enrolment.objects.filter(permissions.visible_to(actor)).filter(_narrowed(filters))
    ordered = rows.order_by("student_number", "learner_id", "number")
    block: list[Enrolment] = []
    for row in ordered.iterator(chunk_size=EXPORT_BLOCK):
        block.append(row.as_value())
        if len(block) == EXPORT_BLOCK:
            yield from _lines(block)
            block = []
    yield from _lines(block)


def _narrowed(filters: Filters) -> Q:
    rule = Q()
    if filters.organization_id is not None:
        rule &= Q(organization_id=filters.organization_id)
    for column in ("class_name", "level_code", "status"):
        if value := getattr(filters, column):
            rule &= Q(**{column: value})
    if filters.entry_year.isascii() and filters.entry_year.isdigit():
        rule &= Q(entry_year=int(filters.entry_year[:4]))
    if filters.words:
        named = accounts.ids_by_name(filters.words)
        rule &= Q(student_number__startswith=filters.words) | Q(learner_id__in=named)
    return rule


def _lines(shown: Sequence[Enrolment]) -> tuple[StudentLine, ...]:
    ids = [each.learner_id for each in shown]
    people, masked = accounts.by_ids(ids), accounts.masked_documents(ids)
    return tuple(
        StudentLine(
            enrolment=each,
            name=people[each.learner_id].name,
            account_number=people[each.learner_id].account_number,
            masked=masked.get(each.learner_id, ""),
            account_status=people[each.learner_id].status.value,
        )
        for each in shown
    )
