"""Reading editions and units; what returns is frozen and ordered down to a unique column."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from creditbank.framework import errors, models
from creditbank.framework.types import DescriptorKind, Edition, Level, UnitDetails, WholeEdition
from creditbank.framework.units import UNITS
from creditbank.kernel.credits import Unit
from creditbank.kernel.text import Text

_UNITS_BY_ID: Final = MappingProxyType({row.unit.id: row for row in UNITS})


def units() -> dict[str, Unit]:
    """Return every unit of credit by its code."""
    return {row.unit.code: row.unit for row in unit_details()}


def units_by_id() -> Mapping[int, UnitDetails]:
    """Return every unit of credit, with its name, by its id."""
    return _UNITS_BY_ID


def unit_details() -> tuple[UnitDetails, ...]:
    """Return every unit of credit with its name, by id."""
    return UNITS


def editions() -> tuple[Edition, ...]:
    """Return the heads of all published editions, real ones before examples, then by code."""
    return tuple(row.as_value() for row in models.Edition.objects.order_by("example", "code", "id"))


def edition(code: str) -> WholeEdition:
    """Return one edition whole, its highest level first; refused: there is none with this code."""
    row = models.Edition.objects.filter(code=code).first()
    if row is None:
        raise errors.EditionNotFound(edition=code)
    levels = row.levels.prefetch_related("descriptors", "placements__type").order_by("-number", "id")
    return WholeEdition(
        head=row.as_value(),
        levels=tuple(_level(level) for level in levels),
        types=tuple(kind.as_value() for kind in row.types.order_by("position", "id")),
        alignments=tuple(
            each.as_value() for each in row.alignments.order_by("level", "framework", "other_level", "id")
        ),
    )


def _level(row: models.Level) -> Level:
    return Level(
        number=row.number,
        title=Text(row.title_zh, row.title_en),
        descriptors={DescriptorKind(d.kind): Text(d.text_zh, d.text_en) for d in row.descriptors.all()},
        placements={p.type.code: Text(p.name_zh, p.name_en) for p in row.placements.all()},
    )
