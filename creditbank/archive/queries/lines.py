"""One learner's archive as lines: one question to the database, which each connection prepares once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, Self

from creditbank.archive import models
from creditbank.archive.statements import statement
from creditbank.archive.types import KIND_NAMES, grade_in_words
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries import Label
from creditbank.catalogue.types import SpecificationKind
from creditbank.database.asking import ask
from creditbank.kernel.text import Text, fold
from creditbank.learners import queries as learners
from creditbank.learners.errors import LearnerNotFound
from creditbank.learners.types import Holder
from creditbank.organizations import queries as organizations

_Key = tuple[int, int, int, int, int, int]
_Worth = tuple[int, int, int | None, int | None, int, bool | None]
Row = tuple[*_Key, *_Worth, str | None, None, None, None]
"""What the statement `archive` answers, as `Line` names it. A plain tuple: a page unpacks many, and has few `Line`s."""
_Told = tuple[int, str, int | None]
"""The account number and the name of the holder, and the number of the newest renaming of organizations."""
entry_key: Final = itemgetter(slice(4))
"""Which achievement a row tells of."""
amount: Final = itemgetter(8, 9, 10)
"""Credits, hours, and the unit of the credits."""
claimed: Final = itemgetter(12)
"""What holds or uses it, if anything does."""
_ENTRY: Final = 13
"""So many columns are of the entry."""


class Line(NamedTuple):
    """One achievement of a learner as their own pages list it: the beginning of a row of the statement `archive`.

    It says what `ArchivedAchievement` says under the same names. Of what was withdrawn `ends` says whether it ends what
    stood before; of what stands, nothing.
    """

    organization_id: int
    specification_id: int
    obtained: int
    part: int
    revision: int
    posting_id: int
    grade_scale: int
    grade_value: int
    credits: int | None
    hours: int | None
    unit_id: int
    ends: bool | None
    claimed: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the line of a row."""
        return cls(*row[:_ENTRY])

    @property
    def school(self) -> organizations.Label:
        """The institution that deposited it."""
        return organizations.label(self.organization_id)

    @property
    def course(self) -> Label:
        """What was achieved, as the catalogue names it."""
        return catalogue.label(self.specification_id)

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
        return self.school.name

    @property
    def source_code(self) -> str:
        """The code of that institution."""
        return self.school.code

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


@dataclass(frozen=True, slots=True)
class ArchiveFilters:
    """What an archive is narrowed to; empty values narrow nothing. `source` is the code of an institution."""

    kind: str = ""
    level: str = ""
    source: str = ""
    words: str = ""
    year_from: int | None = None
    year_to: int | None = None

    def narrowed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the narrowed archive."""
        return rows if self == EVERYTHING else [row for row in rows if self.admits(Line.of(row))]

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
_PLACE, _COURSE, _OBTAINED, _REVISION, _ENDS = map(itemgetter, (0, 1, 2, 4, 11))


@dataclass(frozen=True, slots=True)
class Lines:
    """Who holds an archive, what stands in it, the newest first, and whether anything was withdrawn that does not."""

    holder: Holder
    standing: list[Row]  # in the order of keys within a day
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
    (number, name, renamed), found = _asked(learner_id)
    holder = learners.holder_of(number, name)
    organizations.labels({*map(_PLACE, found)}, renamed=renamed)  # these ask at once for all that the process
    catalogue.labels([*map(_COURSE, found)])  # does not know
    found.sort()  # by key and revision
    if not any(map(_REVISION, found)) and {*map(_ENDS, found)} == {None}:  # as in nearly every archive
        return Lines(holder, sorted(found, key=_OBTAINED, reverse=True), withdrawn=False)
    last = {entry_key(row): row for row in found if _ENDS(row) is not False}
    stand = [row for row in last.values() if _ENDS(row) is None]
    gone = {entry_key(row) for row in found} - {entry_key(row) for row in stand}
    return Lines(holder, sorted(stand, key=_OBTAINED, reverse=True), withdrawn=bool(gone))


def _asked(learner_id: int) -> tuple[_Told, list[Row]]:
    """Return who the learner is, and the rows of what was achieved."""
    found: list[Any] = ask(statement("archive"), learner_id)
    for at, row in enumerate(reversed(found), 1):  # it is the last, if no server ever answers in another order
        if row[0] is None:
            del found[-at]
            return row[_ENTRY:], found
    raise LearnerNotFound(learner=learner_id)
