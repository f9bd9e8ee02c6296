"""Tables of rows that do not enter the book yet: for want of an account, or of a decision. Nothing is decided here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import F, Func, Q, UUIDField

from creditbank.deposits.types import ConflictState, WaitingState

#: The half of a digest that leads to an account, as `learners` keeps it, so that new accounts find the rows.
KEY: Final = "encode(substring(%(expressions)s from 1 for 16), 'hex')::uuid"


class Waiting(models.Model):
    """A row of `deposits_waiting`: one approved row about somebody who has no account; a local table.

    All that it says is sealed, however many achievements that is; `digest` is what its person is found by. Both go
    when it waits no more.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey("deposits.Batch", on_delete=models.PROTECT, related_name="waiting_rows")
    row = models.IntegerField()
    digest = models.BinaryField(max_length=32, null=True)
    key_id = models.IntegerField()
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, default=WaitingState.WAITING)
    problem = models.CharField(max_length=60, blank=True, default="")
    since = models.DateTimeField()
    late_batch_id = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        """A row of a batch waits once; what waits no more tells nothing of anybody."""

        app_label = "deposits"
        db_table = "deposits_waiting"
        constraints = [
            models.UniqueConstraint(name="waiting_row_once", fields=["batch", "row"]),
            models.CheckConstraint(name="waiting_state_known", condition=Q(state__in=list(WaitingState))),
            models.CheckConstraint(
                name="waiting_ended_is_blank",
                condition=Q(state="waiting", ended_at__isnull=True, digest__isnull=False)
                | (~Q(state="waiting") & Q(ended_at__isnull=False, digest__isnull=True, sealed=b"")),
            ),
        ]
        indexes = [
            models.Index(name="waiting_for_account", fields=["digest"], condition=Q(state="waiting")),
            models.Index(
                Func(F("digest"), template=KEY, output_field=UUIDField()),
                name="waiting_for_key",
                condition=Q(state="waiting"),
            ),
            models.Index(name="waiting_since", fields=["since"], condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        """Name the row by its batch and place."""
        return f"{self.batch_id}/{self.row}"

    @classmethod
    def ready(cls) -> "models.QuerySet[Waiting]":
        """Return the rows that enter once there is an account."""
        return cls.objects.filter(state=WaitingState.WAITING, problem="")


class Look(models.Model):
    """The one row of `deposits_look`: how far accounts were looked through for those whose rows wait.

    Accounts up to number `upto` were, `newest` was the last one at the last look; all were at `whole_at`, if nothing
    began to wait or entered since.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    upto = models.BigIntegerField(default=0)
    newest = models.BigIntegerField(default=0)
    whole_at = models.DateTimeField(null=True)

    class Meta:
        """There is one row at the most."""

        app_label = "deposits"
        db_table = "deposits_look"
        constraints = [models.CheckConstraint(name="look_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        """Name the row by how far it is."""
        return f"up to {self.upto}"

    def record(self, *, upto: int, newest: int, whole_at: datetime | None) -> None:
        """Keep how far a look came."""
        self.upto, self.newest, self.whole_at = upto, newest, whole_at
        self.save()


class Conflict(models.Model):
    """A row of `deposits_conflict`: what an institution says of an achievement that another one stored differently.

    `item` tells the achievements of one row of the file apart. `first_…` is what stands in the book; what is sealed
    is what the later file says.
    """

    pk = models.CompositePrimaryKey("learner_id", "batch_id", "row", "item")
    learner_id = models.BigIntegerField()
    batch_id = models.IntegerField()
    row = models.IntegerField()
    item = models.SmallIntegerField(default=0)
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    obtained = models.IntegerField()
    part = models.IntegerField(default=0)
    credits = models.IntegerField(null=True)
    hours = models.IntegerField(null=True)
    grade_scale = models.SmallIntegerField()
    grade = models.IntegerField()
    first_organization_id = models.IntegerField()
    first_posting_id = models.IntegerField()
    first_credits = models.IntegerField(null=True)
    first_hours = models.IntegerField(null=True)
    first_grade_scale = models.SmallIntegerField()
    first_grade = models.IntegerField()
    key_id = models.IntegerField()
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, default=ConflictState.OPEN)
    since = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Who decides, when and why stand together; what is settled keeps no sealed row."""

        app_label = "deposits"
        db_table = "deposits_conflict"
        constraints = [
            models.CheckConstraint(name="conflict_state_known", condition=Q(state__in=list(ConflictState))),
            models.CheckConstraint(
                name="conflict_decided_by_with_reason",
                condition=Q(state="open", decided_at__isnull=True, decided_by="", reason="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="conflict_settled_is_blank", condition=Q(settled_at__isnull=True) | Q(sealed=b"")
            ),
        ]
        indexes = [
            models.Index(name="conflict_open", fields=["since"], condition=Q(state="open")),
            models.Index(name="conflict_of_batch", fields=["batch_id", "row", "item"]),
        ]

    def __str__(self) -> str:
        """Name the row by its batch and place."""
        return f"{self.batch_id}/{self.row}/{self.item}"

    def record_decision(self, state: ConflictState, *, by: str, reason: str, at: datetime) -> None:
        """Write what was decided, by whom and why."""
        self.state, self.decided_by, self.decided_at, self.reason = state, by, at, reason
        self.save(update_fields=["state", "decided_by", "decided_at", "reason"])

    def record_reopened(self, first: Mapping[str, int | None]) -> None:
        """What stood first stands no more, but something else does: the question is another one, and open."""
        self.state, self.decided_by, self.decided_at, self.reason = ConflictState.OPEN, "", None, ""
        for name, value in first.items():
            setattr(self, name, value)
        self.save(update_fields=["state", "decided_by", "decided_at", "reason", *first])

    def record_settled(self, *, at: datetime) -> None:
        """What was decided is done; the row as the file said it is needed no more."""
        self.settled_at, self.sealed = at, b""
        self.save(update_fields=["settled_at", "sealed"])
