"""Tables and constraints. Nothing is decided here."""

import secrets
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from creditbank.kernel.text import Text, fold, pinyin_initials, pinyin_key
from creditbank.organizations.types import (
    Extent,
    Membership as MembershipValue,
    Organization as OrganizationValue,
    OrganizationKind,
    Role,
    Status,
)


def searchable(name: Text, code: str) -> str:
    """Return the text in which an organization is sought: names, pinyin initials and code."""
    return " ".join(filter(None, (fold(name.zh), fold(name.en), pinyin_initials(name.zh), fold(code))))


class Organization(models.Model):
    """A row of `organizations_organization`: a shared table, small, the same everywhere."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=30)
    kind = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True, default="")
    sort_key = models.CharField(max_length=700)
    search_text = models.TextField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = ArrayField(models.IntegerField(), default=list)
    status = models.CharField(max_length=16, default=Status.ACTIVE.value)
    region_code = models.CharField(max_length=6, blank=True, default="")
    registers_courses = models.BooleanField(default=False)
    opens_accounts = models.BooleanField(default=True)
    credits_tolerance = models.IntegerField(default=0)
    opened_on = models.DateField()
    suspended_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "organizations"
        db_table = "organizations_organization"
        constraints = [
            models.UniqueConstraint(name="organization_code_once", fields=["code"]),
            models.CheckConstraint(
                name="organization_kind_known", condition=Q(kind__in=[each.value for each in OrganizationKind])
            ),
            models.CheckConstraint(
                name="organization_status_known", condition=Q(status__in=[each.value for each in Status])
            ),
            models.CheckConstraint(
                name="organization_closed_with_day",
                condition=Q(status=Status.CLOSED.value, closed_on__isnull=False)
                | (~Q(status=Status.CLOSED.value) & Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="organization_suspended_with_day",
                condition=~Q(status=Status.SUSPENDED.value) | Q(suspended_on__isnull=False),
            ),
            models.CheckConstraint(name="organization_tolerance_not_negative", condition=Q(credits_tolerance__gte=0)),
        ]
        indexes = [
            GinIndex(name="organization_path", fields=["path"]),
            GinIndex(name="organization_search", fields=["search_text"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        """Name the row by its code."""
        return self.code

    def as_value(self) -> OrganizationValue:
        """Return the plain value; the row itself does not leave the room."""
        return OrganizationValue(
            id=self.id,
            public_id=self.public_id,
            code=self.code,
            kind=OrganizationKind(self.kind),
            name=Text(self.name_zh, self.name_en),
            parent_id=self.parent_id,
            path=tuple(self.path),
            status=Status(self.status),
            region_code=self.region_code,
            registers_courses=self.registers_courses,
            opens_accounts=self.opens_accounts,
            credits_tolerance=self.credits_tolerance,
            opened_on=self.opened_on,
            suspended_on=self.suspended_on,
            closed_on=self.closed_on,
        )

    def record_path(self, above: list[int]) -> None:
        """Write where a new row stands; its own id is known only after it was inserted."""
        self.path = [*above, self.id]
        self.save(update_fields=["path"])

    def record_name(self, name: Text) -> None:
        """Write another name, and all keys that are made of it; processes that know the old one ask again."""
        self.name_zh, self.name_en = name.zh, name.en
        self.sort_key, self.search_text = pinyin_key(name.zh), searchable(name, self.code)
        self.save(update_fields=["name_zh", "name_en", "sort_key", "search_text"])
        Naming.draw()

    def record_depositing(self, *, opens_accounts: bool, registers_courses: bool, credits_tolerance: int) -> None:
        """Write how files of the organization are taken."""
        self.opens_accounts, self.registers_courses = opens_accounts, registers_courses
        self.credits_tolerance = credits_tolerance
        self.save(update_fields=["opens_accounts", "registers_courses", "credits_tolerance"])

    def record_status(self, status: Status, *, on: date) -> None:
        """Write a change of status with its day. The only place where it changes."""
        self.status = status
        if status is Status.SUSPENDED:
            self.suspended_on = on
        if status is Status.ACTIVE:
            self.suspended_on = None
        if status is Status.CLOSED:
            self.closed_on = on
        self.save(update_fields=["status", "suspended_on", "closed_on"])


class Naming(models.Model):
    """The one row of `organizations_naming`: a number drawn anew whenever any organization is given another name.

    Processes keep what organizations are called, and see by it that they have to ask again. It is drawn, not counted:
    after a renaming that is undone no other has the same number, nor has another bank whose rows come to stand here.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    renamed = models.BigIntegerField()

    class Meta:
        """One row."""

        app_label = "organizations"
        db_table = "organizations_naming"
        constraints = [models.CheckConstraint(name="organization_naming_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        """Tell the number."""
        return str(self.renamed)

    @classmethod
    def draw(cls) -> None:
        """Draw another number."""
        cls.objects.update_or_create(id=1, defaults={"renamed": secrets.randbits(63)})


class Membership(models.Model):
    """A row of `organizations_membership`: one role of one user at one organization."""

    id = models.AutoField(primary_key=True)
    user_id = models.IntegerField()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32)
    extent = models.CharField(max_length=8)
    starts = models.DateField()
    ends = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "organizations"
        db_table = "organizations_membership"
        constraints = [
            models.UniqueConstraint(
                name="membership_once",
                fields=["user_id", "organization", "role"],
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=[each.value for each in Role])),
            models.CheckConstraint(
                name="membership_extent_known", condition=Q(extent__in=[each.value for each in Extent])
            ),
            models.CheckConstraint(
                name="membership_has_days", condition=Q(ends__isnull=True) | Q(ends__gt=F("starts"))
            ),
        ]

    def __str__(self) -> str:
        """Name the row by who, where and as what."""
        return f"{self.user_id}@{self.organization_id}:{self.role}"

    def as_value(self) -> MembershipValue:
        """Return the plain value; the row itself does not leave the room."""
        return MembershipValue(
            id=self.id,
            user_id=self.user_id,
            organization_id=self.organization_id,
            role=Role(self.role),
            extent=Extent(self.extent),
            starts=self.starts,
            ends=self.ends,
            ended_on=self.ended_on,
        )

    def record_end(self, *, on: date) -> None:
        """Write the day from which the role is no longer held."""
        self.ended_on = on
        self.save(update_fields=["ended_on"])
