"""Tables and constraints. Nothing is decided here.

`Certificate` is kept by its holder's keyed digest, by which it could be distributed; that an issuer's number is
there once is held by the issuer's lock, under which alone it is written.
"""

from dataclasses import asdict
from datetime import datetime

from django.db import models
from django.db.models import Q

from creditbank.kernel.text import Text
from creditbank.register.types import (
    Certificate as CertificateValue,
    Counts,
    Event as EventValue,
    Load as LoadValue,
    LoadStage,
    RefusedRow as RefusedRowValue,
    Status,
    Wish as WishKind,
    WishStage,
)


class Load(models.Model):
    """One list of an issuer and its way into the register; a local table."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    key_id = models.IntegerField()
    sealed_key = models.BinaryField()
    is_workbook = models.BooleanField(default=False)
    headings = models.JSONField(default=list)
    stage = models.CharField(max_length=12, default=LoadStage.RECEIVED)
    read = models.IntegerField(default=0)
    entered = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    attempts = models.SmallIntegerField(default=0)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=60, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    refusal_zh = models.TextField(blank=True, default="")
    refusal_en = models.TextField(blank=True, default="")
    refused_forgotten = models.BooleanField(default=False)

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "register"
        db_table = "register_load"
        constraints = [
            models.UniqueConstraint(name="register_load_public_id_once", fields=["public_id"]),
            models.CheckConstraint(name="register_load_stage_known", condition=Q(stage__in=list(LoadStage))),
        ]
        indexes = [models.Index(name="register_load_of_issuer", fields=["organization_id", "-uploaded_at"])]

    def __str__(self) -> str:
        """Name the row by its opaque id."""
        return self.public_id

    def as_value(self) -> LoadValue:
        """Return the plain value; the row itself does not leave the room."""
        return LoadValue(
            id=self.id,
            public_id=self.public_id,
            organization_id=self.organization_id,
            file_name=self.file_name,
            file_size=self.file_size,
            file_sha256=self.file_sha256,
            stage=LoadStage(self.stage),
            read=self.read,
            entered=self.entered,
            counts=Counts(**self.counts),
            uploaded_by=self.uploaded_by,
            uploaded_at=self.uploaded_at,
            started_at=self.started_at,
            checked_at=self.checked_at,
            submitted_by=self.submitted_by,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            note=self.note,
            entered_at=self.closed_at if self.stage == LoadStage.ENTERED else None,
            refusal=Text(self.refusal_zh, self.refusal_en),
            refused_forgotten=self.refused_forgotten,
        )

    def record(self, **values: object) -> None:
        """Keep what was decided; whether a move of the stage is allowed was checked before."""
        for name, value in values.items():
            setattr(self, name, asdict(value) if isinstance(value, Counts) else value)
        self.save(update_fields=list(values))


class Staged(models.Model):
    """A row of a checked list that waits for the second person; no clear name or document."""

    pk = models.CompositePrimaryKey("load_id", "row")
    load_id = models.IntegerField()
    row = models.IntegerField()
    specification_id = models.IntegerField()
    issued = models.IntegerField()
    until = models.IntegerField()
    status = models.SmallIntegerField()
    change = models.SmallIntegerField()
    number = models.CharField(max_length=40)
    holder = models.BinaryField(max_length=16)
    name = models.BinaryField(max_length=8)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """A certificate stands in a list once."""

        app_label = "register"
        db_table = "register_staged"
        constraints = [
            models.UniqueConstraint(name="register_staged_once", fields=["load_id", "specification_id", "number"])
        ]

    def __str__(self) -> str:
        """Name the row by its place."""
        return f"{self.load_id}/{self.row}"


class RefusedRow(models.Model):
    """A row that was not taken, sealed.

    Erasing finds it by `holder`, where its document could be read, and by `named`: its number and name as one digest.
    """

    pk = models.CompositePrimaryKey("load_id", "row")
    load_id = models.IntegerField()
    row = models.IntegerField()
    column = models.CharField(max_length=20, blank=True, default="")
    code = models.CharField(max_length=60)
    zh = models.TextField()
    en = models.TextField()
    holder = models.BinaryField(max_length=16, null=True)
    named = models.BinaryField(max_length=8, null=True)
    content = models.BinaryField()

    class Meta:
        """One reason a row."""

        app_label = "register"
        db_table = "register_refused_row"
        indexes = [models.Index(name="register_refused_by_code", fields=["load_id", "code", "row"])]

    def __str__(self) -> str:
        """Name the row by its place and reason."""
        return f"{self.load_id}/{self.row} {self.code}"

    def as_value(self) -> RefusedRowValue:
        """Return the plain value, without what the row holds."""
        return RefusedRowValue(self.row, self.column, self.code, Text(self.zh, self.en))


class Certificate(models.Model):
    """A row of `register_certificate`; distributed by its holder's digest. The order of columns saves space."""

    pk = models.CompositePrimaryKey("holder", "specification_id", "number")
    issuer_id = models.IntegerField()
    specification_id = models.IntegerField()
    issued = models.IntegerField()
    until = models.IntegerField()
    load_id = models.IntegerField()
    status = models.SmallIntegerField()
    number = models.CharField(max_length=40)
    holder = models.BinaryField(max_length=16)
    name = models.BinaryField(max_length=8)

    class Meta:
        """Found by the holder, and by issuer and number."""

        app_label = "register"
        db_table = "register_certificate"
        constraints = [
            models.CheckConstraint(name="register_certificate_status_known", condition=Q(status__in=list(Status)))
        ]
        indexes = [
            models.Index(name="register_certificate_number", fields=["issuer_id", "number"]),
            models.Index(
                name="register_certificate_revoked", fields=["specification_id"], condition=Q(status=Status.REVOKED)
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its number."""
        return self.number

    def as_value(self) -> CertificateValue:
        """Return the plain value, without the holder."""
        return CertificateValue(
            issuer_id=self.issuer_id,
            specification_id=self.specification_id,
            number=self.number,
            issued=self.issued,
            until=self.until,
            status=Status(self.status),
        )


class Event(models.Model):
    """What happened to a certificate after its first entry, with what it was before; append-only."""

    id = models.BigAutoField(primary_key=True)
    issuer_id = models.IntegerField()
    specification_id = models.IntegerField()
    number = models.CharField(max_length=40)
    holder = models.BinaryField(max_length=16)
    status = models.SmallIntegerField()
    status_before = models.SmallIntegerField()
    issued_before = models.IntegerField()
    until_before = models.IntegerField()
    load_id = models.IntegerField(null=True)
    actor = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """Found by issuer and number."""

        app_label = "register"
        db_table = "register_event"
        indexes = [models.Index(name="register_event_number", fields=["issuer_id", "number"])]

    def __str__(self) -> str:
        """Name the row by its number and instant."""
        return f"{self.number} {self.at:%Y-%m-%d}"

    def as_value(self) -> EventValue:
        """Return the plain value."""
        return EventValue(at=self.at, status=Status(self.status), note=self.note, actor=self.actor)


class Wish(models.Model):
    """What one person asks for one certificate, and what a second one decided."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    number = models.CharField(max_length=40)
    wish = models.CharField(max_length=10)
    stage = models.CharField(max_length=10, default=WishStage.OPEN)
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        """One certificate has one open wish."""

        app_label = "register"
        db_table = "register_wish"
        constraints = [
            models.UniqueConstraint(name="register_wish_public_id_once", fields=["public_id"]),
            models.UniqueConstraint(
                name="register_wish_open_once",
                fields=["organization_id", "specification_id", "number"],
                condition=Q(stage=WishStage.OPEN),
            ),
            models.CheckConstraint(name="register_wish_known", condition=Q(wish__in=list(WishKind))),
            models.CheckConstraint(name="register_wish_stage_known", condition=Q(stage__in=list(WishStage))),
        ]

    def __str__(self) -> str:
        """Name the row by its opaque id."""
        return self.public_id

    def record_decided(self, *, stage: WishStage, by: str, note: str, at: datetime) -> None:
        """Keep the second person's verdict."""
        self.stage, self.decided_by, self.note, self.decided_at = stage, by, note, at
        self.save(update_fields=["stage", "decided_by", "note", "decided_at"])


class Ended(models.Model):
    """An entry that was deposited and counts no more, as its certificate was revoked; and the posting that ended it."""

    pk = models.CompositePrimaryKey("learner_id", "posting")
    learner_id = models.BigIntegerField()
    issuer_id = models.IntegerField()
    specification_id = models.IntegerField()
    number = models.CharField(max_length=40)
    posting = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        """Found by the learner; by issuer and number when a certificate is restored."""

        app_label = "register"
        db_table = "register_ended"
        indexes = [models.Index(name="register_ended_number", fields=["issuer_id", "number"])]

    def __str__(self) -> str:
        """Name the row by its number."""
        return self.number


class Claim(models.Model):
    """A certificate that its holder took into the archive; `posting` is what it entered by, the last one counts."""

    pk = models.CompositePrimaryKey("learner_id", "issuer_id", "specification_id", "number")
    learner_id = models.BigIntegerField()
    issuer_id = models.IntegerField()
    specification_id = models.IntegerField()
    number = models.CharField(max_length=40)
    posting = models.CharField(max_length=40)
    times = models.SmallIntegerField(default=1)
    claimed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Found by the learner; by issuer and number when a certificate is revoked."""

        app_label = "register"
        db_table = "register_claim"
        indexes = [models.Index(name="register_claim_number", fields=["issuer_id", "number"])]

    def __str__(self) -> str:
        """Name the row by its number."""
        return self.number
