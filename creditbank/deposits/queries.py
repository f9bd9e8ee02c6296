"""Reading batches: frozen values, within what the actor may see, ordered down to a unique column."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import polars as pl
from django.db.models import Count, Q, QuerySet

from creditbank.deposits import files, models, permissions
from creditbank.deposits.errors import BatchNotFound, OriginalDeleted
from creditbank.deposits.intake import codes, reading, refused_file, templates
from creditbank.deposits.intake.registry import BY_CODE
from creditbank.deposits.types import Batch, BatchStage, BatchView, KindOfRefusal, Place, RefusedRow
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, Reach
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind

ROWS_A_PAGE: Final = 20
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


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """One page of refused rows."""

    rows: tuple[RefusedRow, ...]
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
        people=people,
        kinds=tuple(kinds_of_refusal(found)),
    )


def posted_view(*, actor: Actor, public_id: str) -> BatchView:
    """Return a posted batch for its receipt. Refused: as `batch`, and one that is not posted."""
    found = view(actor=actor, public_id=public_id)
    if found.batch.stage is not BatchStage.POSTED:
        raise BatchNotFound
    return found


def waiting_for(actor: Actor) -> int:
    """Return how many submitted batches wait for this person's reading."""
    rows = models.Batch.objects.filter(permissions.visible_to(actor), stage=BatchStage.SUBMITTED)
    return sum(permissions.may_approve(actor, row.as_value()) for row in rows)


def kinds_of_refusal(batch: Batch) -> list[KindOfRefusal]:
    """Return the reasons of a report, the most frequent first."""
    counted = (
        models.RefusedRow.objects.filter(batch_id=batch.id)
        .values("code")
        .annotate(rows=Count("id"))
        .order_by("-rows", "code")
    )
    return [
        KindOfRefusal(
            code=line["code"],
            rows=line["rows"],
            name_zh=BY_CODE[line["code"]].name_zh,
            name_en=BY_CODE[line["code"]].name_en,
            remedy_zh=BY_CODE[line["code"]].remedy_zh,
            remedy_en=BY_CODE[line["code"]].remedy_en,
        )
        for line in counted
    ]


def refused_rows(batch: Batch, *, code: str = "", words: str = "", page: int = 1) -> RefusedPage:
    """Return a page of refused rows in the order of the file, of one reason and with these words."""
    rows = models.RefusedRow.objects.filter(batch_id=batch.id)
    if code:
        rows = rows.filter(code=code)
    if words:
        rows = rows.filter(Q(person_name__contains=words) | Q(student_number__contains=words))
    total = rows.count()
    start = (max(1, page) - 1) * ROWS_A_PAGE
    found = rows.order_by("row")[start : start + ROWS_A_PAGE]
    return RefusedPage(rows=tuple(row.as_value() for row in found), number=max(1, page), total=total)


def all_refused(batch: Batch) -> Iterator[RefusedRow]:
    """Yield every refused row in the order of the file."""
    for row in models.RefusedRow.objects.filter(batch_id=batch.id).order_by("row").iterator():
        yield row.as_value()


def refused_as_file(batch: Batch, *, language: str, code: str = "") -> tuple[str, bytes]:
    """Return the refused rows as a file of the same template with the reason in the last column, and its name.

    Refused: a batch whose original was deleted.
    """
    if batch.original_deleted_at is not None:
        raise OriginalDeleted
    sheet = reading.read(files.read(batch.public_id, files.UPLOAD), name=batch.file_name)
    refused = [
        (row.row, row.message_zh, row.message_en, BY_CODE[row.code].remedy_zh, BY_CODE[row.code].remedy_en, row.more)
        for row in all_refused(batch)
        if code in {"", row.code}
    ]
    columns = ["row", "message_zh", "message_en", "remedy_zh", "remedy_en", "more"]
    frame = pl.DataFrame(refused, schema=columns, orient="row").with_columns(
        pl.col("row").cast(sheet.frame.schema["row"])
    )
    content = refused_file.write(sheet, frame, language=language, kind=sheet.kind)
    stem = batch.file_name.rsplit(".", 1)[0]
    return f"{stem}_{'refused' if language == 'en' else '问题行'}.{sheet.kind}", content


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A batch with every refused row, as the command line and programs get it."""

    batch: Batch
    refused: tuple[RefusedRow, ...]

    def as_json(self) -> dict[str, object]:
        """Return the report as JSON takes it; rows = kept + corrections + duplicates + refused_rows.

        Of a file that could not be read there is only why: `code`, `message`, `message_en`.
        """
        if self.batch.refusal_code:
            words = {"message": self.batch.refusal_zh, "message_en": self.batch.refusal_en}
            return {"batch": self.batch.number, "posted": False, "code": self.batch.refusal_code, **words}
        refused = [
            {"row": r.row, "column": r.column, "code": r.code, "message": r.message_zh, "message_en": r.message_en}
            for r in self.refused
        ]
        posted = self.batch.stage is BatchStage.POSTED
        return {"batch": self.batch.number, "posted": posted, **asdict(self.batch.counts), "refused": refused}


def report(found: Batch) -> BatchReport:
    """Return a batch's whole report."""
    return BatchReport(batch=found, refused=tuple(all_refused(found)))


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
        "progress": {"step": found.progress.step.value, "done": found.progress.done, "total": found.progress.total},
        "counts": asdict(found.counts) if found.checked_at else None,
        "refusal": refusal,
        "root": found.root or None,
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


@dataclass(frozen=True, slots=True)
class SheetGuide:
    """What a school needs to fill a sheet in: both generations, newest first, their columns and code lists."""

    generations: tuple[templates.Template, ...]
    columns: Mapping[str, templates.Column]
    lists: Mapping[str, tuple[codes.Code, ...]]

    def headings(self, generation: str) -> tuple[str, ...] | None:
        """Return the headings of one generation in their order, or None where there is no such generation."""
        for template in self.generations:
            if template.code == generation:
                return tuple(self.columns[name].heading for name in template.order)
        return None


def sheet_guide() -> SheetGuide:
    """Return the guide to the sheets that the bank reads."""
    columns = {column.name: column for column in templates.COLUMNS}
    return SheetGuide(generations=(templates.SECOND, templates.FIRST), columns=columns, lists=codes.LISTS)
