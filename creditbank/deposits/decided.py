"""Reading what people decide about a batch: the sample, originals asked for, corrections."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from creditbank.archive import queries as archive
from creditbank.archive.types import Entry
from creditbank.catalogue import queries as catalogue
from creditbank.deposits import files, models, parts, permissions, sample
from creditbank.deposits.errors import RequestNotFound
from creditbank.deposits.types import Batch, BatchStage, OriginalRequest
from creditbank.deposits.withdrawals import WithdrawalView, asked_about, people_of, visible
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import masked
from creditbank.kernel.grades import Grade, Scale, label, label_en
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners

LINES_A_PAGE: Final = 20
MATTERS_SHOWN: Final = 10
SAMPLED: Final = "sampled"
#: Where the rows that correct something lie, by their numbers in the file: they may be as many as the file has.
CORRECTING: Final = "correcting-where"
#: While a batch is at these stages its rows lie checked, and nothing but a decision comes next.
WAITING: Final = frozenset({BatchStage.REPORTED, BatchStage.SUBMITTED, BatchStage.RETURNED})
_KEY: Final = ("learner_id", "specification_id", "obtained")


@dataclass(frozen=True, slots=True)
class Values:
    """What an entry is worth: credits and hours in hundredths, and the grade."""

    credits: int | None
    hours: int | None
    grade: Grade

    @property
    def grade_text(self) -> Text:
        """The grade in words, empty where none was given."""
        return Text(label(self.grade), label_en(self.grade))


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One correction: whose, of what, and both values. `row` is None once the batch is posted; the person is masked."""

    row: int | None
    person: str
    account: str
    course: Text
    obtained: int
    old: Values
    new: Values


