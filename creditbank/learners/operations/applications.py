"""A person's own application for an account, and the outlet's answer."""

import json
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document, DocumentKind, masked
from creditbank.kernel.ids import PUBLIC_ID_BYTES, public_id as new_public_id
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Stage, Verdict, next_stage
from creditbank.kernel.text import person_name
from creditbank.learners import errors, facts, models, permissions
from creditbank.learners.operations.opening import open_account
from creditbank.learners.operations.rows import application_place
from creditbank.learners.rules import OPENING, read_reason
from creditbank.learners.types import Application, Learner, OpenedThrough
from creditbank.learners.vault import Sealed, vault

APPLICANT = "anonymous:0"


def apply_for_account(
    *, organization_id: int, name: str, document: Document, contact: str, now: datetime
) -> Application:
    """Send an application to an outlet and return it; its public id is what the applicant follows it by.

    Anybody may apply. Whether the person has an account is not told here: the outlet sees it.
    Refused: a text that is no name, a document with an application under way.
    """
    try:
        return _submitted(organization_id, person_name(name), document, contact, now)
    except IntegrityError as violated:
        if getattr(getattr(violated.__cause__, "diag", None), "constraint_name", "") == "application_one_open":
            raise errors.ApplicationPending from violated
        raise


@transaction.atomic
def _submitted(organization_id: int, name: str, document: Document, contact: str, now: datetime) -> Application:
    public_id = new_public_id(secrets.token_bytes(PUBLIC_ID_BYTES))
    stated = {"kind": document.kind.value, "number": document.number, "contact": contact[:60]}
    sealed = vault().seal(json.dumps(stated), place=application_place(public_id))
    row = models.Application.objects.create(
        organization_id=organization_id,
        applied_at=now,
        public_id=public_id,
        name=name,
        masked=masked(document.number),
        digest=vault().digest(document),
        ciphertext=sealed.ciphertext,
        key_id=sealed.key_id,
    )
    fact = facts.application_submitted(application=public_id, organization_id=organization_id, at=now)
    evidence.append(fact)
    return row.as_value()


@transaction.atomic
def accept_application(*, actor: Actor, public_id: str, now: datetime) -> Learner:
    """Open the account that was applied for, after the papers were compared, and return it, unclaimed.

    Refused: an application the actor may not know of, no permission to open, a decided one,
    a person who has an account.
    """
    row = _locked(actor, public_id)
    stage = _next_stage(row, actor, Verdict.APPROVE)
    learner = open_account(
        actor=actor,
        organization_id=row.organization_id,
        name=row.name,
        document=_document(row),
        through=OpenedThrough.APPLICATION,
        now=now,
    )
    row.record_decision(stage=stage, by=actor.reference, at=now, reason="", learner_id=learner.learner_id)
    fact = facts.application_accepted(
        application=public_id, learner_id=learner.learner_id, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return learner


@transaction.atomic
def refuse_application(*, actor: Actor, public_id: str, reason: str, now: datetime) -> Application:
    """Decline an application with a reason that the applicant reads.

    Refused: an application the actor may not know of, no permission to open, a decided one, no reason.
    """
    row = _locked(actor, public_id)
    stage = _next_stage(row, actor, Verdict.REFUSE)
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_OPEN, at=row.organization_id)
    row.record_decision(stage=stage, by=actor.reference, at=now, reason=read_reason(reason), learner_id=None)
    evidence.append(facts.application_refused(application=public_id, actor=actor.reference, at=now))
    return row.as_value()


def _locked(actor: Actor, public_id: str) -> models.Application:
    visible = models.Application.objects.filter(permissions.applications_visible_to(actor))
    row = visible.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise errors.ApplicationNotFound
    return row


def _next_stage(row: models.Application, actor: Actor, verdict: Verdict) -> Stage:
    return next_stage(
        OPENING,
        stage=Stage(row.stage),
        earlier_readers=frozenset(row.readers),
        reader=actor.reference,
        verdict=verdict,
        submitter=APPLICANT,
    )


def _document(row: models.Application) -> Document:
    assert row.ciphertext is not None, "an application under way is sealed"
    sealed = Sealed(key_id=row.key_id, ciphertext=bytes(row.ciphertext))
    stated = json.loads(vault().open(sealed, place=application_place(row.public_id)))
    return Document(DocumentKind(stated["kind"]), stated["number"])
