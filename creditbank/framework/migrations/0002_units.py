"""The units of credit, under ids that never change."""

from typing import Any

from django.db import migrations

# id, code, kind, name in Chinese and English, hours per credit in hundredths where the unit fixes them:
# sixteen class hours a course credit, 25 hours of work an ECTS credit (its lower bound), 30 for NCrF, 10 notional.
UNITS = [
    (1, "cn.he.credit", "framework-credit", "课程学分", "course credits", 1600),
    (2, "framework.credit", "framework-credit", "框架学分", "framework credits", None),
    (3, "contact.hours", "contact-hours", "学时", "contact hours", None),
    (4, "workload.hours", "workload-hours", "学习时间（小时）", "workload hours", None),
    (5, "points", "points", "积分", "points", None),
    (6, "ects", "framework-credit", "ECTS学分", "ECTS credits", 2500),
    (7, "ncrf.credit", "framework-credit", "NCrF学分", "NCrF credits", 3000),
    (8, "notional.credit", "framework-credit", "名义学时学分", "notional-hour credits", 1000),
]


def insert(apps: Any, _editor: Any) -> None:
    """Insert the units."""
    unit = apps.get_model("framework", "Unit")
    columns = ("id", "code", "kind", "name_zh", "name_en", "hours_per_credit")
    unit.objects.bulk_create(unit(**dict(zip(columns, row, strict=True))) for row in UNITS)


class Migration(migrations.Migration):
    """Data, not columns."""

    dependencies = [("framework", "0001_initial")]
    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]
