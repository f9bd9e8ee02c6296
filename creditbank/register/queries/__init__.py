"""Reading the register: who holds what is answered, never listed; frozen values, ordered down to a unique column."""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from django.db.models import Count, Min, Q, QuerySet

from creditbank.archive import queries as book
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries.issued import certificates_of
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, Reach
from creditbank.kernel.certificates import certificate_number
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text, fold, name_key
from creditbank.learners import queries as accounts
from creditbank.learners.types import Place
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind
from creditbank.register import errors, files, lists, models, permissions, rules
from creditbank.register.queries.holders import holders_of, own_holders
from creditbank.register.told import COLUMNS, VERDICTS
from creditbank.register.types import (
    Certificate,
    Confirmation,
    Load,
    LoadPage,
    LoadStage,
    Named,
    OwnCertificate,
    RefusedKind,
    RefusedPage,
    Verdict,
)

ROWS_A_PAGE: Final = 50
NAME_BYTES: Final = 8
#: No document has such a number: what the bank's key makes of it is the key of names in this room.
NAMES: Final = Document(DocumentKind.PASSPORT, "NAMES-IN-THE-REGISTER")
ISSUERS: Final = frozenset(
    {
        OrganizationKind.INSTITUTION,
        OrganizationKind.ISSUER,
        OrganizationKind.ASSESSMENT_ORGANIZATION,
        OrganizationKind.EXAM_AUTHORITY,
        OrganizationKind.EMPLOYER,
        OrganizationKind.INDUSTRY_COUNCIL,
    }
)
_AT_WORK: Final = (LoadStage.RECEIVED, LoadStage.CHECKING, LoadStage.APPROVED, LoadStage.ENTERING)


def names_of(holders: Sequence[bytes], names: Sequence[str]) -> list[bytes]:
    """Return a keyed digest of each name with its holder, so that equal names of two people do not look alike."""
    [key] = accounts.digests([NAMES])
    return [
        hmac.digest(key, holder + name_key(name).encode(), "sha256")[:NAME_BYTES]
        for holder, name in zip(holders, names, strict=True)
    ]


def named_by(issuer_id: int, certificates: Sequence[tuple[str, str]]) -> list[bytes]:
    """Return a keyed digest of number and name of each certificate: by it alone nothing of either is told."""
    places = [f"{issuer_id}:{number}".encode() for number, _ in certificates]
    return names_of(places, [name for _, name in certificates])


def index_of(issuer_id: int) -> rules.Index:
    """Return what finds the certificates of an issuer in the catalogue."""
    return rules.Index(
        [
            rules.Listed(each.id, each.code, each.name_key, fold(each.level), each.starts, each.ends)
            for each in certificates_of(issuer_id)
        ]
    )


def rows_of(issuer_id: int, number: str, *, specification_id: int | None = None) -> QuerySet[models.Certificate]:
    """Return the certificates of an issuer with a number, for the operations of this room."""
    rows = models.Certificate.objects.filter(issuer_id=issuer_id, number=number).order_by("specification_id", "holder")
    return rows if specification_id is None else rows.filter(specification_id=specification_id)


def judged(row: models.Certificate, *, mine: bool, today: date) -> Verdict:
    """Return what is said about a certificate that the register has."""
    value = row.as_value()
    return rules.verdict(value.status, value.until_on, mine=mine, today=today)


def confirm(
    *,
    issuer_id: int,
    number: str,
    today: date,
    document: Document | None = None,
    learner_id: int | None = None,
    name: str | None = None,
    specification_public_id: str = "",
) -> Confirmation:
    """Say what the register knows of a certificate that somebody shows, by holder's document, account or name.

    Who asks by name alone learns of no certificate of another name: it is unknown. `named` is of a certificate of
    this holder only; where several fit, of the first that holds.
    """
    found = list(rows_of(issuer_id, certificate_number(number)))
    if specification_public_id:
        wanted = {each.id for each in catalogue.by_ids({row.specification_id for row in found}).values()
                  if each.public_id == specification_public_id}  # fmt: skip
        found = [row for row in found if row.specification_id in wanted]
    if not found:
        return Confirmation(Verdict.UNKNOWN)
    ours = [row for row in found if _is_holder(row, document, learner_id, name)]
    if not ours:
        by_name_only = document is None and learner_id is None
        return Confirmation(Verdict.UNKNOWN if by_name_only else Verdict.OTHER_HOLDER)
    row = min(ours, key=lambda each: judged(each, mine=True, today=today) is not Verdict.CONFIRMED)
    [named] = with_names([row.as_value()], events=True)
    return Confirmation(judged(row, mine=True, today=today), named)


def _is_holder(row: models.Certificate, document: Document | None, learner_id: int | None, name: str | None) -> bool:
    """Say whether everything that is known of the holder fits; nothing known fits nobody."""
    holder = bytes(row.holder)
    said: list[bool] = []
    if document is not None:
        said.append(holders_of([document]) == [holder])
    if learner_id is not None:
        said.append(holder in own_holders(learner_id))
    if name is not None:
        try:
            said.append(names_of([holder], [name]) == [bytes(row.name)])
        except Refusal:  # what is no name is nobody's
            said.append(False)
    return bool(said) and all(said)


