"""Tables and constraints of occupations and the ways into them. Nothing is decided here."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from creditbank.catalogue.types import Occupation as OccupationValue, Route, RouteNeed
from creditbank.kernel.text import Text


class Occupation(models.Model):
    """A row of `catalogue_occupation`: one edition of one occupation of the national classification."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    owner_id = models.IntegerField()
    code = models.CharField(max_length=10)
    edition = models.SmallIntegerField(default=1)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")
    about_zh = models.CharField(max_length=400, blank=True, default="")
    about_en = models.CharField(max_length=800, blank=True, default="")
    note_zh = models.CharField(max_length=200, blank=True, default="")
    note_en = models.CharField(max_length=400, blank=True, default="")
    sort_key = models.CharField(max_length=1400)
    search_text = models.TextField()
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        """A code is the nation's, so that an edition of it stands once in the whole bank."""

        app_label = "catalogue"
        db_table = "catalogue_occupation"
        constraints = [
            models.UniqueConstraint(name="occupation_once", fields=["code", "edition"]),
            models.CheckConstraint(
                name="occupation_has_days", condition=Q(ends__isnull=True) | Q(ends__gte=F("starts"))
            ),
        ]
        indexes = [GinIndex(name="occupation_search", fields=["search_text"], opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        """Name the row by its code and edition."""
        return f"{self.code}/{self.edition}"

    def as_value(self) -> OccupationValue:
        """Return the plain value with its routes, which the query has fetched along."""
        return OccupationValue(
            id=self.id,
            public_id=self.public_id,
            owner_id=self.owner_id,
            code=self.code,
            edition=self.edition,
            name=Text(self.name_zh, self.name_en),
            about=Text(self.about_zh, self.about_en),
            note=Text(self.note_zh, self.note_en),
            starts=self.starts,
            ends=self.ends,
            routes=tuple(route.as_value() for route in sorted(self.routes.all(), key=lambda route: route.position)),
        )

    def record_end(self, *, on: date) -> None:
        """Write the day from which another edition takes its place."""
        self.ends = max(on, self.starts) if self.ends is None else max(self.starts, min(on, self.ends))
        self.save(update_fields=["ends"])


class OccupationRoute(models.Model):
    """A row of `catalogue_occupation_route`: one way into an occupation."""

    id = models.AutoField(primary_key=True)
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="routes")
    position = models.SmallIntegerField()
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """A place is taken once in an occupation."""

        app_label = "catalogue"
        db_table = "catalogue_occupation_route"
        constraints = [models.UniqueConstraint(name="occupation_route_once", fields=["occupation", "position"])]

    def __str__(self) -> str:
        """Name the row by occupation and place."""
        return f"{self.occupation_id}/{self.position}"

    def as_value(self) -> Route:
        """Return the plain value with its needs, which the query has fetched along."""
        needs = sorted(self.needs.all(), key=lambda need: need.id)
        return Route(Text(self.name_zh, self.name_en), tuple(need.as_value() for need in needs))


class OccupationNeed(models.Model):
    """A row of `catalogue_occupation_need`: one thing that a way asks for."""

    id = models.AutoField(primary_key=True)
    route = models.ForeignKey(OccupationRoute, on_delete=models.PROTECT, related_name="needs")
    specification = models.ForeignKey("catalogue.Specification", null=True, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("catalogue.Programme", null=True, on_delete=models.PROTECT, related_name="+")
    award = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        """A need names one thing: an entry, a programme, or an award of a rule book."""

        app_label = "catalogue"
        db_table = "catalogue_occupation_need"
        constraints = [
            models.CheckConstraint(
                name="occupation_need_names_one",
                condition=Q(specification__isnull=False, programme__isnull=True, award="")
                | Q(specification__isnull=True, programme__isnull=False, award="")
                | (Q(specification__isnull=True, programme__isnull=True) & ~Q(award="")),
            )
        ]

    def __str__(self) -> str:
        """Name the row by its route and what it names."""
        return f"{self.route_id}/{self.specification_id or self.programme_id or self.award}"

    def as_value(self) -> RouteNeed:
        """Return the plain value."""
        return RouteNeed(self.specification_id, self.programme_id, self.award)
