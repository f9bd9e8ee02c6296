"""The tables of accounts and of what is known about their holders. Nothing is decided here."""

from datetime import date, datetime
from typing import Final

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from creditbank.kernel.documents import DocumentKind
from creditbank.learners.models.fields import AccountNumberField, WordField
from creditbank.learners.types import (
    Access as AccessValue,
    AccessKind,
    Attribute as AttributeValue,
    ClaimedThrough,
    FormerName as FormerNameValue,
    Learner as LearnerValue,
    OpenedThrough,
    PriorityGroup,
    Status,
)


def _nearby(name: str) -> BrinIndex:
    """Return an index by learner: rows lie in the order of accounts, so summaries of pages find them, in no room."""
    return BrinIndex(
        name=name, fields=["learner_id"], opclasses=["int8_minmax_multi_ops"], pages_per_range=32, autosummarize=True
    )


OWN_DOCUMENT: Final = 1
"""The number of the document that an account was opened with."""


class Learner(models.Model):
    """One account for life, distributed by learner.

    The document that it was opened with lies in its own row as long as it is the current one, as number 1, sealed;
    every other document lies in `learners_document`. The columns stand in the order in which they take least room.
    """

    learner_id = models.BigAutoField(primary_key=True)
    merged_into = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claim_locked_until = models.DateTimeField(null=True)
    birth_date = models.DateField(null=True)
    opened_by = models.IntegerField()
    account_number = AccountNumberField()
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=200)
    status = WordField(words=list(Status), default=Status.UNCLAIMED)
    opened_through = WordField(words=list(OpenedThrough))
    claimed_through = WordField(words=list(ClaimedThrough), null=True)
    claim_failures = models.SmallIntegerField(default=0)
    document_kind = WordField(words=list(DocumentKind), null=True)
    document_key_id = models.SmallIntegerField(null=True)
    document_ciphertext = models.BinaryField(max_length=80, null=True)

    class Meta:
        """What belongs together stands or falls together: claiming, merging with its target, a document's columns."""

        app_label = "learners"
        db_table = "learners_learner"
        indexes = [
            models.Index(name="learner_by_opener", fields=["opened_by"]),
            models.Index(name="learner_by_name", fields=["name_key"]),
            models.Index(name="learner_merged", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="learner_status_known", condition=Q(status__in=list(Status))),
            models.CheckConstraint(name="learner_opening_known", condition=Q(opened_through__in=list(OpenedThrough))),
            models.CheckConstraint(
                name="learner_claimed_pair",
                condition=Q(claimed_at__isnull=True, claimed_through__isnull=True)
                | Q(claimed_at__isnull=False, claimed_through__in=list(ClaimedThrough)),
            ),
            models.CheckConstraint(
                name="learner_merged_pair",
                condition=Q(merged_into__isnull=False, status=Status.MERGED)
                | Q(merged_into__isnull=True) & ~Q(status=Status.MERGED),
            ),
            models.CheckConstraint(
                name="learner_document_whole",
                condition=Q(document_kind__isnull=True, document_key_id__isnull=True, document_ciphertext__isnull=True)
                | Q(document_kind__isnull=False, document_key_id__isnull=False, document_ciphertext__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its key."""
        return str(self.learner_id)

    def as_value(self) -> LearnerValue:
        """Return the plain value; the row itself does not leave the room."""
        return LearnerValue(
            learner_id=self.learner_id,
            account_number=self.account_number,
            name=self.name,
            name_key=self.name_key,
            birth_date=self.birth_date,
            status=Status(self.status),
            merged_into=self.merged_into,
            opened_at=self.opened_at,
            opened_by=self.opened_by,
            opened_through=OpenedThrough(self.opened_through),
            claimed_at=self.claimed_at,
            claimed_through=ClaimedThrough(self.claimed_through) if self.claimed_through else None,
            claim_failures=self.claim_failures,
            claim_locked_until=self.claim_locked_until,
        )

    def record_no_own_document(self) -> None:
        """Write that the first document lies elsewhere now; the caller has put it there."""
        self.document_kind = self.document_key_id = self.document_ciphertext = None
        self.save(update_fields=["document_kind", "document_key_id", "document_ciphertext"])

    def record_claim(self, *, through: ClaimedThrough, at: datetime) -> None:
        """Write that the person took possession."""
        self.status, self.claimed_at, self.claimed_through = Status.ACTIVE, at, through
        self.claim_failures, self.claim_locked_until = 0, None
        self.save()

    def record_claim_failure(self, *, failures: int, locked_until: datetime | None) -> None:
        """Write one more attempt that did not fit."""
        self.claim_failures, self.claim_locked_until = failures, locked_until
        self.save(update_fields=["claim_failures", "claim_locked_until"])

    def record_name(self, *, name: str, key: str) -> None:
        """Write the present name; the former one is kept by the caller."""
        self.name, self.name_key = name, key
        self.save(update_fields=["name", "name_key"])

    def record_birth_date(self, birth_date: date) -> None:
        """Write the birth date that a new document states."""
        self.birth_date = birth_date
        self.save(update_fields=["birth_date"])

    def record_status(self, status: Status) -> None:
        """Write where the account stands."""
        self.status = status
        self.save(update_fields=["status"])

    def record_merged(self, survivor_id: int) -> None:
        """Write that this account lives on in another."""
        self.status, self.merged_into = Status.MERGED, survivor_id
        self.save(update_fields=["status", "merged_into"])


class LearnerKey(models.Model):
    """The first half of a document's keyed digest and whom it leads to; distributed by digest.

    Of 22 million documents two would have the same 128 bits in one bank out of 10^24.
    """

    digest = models.UUIDField(primary_key=True)
    learner_id = models.BigIntegerField()

    class Meta:
        """Found by learner when accounts are merged or erased."""

        app_label = "learners"
        db_table = "learners_key"
        indexes = [_nearby("key_by_learner")]

    def __str__(self) -> str:
        """Name the row by whom it leads to."""
        return f"key of {self.learner_id}"


class LearnerNumber(models.Model):
    """Account numbers that lead where they do not lead by themselves: of merged and erased accounts, of other banks.

    An account's own number is worked out from its id (`numbers`); it stands here where an earlier release drew it.
    """

    number = models.CharField(max_length=32, primary_key=True)
    learner_id = models.BigIntegerField()
    kind = models.CharField(max_length=5)
    bank_code = models.CharField(max_length=16)
    since = models.DateField(null=True)

    class Meta:
        """`since` is the day on which another bank opened the account. A number is the account's own or an alias."""

        app_label = "learners"
        db_table = "learners_number"
        indexes = [_nearby("number_by_learner")]
        constraints = [models.CheckConstraint(name="number_kind_known", condition=Q(kind__in=["own", "alias"]))]

    def __str__(self) -> str:
        """Name the row by its number."""
        return self.number


class Document(models.Model):
    """An identity document that is not the one in its account's row: sealed, masked, with the days it was current."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    key_id = models.SmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    kind = models.CharField(max_length=26)
    masked = models.CharField(max_length=20)
    ciphertext = models.BinaryField(max_length=80)
    reason = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        """At most one current document of a kind."""

        app_label = "learners"
        db_table = "learners_document"
        constraints = [
            models.UniqueConstraint(
                name="document_one_current", fields=["learner_id", "kind"], condition=Q(until__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def record_replaced(self, *, until: date, reason: str) -> None:
        """Write that another document took the place of this one."""
        self.until, self.reason = until, reason
        self.save(update_fields=["until", "reason"])


class FormerName(models.Model):
    """A name the account had before."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    until = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta:
        """Rows are inserted, never updated."""

        app_label = "learners"
        db_table = "learners_former_name"

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def as_value(self) -> FormerNameValue:
        """Return the plain value."""
        return FormerNameValue(self.number, self.name, self.until, self.reason)


class Attribute(models.Model):
    """A priority group with the day of consent and, later, of withdrawal."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.SmallIntegerField()
    code = models.CharField(max_length=32)
    consented_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        """A group counts once while its consent stands."""

        app_label = "learners"
        db_table = "learners_attribute"
        constraints = [
            models.CheckConstraint(name="attribute_group_known", condition=Q(code__in=list(PriorityGroup))),
            models.UniqueConstraint(
                name="attribute_once", fields=["learner_id", "code"], condition=Q(withdrawn_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def as_value(self) -> AttributeValue:
        """Return the plain value."""
        return AttributeValue(self.number, PriorityGroup(self.code), self.consented_on, self.withdrawn_on)

    def record_withdrawn(self, on: date) -> None:
        """Write that the consent ended."""
        self.withdrawn_on = on
        self.save(update_fields=["withdrawn_on"])


class Access(models.Model):
    """Who looked at a person's data; the holder reads it."""

    pk = models.CompositePrimaryKey("learner_id", "number")
    learner_id = models.BigIntegerField()
    number = models.IntegerField()
    organization_id = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    what = models.CharField(max_length=10)
    purpose = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        """Rows are inserted, never updated."""

        app_label = "learners"
        db_table = "learners_access"
        constraints = [models.CheckConstraint(name="access_kind_known", condition=Q(what__in=list(AccessKind)))]

    def __str__(self) -> str:
        """Name the row by its key."""
        return f"{self.learner_id}/{self.number}"

    def as_value(self) -> AccessValue:
        """Return the plain value."""
        return AccessValue(self.number, self.at, self.actor, self.organization_id, AccessKind(self.what), self.purpose)
