"""What became of certificates in archives: which entries stand no longer as they are, and why one counts no more."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import Exists, OuterRef, Q

from creditbank.archive import queries as book
from creditbank.archive.types import EntryKey
from creditbank.kernel.certificates import part_of
from creditbank.learners import queries as accounts
from creditbank.register import models, queries, rules
from creditbank.register.queries.holders import own_holders
from creditbank.register.types import Certificate, Revoked, Status

ENDS: Final = {Status.REVOKED: "颁发机构撤销了证书", Status.REPLACED: "证书已挂失补发"}
OF_ANOTHER: Final = "颁发机构更正了持证人"
OTHER_DAY: Final = "颁发机构更正了发证日期"
#: A kind and a number, by which revoked certificates are gone through.
Place = tuple[int, str]
#: A certificate as an archive tells of it: learner, kind and part.
Told = tuple[int, int, int]
_REVOKED: Final = models.Certificate.objects.filter(status=Status.REVOKED)


@dataclass(frozen=True, slots=True)
class Ending:
    """A claim whose entry is wrong by now, and why; `instead` is the certificate that is to stand there, if any is."""

    claim: models.Claim
    why: str
    instead: Certificate | None = None


def endings(*, issuer_id: int | None = None, numbers: Sequence[str] = ()) -> list[Ending]:
    """Return what lies in archives of certificates that hold no more, are another person's or of another day."""
    place = {name: OuterRef(name) for name in ("issuer_id", "specification_id", "number")}
    happened = Exists(models.Event.objects.filter(**place))
    ended = Exists(models.Certificate.objects.filter(**place).exclude(status=Status.VALID))
    rows = models.Claim.objects.filter(happened | ended, withdrawn_at__isnull=True)
    if issuer_id is not None:
        rows = rows.filter(issuer_id=issuer_id, number__in=list(numbers))
    found = (_ending(claim) for claim in rows.order_by("learner_id", "issuer_id", "specification_id", "number"))
    return [each for each in found if each is not None]


def _ending(claim: models.Claim) -> Ending | None:
    row = queries.rows_of(claim.issuer_id, claim.number, specification_id=claim.specification_id).first()
    if row is None or bytes(row.holder) not in own_holders(claim.learner_id):
        return Ending(claim, OF_ANOTHER)
    if row.status != Status.VALID:
        certificate = row.as_value()
        return Ending(claim, why([certificate])[certificate])
    entered = book.posting(claim.posting)
    days = {each.key.obtained for each in book.entries(claim.learner_id) if entered and each.posting_id == entered.id}
    return Ending(claim, OTHER_DAY, row.as_value()) if days - {row.issued} else None


def postings_of(learner_id: int) -> frozenset[str]:
    """Return the references of the postings by which an account's certificates entered that it has by claims now."""
    rows = models.Claim.objects.filter(learner_id=learner_id, withdrawn_at__isnull=True)
    return frozenset(rows.values_list("posting", flat=True))