@dataclass(frozen=True, slots=True)
class SampledRow:
    """One row of the sample as it was read, and what it becomes; the person is masked.

    `account` is empty where one would be opened, `specification` None where a course would be proposed, `old` None
    where the row is new.
    """

    row: int
    person: str
    document: str
    student_number: str
    major: str
    course: str
    values: Values
    obtained: int
    mapped: bool
    account: str
    specification: Text | None
    old: Values | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What the second person is shown: the numbers drawn, the rows while they lie here, and originals asked for."""

    numbers: tuple[int, ...]
    rows: tuple[SampledRow, ...]
    requests: tuple[OriginalRequest, ...]
    people: Mapping[str, str]

    @property
    def open(self) -> tuple[OriginalRequest, ...]:
        """The requests that nobody has answered yet."""
        return tuple(each for each in self.requests if each.answered_at is None)

    def asked_of(self, row: int) -> tuple[OriginalRequest, ...]:
        """Return what was asked of one row, the oldest first."""
        return tuple(each for each in self.requests if each.row == row)

    def person(self, reference: str) -> str:
        """Return the name behind an actor's reference; unknown ones keep the reference."""
        return self.people.get(reference, reference)


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """A page of a batch's corrections, old and new, and how many there are."""

    lines: tuple[CorrectionLine, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Matters:
    """What waits at a batch besides its stage, as a list shows it: a withdrawal to confirm, originals to give."""

    batch: Batch
    withdrawal: bool
    originals: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a batch's own page says of the pages about it: how many rows are sampled, what is asked and awaited."""

    sampled: int
    awaited: int
    asked: int
    withdrawal: WithdrawalView


def staged_rows(batch: Batch, rows: Collection[int]) -> pl.DataFrame:
    """Return some of the rows that wait to be posted, by their numbers, as the check left them; none once posted."""
    return _staged(batch, pl.col("row").is_in(list(rows)))


def _staged(batch: Batch, chosen: pl.Expr) -> pl.DataFrame:
    found = [staged.filter(chosen) for staged in parts.each_staged(batch.public_id)]
    return pl.concat(found).sort("row") if found else pl.DataFrame()


def _kept(batch: Batch, name: str, chosen: pl.Expr) -> pl.DataFrame:
    """Return chosen staged rows; they are put beside when asked for first, for a batch may have millions of others."""
    if files.exists(batch.public_id, name):
        return files.read_frame(batch.public_id, name)
    found = _staged(batch, chosen)
    if found.height:
        files.write_frame(batch.public_id, name, found, lasting=False)
    return found


def _correcting(batch: Batch, first: int) -> pl.DataFrame:
    """Return a page of the staged rows that correct something, in the order of the file.

    Only their places are read and put beside as a whole, and of the parts those that have rows of the page.
    """
    if not files.exists(batch.public_id, CORRECTING):
        found = [_places(batch, part) for part in range(parts.number_of(batch.public_id, parts.STAGED))]
        files.write_frame(batch.public_id, CORRECTING, pl.concat(found).sort("row"), lasting=False)
    page = files.read_frame(batch.public_id, CORRECTING).slice(first, LINES_A_PAGE)
    rows = [
        parts.staged(batch.public_id, part).wide().filter(pl.col("row").is_in(page["row"].implode()))
        for part in page["part"].unique().sort()
    ]
    return pl.concat(rows).sort("row") if rows else pl.DataFrame()


def _places(batch: Batch, part: int) -> pl.DataFrame:
    found = parts.get(batch.public_id, parts.STAGED, part, columns=["row", "correction"]).filter("correction")
    return found.select("row", part=pl.lit(part, pl.Int16))


def the_sample(*, actor: Actor, public_id: str) -> Sample:
    """Return the sample of a batch that the actor may see, with what was asked and given.

    The rows themselves lie here from the check till the batch is posted or dropped.
    """
    row = visible(actor, public_id)
    batch = row.as_value()
    waits = batch.stage in WAITING
    numbers = tuple(row.sampled.order_by("row").values_list("row", flat=True))
    requests = tuple(each.as_value() for each in row.requests.order_by("id"))
    references = {each.asked_by for each in requests} | {each.answered_by for each in requests}
    return Sample(
        numbers=numbers,
        rows=_sampled(batch, _kept(batch, SAMPLED, pl.col("row").is_in(numbers)) if waits else pl.DataFrame()),
        requests=requests,
        people=people_of(references),
    )


def original(*, actor: Actor, public_id: str, number: int) -> tuple[OriginalRequest, bytes]:
    """Return the file that was given to a request. Refused: a request that is not there or has none."""
    row = visible(actor, public_id)
    found = row.requests.filter(id=number, file_size__gt=0).first()
    if found is None or not files.exists(public_id, files.given(number)):
        raise RequestNotFound
    return found.as_value(), files.read(public_id, files.given(number))


def corrections(*, actor: Actor, public_id: str, page: int = 1) -> CorrectionPage:
    """Return a page of what a batch corrects, or has corrected, with the values before and after."""
    batch = visible(actor, public_id).as_value()
    total = batch.counts.corrections
    pages = max(1, -(-total // LINES_A_PAGE))
    number = min(max(1, page), pages)
    first = (number - 1) * LINES_A_PAGE
    if batch.posted_at is None:
        lines = _coming(batch, _correcting(batch, first)) if batch.stage in WAITING else ()
    else:
        lines = _done(batch, first)
    return CorrectionPage(lines=lines, number=number, pages=pages, total=total)


def decisions(*, actor: Actor, public_id: str) -> Decisions:
    """Return what is to be said of the decisions about a batch that the actor may see."""
    row = visible(actor, public_id)
    open_ones = row.requests.filter(answered_at__isnull=True).count()
    return Decisions(
        sampled=row.sampled.count(),
        awaited=open_ones,
        asked=row.requests.count(),
        withdrawal=asked_about(row),
    )


def matters(*, actor: Actor) -> tuple[Matters, ...]:
    """Return the batches at which this person has something to do besides the stage: the oldest ten.

    A withdrawal that somebody else asked for is to be decided by who may approve; originals are to be given by who
    may upload.
    """
    rows = models.Batch.objects.filter(permissions.visible_to(actor))
    asked = dict(
        models.Withdrawal.objects.filter(verdict="", batch__in=rows).values_list("batch__public_id", "asked_by")
    )
    awaited = Counter(
        models.OriginalRequest.objects.filter(
            answered_at__isnull=True, batch__in=rows, batch__stage=BatchStage.SUBMITTED
        ).values_list("batch__public_id", flat=True)
    )
    found = []
    for row in rows.filter(public_id__in={*asked, *awaited}).order_by("id"):
        batch = row.as_value()
        decides = batch.public_id in asked and permissions.may_decide_withdrawal(actor, batch, asked[batch.public_id])
        answers = awaited[batch.public_id] if permissions.may_upload(actor, batch.organization_id) else 0
        if decides or answers:
            found.append(Matters(batch=batch, withdrawal=decides, originals=answers))
    return tuple(found[:MATTERS_SHOWN])


def _values(row: Mapping[str, Any]) -> Values:
    grade = Grade(Scale(row["grade_scale"] or Scale.NONE), row["grade"] or 0)
    return Values(credits=row["credits"], hours=row["hours"], grade=grade)


def _before(batch: Batch, rows: pl.DataFrame) -> dict[tuple[int, ...], Values]:
    """Return what stands in the book under the keys of staged corrections."""
    known = rows.filter("correction")["learner_id"].drop_nulls().unique().to_list() if rows.height else []
    stored = archive.stored(organization_id=batch.organization_id, learner_ids=known)
    told = stored.filter("standing").iter_rows(named=True)
    return {_key(row): _values(row) for row in told}


def _key(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return what an entry is found by; rows of courses have no part."""
    return (*(row[name] for name in _KEY), row.get("part", 0))


def _sampled(batch: Batch, rows: pl.DataFrame) -> tuple[SampledRow, ...]:
    if rows.is_empty():
        return ()
    numbers = learners.account_numbers(rows["learner_id"].drop_nulls().unique().to_list())
    specifications = catalogue.by_ids(rows["specification_id"].drop_nulls().unique().to_list())
    before = _before(batch, rows)
    return tuple(
        SampledRow(
            row=row["row"],
            person=sample.masked_name(row["person_name"] or ""),
            document=masked(row["document_number"]) if row["document_number"] else "",
            student_number=row["student_number"] or "",
            major=row["major"] or "",
            course=row["course"] or "",
            values=_values(row),
            obtained=row["obtained"],
            mapped=row["mapped"],
            account=masked(numbers[row["learner_id"]]) if row["learner_id"] in numbers else "",
            specification=specifications[row["specification_id"]].name if row["specification_id"] else None,
            old=before.get(_key(row)) if row["correction"] else None,
        )
        for row in rows.iter_rows(named=True)
    )


def _coming(batch: Batch, rows: pl.DataFrame) -> tuple[CorrectionLine, ...]:
    return tuple(
        CorrectionLine(
            row=each.row,
            person=each.person,
            account=each.account,
            course=each.specification or Text(each.course),
            obtained=each.obtained,
            old=each.old,
            new=each.values,
        )
        for each in _sampled(batch, rows)
        if each.old is not None
    )


def _done(batch: Batch, first: int) -> tuple[CorrectionLine, ...]:
    found = archive.corrections(batch.public_id, first=first, most=LINES_A_PAGE)
    people = learners.by_ids([each.new.key.learner_id for each in found])
    courses = catalogue.by_ids({each.new.key.specification_id for each in found})
    return tuple(
        CorrectionLine(
            row=None,
            person=sample.masked_name(people[each.new.key.learner_id].name),
            account=masked(people[each.new.key.learner_id].account_number),
            course=courses[each.new.key.specification_id].name,
            obtained=each.new.key.obtained,
            old=_told(each.old),
            new=_told(each.new),
        )
        for each in found
    )


def _told(entry: Entry) -> Values:
    return Values(credits=entry.credits, hours=entry.hours, grade=entry.grade)
