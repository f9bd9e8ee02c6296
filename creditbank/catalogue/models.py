"""Tables and constraints of specifications. Nothing is decided here."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from creditbank.catalogue.matching_models import Accreditation, Alias, Tolerance
from creditbank.catalogue.occupation_models import Occupation, OccupationNeed, OccupationRoute
from creditbank.catalogue.programme_models import (
    CertificationUnit,
    CertificationUnitPart,
    Programme,
    ProgrammeCourse,
    RequirementGroup,
    searchable,
)
from creditbank.catalogue.types import Specification as SpecificationValue, SpecificationKind, Status
from creditbank.kernel.text import Text

__all__ = [
    "Accreditation",
    "Alias",
    "CertificationUnit",
    "CertificationUnitPart",
    "Occupation",
    "OccupationNeed",
    "OccupationRoute",
    "Programme",
    "ProgrammeCourse",
    "RequirementGroup",
    "Specification",
    "Tolerance",
    "searchable",
]


class Specification(models.Model):
    """A row of `catalogue_specification`: one edition; a shared table, the same everywhere."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    owner_id = models.IntegerField()
    issuer_id = models.IntegerField()
    uri = models.CharField(max_length=300, null=True)  # noqa: DJ001  # no URI is not an empty URI
    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=60, blank=True, default="")
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")
    name_key = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=1400)
    search_text = models.TextField()
    level = models.CharField(max_length=30, blank=True, default="")
    framework_level = models.SmallIntegerField(null=True)
    credits = models.IntegerField(null=True)
    unit_id = models.SmallIntegerField(null=True)
    hours = models.IntegerField(null=True)
    category = models.CharField(max_length=60, blank=True, default="")
    valid_months = models.SmallIntegerField(null=True)
    edition = models.SmallIntegerField(default=1)
    supersedes = models.IntegerField(null=True)
    starts = models.DateField()
    ends = models.DateField(null=True)
    status = models.CharField(max_length=16)

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "catalogue"
        db_table = "catalogue_specification"
        constraints = [
            models.UniqueConstraint(
                name="specification_once", fields=["issuer_id", "kind", "name_key", "level", "edition"]
            ),
            models.UniqueConstraint(name="specification_superseded_once", fields=["supersedes"]),
            models.CheckConstraint(
                name="specification_kind_known", condition=Q(kind__in=[each.value for each in SpecificationKind])
            ),
            models.CheckConstraint(
                name="specification_status_known", condition=Q(status__in=[each.value for each in Status])
            ),
            models.CheckConstraint(
                name="specification_credits_with_unit",
                condition=Q(credits__isnull=True) | Q(credits__gte=0, unit_id__isnull=False),
            ),
            models.CheckConstraint(
                name="specification_has_days", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
        ]
        indexes = [
            GinIndex(name="specification_search", fields=["search_text"], opclasses=["gin_trgm_ops"]),
            models.Index(name="specification_sorted", fields=["status", "sort_key", "id"]),
        ]

    def __str__(self) -> str:
        """Name the row by its opaque id."""
        return self.public_id

    def as_value(self) -> SpecificationValue:
        """Return the plain value; the row itself does not leave the room."""
        return SpecificationValue(
            id=self.id,
            public_id=self.public_id,
            owner_id=self.owner_id,
            issuer_id=self.issuer_id,
            uri=self.uri,
            kind=SpecificationKind(self.kind),
            code=self.code,
            name=Text(self.name_zh, self.name_en),
            name_key=self.name_key,
            level=self.level,
            framework_level=self.framework_level,
            credits=self.credits,
            unit_id=self.unit_id,
            hours=self.hours,
            category=self.category,
            valid_months=self.valid_months,
            edition=self.edition,
            supersedes=self.supersedes,
            starts=self.starts,
            ends=self.ends,
            status=Status(self.status),
        )

    def record_withdrawal(self, *, on: date) -> None:
        """Write that it is no longer in the catalogue from a day on."""
        self.status, self.ends = Status.WITHDRAWN, max(on, self.starts)
        self.save(update_fields=["status", "ends"])

    def record_end(self, *, on: date) -> None:
        """Write the day from which another edition takes its place."""
        self.ends = max(on, self.starts)
        self.save(update_fields=["ends"])
