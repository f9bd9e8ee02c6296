"""Tables and constraints. Nothing is decided here."""

from datetime import datetime

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from creditbank.archive.provenance_models import Provenance
from creditbank.archive.types import (
    Claim as ClaimValue,
    Ending,
    EntryKey,
    JournalKind,
    JournalRow,
    Posting as PostingValue,
)

__all__ = ["Claim", "Entry", "Erased", "Journal", "Moved", "Posting", "Provenance"]


class Posting(models.Model):
    """One batch as the book sees it; a small local table. Its entries count from `posted_at` to `withdrawn_at`.

    Where it `ends` what it stood in the stead of, that does not count again after it is withdrawn, until it is lifted.
    """

    id = models.AutoField(primary_key=True)
    organization_id = models.IntegerField()
    reference = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=20, blank=True, default="")
    rows = models.IntegerField(default=0)
    root = models.BinaryField(max_length=32, null=True)
    begun_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    ends = models.BooleanField(default=False)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        """A posted batch has a root, an open one has none; only a posted one is withdrawn; a lifted ends no more."""

        app_label = "archive"
        db_table = "archive_posting"
        constraints = [
            models.CheckConstraint(
                name="posting_root_with_instant",
                condition=Q(root__isnull=True, posted_at__isnull=True) | Q(root__isnull=False, posted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="posting_withdrawn_was_posted",
                condition=Q(withdrawn_at__isnull=True) | Q(posted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="posting_lifted_ends_no_more",
                condition=Q(lifted_at__isnull=True) | Q(withdrawn_at__isnull=False, ends=False),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by the batch it came from."""
        return self.reference

    def as_value(self) -> PostingValue:
        """Return the plain value; the row itself does not leave the room."""
        root = None if self.root is None else bytes(self.root)
        return PostingValue(
            id=self.id,
            organization_id=self.organization_id,
            reference=self.reference,
            number=self.number,
            rows=self.rows,
            root=root,
            posted_at=self.posted_at,
            withdrawn_at=self.withdrawn_at,
        )

    @classmethod
    def ended(cls, organization_id: int, ending: Ending, *, root: bytes, at: datetime) -> "Posting":
        """Return a batch of one entry, not saved yet, that is withdrawn at once and ends what stood before."""
        return cls(
            organization_id=organization_id,
            reference=ending.reference,
            number=ending.number,
            rows=1,
            root=root,
            begun_at=at,
            posted_at=at,
            withdrawn_at=at,
            ends=True,
        )

    def record_written(self, rows: int) -> None:
        """So many rows are in the book, not to be seen yet; said in the transaction that wrote the last of them."""
        self.rows = rows
        self.save(update_fields=["rows"])

    def record_posted(self, *, root: bytes, at: datetime) -> None:
        """Make the batch visible."""
        self.root, self.posted_at = root, at
        self.save(update_fields=["root", "posted_at"])

    def record_withdrawn(self, *, at: datetime) -> None:
        """Let the batch count no more; its rows and its root stay."""
        self.withdrawn_at = at
        self.save(update_fields=["withdrawn_at"])

    def record_lifted(self, *, at: datetime) -> None:
        """Let what the batch has ended count again."""
        self.ends, self.lifted_at = False, at
        self.save(update_fields=["ends", "lifted_at"])


class Entry(models.Model):
    """A row of the book, distributed by learner; never updated, never deleted but by the eraser.

    Columns stand widest first, so that the row carries no padding: an entry with its key,
    salt and commitment takes at most 200 bytes on disk (docs/adr/0002-the-book.md).
    """

    pk = models.CompositePrimaryKey("learner_id", "organization_id", "specification_id", "obtained", "part", "revision")
    learner_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    obtained = models.IntegerField()
    part = models.IntegerField(default=0)
    posting_id = models.IntegerField()
    leaf = models.IntegerField()
    credits = models.IntegerField(null=True)
    hours = models.IntegerField(null=True)
    grade = models.IntegerField()
    revision = models.SmallIntegerField(default=0)
    grade_scale = models.SmallIntegerField()
    unit_id = models.SmallIntegerField()
    enrolment = models.SmallIntegerField(default=0)
    salt = models.BinaryField(max_length=16)
    commitment = models.BinaryField(max_length=32)

    class Meta:
        """No foreign keys: entries are validated set-wise before they come here."""

        app_label = "archive"
        db_table = "archive_entry"
        constraints = [
            models.CheckConstraint(name="entry_credits_not_negative", condition=Q(credits__gte=0)),
            models.CheckConstraint(name="entry_hours_not_negative", condition=Q(hours__gte=0)),
            models.CheckConstraint(name="entry_revision_not_negative", condition=Q(revision__gte=0)),
            models.CheckConstraint(name="entry_obtained_plausible", condition=Q(obtained__range=(19000000, 21991231))),
        ]
        # Rows of a batch lie together, so that a few bytes a megabyte are enough to find them.
        indexes = [BrinIndex(name="entry_by_posting", fields=["posting_id"], autosummarize=True)]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.organization_id}/{self.specification_id}/{self.obtained}/{self.part}"


class Journal(models.Model):
    """Holds, uses, releases and reversals: append-only, numbered within the learner."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    obtained = models.IntegerField()
    part = models.IntegerField()
    scope = models.CharField(max_length=60)
    reference = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        """The kind is one of the four."""

        app_label = "archive"
        db_table = "archive_journal"
        constraints = [models.CheckConstraint(name="journal_kind_known", condition=Q(kind__in=list(JournalKind)))]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number} {self.kind}"

    def as_value(self) -> JournalRow:
        """Return the plain value."""
        key = EntryKey(self.learner_id, self.organization_id, self.specification_id, self.obtained, self.part)
        return JournalRow(
            learner_id=self.learner_id,
            number=self.number,
            kind=JournalKind(self.kind),
            key=key,
            scope=self.scope,
            reference=self.reference,
            at=self.at,
        )


class Claim(models.Model):
    """What is claimed now: the primary key lets one scope claim an entry once, and nothing be spent twice."""

    pk = models.CompositePrimaryKey("learner_id", "scope", "organization_id", "specification_id", "obtained", "part")
    learner_id = models.BigIntegerField()
    scope = models.CharField(max_length=60)
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    obtained = models.IntegerField()
    part = models.IntegerField()
    kind = models.CharField(max_length=10)

    class Meta:
        """A claim is a hold or a use."""

        app_label = "archive"
        db_table = "archive_claim"
        constraints = [models.CheckConstraint(name="claim_is_hold_or_use", condition=Q(kind__in=["hold", "use"]))]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.scope}/{self.specification_id}"

    def as_value(self) -> ClaimValue:
        """Return the plain value."""
        key = EntryKey(self.learner_id, self.organization_id, self.specification_id, self.obtained, self.part)
        return ClaimValue(key=key, scope=self.scope, kind=JournalKind(self.kind))


class Moved(models.Model):
    """An account whose entries live on under another one; its own rows stay in the book and count no more."""

    learner_id = models.BigIntegerField(primary_key=True)
    survivor_id = models.BigIntegerField()
    posting_id = models.IntegerField(null=True)
    enrolments = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        """Rows are inserted, never updated. No posting where there was nothing to write again.

        `enrolments` says what number each enrolment of the account has under the survivor.
        """

        app_label = "archive"
        db_table = "archive_moved"

    def __str__(self) -> str:
        """Name the row by both accounts."""
        return f"{self.learner_id} in {self.survivor_id}"


class Erased(models.Model):
    """What an erased entry leaves: its place in its batch's tree and 32 bytes that lead to nobody without the salt."""

    pk = models.CompositePrimaryKey("posting_id", "leaf")
    posting_id = models.IntegerField()
    leaf = models.IntegerField()
    commitment = models.BinaryField(max_length=32)

    class Meta:
        """No learner here: that is the point. The proofs of all other rows of the batch need these bytes."""

        app_label = "archive"
        db_table = "archive_erased"

    def __str__(self) -> str:
        """Name the row by its place."""
        return f"{self.posting_id}/{self.leaf}"
