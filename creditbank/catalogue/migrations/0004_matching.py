"""Aliases of courses, tolerance of credits, accreditation."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    "course",
    "academic-credential",
    "certificate",
    "qualification",
    "training",
    "community-course",
    "internship",
    "competition",
    "work-experience",
    "membership",
    "patent",
    "military-service",
]


class Migration(migrations.Migration):
    """Three tables; nothing stands in them before."""

    dependencies = [("catalogue", "0003_occupations")]

    operations = [
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("organization_id", models.IntegerField()),
                ("issuer_id", models.IntegerField()),
                ("kind", models.CharField(max_length=32)),
                ("alias", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="catalogue.specification",
                    ),
                ),
            ],
            options={
                "db_table": "catalogue_alias",
                "constraints": [
                    models.UniqueConstraint(fields=["organization_id", "issuer_id", "kind", "key"], name="alias_once"),
                    models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="alias_kind_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tolerance",
            fields=[
                (
                    "specification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="tolerance",
                        serialize=False,
                        to="catalogue.specification",
                    ),
                ),
                ("hundredths", models.IntegerField()),
                ("by", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "catalogue_tolerance",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(hundredths__gt=0), name="tolerance_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Accreditation",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("starts", models.DateField()),
                ("ends", models.DateField(null=True)),
                ("decision", models.CharField(max_length=100)),
                ("by", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accreditations",
                        to="catalogue.specification",
                    ),
                ),
            ],
            options={
                "db_table": "catalogue_accreditation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                        name="accreditation_has_days",
                    )
                ],
            },
        ),
    ]