def statuses(*, issuer_id: int, number: str) -> tuple[Named, ...]:
    """Return the certificates of an issuer with a number, for a program that has the number already; no holder."""
    return with_names([row.as_value() for row in rows_of(issuer_id, certificate_number(number))], events=True)


def found(*, actor: Actor, issuer_id: int, number: str) -> tuple[Named, ...]:
    """Return the same to staff of the issuer. Refused: who deals with no certificates there."""
    if not actor.reach(permissions.SEEING).covers(issuer_id):
        raise NotPermitted(organization=issuer_id)
    return statuses(issuer_id=issuer_id, number=number)


def in_archive(learner_id: int, certificates: Sequence[Certificate]) -> list[bool]:
    """Say of each whether it counts in an archive: as what was claimed, wherever that lies, or as deposited.

    What was deposited under the number that a certificate had until it was lost and issued again is this certificate.
    """
    entries = book.entries(learner_id)
    keys, postings = [entry.key for entry in entries], {entry.posting_id for entry in entries}
    claims = {_place(row): row.posting for row in models.Claim.objects.filter(learner_id=learner_id)}
    claimed = [book.posting(claims[_place(each)]) if _place(each) in claims else None for each in certificates]
    rows = models.Certificate.objects.filter(holder__in=own_holders(learner_id)).order_by("number")
    before = rules.issued_before([row.as_value() for row in rows])
    return [
        (posting is not None and posting.id in postings)
        or any(rules.lies_in(keys, known) for known in (each, *before.get(rules.day_of(each), ())))
        for each, posting in zip(certificates, claimed, strict=True)
    ]


def _place(of: Certificate | models.Certificate | models.Claim | models.Event) -> tuple[int, int, str]:
    return of.issuer_id, of.specification_id, of.number


def own(*, actor: Actor, today: date) -> tuple[OwnCertificate, ...]:
    """Return the certificates issued to the learner who asks, under any document, the newest first."""
    assert actor.learner_id is not None, "learners have certificates"
    rows = models.Certificate.objects.filter(holder__in=own_holders(actor.learner_id))
    found = list(rows.order_by("-issued", "specification_id", "number"))
    rows_claimed = models.Claim.objects.filter(learner_id=actor.learner_id, withdrawn_at__isnull=True)
    claims = {_place(row): row.claimed_at for row in rows_claimed}
    values = [row.as_value() for row in found]
    return tuple(
        OwnCertificate(
            named=named,
            verdict=judged(row, mine=True, today=today),
            claimed_at=claims.get(_place(row)),
            in_archive=held,
        )
        for row, held, named in zip(
            found, in_archive(actor.learner_id, values), with_names(values, events=True), strict=True
        )
    )


def with_names(certificates: Sequence[Certificate], *, events: bool = False) -> tuple[Named, ...]:
    """Return certificates with what a page calls them and, if asked for, what happened to each, the latest first."""
    specifications = catalogue.by_ids({each.specification_id for each in certificates})
    issuers = organizations.by_ids({each.issuer_id for each in certificates})
    happened: dict[tuple[int, int, str], list[models.Event]] = {}
    if events:
        wanted = Q(issuer_id__in=list(issuers), number__in=[each.number for each in certificates])
        for event in models.Event.objects.filter(wanted).order_by("-at", "-id"):
            happened.setdefault(_place(event), []).append(event)
    return tuple(
        Named(
            certificate=each,
            name=specifications[each.specification_id].name,
            level=specifications[each.specification_id].level,
            issuer=issuers[each.issuer_id].name,
            issuer_code=issuers[each.issuer_id].code,
            specification_public_id=specifications[each.specification_id].public_id,
            events=tuple(event.as_value() for event in happened.get(_place(each), ())),
        )
        for each in certificates
    )


def load(*, actor: Actor, public_id: str) -> Load:
    """Return one list. Refused: one that is not there or that the actor may not know of."""
    return _load(actor, public_id).as_value()


def _load(actor: Actor, public_id: str) -> models.Load:
    row = models.Load.objects.filter(permissions.visible_to(actor), public_id=public_id).first()
    if row is None:
        raise errors.LoadNotFound
    return row


