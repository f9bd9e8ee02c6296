"""What never changes of an edition of a specification, which each process asks once: the newest go on being added."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from creditbank.database.asking import ask
from creditbank.kernel.kept import MOST

#: Beyond so many a process forgets them all, some 60 MB, and asks again.
KEPT: Final = MOST


class Label(NamedTuple):
    """An edition as the lines of archives name it; the application may write none of this anew (cli/grants.sql)."""

    public_id: str
    name_zh: str
    name_en: str
    kind: str
    level: str


_KNOWN: Final[dict[int, Label]] = {}
_NAMED: Final = (
    "SELECT id, public_id, name_zh, name_en, kind, level FROM catalogue_specification WHERE id = ANY($1::int[])"
)


def label(specification_id: int) -> Label:
    """Return the names of one specification, which is of the catalogue."""
    return _KNOWN.get(specification_id) or labels([specification_id])[0]


def labels(specification_ids: Sequence[int]) -> list[Label]:
    """Return the names of specifications, in the order of the ids, which are all of the catalogue."""
    try:
        return list(map(_KNOWN.__getitem__, specification_ids))
    except KeyError:
        known = {number: _KNOWN[number] for number in specification_ids if number in _KNOWN}
        missing = ",".join(str(number) for number in sorted({*specification_ids} - known.keys()))
        known.update((number, Label(*names)) for number, *names in ask(_NAMED, f"{{{missing}}}"))
        if len(_KNOWN) + len(known) > KEPT:
            _KNOWN.clear()
        _KNOWN.update(known)
        return [known[number] for number in specification_ids]
