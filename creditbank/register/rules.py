"""What decides in this room, pure: what a row says, what the register answers, how long things are kept."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from creditbank.archive.types import EntryKey
from creditbank.kernel.certificates import UNNUMBERED, certificate_number, part_of
from creditbank.kernel.dates import PartialDate, parse
from creditbank.kernel.documents import Document, kind_by_form, read as read_document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import workbook
from creditbank.kernel.text import Text, fold, person_name
from creditbank.register.told import NEEDED, REASONS, STATUSES, WITHOUT_END
from creditbank.register.types import (
    NOTE_MAX,
    NUMBER_MAX,
    Certificate,
    ListRow,
    RefusedRow,
    Revoked,
    Status,
    Verdict,
)

_WHOSE: Final = ("name", "document", "issued")


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate of the catalogue, as far as a list needs it: one edition, in force from a day and before another.

    `key` is what its name is matched by, `level` folded.
    """

    specification_id: int
    code: str
    key: str
    level: str
    starts: date
    ends: date | None


class Index:
    """The certificates of one issuer, found by code or by name and level."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        """Take them in the order of their editions."""
        self._by_code: dict[str, list[Listed]] = {}
        self._by_name: dict[str, list[Listed]] = {}
        for each in listed:
            if each.code:
                self._by_code.setdefault(fold(each.code), []).append(each)
            self._by_name.setdefault(each.key, []).append(each)

    def find(self, text: str, level: str, issued: PartialDate) -> tuple[int | None, str]:
        """Return the specification that was in force when a certificate was issued, else why there is none."""
        key, wanted = fold(text), fold(level)
        found = self._by_code.get(key) or self._by_name.get(key)
        if found is None:
            return None, "certificate_unknown"
        of_level = [each for each in found if each.level == wanted] if wanted else found
        if not of_level or len({each.level for each in of_level}) > 1:
            return None, "level_unknown"
        then = [
            each
            for each in of_level
            if each.starts <= issued.last_day and (not each.ends or issued.last_day < each.ends)
        ]
        # Many certificates are older than the catalogue: they belong to its first edition.
        return (then or of_level)[0].specification_id, ""


class RowRefused(Exception):  # noqa: N818  # carries a reason within this room
    """A row of a list cannot be taken."""

    def __init__(self, row: RefusedRow) -> None:
        """Keep the row with its sentence."""
        super().__init__(row.code)
        self.row = row


def refused(reason: str, *, row: int, column: str = "") -> RowRefused:
    """Return why a row is refused, by a reason of this room."""
    place, sentence = REASONS[reason]
    column = column or place
    return RowRefused(RefusedRow(row, column, f"register.row.{reason}", sentence))


def list_row(row: int, cells: Mapping[str, str], *, index: Index, today: date) -> ListRow:
    """Return what a row says. Raises `RowRefused` with the first thing that is wrong with it."""
    _check_whole(row, cells)
    issued, until = _dates(row, cells, today)
    specification_id, reason = index.find(cells["certificate"], cells.get("level", ""), issued)
    if specification_id is None:
        raise refused(reason, row=row)
    status = STATUSES.get(fold(cells.get("status", "")))
    if status is None:
        raise refused("status_unknown", row=row)
    return ListRow(
        row=row,
        number=_number(row, cells["number"]),
        specification_id=specification_id,
        issued=issued.number,
        until=until.number if until else 0,
        status=status,
        note=_note(row, cells.get("note", "")),
        name=_name(row, cells["name"]),
        document=_document(row, cells["document"], today),
    )


def _check_whole(row: int, cells: Mapping[str, str]) -> None:
    if not any(cells.get(column) for column in _WHOSE):
        raise refused("no_certificate", row=row)
    for column in ("number", "document"):
        if workbook.is_damaged(cells.get(column, "")):
            raise refused("damaged", row=row, column=column)
    for column in NEEDED:
        if not cells.get(column):
            raise refused(f"{column}_missing", row=row)


def _number(row: int, text: str) -> str:
    number = certificate_number(text)
    if not 0 < len(number) <= NUMBER_MAX or not number.isprintable():
        raise refused("number_long", row=row)
    return number


def _note(row: int, text: str) -> str:
    note = " ".join(text.replace("\0", "").split())
    if len(note) > NOTE_MAX:
        raise refused("note_long", row=row)
    return note


def _name(row: int, text: str) -> str:
    try:
        return person_name(text)
    except Refusal as why:
        raise _as_row(why, row, "name") from None


def _document(row: int, text: str, today: date) -> tuple[str, str]:
    try:
        document = read_document(kind_by_form(text), text, today=today)
    except Refusal as why:
        raise _as_row(why, row, "document") from None
    return document.kind.value, document.number


def document_in(cells: Mapping[str, str], *, today: date) -> Document | None:
    """Return the document that a row names, if it can be read, whatever else is wrong with the row."""
    text = cells.get("document", "")
    try:
        return read_document(kind_by_form(text), text, today=today)
    except Refusal:
        return None


def named_in(cells: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the number and the name that a row gives, if both can be read, whatever else is wrong with the row."""
    number = certificate_number(cells.get("number", ""))
    try:
        return (number, person_name(cells.get("name", ""))) if number else None
    except Refusal:
        return None


