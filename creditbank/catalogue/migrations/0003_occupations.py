"""Occupations of the national classification, and the ways into them."""

from typing import Any

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


def number() -> tuple[str, Any]:
    """Return the column that numbers the rows of a table."""
    return ("id", models.AutoField(primary_key=True, serialize=False))


class Migration(migrations.Migration):
    """Three tables; nothing stands in them before."""

    dependencies = [("catalogue", "0002_programmes_found")]
    operations = [
        migrations.CreateModel(
            name="Occupation",
            fields=[
                number(),
                ("public_id", models.CharField(max_length=20, unique=True)),
                ("owner_id", models.IntegerField()),
                ("code", models.CharField(max_length=10)),
                ("edition", models.SmallIntegerField(default=1)),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, default="", max_length=300)),
                ("about_zh", models.CharField(blank=True, default="", max_length=400)),
                ("about_en", models.CharField(blank=True, default="", max_length=800)),
                ("note_zh", models.CharField(blank=True, default="", max_length=200)),
                ("note_en", models.CharField(blank=True, default="", max_length=400)),
                ("sort_key", models.CharField(max_length=1400)),
                ("search_text", models.TextField()),
                ("starts", models.DateField()),
                ("ends", models.DateField(null=True)),
            ],
            options={
                "db_table": "catalogue_occupation",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_text"], name="occupation_search", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["code", "edition"], name="occupation_once"),
                    models.CheckConstraint(
                        condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                        name="occupation_has_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OccupationRoute",
            fields=[
                number(),
                ("position", models.SmallIntegerField()),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, default="", max_length=300)),
                (
                    "occupation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="catalogue.occupation"
                    ),
                ),
            ],
            options={
                "db_table": "catalogue_occupation_route",
                "constraints": [
                    models.UniqueConstraint(fields=["occupation", "position"], name="occupation_route_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OccupationNeed",
            fields=[
                number(),
                ("award", models.CharField(blank=True, default="", max_length=120)),
                (
                    "programme",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.programme",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="catalogue.occupationroute",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.specification",
                    ),
                ),
            ],
            options={
                "db_table": "catalogue_occupation_need",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(specification__isnull=False, programme__isnull=True, award="")
                        | models.Q(specification__isnull=True, programme__isnull=False, award="")
                        | (models.Q(specification__isnull=True, programme__isnull=True) & ~models.Q(award="")),
                        name="occupation_need_names_one",
                    )
                ],
            },
        ),
    ]
