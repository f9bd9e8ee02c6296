"""Which entry was converted into which: a table of its own, for few entries have a line in it."""

from django.db import models

from creditbank.archive.types import EntryKey, Provenance as ProvenanceValue


class Provenance(models.Model):
    """One conversion as one batch tells of it, distributed by learner: what it became, what it was, and when.

    Rows are inserted with the batch that tells of them, never updated, never deleted but by the eraser; they count
    while that batch does.
    """

    pk = models.CompositePrimaryKey(
        "learner_id",
        "organization_id",
        "specification_id",
        "obtained",
        "part",
        "source_organization_id",
        "source_specification_id",
        "source_obtained",
        "source_part",
        "posting_id",
    )
    learner_id = models.BigIntegerField()
    organization_id = models.IntegerField()
    specification_id = models.IntegerField()
    obtained = models.IntegerField()
    part = models.IntegerField()
    source_organization_id = models.IntegerField()
    source_specification_id = models.IntegerField()
    source_obtained = models.IntegerField()
    source_part = models.IntegerField()
    posting_id = models.IntegerField()
    converted = models.IntegerField()

    class Meta:
        """No foreign keys: the entries are checked set-wise before they come here."""

        app_label = "archive"
        db_table = "archive_provenance"
        constraints = [
            models.CheckConstraint(
                name="provenance_converted_plausible", condition=models.Q(converted__range=(19000000, 21991231))
            ),
        ]

    def __str__(self) -> str:
        """Name the row by both ends."""
        return f"{self.learner_id}/{self.source_specification_id} in {self.specification_id}"

    def as_value(self) -> ProvenanceValue:
        """Return the plain value."""
        source = (self.source_organization_id, self.source_specification_id, self.source_obtained, self.source_part)
        return ProvenanceValue(
            target=EntryKey(self.learner_id, self.organization_id, self.specification_id, self.obtained, self.part),
            source=EntryKey(self.learner_id, *source),
            posting_id=self.posting_id,
            converted=self.converted,
        )
