"""Tables and constraints of programmes and certification units. Nothing is decided here."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from creditbank.catalogue.types import (
    CertificationUnit as CertificationUnitValue,
    CourseKind,
    Nature,
    Programme as ProgrammeValue,
    ProgrammeCourse as ProgrammeCourseValue,
    RequirementGroup as RequirementGroupValue,
)
from creditbank.kernel.text import Text, fold, pinyin_initials


def searchable(name: Text, code: str) -> str:
    """Return the text in which something of the catalogue is sought: names, pinyin initials and code."""
    return " ".join(filter(None, (fold(name.zh), fold(name.en), pinyin_initials(name.zh), fold(code))))


class Programme(models.Model):
    """A row of `catalogue_programme`: one edition of a programme of an institution."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    organization_id = models.IntegerField()
    code = models.CharField(max_length=40)
    edition = models.SmallIntegerField(default=1)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")
    sort_key = models.CharField(max_length=1400)
    search_text = models.TextField()
    credits_required = models.IntegerField()
    unit_id = models.SmallIntegerField()
    level_code = models.CharField(max_length=8)
    category_code = models.CharField(max_length=8)
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        """An edition of a code is published once."""

        app_label = "catalogue"
        db_table = "catalogue_programme"
        constraints = [
            models.UniqueConstraint(name="programme_once", fields=["organization_id", "code", "edition"]),
            models.CheckConstraint(name="programme_credits_positive", condition=Q(credits_required__gt=0)),
            models.CheckConstraint(
                name="programme_has_days", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
        ]
        indexes = [GinIndex(name="programme_search", fields=["search_text"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        """Name the row by its code and edition."""
        return f"{self.code}/{self.edition}"

    def as_value(self) -> ProgrammeValue:
        """Return the plain value with its groups, which the query has fetched along."""
        return ProgrammeValue(
            id=self.id,
            public_id=self.public_id,
            organization_id=self.organization_id,
            code=self.code,
            edition=self.edition,
            name=Text(self.name_zh, self.name_en),
            credits_required=self.credits_required,
            unit_id=self.unit_id,
            level_code=self.level_code,
            category_code=self.category_code,
            starts=self.starts,
            ends=self.ends,
            groups=tuple(group.as_value() for group in sorted(self.groups.all(), key=lambda group: group.position)),
        )

    def record_end(self, *, on: date) -> None:
        """Write the day from which another edition takes its place."""
        self.ends = max(on, self.starts)
        self.save(update_fields=["ends"])


class RequirementGroup(models.Model):
    """A row of `catalogue_requirement_group`: courses of which so much is needed."""

    id = models.AutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups")
    position = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")
    credits_min = models.IntegerField(null=True)

    class Meta:
        """A code is given once in a programme."""

        app_label = "catalogue"
        db_table = "catalogue_requirement_group"
        constraints = [models.UniqueConstraint(name="requirement_group_once", fields=["programme", "code"])]

    def __str__(self) -> str:
        """Name the row by its code."""
        return f"{self.programme_id}/{self.code}"

    def as_value(self) -> RequirementGroupValue:
        """Return the plain value with its courses, which the query has fetched along."""
        return RequirementGroupValue(
            code=self.code,
            name=Text(self.name_zh, self.name_en),
            credits_min=self.credits_min,
            courses=tuple(each.as_value() for each in sorted(self.courses.all(), key=lambda each: each.id)),
        )


class ProgrammeCourse(models.Model):
    """A row of `catalogue_programme_course`: one course in one group."""

    id = models.AutoField(primary_key=True)
    group = models.ForeignKey(RequirementGroup, on_delete=models.PROTECT, related_name="courses")
    specification = models.ForeignKey("catalogue.Specification", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    credits = models.IntegerField()

    class Meta:
        """A course stands once in a group."""

        app_label = "catalogue"
        db_table = "catalogue_programme_course"
        constraints = [
            models.UniqueConstraint(name="programme_course_once", fields=["group", "specification"]),
            models.CheckConstraint(
                name="programme_course_nature_known", condition=Q(nature__in=[each.value for each in Nature])
            ),
            models.CheckConstraint(
                name="programme_course_kind_known", condition=Q(kind__in=[each.value for each in CourseKind])
            ),
            models.CheckConstraint(name="programme_course_credits_counted", condition=Q(credits__gte=0)),
        ]

    def __str__(self) -> str:
        """Name the row by group and course."""
        return f"{self.group_id}/{self.specification_id}"

    def as_value(self) -> ProgrammeCourseValue:
        """Return the plain value."""
        return ProgrammeCourseValue(
            specification_id=self.specification_id,
            nature=Nature(self.nature),
            kind=CourseKind(self.kind),
            credits=self.credits,
        )


class CertificationUnit(models.Model):
    """A row of `catalogue_certification_unit`: one edition of one 认证单元."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    owner_id = models.IntegerField()
    code = models.CharField(max_length=40)
    edition = models.SmallIntegerField(default=1)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")
    sort_key = models.CharField(max_length=1400)
    search_text = models.TextField()
    level = models.CharField(max_length=30, blank=True, default="")
    framework_level = models.SmallIntegerField(null=True)
    credits = models.IntegerField()
    unit_id = models.SmallIntegerField()
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        """An edition of a code is published once."""

        app_label = "catalogue"
        db_table = "catalogue_certification_unit"
        constraints = [
            models.UniqueConstraint(name="certification_unit_once", fields=["owner_id", "code", "edition"]),
            models.CheckConstraint(
                name="certification_unit_has_days", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
        ]
        indexes = [GinIndex(name="certification_unit_search", fields=["search_text"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        """Name the row by its code and edition."""
        return f"{self.code}/{self.edition}"

    def as_value(self) -> CertificationUnitValue:
        """Return the plain value with its parts, which the query has fetched along."""
        return CertificationUnitValue(
            id=self.id,
            public_id=self.public_id,
            owner_id=self.owner_id,
            code=self.code,
            edition=self.edition,
            name=Text(self.name_zh, self.name_en),
            level=self.level,
            framework_level=self.framework_level,
            credits=self.credits,
            unit_id=self.unit_id,
            specification_ids=tuple(sorted(part.specification_id for part in self.parts.all())),
            starts=self.starts,
            ends=self.ends,
        )

    def record_end(self, *, on: date) -> None:
        """Write the day from which another edition takes its place."""
        self.ends = max(on, self.starts)
        self.save(update_fields=["ends"])


class CertificationUnitPart(models.Model):
    """A row of `catalogue_certification_unit_part`: one specification that a unit is made of."""

    id = models.AutoField(primary_key=True)
    certification_unit = models.ForeignKey(CertificationUnit, on_delete=models.PROTECT, related_name="parts")
    specification = models.ForeignKey("catalogue.Specification", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A specification stands once in a unit."""

        app_label = "catalogue"
        db_table = "catalogue_certification_unit_part"
        constraints = [
            models.UniqueConstraint(name="certification_part_once", fields=["certification_unit", "specification"])
        ]

    def __str__(self) -> str:
        """Name the row by unit and part."""
        return f"{self.certification_unit_id}/{self.specification_id}"
