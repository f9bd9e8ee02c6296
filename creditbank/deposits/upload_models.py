"""The table of uploads that come in pieces. Nothing is decided here."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from creditbank.deposits.types import Upload as UploadValue


class Upload(models.Model):
    """A file of which pieces are still missing; the row goes when its batch begins, or after a day."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20)
    organization_id = models.IntegerField()
    file_name = models.CharField(max_length=200)
    title = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    mark = models.CharField(max_length=100, blank=True)
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        """One row a file that somebody sends: beginning again finds it."""

        app_label = "deposits"
        db_table = "deposits_upload"
        constraints = [
            models.UniqueConstraint(name="upload_public_id_once", fields=["public_id"]),
            models.UniqueConstraint(
                name="upload_of_file_once",
                fields=["started_by", "organization_id", "file_name", "size", "mark"],
                condition=~Q(mark=""),
            ),
            models.CheckConstraint(
                name="upload_offset_within", condition=Q(offset__gte=0, offset__lte=F("size"), size__gt=0)
            ),
        ]
        indexes = [models.Index(name="upload_of_institution", fields=["organization_id"])]

    def __str__(self) -> str:
        """Name the row by its public id."""
        return self.public_id

    def as_value(self) -> UploadValue:
        """Return the plain value."""
        return UploadValue(
            id=self.id,
            public_id=self.public_id,
            organization_id=self.organization_id,
            file_name=self.file_name,
            title=self.title,
            size=self.size,
            offset=self.offset,
            sha256=self.sha256,
            started_at=self.started_at,
            touched_at=self.touched_at,
        )

    def record_piece(self, *, offset: int, at: datetime) -> None:
        """A piece lies on disk; the next one begins here."""
        self.offset, self.touched_at = offset, at
        self.save(update_fields=["offset", "touched_at"])