def loads(*, actor: Actor, stage: str = "", page: int = 1) -> LoadPage:
    """Return a page of the lists that the actor may know of, newest first; beyond the last is the last."""
    rows = models.Load.objects.filter(permissions.visible_to(actor)).order_by("-uploaded_at", "-id")
    rows = rows.filter(stage=stage) if stage else rows
    total = rows.count()
    pages = max(1, -(-total // ROWS_A_PAGE))
    number = min(max(1, page), pages)
    shown = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return LoadPage(tuple(row.as_value() for row in shown), number, pages, total)


def issuer_names(organization_ids: Iterable[int]) -> dict[int, Text]:
    """Return the names of issuers by their internal numbers."""
    return {number: each.name for number, each in organizations.by_ids(organization_ids).items()}


def people(references: Iterable[str]) -> dict[str, str]:
    """Return what the people are called who handed in or decided; the bank itself is left out."""
    numbers = {int(each.removeprefix("staff:")) for each in references if each.startswith("staff:")}
    return {f"staff:{number}": user.name for number, user in identity.users(numbers).items()}


def left_lying() -> list[Load]:
    """Return the lists that a job should be at, oldest first."""
    rows = models.Load.objects.filter(stage__in=_AT_WORK)
    return [row.as_value() for row in rows.order_by("id")]


def refused_kinds(public_id: str, *, actor: Actor) -> tuple[RefusedKind, ...]:
    """Return why rows of a list were refused, the most frequent reason first, each with its first sentence."""
    row = _load(actor, public_id)
    counted = models.RefusedRow.objects.filter(load_id=row.id).values("code").annotate(n=Count("row"), first=Min("row"))
    firsts = models.RefusedRow.objects.filter(load_id=row.id, row__in=[each["first"] for each in counted])
    examples = {each.code: each.as_value() for each in firsts}
    ordered = sorted(counted, key=lambda each: (-each["n"], each["code"]))
    return tuple(
        RefusedKind(each["code"], examples[each["code"]].column, each["n"], examples[each["code"]].sentence)
        for each in ordered
    )


def refused_rows(public_id: str, *, actor: Actor, code: str = "", page: int = 1) -> RefusedPage:
    """Return a page of the rows that were not taken, by their number."""
    rows = models.RefusedRow.objects.filter(load_id=_load(actor, public_id).id).order_by("row")
    rows = rows.filter(code=code) if code else rows
    total = rows.count()
    pages = max(1, -(-total // ROWS_A_PAGE))
    number = min(max(1, page), pages)
    shown = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return RefusedPage(tuple(row.as_value() for row in shown), number, pages, total)


def refused_file(public_id: str, *, actor: Actor, language: str) -> tuple[str, Iterator[bytes]]:
    """Return a name and, piece by piece, the refused rows as a file with the headings of the list and each reason."""
    row = _load(actor, public_id)
    key = files.opened_key(row.key_id, bytes(row.sealed_key), public_id)
    lines = (
        (files.open_line(key, each.row, bytes(each.content)), each.en if language == "en" else each.zh)
        for each in models.RefusedRow.objects.filter(load_id=row.id).order_by("row").iterator()
    )
    content = lists.refused_file(row.headings, lines, language=language, as_workbook=row.is_workbook)
    stem = row.file_name.rpartition(".")[0] or row.file_name
    ending = "xlsx" if row.is_workbook else "csv"
    return f"{stem}_{'refused' if language == 'en' else '问题行'}.{ending}", content


def template(language: str) -> bytes:
    """Return an empty list with one example row, as CSV."""
    return lists.template(language)


def words(verdict: Verdict) -> Text:
    """Return a verdict as a sentence, for those who have no page."""
    return VERDICTS[verdict.value]


def column_names() -> Mapping[str, Text]:
    """Return the names of the columns of a list."""
    return COLUMNS


def places(actor: Actor) -> tuple[Place, ...]:
    """Return the issuers that the actor may hand lists in for, by code."""
    return accounts.places(actor, Permission.REGISTER_CERTIFICATE_LOAD, kinds=ISSUERS)


def place(actor: Actor, public_id: str) -> int:
    """Return the id of the issuer chosen; of the only one, where nothing was chosen. Refused: any other."""
    return accounts.place(actor, Permission.REGISTER_CERTIFICATE_LOAD, public_id, kinds=ISSUERS)


def seen_places(actor: Actor) -> tuple[Place, ...]:
    """Return the issuers whose certificates the actor may look up: those that have registered any, by code."""
    reach: Reach = actor.reach(permissions.SEEING)
    return tuple(each for each in issuers() if reach.covers(each.id))


def issuers() -> tuple[Place, ...]:
    """Return the issuers that have registered certificates, by code, for whoever checks one."""
    entered = models.Load.objects.filter(stage__in=(LoadStage.ENTERED, LoadStage.ENTERING))
    ids = set(entered.values_list("organization_id", flat=True).distinct())
    ordered = sorted(organizations.by_ids(ids).values(), key=lambda each: each.code)
    return tuple(Place(id=each.id, public_id=each.public_id, name=each.name) for each in ordered)


def issuer(text: str) -> int:
    """Return the id of an issuer by its opaque id or its code. Refused: one that has registered nothing."""
    found = organizations.by_ids(each.id for each in issuers())
    for each in found.values():
        if text in {each.public_id, each.code}:
            return each.id
    raise errors.CertificateNotFound(field="issuer")


def counted(text: str, number: str) -> str:
    """Return by what tries at one certificate are counted together, however its issuer and number are written."""
    try:
        place = str(issuer(text))
    except errors.CertificateNotFound:
        place = text
    return f"{place}:{certificate_number(number)}"
