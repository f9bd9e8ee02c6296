"""What came out of a file, at once and later, and what was asked about taking all of it out of what counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from creditbank.archive import queries as book
from creditbank.archive.types import Posting
from creditbank.deposits import models, permissions
from creditbank.deposits.errors import BatchNotFound
from creditbank.deposits.rules import batch_of, corrections_prefix
from creditbank.deposits.types import Batch, WaitingState, Withdrawal
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor
from creditbank.kernel.review import Verdict


@dataclass(frozen=True, slots=True)
class Going:
    """What a withdrawal takes, or took, out of what counts: all achievements that came out of the file, and where.

    `late` are the batches of rows that entered later, `corrections` achievements of other institutions that get their
    former value back, `waiting` rows and `cases` that end undone.
    """

    achievements: int
    late: tuple[Batch, ...]
    corrections: int
    waiting: int
    cases: int


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """What was asked about withdrawing a batch, the newest first, with the names of those who asked and decided.

    `goes` is what goes with a batch that is posted, or went with it.
    """

    withdrawals: tuple[Withdrawal, ...]
    people: Mapping[str, str]
    goes: Going | None = None

    @property
    def open(self) -> Withdrawal | None:
        """The one that waits for a second person."""
        return next((each for each in self.withdrawals if not each.verdict), None)

    @property
    def carried_out(self) -> Withdrawal | None:
        """The one that took the batch out of what counts."""
        return next((each for each in self.withdrawals if each.verdict == "approve"), None)

    def person(self, reference: str) -> str:
        """Return the name behind an actor's reference; unknown ones keep the reference."""
        return self.people.get(reference, reference)


def late_batches(row: models.Batch) -> QuerySet[models.Batch]:
    """Return the batches of rows that could not enter with theirs, in their order."""
    return models.Batch.objects.filter(late_of=row.id).order_by("id")


def postings(row: models.Batch) -> list[Posting]:
    """Return every posting that came out of the file of a posted batch and stands, its own first.

    Of a batch that was withdrawn: those that were withdrawn with it.
    """
    references = [row.public_id, *late_batches(row).values_list("public_id", flat=True)]
    own = [found for found in map(book.posting, references) if found is not None]
    return [
        each
        for each in (*own, *book.begun_as(corrections_prefix(row.public_id)))
        if each.posted_at is not None and each.withdrawn_at == row.withdrawn_at
    ]


def withdrawal(*, actor: Actor, public_id: str) -> WithdrawalView:
    """Return what was asked about withdrawing a batch that the actor may see, and what goes with it."""
    row = visible(actor, public_id)
    return replace(asked_about(row), goes=_going(row) if row.posted_at else None)


def asked_about(row: models.Batch) -> WithdrawalView:
    """Return what was asked about withdrawing a batch; one of late rows tells of the one that it is of, too."""
    rows = models.Withdrawal.objects.filter(Q(batch=row) | Q(batch_id=row.late_of, verdict=Verdict.APPROVE.value))
    found = tuple(each.as_value() for each in rows.order_by("-id"))
    return WithdrawalView(found, people_of({each.asked_by for each in found} | {each.decided_by for each in found}))


def _going(row: models.Batch) -> Going:
    out_of_it = postings(row)
    standing = {each.reference for each in out_of_it}
    corrections = sum(each.rows for each in out_of_it if each.organization_id != row.organization_id)
    return Going(
        achievements=sum(each.rows for each in out_of_it),
        late=tuple(each.as_value() for each in late_batches(row) if each.public_id in standing),
        corrections=corrections,
        waiting=models.Waiting.objects.filter(batch=row, state=WaitingState.WAITING).count(),
        cases=models.Conflict.objects.filter(batch_id=row.id, settled_at__isnull=True).count(),
    )


def reasons(references: Iterable[str]) -> dict[str, str]:
    """Return why batches were withdrawn, by their references. Callers show it to those whose achievements were in.

    What came out of a file later was withdrawn with its batch, and for its reason.
    """
    batches = {reference: batch_of(reference) for reference in set(references)}
    rows = models.Batch.objects.filter(public_id__in=set(batches.values()))
    numbers = {
        public_id: (number, late_of) for public_id, number, late_of in rows.values_list("public_id", "id", "late_of")
    }
    every = {number for pair in numbers.values() for number in pair if number}
    told = dict(
        models.Withdrawal.objects.filter(batch_id__in=every, verdict="approve").values_list("batch_id", "reason")
    )
    found = {
        reference: next((told[number] for number in numbers.get(batch, ()) if number in told), None)
        for reference, batch in batches.items()
    }
    return {reference: reason for reference, reason in found.items() if reason is not None}


def visible(actor: Actor, public_id: str) -> models.Batch:
    """Return a batch that the actor may know of. Refused: any other."""
    row = models.Batch.objects.filter(permissions.visible_to(actor)).filter(public_id=public_id).first()
    if row is None:
        raise BatchNotFound
    return row


def people_of(references: Collection[str]) -> dict[str, str]:
    """Return the names of members of staff, by the references under which they acted."""
    staff = {int(reference[6:]) for reference in references if reference.startswith("staff:")}
    return {f"staff:{number}": user.name for number, user in identity.users(staff).items()}