def _dates(row: int, cells: Mapping[str, str], today: date) -> tuple[PartialDate, PartialDate | None]:
    issued = _date(row, cells["issued"], "issued")
    if issued.first_day > today:
        raise refused("issued_future", row=row)
    ends = cells.get("until") or ""
    until = _date(row, ends, "until") if ends and fold(ends) not in WITHOUT_END else None
    if until is not None and until.last_day < issued.first_day:
        raise refused("until_early", row=row)
    return issued, until


def _date(row: int, text: str, column: str) -> PartialDate:
    try:
        return parse(text.removesuffix(" 00:00:00"))
    except Refusal as why:
        raise _as_row(why, row, column) from None


def _as_row(why: Refusal, row: int, column: str) -> RowRefused:
    return RowRefused(RefusedRow(row, column, why.code, Text(why.sentence("zh"), why.sentence("en"))))


def lies_in(keys: Iterable[EntryKey], certificate: Certificate) -> bool:
    """Say whether an archive has a certificate: by its number, or without a number as what was obtained on its day."""
    part = part_of(certificate.number)
    return any(
        (key.organization_id, key.specification_id) == (certificate.issuer_id, certificate.specification_id)
        and (key.part == part or (key.part == UNNUMBERED and key.obtained == certificate.issued))
        for key in keys
    )


def day_of(certificate: Certificate) -> tuple[int, int, int]:
    """Return whose certificate of what and of which day it is; its number tells it from others of that day."""
    return certificate.issuer_id, certificate.specification_id, certificate.issued


def issued_before(own: Sequence[Certificate]) -> dict[tuple[int, int, int], list[Certificate]]:
    """Return those of a holder's certificates that were lost and issued again, by kind and day.

    Where several others of a kind and day hold, nobody can tell which of them one was: it is left out.
    """
    holding = Counter(day_of(each) for each in own if each.status is Status.VALID)
    found: dict[tuple[int, int, int], list[Certificate]] = {}
    for each in own:
        if each.status is Status.REPLACED and holding[day_of(each)] == 1:
            found.setdefault(day_of(each), []).append(each)
    return found


def stands_for(key: EntryKey, revoked: Revoked) -> bool:
    """Say whether an entry is of a revoked certificate, whoever deposited it: by number, or else as `Revoked` says."""
    if key.specification_id != revoked.certificate.specification_id:
        return False
    of_day = revoked.alone and key.part == UNNUMBERED and key.obtained == revoked.certificate.issued
    return of_day or key.part == part_of(revoked.certificate.number)


def verdict(status: Status, until: PartialDate | None, *, mine: bool, today: date) -> Verdict:
    """Return what is said about a certificate that the register has; `mine`: its holder is who asks."""
    if not mine:
        return Verdict.OTHER_HOLDER
    if status is Status.REVOKED:
        return Verdict.REVOKED
    if status is Status.REPLACED:
        return Verdict.REPLACED
    expired = until is not None and until.last_day < today
    return Verdict.EXPIRED if expired else Verdict.CONFIRMED
