"""One learner's archive as lines: one question to the database, which each connection prepares once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from operator import itemgetter
from typing import Final, NamedTuple

from creditbank.archive import models
from creditbank.archive.statements import statement
from creditbank.archive.types import KIND_NAMES, ArchivedAchievement, grade_in_words
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries import Label
from creditbank.catalogue.types import SpecificationKind
from creditbank.database.asking import ask
from creditbank.kernel.text import Text, fold
from creditbank.learners import queries as learners
from creditbank.learners.types import Holder

KEY: Final = 4
"""So many columns, the first, say which achievement a line tells of."""


class Line(NamedTuple):
    """One achievement of a learner as their own pages list it: a row of the statement `archive`, as it comes.

    A plain tuple, for a page makes many; it says what `ArchivedAchievement` says under the same names. Of what was
    withdrawn `ends` says whether it ends what stood before; of what stands, nothing.
    """

    organization_id: int
    specification_id: int
    obtained: int
    part: int
    revision: int
    credits: int | None
    unit_id: int
    hours: int | None
    grade_value: int
    grade_scale: int
    posting_id: int
    ends: bool | None
    source_code: str
    source_zh: str
    source_en: str
    account_number: int
    holder: str
    claimed: str | None
    course: Label

    @property
    def name(self) -> Text:
        """The name of the achievement."""
        return Text(self.course.name_zh, self.course.name_en)

    @property
    def kind(self) -> str:
        """The kind of achievement."""
        return self.course.kind

    @property
    def level(self) -> str:
        """The level of a certificate, or nothing."""
        return self.course.level

    @property
    def source(self) -> Text:
        """The name of the institution that deposited it."""
        return Text(self.source_zh, self.source_en)

    @property
    def year(self) -> int:
        """The year it was obtained in."""
        return self.obtained // 10000

    @property
    def kind_name(self) -> Text:
        """The kind of achievement in words."""
        return KIND_NAMES[SpecificationKind(self.kind)]

    @property
    def address(self) -> str:
        """What finds the entry among its holder's: as that of an `ArchivedAchievement`."""
        return f"{self.source_code}-{self.course.public_id}-{self.obtained:08d}-{self.part}"

    @property
    def grade(self) -> Text:
        """The grade in words, on its own scale; empty where none was given."""
        return grade_in_words(self.grade_scale, self.grade_value)


Held = ArchivedAchievement | Line
"""An achievement in an archive, read one by one or as lines."""


@dataclass(frozen=True, slots=True)
class ArchiveFilters:
    """What an archive is narrowed to; empty values narrow nothing. `source` is the code of an institution."""

    kind: str = ""
    level: str = ""
    source: str = ""
    words: str = ""
    year_from: int | None = None
    year_to: int | None = None

    def narrowed(self, achievements: Sequence[Line]) -> Sequence[Line]:
        """Return the narrowed archive."""
        return achievements if self == EVERYTHING else [each for each in achievements if self.admits(each)]

    def admits(self, achievement: Line) -> bool:
        """Say whether an achievement belongs to the narrowed archive; every word must occur in a name."""
        return (
            self.kind in {"", achievement.kind}
            and self.level in {"", achievement.level}
            and self.source in {"", achievement.source_code}
            and (self.year_from is None or achievement.year >= self.year_from)
            and (self.year_to is None or achievement.year <= self.year_to)
            and (not self.words or self._named(achievement))
        )

    def _named(self, achievement: Line) -> bool:
        names = (achievement.name, achievement.source)
        text = fold(" ".join(f"{name.zh} {name.en}" for name in names))
        return all(word in text for word in fold(self.words).split())


EVERYTHING: Final = ArchiveFilters()
_LINE: Final = partial(tuple.__new__, Line)
_OBTAINED: Final = itemgetter(Line._fields.index("obtained"))


@dataclass(frozen=True, slots=True)
class Lines:
    """Who holds an archive, what stands in it, the newest first, and whether anything was withdrawn that does not."""

    holder: Holder
    standing: list[Line]
    withdrawn: bool


@lru_cache(maxsize=65_536)
def posted_at(posting_id: int) -> datetime:
    """Return when a batch was posted: once it is known it never changes, so each process asks once."""
    at = models.Posting.objects.values_list("posted_at", flat=True).get(id=posting_id)
    assert at is not None, "a line of a batch that was not posted"
    return at


def lines(learner_id: int) -> Lines:
    """Return the achievements of one learner in force with their names; of one the newest revision that stands.

    An account that was merged into another has none. Callers have checked who asks. Refused: an unknown account.
    """
    rows = ask(statement("archive"), learner_id)
    courses = catalogue.labels([row[1] for row in rows])
    found = sorted(_LINE((*row, course)) for row, course in zip(rows, courses, strict=True))  # by key and revision
    if not found:
        return Lines(learners.holder(learner_id), [], withdrawn=False)
    holder = learners.holder_of(found[0].account_number, found[0].holder)
    last = {line[:KEY]: line for line in found if line.ends is not False}
    stand = [line for line in last.values() if line.ends is None]
    standing = sorted(stand, key=_OBTAINED, reverse=True)  # keeps the order of keys within a day
    if len(stand) == len(found):
        return Lines(holder, standing, withdrawn=False)
    return Lines(holder, standing, withdrawn=not {line[:KEY] for line in found} <= {line[:KEY] for line in stand})
