"""Tables by which rows of files find their specification: other names, tolerances, accreditation. No decisions here."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from creditbank.catalogue.types import SpecificationKind


class Alias(models.Model):
    """A row of `catalogue_alias`: in the files of an institution, this name is that specification.

    `issuer_id` and `kind` are those of the specification, which none of its editions changes.
    """

    id = models.AutoField(primary_key=True)
    specification = models.ForeignKey("catalogue.Specification", on_delete=models.PROTECT, related_name="aliases")
    organization_id = models.IntegerField()
    issuer_id = models.IntegerField()
    kind = models.CharField(max_length=32)
    alias = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    by = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        """In the files of one institution a name leads to one thing of an issuer."""

        app_label = "catalogue"
        db_table = "catalogue_alias"
        constraints = [
            models.UniqueConstraint(name="alias_once", fields=["organization_id", "issuer_id", "kind", "key"]),
            models.CheckConstraint(
                name="alias_kind_known", condition=Q(kind__in=[each.value for each in SpecificationKind])
            ),
        ]

    def __str__(self) -> str:
        """Name the row by whose files it is for and its key."""
        return f"{self.organization_id}/{self.key}"


class Tolerance(models.Model):
    """A row of `catalogue_tolerance`: by how much the credits of a file may differ from the course standard."""

    specification = models.OneToOneField(
        "catalogue.Specification", primary_key=True, on_delete=models.PROTECT, related_name="tolerance"
    )
    hundredths = models.IntegerField()
    by = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        """No tolerance is no row."""

        app_label = "catalogue"
        db_table = "catalogue_tolerance"
        constraints = [models.CheckConstraint(name="tolerance_positive", condition=Q(hundredths__gt=0))]

    def __str__(self) -> str:
        """Name the row by its course and amount."""
        return f"{self.specification_id}: {self.hundredths}"


class Accreditation(models.Model):
    """A row of `catalogue_accreditation`: from a day on and before another, the bank accepts what is issued."""

    id = models.AutoField(primary_key=True)
    specification = models.ForeignKey(
        "catalogue.Specification", on_delete=models.PROTECT, related_name="accreditations"
    )
    starts = models.DateField()
    ends = models.DateField(null=True)
    decision = models.CharField(max_length=100)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        """A period has a day, or it was taken back whole."""

        app_label = "catalogue"
        db_table = "catalogue_accreditation"
        constraints = [
            models.CheckConstraint(
                name="accreditation_has_days", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its specification and first day."""
        return f"{self.specification_id} {self.starts}"

    def record_end(self, *, on: date) -> None:
        """Write the day from which nothing is accepted any more."""
        self.ends = max(on, self.starts)
        self.save(update_fields=["ends"])
