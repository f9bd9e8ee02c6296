"""Programmes and certification units are found by name and pinyin initials, and an edition ends where the next starts."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from creditbank.kernel.text import fold, pinyin_initials, pinyin_key


def fill(apps: Any, _editor: Any) -> None:
    """Write what rows are found and sorted by, and end each edition on the day from which a later one holds."""
    for name, owner in (("Programme", "organization_id"), ("CertificationUnit", "owner_id")):
        model = apps.get_model("catalogue", name)
        later: dict[tuple[int, str], Any] = {}
        for row in model.objects.order_by("-edition", "id").iterator():
            words = (fold(row.name_zh), fold(row.name_en), pinyin_initials(row.name_zh), fold(row.code))
            row.sort_key, row.search_text = pinyin_key(row.name_zh), " ".join(filter(None, words))
            key = (getattr(row, owner), row.code)
            if key in later and row.ends is None:
                row.ends = max(row.starts, later[key])
            later[key] = row.starts
            row.save(update_fields=["sort_key", "search_text", "ends"])


def days(name: str) -> models.CheckConstraint:
    """Return the constraint by which nothing ends before it starts."""
    open_or_later = models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts"))
    return models.CheckConstraint(name=name, condition=open_or_later)


def found(name: str) -> GinIndex:
    """Return the index by which parts of a text are found."""
    return GinIndex(name=name, fields=["search_text"], opclasses=["gin_trgm_ops"])


class Migration(migrations.Migration):
    """Columns, what stands in them, then their indexes and constraints."""

    dependencies = [("catalogue", "0001_initial")]
    operations = [
        *(
            migrations.AddField(model, column, field, preserve_default=False)
            for model in ("programme", "certificationunit")
            for column, field in (
                ("sort_key", models.CharField(default="", max_length=1400)),
                ("search_text", models.TextField(default="")),
            )
        ),
        migrations.AlterField("requirementgroup", "name_zh", models.CharField(max_length=200)),
        migrations.AlterField(
            "requirementgroup", "name_en", models.CharField(blank=True, default="", max_length=300)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("programme", found("programme_search")),
        migrations.AddIndex("certificationunit", found("certification_unit_search")),
        migrations.AddConstraint("programme", days("programme_has_days")),
        migrations.AddConstraint("certificationunit", days("certification_unit_has_days")),
    ]
