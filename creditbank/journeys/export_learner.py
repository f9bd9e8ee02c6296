"""What a learner takes along: all that the bank keeps about them, as one JSON document in a zip file."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from creditbank.archive import queries as book
from creditbank.archive.types import (
    ArchivedAchievement,
    EntryKey,
    EntryProof,
    JournalRow,
    NamedEnrolment,
    WithdrawnAchievement,
)
from creditbank.deposits import queries as deposits
from creditbank.enrolments.types import Enrolment
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.credits import plain
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text
from creditbank.learners.types import Access, Profile
from creditbank.register import queries as register
from creditbank.register.queries import taken
from creditbank.register.types import OwnCertificate

FORM: Final = "creditbank.learner_export.v1"
DOCUMENT: Final = "my-data.json"
BANK_ZONE: Final = ZoneInfo("Asia/Shanghai")

Json = dict[str, object]


def export_learner(*, actor: Actor, now: datetime) -> bytes:
    """Return a zip file with the learner's own data: account, enrolments, achievements with proofs, conversions, looks.

    Document numbers are masked as on every page. Instants are UTC, credits and hours decimal texts, bytes
    hexadecimal, names pairs. Refused: everybody but a learner.
    """
    if actor.kind is not ActorKind.LEARNER or actor.learner_id is None:
        raise NotPermitted
    mine = book.own_data(actor=actor, now=now)
    proofs = book.own_proofs(actor=actor)
    achievements = book.archive_of(actor=actor, learner_id=actor.learner_id)
    withdrawn = book.withdrawn_of(actor.learner_id)
    references = [each.reference for each in withdrawn]
    reasons = {**deposits.withdrawal_reasons(references), **taken.reasons(references)}
    known = [*achievements, *(each.achievement for each in withdrawn)]
    addresses = {each.entry.key: each.address for each in known}
    document: Json = {
        "form": FORM,
        "made_at": now.isoformat(),
        "account": {**_account(mine.profile), "opened_by": _text(mine.opened_by)},
        "enrolments": [_enrolment(each) for each in mine.enrolments],
        "achievements": [_achievement(each, proofs[each.entry.key]) for each in achievements],
        "withdrawn": [_withdrawn(each, reasons, actor) for each in withdrawn],
        "conversions": _conversions(actor.learner_id, addresses),
        "journal": [_journal(row, addresses) for row in book.journal(actor.learner_id)],
        "accesses": [_access(access, name) for access, name in mine.accesses],
        "certificates": [_certificate(each) for each in register.own(actor=actor, today=timezone.localdate(now))],
    }
    return _zipped(json.dumps(document, ensure_ascii=False, indent=1), now)


def _zipped(text: str, now: datetime) -> bytes:
    content = io.BytesIO()
    made = now.astimezone(BANK_ZONE)
    place = zipfile.ZipInfo(DOCUMENT, (made.year, made.month, made.day, made.hour, made.minute, made.second))
    place.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(place, text)
    return content.getvalue()


def _text(name: Text) -> Json:
    return {"zh": name.zh, "en": name.en}


def _account(profile: Profile) -> Json:
    learner = profile.learner
    return {
        "number": learner.account_number,
        "numbers": list(profile.numbers),
        "name": learner.name,
        "birth_date": None if learner.birth_date is None else learner.birth_date.isoformat(),
        "status": learner.status.value,
        "opened_at": learner.opened_at.isoformat(),
        "opened_through": learner.opened_through.value,
        "claimed_at": None if learner.claimed_at is None else learner.claimed_at.isoformat(),
        "claimed_through": None if learner.claimed_through is None else learner.claimed_through.value,
        "documents": [
            {
                "kind": each.kind,
                "masked": each.masked,
                "since": each.since.isoformat(),
                "until": None if each.until is None else each.until.isoformat(),
                "reason": each.reason,
            }
            for each in profile.documents
        ],
        "former_names": [
            {"name": each.name, "until": each.until.isoformat(), "reason": each.reason} for each in profile.former_names
        ],
        "groups": [
            {
                "group": each.group.value,
                "consented_on": each.consented_on.isoformat(),
                "withdrawn_on": None if each.withdrawn_on is None else each.withdrawn_on.isoformat(),
            }
            for each in profile.attributes
        ],
    }


def _enrolment(named: NamedEnrolment) -> Json:
    each: Enrolment = named.enrolment
    return {
        "number": each.number,
        "school": _text(named.school),
        "student_number": each.student_number,
        "major": each.major,
        "level": each.level_code,
        "category": each.category_code,
        "entry_year": each.entry_year,
        "cohort": each.cohort,
        "class": each.class_name,
        "outcome": each.outcome_code,
        "season": each.season_code,
        "status": each.status.value,
    }


def _achievement(each: ArchivedAchievement, proof: EntryProof) -> Json:
    entry = each.entry
    return {
        "address": each.address,
        "name": _text(each.name),
        "kind": each.kind,
        "source": {"code": each.source_code, "name": _text(each.source)},
        "obtained": PartialDate(entry.key.obtained).iso,
        "part": entry.key.part,
        "revision": entry.revision,
        "enrolment": entry.enrolment,
        "grade": _text(each.grade),
        "credits": None if entry.credits is None else plain(entry.credits),
        "unit": {"code": each.unit.code, "name": _text(each.unit_name)},
        "hours": None if entry.hours is None else plain(entry.hours),
        "posted_at": entry.posted_at.isoformat(),
        "claimed": None if each.claimed is None else each.claimed.value,
        "proof": proof.document,
    }


def _withdrawn(each: WithdrawnAchievement, reasons: Mapping[str, str], actor: Actor) -> Json:
    proof = book.entry_proof(actor=actor, key=each.achievement.entry.key)
    told = {"withdrawn_at": each.at.isoformat(), "reason": reasons.get(each.reference, "")}
    return {**_achievement(each.achievement, proof), **told}


def _conversions(learner_id: int, addresses: Mapping[EntryKey, str]) -> list[Json]:
    """Return what was converted into what, by the addresses of both; an end that is in no batch any more is empty."""
    return [
        {
            "from": addresses.get(each.source, ""),
            "into": addresses.get(each.target, ""),
            "converted": PartialDate(each.converted).iso,
        }
        for each in book.provenance(learner_id)
    ]


def _journal(row: JournalRow, addresses: dict[EntryKey, str]) -> Json:
    return {
        "number": row.number,
        "what": row.kind.value,
        "achievement": addresses[row.key],
        "scope": row.scope,
        "reference": row.reference,
        "at": row.at.isoformat(),
    }


def _access(access: Access, name: Text) -> Json:
    return {
        "at": access.at.isoformat(),
        "organization": _text(name),
        "actor": access.actor,
        "what": access.what.value,
        "purpose": access.purpose,
    }


def _certificate(each: OwnCertificate) -> Json:
    named = each.named
    return {
        "number": named.certificate.number,
        "name": _text(named.name),
        "level": named.level,
        "issuer": {"code": named.issuer_code, "name": _text(named.issuer)},
        "issued": named.certificate.issued_on.iso,
        "until": None if named.certificate.until_on is None else named.certificate.until_on.iso,
        "verdict": each.verdict.value,
        "events": [
            {"at": event.at.isoformat(), "status": event.status.name.lower(), "note": event.note}
            for event in named.events
        ],
    }
