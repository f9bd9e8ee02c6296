"""Reading batches: frozen values, within what the actor may see, ordered down to a unique column."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet

from creditbank.deposits import (
    decided,
    figures,
    models,
    pace,
    permissions,
    profile_queries,
    receipts,
    reported,
    waiting_queries,
    withdrawals,
)
from creditbank.deposits.errors import BatchNotFound, UploadNotFound
from creditbank.deposits.intake import guide
from creditbank.deposits.types import Batch, BatchStage, BatchView, KindOfRefusal, Place, Upload
from creditbank.framework import queries as framework
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, Reach
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind

#: What schools call their columns is read in a file of its own, too.
column_names = profile_queries
#: What people decide about a batch is read in a file of its own; this is the door.
staged_rows = decided.staged_rows
the_sample = decided.the_sample
original = decided.original
corrections = decided.corrections
withdrawal = withdrawals.withdrawal
withdrawal_reasons = withdrawals.reasons
#: So are rows that wait, and those that two institutions tell differently.
conflict = waiting_queries.conflict
conflicts = waiting_queries.conflicts
open_conflicts = waiting_queries.open_conflicts
decided_conflicts = waiting_queries.decided_conflicts
next_conflict = waiting_queries.next_conflict
disputed_batches = waiting_queries.disputed_batches
disputed_achievements = waiting_queries.disputed_achievements
Narrowed = waiting_queries.Narrowed
Case = waiting_queries.Case
CASES_A_PAGE: Final = waiting_queries.CASES_A_PAGE
waiting_batches = waiting_queries.waiting_batches
waiting_rows = waiting_queries.waiting_rows
#: What a check refused, in a third.
kinds_of_refusal = reported.kinds_of_refusal
refused_rows = reported.refused_rows
all_refused = reported.all_refused
refused_as_file = reported.refused_as_file
BatchReport = reported.BatchReport
report = reported.report
#: What jobs did, and how institutions deposit, is read in another.
Figures = figures.Figures
runs_of = figures.runs_of
months = figures.months
seconds_of = figures.seconds_of
speed_of = pace.pace
#: What is kept of a posted batch, and what its root stands for.
receipt = receipts.receipt
by_root = receipts.by_root
decisions = decided.decisions
matters = decided.matters

ROWS_A_PAGE: Final = reported.ROWS_A_PAGE
DEPOSITING: Final = frozenset(
    {
        OrganizationKind.INSTITUTION,
        OrganizationKind.ISSUER,
        OrganizationKind.ASSESSMENT_ORGANIZATION,
        OrganizationKind.EXAM_AUTHORITY,
    }
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, the page's number from 1, and how many rows and pages there are."""

    rows: tuple[Batch, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages the list has; at least one."""
        return max(1, -(-self.total // ROWS_A_PAGE))


def batch(*, actor: Actor, public_id: str) -> Batch:
    """Return one batch. Refused: one that is not there or that the actor may not know of."""
    row = models.Batch.objects.filter(permissions.visible_to(actor)).filter(public_id=public_id).first()
    if row is None:
        raise BatchNotFound
    return row.as_value()


def batches(*, actor: Actor, stage: str = "", words: str = "", page: int = 1) -> Page:
    """Return a page of the batches that the actor may see, newest first, of one stage and with these words."""
    rows = _listed(actor, stage, words)
    total = rows.count()
    start = (max(1, page) - 1) * ROWS_A_PAGE
    found = rows.order_by("-uploaded_at", "-id")[start : start + ROWS_A_PAGE]
    return Page(rows=tuple(row.as_value() for row in found), number=max(1, page), total=total)


def every_batch(*, actor: Actor, stage: str = "", words: str = "") -> Iterator[Batch]:
    """Yield the whole list that `batches` pages through."""
    for row in _listed(actor, stage, words).order_by("-uploaded_at", "-id").iterator():
        yield row.as_value()


def _listed(actor: Actor, stage: str, words: str) -> QuerySet[models.Batch]:
    rows = models.Batch.objects.filter(permissions.visible_to(actor))
    if stage in set(BatchStage):
        rows = rows.filter(stage=stage)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(file_name__icontains=words) | Q(number__icontains=words))
    return rows


def institution_names(page: Page) -> dict[int, Text]:
    """Return the names of the institutions whose batches stand on a page."""
    found = organizations.by_ids({batch.organization_id for batch in page.rows})
    return {number: organization.name for number, organization in found.items()}


def places_to_upload(actor: Actor) -> tuple[Place, ...]:
    """Return the institutions that the actor may hand files in for, by name."""
    return _places(actor.reach({Permission.DEPOSITS_BATCH_UPLOAD}))


def _places(reach: Reach) -> tuple[Place, ...]:
    numbers = reach.organizations
    if reach.everywhere:
        numbers = frozenset().union(*(organizations.subtree(root.id) for root in organizations.roots()))
    found = [o for o in organizations.by_ids(numbers).values() if o.kind in DEPOSITING]
    return tuple(Place(id=o.id, public_id=o.public_id, name=o.name) for o in sorted(found, key=lambda o: o.code))


def place(actor: Actor, public_id: str) -> int:
    """Return the number of an institution that the actor may upload for. Refused: any other."""
    for found in places_to_upload(actor):
        if found.public_id == public_id:
            return found.id
    raise NotPermitted


def depositing(*, actor: Actor, today: date) -> list[Figures]:
    """Return the figures of all institutions whose batches the actor may see, by code."""
    return figures.institutions(_places(actor.reach(permissions.SEEING)), today=today)


def depositing_of(*, actor: Actor, public_id: str, today: date) -> Figures:
    """Return the figures of one institution. Refused: one whose batches the actor may not see."""
    for found in _places(actor.reach(permissions.SEEING)):
        if found.public_id == public_id:
            return figures.institutions([found], today=today)[0]
    raise BatchNotFound


def view(*, actor: Actor, public_id: str) -> BatchView:
    """Return a batch with the names that its page shows. Refused: as `batch`."""
    found = batch(actor=actor, public_id=public_id)
    institution = organizations.by_id(found.organization_id)
    references = {found.uploaded_by, found.submitted_by, *(reading.reader for reading in found.readings)}
    staff = {int(reference[6:]) for reference in references if reference.startswith("staff:")}
    people = {f"staff:{number}": user.name for number, user in identity.users(staff).items()}
    programs = {int(reference[7:]) for reference in references if reference.startswith("client:")}
    people |= {f"client:{number}": name for number, name in identity.client_names(programs).items()}
    return BatchView(
        batch=found,
        institution=institution.name,
        institution_code=institution.code,
        institution_public_id=institution.public_id,
        people=people,
        kinds=tuple(kinds_of_refusal(found)),
    )


def kinds_by_month(months: Iterable[figures.Month]) -> list[KindOfRefusal]:
    """Return the reasons for which rows were refused in these months, with their sums, the most frequent first."""
    sums: Counter[str] = Counter()
    for month in months:
        sums.update(month.kinds)
    return [reported.kind_of(code, rows) for code, rows in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]


def posted_view(*, actor: Actor, public_id: str) -> BatchView:
    """Return a posted batch for its receipt, be it withdrawn since. Refused: as `batch`, and one not posted."""
    found = view(actor=actor, public_id=public_id)
    if found.batch.posted_at is None:
        raise BatchNotFound
    return found


def uploads(*, actor: Actor) -> tuple[Upload, ...]:
    """Return what the actor began to upload and did not end, the latest first."""
    rows = models.Upload.objects.filter(permissions.visible_to(actor), started_by=actor.reference)
    return tuple(row.as_value() for row in rows.order_by("-touched_at", "-id"))


def unfinished(*, actor: Actor, public_id: str) -> Upload:
    """Return how far an upload is. Refused: one that is not there, or that somebody else began."""
    for found in uploads(actor=actor):
        if found.public_id == public_id:
            return found
    raise UploadNotFound


def waiting_for(actor: Actor) -> int:
    """Return how many submitted batches wait for this person's reading."""
    rows = models.Batch.objects.filter(permissions.visible_to(actor), stage=BatchStage.SUBMITTED)
    return sum(permissions.may_approve(actor, row.as_value()) for row in rows)


def status(found: Batch) -> dict[str, object]:
    """Return where a batch stands, as programs get it; `counts` are there once it is checked."""
    refusal = None
    if found.refusal_code:
        refusal = {"code": found.refusal_code, "title": found.refusal_en, "title_zh": found.refusal_zh}
    return {
        "id": found.public_id,
        "number": found.number,
        "file": found.file_name,
        "sha256": found.file_sha256,
        "stage": found.stage.value,
        "progress": _progress(found),
        "counts": asdict(found.counts) if found.checked_at else None,
        "refusal": refusal,
        "root": found.root or None,
        "all_or_nothing": found.all_or_nothing,
        "withdrawn_at": found.withdrawn_at.isoformat() if found.withdrawn_at else None,
    }


def _progress(found: Batch) -> dict[str, object]:
    speed = speed_of(found.progress)
    return {
        "step": found.progress.step.value,
        "done": found.progress.done,
        "total": found.progress.total,
        "rows_per_second": None if speed.rate is None else round(speed.rate),
        "seconds_left": None if speed.left is None else round(speed.left),
    }


def half_posted(*, actor: Actor, organization_id: int) -> list[Batch]:
    """Return the batches of an institution that a crash left half way into the book, oldest first."""
    rows = models.Batch.objects.filter(permissions.visible_to(actor), organization_id=organization_id)
    return [row.as_value() for row in rows.filter(stage=BatchStage.POSTING).order_by("id")]


def left_lying(*, actor: Actor) -> list[Batch]:
    """Return the batches that a job should be at: received, being checked, approved, being posted; oldest first."""
    stages = [BatchStage.RECEIVED, BatchStage.CHECKING, BatchStage.APPROVED, BatchStage.POSTING]
    rows = models.Batch.objects.filter(permissions.visible_to(actor), stage__in=stages)
    return [row.as_value() for row in rows.order_by("id")]


def stages(actor: Actor) -> Counter[str]:
    """Return how many batches the actor may see at each stage."""
    rows = models.Batch.objects.filter(permissions.visible_to(actor))
    return Counter(
        {line["stage"]: line["n"] for line in rows.values("stage").annotate(n=Count("id")).order_by("stage")}
    )


def sheet_guide() -> guide.SheetGuide:
    """Return the guide to the sheets that the bank reads, with their code lists."""
    return guide.sheet_guide(framework.unit_details())
