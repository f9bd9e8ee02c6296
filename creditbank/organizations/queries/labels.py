"""What organizations are called, which each process asks once, and again when any was renamed."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from creditbank.database.asking import ask
from creditbank.kernel.text import Text

_NAMED: Final = "SELECT id, code, name_zh, name_en FROM organizations_organization WHERE id = ANY($1::int[])"


class Label(NamedTuple):
    """An organization as the lines of archives name it; its code never changes."""

    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


NOWHERE: Final = Label("", "", "")
"""Where a loop over lines is before the first."""


class _Labels(dict[int, Label]):
    """What organizations are called, no older than the renaming with this number; no more than there are of them."""

    def __init__(self, renamed: int | None) -> None:
        """Know none yet."""
        self.renamed = renamed

    def learn(self, organization_ids: Collection[int]) -> None:
        """Ask at once for all that are not known."""
        if missing := {each for each in organization_ids if each not in self}:
            rows = ask(_NAMED, f"{{{','.join(map(str, sorted(missing)))}}}")
            self.update((number, Label(*names)) for number, *names in rows)


#: The newest alone. It is put in the place of what was known before, which others may still be adding to.
_KNOWN: Final = [_Labels(None)]


def label(organization_id: int) -> Label:
    """Return what one organization, which exists, is called as far as the process knows."""
    known = _KNOWN[0]
    if organization_id not in known:
        known.learn([organization_id])
    return known[organization_id]


def labels(organization_ids: Collection[int], *, renamed: int | None) -> Mapping[int, Label]:
    """Return what organizations, which all exist, are called after the renaming with a number (`Naming.renamed`)."""
    if _KNOWN[0].renamed != renamed:
        _KNOWN[0] = _Labels(renamed)
    known = _KNOWN[0]
    known.learn(organization_ids)
    return known
