"""Tables and constraints. Nothing is decided here. Rows are inserted whole and never updated."""

from django.db import models
from django.db.models import F, Q

from creditbank.framework.types import (
    AchievementType as AchievementTypeValue,
    Alignment as AlignmentValue,
    DescriptorKind,
    Edition as EditionValue,
    OtherFramework,
    Trust,
    UnitDetails,
)
from creditbank.kernel import credits as kernel
from creditbank.kernel.text import Text


class Unit(models.Model):
    """A row of `framework_unit`. Ids are fixed: they stand in the primary data of every bank."""

    id = models.SmallIntegerField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True, default="")
    hours_per_credit = models.IntegerField(null=True)

    class Meta:
        """Kinds are those of the kernel."""

        app_label = "framework"
        db_table = "framework_unit"
        constraints = [
            models.CheckConstraint(
                name="unit_kind_known", condition=Q(kind__in=[each.value for each in kernel.UnitKind])
            ),
            models.CheckConstraint(
                name="unit_hours_positive", condition=Q(hours_per_credit__isnull=True) | Q(hours_per_credit__gt=0)
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its code."""
        return self.code

    def as_value(self) -> UnitDetails:
        """Return the plain value."""
        unit = kernel.Unit(self.id, self.code, kernel.UnitKind(self.kind))
        return UnitDetails(unit=unit, name=Text(self.name_zh, self.name_en), hours_per_credit=self.hours_per_credit)


class Edition(models.Model):
    """A row of `framework_edition`: the head of one published edition."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40)
    uri = models.CharField(max_length=200)
    edition = models.SmallIntegerField()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True, default="")
    owner_id = models.IntegerField(null=True)
    example = models.BooleanField(default=False)
    starts = models.DateField()
    ends = models.DateField(null=True)
    levels_count = models.SmallIntegerField()

    class Meta:
        """Code and address are given once."""

        app_label = "framework"
        db_table = "framework_edition"
        constraints = [
            models.UniqueConstraint(name="edition_code_once", fields=["code"]),
            models.UniqueConstraint(name="edition_uri_once", fields=["uri"]),
            models.CheckConstraint(name="edition_has_days", condition=Q(ends__isnull=True) | Q(ends__gt=F("starts"))),
        ]

    def __str__(self) -> str:
        """Name the row by its code."""
        return self.code

    def as_value(self) -> EditionValue:
        """Return the plain value."""
        return EditionValue(
            id=self.id,
            code=self.code,
            uri=self.uri,
            edition=self.edition,
            name=Text(self.name_zh, self.name_en),
            owner_id=self.owner_id,
            example=self.example,
            starts=self.starts,
            ends=self.ends,
            levels=self.levels_count,
        )


class Level(models.Model):
    """A row of `framework_level`."""

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="levels")
    number = models.SmallIntegerField()
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        """A number is given once in an edition."""

        app_label = "framework"
        db_table = "framework_level"
        constraints = [models.UniqueConstraint(name="level_once", fields=["edition", "number"])]

    def __str__(self) -> str:
        """Name the row by its number."""
        return f"{self.edition_id}/{self.number}"


class Descriptor(models.Model):
    """A row of `framework_descriptor`: what a level asks, from one side."""

    id = models.AutoField(primary_key=True)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="descriptors")
    kind = models.CharField(max_length=16)
    text_zh = models.TextField()
    text_en = models.TextField(blank=True, default="")

    class Meta:
        """One text for each side."""

        app_label = "framework"
        db_table = "framework_descriptor"
        constraints = [
            models.UniqueConstraint(name="descriptor_once", fields=["level", "kind"]),
            models.CheckConstraint(
                name="descriptor_kind_known", condition=Q(kind__in=[each.value for each in DescriptorKind])
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its side."""
        return f"{self.level_id}/{self.kind}"


class AchievementType(models.Model):
    """A row of `framework_type`: one column of the framework."""

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="types")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        """A code is given once in an edition."""

        app_label = "framework"
        db_table = "framework_type"
        constraints = [models.UniqueConstraint(name="type_once", fields=["edition", "code"])]

    def __str__(self) -> str:
        """Name the row by its code."""
        return f"{self.edition_id}/{self.code}"

    def as_value(self) -> AchievementTypeValue:
        """Return the plain value."""
        return AchievementTypeValue(code=self.code, name=Text(self.name_zh, self.name_en))


class Placement(models.Model):
    """A row of `framework_placement`: what stands on a level in one type, such as a bachelor's degree."""

    id = models.AutoField(primary_key=True)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="placements")
    type = models.ForeignKey(AchievementType, on_delete=models.PROTECT, related_name="placements")
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """One text for each cell."""

        app_label = "framework"
        db_table = "framework_placement"
        constraints = [models.UniqueConstraint(name="placement_once", fields=["level", "type"])]

    def __str__(self) -> str:
        """Name the row by its cell."""
        return f"{self.level_id}/{self.type_id}"


class Alignment(models.Model):
    """A row of `framework_alignment`: a level compared with one of another framework."""

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="alignments")
    level = models.SmallIntegerField()
    framework = models.CharField(max_length=16)
    other_level = models.CharField(max_length=16)
    trust = models.CharField(max_length=16)

    class Meta:
        """A pair of levels is compared once."""

        app_label = "framework"
        db_table = "framework_alignment"
        constraints = [
            models.UniqueConstraint(name="alignment_once", fields=["edition", "level", "framework", "other_level"]),
            models.CheckConstraint(
                name="alignment_framework_known", condition=Q(framework__in=[each.value for each in OtherFramework])
            ),
            models.CheckConstraint(name="alignment_trust_known", condition=Q(trust__in=[each.value for each in Trust])),
        ]

    def __str__(self) -> str:
        """Name the row by both levels."""
        return f"{self.level}={self.framework}:{self.other_level}"

    def as_value(self) -> AlignmentValue:
        """Return the plain value."""
        return AlignmentValue(
            level=self.level,
            framework=OtherFramework(self.framework),
            other_level=self.other_level,
            trust=Trust(self.trust),
        )
