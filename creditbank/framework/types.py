"""The words of this room, as plain frozen values: what an edition of a framework is made of, and units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from creditbank.kernel.credits import Unit
from creditbank.kernel.text import Text


class DescriptorKind(StrEnum):
    """The three sides from which a level is described."""

    KNOWLEDGE = "knowledge"
    SKILLS = "skills"
    COMPETENCE = "competence"


class OtherFramework(StrEnum):
    """Frameworks that a level may be compared with."""

    EQF = "EQF"
    NCRF = "NCrF"


class Trust(StrEnum):
    """How far a comparison of levels can be relied on."""

    EXAMPLE = "example"
    PROPOSED = "proposed"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """A unit with its name; `hours_per_credit` in hundredths, where the unit fixes one."""

    unit: Unit
    name: Text
    hours_per_credit: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its title, a descriptor for each side, and what stands on it, by code of the type."""

    number: int
    title: Text
    descriptors: Mapping[DescriptorKind, Text]
    placements: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AchievementType:
    """A column of the framework: one type of achievement, such as academic or vocational."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Alignment:
    """One level compared with a level of another framework."""

    level: int
    framework: OtherFramework
    other_level: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition as it is handed in: owner null is the nation's (or the software's example)."""

    code: str
    uri: str
    edition: int
    name: Text
    levels: tuple[Level, ...]
    types: tuple[AchievementType, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    owner_id: int | None = None
    example: bool = False
    starts: date = date(2026, 1, 1)
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition, head only; it never changes."""

    id: int
    code: str
    uri: str
    edition: int
    name: Text
    owner_id: int | None
    example: bool
    starts: date
    ends: date | None
    levels: int


@dataclass(frozen=True, slots=True)
class WholeEdition:
    """A published edition with its levels (the highest first), types and alignments."""

    head: Edition
    levels: tuple[Level, ...]
    types: tuple[AchievementType, ...]
    alignments: tuple[Alignment, ...]

    def aligned(self, level: int, framework: OtherFramework) -> tuple[Alignment, ...]:
        """Return what a level is compared with in another framework."""
        return tuple(a for a in self.alignments if a.level == level and a.framework is framework)