def claimed(*, issuer_id: int, learner_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return whose certificates of an issuer lie in archives by claims: learner, specification and part of each."""
    rows = models.Claim.objects.filter(issuer_id=issuer_id, learner_id__in=learner_ids, withdrawn_at__isnull=True)
    found = rows.values_list("learner_id", "specification_id", "number")
    return [(learner_id, specification_id, part_of(number)) for learner_id, specification_id, number in found]


def issued_again(told: Collection[Told]) -> dict[Told, int]:
    """Return which of these certificates were lost, and issued again as one that the learner has by a claim: its part.

    As everywhere, several that hold of one kind and day leave it open which of them a lost one was.
    """
    rows = models.Claim.objects.filter(learner_id__in={each[0] for each in told}, withdrawn_at__isnull=True)
    claims = {(row.learner_id, row.specification_id, part_of(row.number)): row for row in rows}
    whose = {each[:2] for each in told if each not in claims}
    claims = {place: row for place, row in claims.items() if place[:2] in whose}
    if not claims:
        return {}
    numbers = {(row.issuer_id, row.specification_id, row.number) for row in claims.values()}
    named = models.Certificate.objects.filter(
        issuer_id__in={each[0] for each in numbers}, number__in={each[2] for each in numbers}
    )
    claimed = {place: row for row in named if (place := (row.issuer_id, row.specification_id, row.number)) in numbers}
    before = _issued_before(claimed.values())
    found = {
        (learner_id, kind, part_of(lost.number)): part
        for (learner_id, kind, part), row in claims.items()
        if (new := claimed.get((row.issuer_id, kind, row.number))) is not None and new.status == Status.VALID
        for lost in before[bytes(new.holder)].get(rules.day_of(new.as_value()), ())
    }
    return {place: part for place, part in found.items() if place in told}


def _issued_before(of: Iterable[models.Certificate]) -> dict[bytes, dict[tuple[int, int, int], list[Certificate]]]:
    """Return by holders which of their certificates were lost and issued again, as `rules.issued_before`."""
    rows = models.Certificate.objects.filter(holder__in={bytes(row.holder) for row in of})
    own = groupby(rows.order_by("holder", "specification_id", "number"), key=lambda row: bytes(row.holder))
    return {holder: rules.issued_before([row.as_value() for row in theirs]) for holder, theirs in own}


def revoked(
    *, specification_ids: Collection[int] | None = None, issuer_id: int | None = None, numbers: Sequence[str] = ()
) -> list[Revoked]:
    """Return the certificates that are revoked: of some kinds, or with some numbers of an issuer."""
    rows = _REVOKED
    if specification_ids is not None:
        rows = rows.filter(specification_id__in=specification_ids)
    if issuer_id is not None:
        rows = rows.filter(issuer_id=issuer_id, number__in=list(numbers))
    return _beside_others(list(rows.order_by("issuer_id", "specification_id", "number")))


def revoked_after(place: Place, *, most: int) -> tuple[list[Revoked], Place | None]:
    """Return the next of all that are revoked, and behind which place there may be more."""
    behind = Q(specification_id__gt=place[0]) | Q(specification_id=place[0], number__gt=place[1])
    rows = list(_REVOKED.filter(behind, specification_id__gte=place[0]).order_by("specification_id", "number")[:most])
    last = (rows[-1].specification_id, rows[-1].number) if len(rows) == most else None
    return _beside_others(rows), last


def _beside_others(found: Sequence[models.Certificate]) -> list[Revoked]:
    """Return revoked certificates, each with whether its holder has another one of its kind and day that holds."""
    beside = models.Certificate.objects.filter(
        status=Status.VALID,
        holder__in={bytes(row.holder) for row in found},
        specification_id__in={row.specification_id for row in found},
    )
    valid = {(bytes(row.holder), row.specification_id, row.issued) for row in beside} if found else set()
    return [
        Revoked(row.as_value(), holder, alone=(holder, row.specification_id, row.issued) not in valid)
        for row in found
        for holder in (bytes(row.holder),)
    ]


def standing(those: Sequence[Revoked], *, learner_ids: Collection[int] | None = None) -> list[tuple[Revoked, EntryKey]]:
    """Return which entries in force tell of revoked certificates, whoever deposited them: of some learners, or all."""
    holders = accounts.learners_by_digest([each.holder for each in those])
    if learner_ids is not None:
        holders = {holder: learner_id for holder, learner_id in holders.items() if learner_id in learner_ids}
    kinds = {each.certificate.specification_id for each in those}
    may_have = book.holders(sorted(set(holders.values())), specification_ids=kinds)
    theirs = groupby(book.entries(*may_have), key=lambda entry: entry.key.learner_id)
    keys = {learner_id: [entry.key for entry in entries] for learner_id, entries in theirs}
    return [
        (each, key)
        for each in those
        if each.holder in holders
        for key in keys.get(holders[each.holder], ())
        if rules.stands_for(key, each)
    ]


def why(those: Collection[Certificate]) -> dict[Certificate, str]:
    """Return why certificates hold no more, in the words of the bank and of their issuers."""
    events = models.Event.objects.filter(
        issuer_id__in={each.issuer_id for each in those}, number__in={each.number for each in those}
    )
    told = events.order_by("at", "id").values_list("issuer_id", "specification_id", "number", "note")
    notes = {(issuer_id, kind, number): note for issuer_id, kind, number, note in told}  # the last stays
    return {each: _why(each, notes.get((each.issuer_id, each.specification_id, each.number))) for each in those}


def _why(of: Certificate, note: str | None) -> str:
    return f"{ENDS[of.status]}。{note}" if note else ENDS[of.status]


def reasons(references: Iterable[str]) -> dict[str, str]:
    """Return the issuer's reason by the reference of the posting that was withdrawn; others are left out."""
    wanted = list(references)
    claims = models.Claim.objects.filter(posting__in=wanted, withdrawn_at__isnull=False)
    ended = models.Ended.objects.filter(posting__in=wanted)
    columns = ("posting", "issuer_id", "specification_id", "number")
    rows = [*claims.values_list(*columns, "withdrawn_at"), *ended.values_list(*columns, "at")]
    found: dict[str, str] = {}
    for posting, issuer_id, specification_id, number, at in rows:
        told = queries.statuses(issuer_id=issuer_id, number=number)
        [events] = [each.events for each in told if each.certificate.specification_id == specification_id] or [()]
        found[posting] = next((event.note for event in events if at and event.at <= at), "")
    return found
