"""Tables of a school's own names for columns. Nothing is decided here."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from creditbank.deposits.types import Head as HeadValue, Profile as ProfileValue


class Profile(models.Model):
    """One edition of an institution's own names for the columns of a layout; what changes is a new edition."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    name = models.CharField(max_length=60)
    edition = models.SmallIntegerField()
    layout = models.CharField(max_length=40)
    headings = models.JSONField()
    names = models.JSONField()
    values = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One edition of a name is in force, and files are read by that."""

        app_label = "deposits"
        db_table = "deposits_profile"
        constraints = [
            models.UniqueConstraint(name="profile_edition_once", fields=["public_id", "edition"]),
            models.UniqueConstraint(
                name="profile_name_once", fields=["organization_id", "name"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="profile_ended_by_with_instant",
                condition=Q(ended_by="", ended_at__isnull=True) | (~Q(ended_by="") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        """Name the row as people do."""
        return f"{self.name} {self.edition}"

    def as_value(self) -> ProfileValue:
        """Return the plain value."""
        return ProfileValue(
            public_id=self.public_id,
            organization_id=self.organization_id,
            name=self.name,
            edition=self.edition,
            layout=self.layout,
            headings=tuple(self.headings),
            names=self.names,
            values=self.values,
            fixed=self.fixed,
            made_by=self.made_by,
            made_at=self.made_at,
        )

    def record_ended(self, *, by: str, at: datetime) -> None:
        """Let files be read by it no more."""
        self.ended_by, self.ended_at = by, at
        self.save(update_fields=["ended_by", "ended_at"])


class Head(models.Model):
    """The headings of a file that was not recognised, and masked rows under them; gone once a profile is made."""

    batch_id = models.IntegerField(primary_key=True)
    headings = models.JSONField()
    samples = models.JSONField()

    class Meta:
        """No word of a sample stands in full: the file itself is deleted, for nobody can tell whom it names."""

        app_label = "deposits"
        db_table = "deposits_head"

    def __str__(self) -> str:
        """Name the row by its batch."""
        return f"head of {self.batch_id}"

    def as_value(self) -> HeadValue:
        """Return the plain value."""
        return HeadValue(headings=tuple(self.headings), samples=tuple(tuple(row) for row in self.samples))
