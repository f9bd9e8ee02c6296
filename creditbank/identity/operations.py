"""Everything that changes a user, a reset code or a client. One function, one transaction, one fact."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from creditbank.evidence import operations as evidence
from creditbank.identity import errors, facts, models, permissions, rules
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.types import Cause, Client, Gate, Limit, ResetCode, User, UserKind
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import Refusal


@transaction.atomic
def create_staff(
    *,
    actor: Actor,
    organization_id: int,
    login: str,
    name: str,
    password: str,
    must_change_password: bool = True,
    now: datetime,
) -> User:
    """Let a member of staff sign in; what they may do is a membership, given elsewhere.

    The password is one that somebody else knows, so it must be changed at the first sign-in
    unless told otherwise. Refused: no permission there, an ill-formed or taken sign-in name, a weak password.
    """
    permissions.check_may_create_staff(actor, organization_id=organization_id)
    user = models.User(
        login=rules.checked_login(login), name=name.strip(), kind=UserKind.STAFF, organization_id=organization_id
    )
    _store_new(user, password=password, must_change=must_change_password)
    evidence.append(facts.staff_created(user=user.pk, organization=organization_id, actor=actor.reference, at=now))
    return user.as_value()


@transaction.atomic
def create_learner_login(
    *,
    actor: Actor,
    learner_id: int,
    account_number: str | None = None,
    login: str,
    name: str,
    password: str,
    now: datetime,
) -> User:
    """Let a learner sign in by phone and by account number, with a password of their own choice.

    There is no permission to ask for: the caller is the claiming of an account, which has just
    checked a document or a code. Refused: neither a phone number nor the account's own, a taken name, a weak
    password, a second login.
    """
    user = models.User(
        login=rules.checked_learner_login(login, account_number=account_number or ""),
        account_number=account_number,
        name=name.strip(),
        kind=UserKind.LEARNER,
        learner_id=learner_id,
    )
    _store_new(user, password=password, must_change=False)
    evidence.append(facts.learner_login_created(user=user.pk, learner=learner_id, actor=actor.reference, at=now))
    return user.as_value()


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete the sign-ins of erased accounts with all that hangs on them; the caller has decided and keeps the fact."""
    users = models.User.objects.filter(learner_id__in=learner_ids)
    for session in UserSession.objects.filter(user__in=users):
        Session.objects.filter(session_key=session.session_key).delete()
    users.delete()


@transaction.atomic
def issue_reset(*, actor: Actor, user_id: int, organization_id: int, now: datetime) -> ResetCode:
    """Return a one-time code for a member of staff, valid for 24 hours, to be handed over; an earlier open one ends.

    Refused: a user the actor may not know of or not manage, oneself, a closed sign-in; and learners, who show
    a document at a counter (`learners.operations.reset_at_counter`).
    """
    user = _managed(actor=actor, user_id=user_id, organization_id=organization_id)
    if user.kind == UserKind.LEARNER:
        raise errors.UserNotFound(user=user_id)
    return _reset_issued(user, actor=actor, organization_id=organization_id, now=now)


@transaction.atomic
def issue_learner_reset(
    *, actor: Actor, learner_id: int, organization_id: int, phone_lost: bool = False, now: datetime
) -> ResetCode:
    """Return a one-time code for a learner's sign-in, as `issue_reset` does; `phone_lost` clears the second factor too.

    There is no permission to ask for: the caller is the learners' room, which has just compared a document with the
    account. Refused: a learner without a sign-in, a closed one.
    """
    user = models.User.objects.select_for_update(of=("self",)).filter(learner_id=learner_id).first()
    if user is None:
        raise errors.UserNotFound(learner=learner_id)
    if phone_lost:
        _cleared(user, actor=actor, organization_id=organization_id, cause=Cause.DEVICE_LOST, now=now)
    return _reset_issued(user, actor=actor, organization_id=organization_id, now=now)


def _reset_issued(user: models.User, *, actor: Actor, organization_id: int, now: datetime) -> ResetCode:
    if not user.is_active:
        raise errors.UserInactive(user=user.pk)
    for earlier in models.ResetCode.objects.filter(user=user, used_at=None, withdrawn_at=None):
        earlier.record_withdrawn(at=now)
    code = "".join(secrets.choice(rules.RESET_ALPHABET) for _ in range(rules.RESET_LENGTH))
    expires = now + rules.RESET_VALID
    models.ResetCode.objects.create(
        user=user,
        digest=rules.code_digest(user_id=user.pk, code=code),
        issued_at=now,
        issued_by=actor.reference,
        expires_at=expires,
    )
    evidence.append(facts.reset_issued(user=user.pk, organization=organization_id, actor=actor.reference, at=now))
    return ResetCode(user_id=user.pk, login=user.login, code=rules.grouped_code(code), expires_at=expires)


@transaction.atomic
def use_reset(*, login: str, code: str, password: str, now: datetime) -> User:
    """Set a new password by name and one-time code; every session of the person ends by it.

    Refused, in one sentence for all, so that names cannot be tried out: an unknown name, a wrong,
    used or expired code. Refused apart: a weak password, after which the code still works.
    """
    user = models.User.signing_in_by(rules.normal_login(login), lock=True)
    if user is None or not user.is_active:
        raise errors.ResetCodeInvalid(field="code")
    digest = rules.code_digest(user_id=user.pk, code=code)
    open_codes = models.ResetCode.objects.filter(user=user, used_at=None, withdrawn_at=None, expires_at__gt=now)
    found = open_codes.filter(digest=digest).first()
    if found is None:
        raise errors.ResetCodeInvalid(field="code")
    _check_password(password, user)

    found.record_used(at=now)
    user.record_password(password, must_change=False)
    evidence.append(facts.reset_used(user=user.pk, at=now))
    return user.as_value()


@transaction.atomic
def deactivate(*, actor: Actor, user_id: int, organization_id: int, cause: Cause, now: datetime) -> User:
    """Close a sign-in; open sessions end with the next request. A closed one stays as it is.

    Refused: a user the actor may not know of or not manage, oneself.
    """
    user = _managed(actor=actor, user_id=user_id, organization_id=organization_id)
    if user.is_active:
        user.record_active(active=False)
        fact = facts.user_deactivated(
            user=user_id, organization=organization_id, cause=cause.value, actor=actor.reference, at=now
        )
        evidence.append(fact)
    return user.as_value()


@transaction.atomic
def activate(*, actor: Actor, user_id: int, organization_id: int, cause: Cause, now: datetime) -> User:
    """Open a closed sign-in again. An open one stays as it is. Refused: as in `deactivate`."""
    user = _managed(actor=actor, user_id=user_id, organization_id=organization_id)
    if not user.is_active:
        user.record_active(active=True)
        fact = facts.user_activated(
            user=user_id, organization=organization_id, cause=cause.value, actor=actor.reference, at=now
        )
        evidence.append(fact)
    return user.as_value()


@transaction.atomic
def clear_second_factor(*, actor: Actor, user_id: int, organization_id: int, cause: Cause, now: datetime) -> User:
    """Take away the second factor of a person who lost the device and the recovery codes.

    Staff must then set one up anew before they can work. Refused: as in `deactivate`.
    """
    user = _managed(actor=actor, user_id=user_id, organization_id=organization_id)
    _cleared(user, actor=actor, organization_id=organization_id, cause=cause, now=now)
    return user.as_value()


def _cleared(user: models.User, *, actor: Actor, organization_id: int, cause: Cause, now: datetime) -> None:
    Authenticator.objects.filter(user_id=user.pk).delete()
    fact = facts.factors_cleared(
        user=user.pk, organization=organization_id, cause=cause.value, actor=actor.reference, at=now
    )
    evidence.append(fact)


@transaction.atomic
def change_phone(*, actor: Actor, phone: str, now: datetime) -> User:
    """Let a learner sign in by another phone number from now on; the account number works as before.

    Refused: nobody's sign-in, a text that is no phone number, one that somebody signs in by.
    """
    user = _own(actor)
    login = rules.checked_learner_login(phone, account_number=user.account_number or "")
    if login != user.login:
        user.login = login
        _stored(user)
        evidence.append(facts.sign_in_name_changed(user=user.pk, actor=actor.reference, at=now))
    return user.as_value()


@transaction.atomic
def change_email(*, actor: Actor, email: str, now: datetime) -> User:
    """Keep a person's mail address, or none. Refused: nobody's sign-in, a text that is no address."""
    user = _own(actor)
    address = email.strip()
    try:
        if address:
            validate_email(address)
    except ValidationError as malformed:
        raise errors.EmailInvalid(field="email") from malformed
    if len(address) > rules.EMAIL_MAX:
        raise errors.EmailInvalid(field="email")
    if address != user.email:
        user.record_email(address)
        evidence.append(facts.mailbox_changed(user=user.pk, given=bool(address), actor=actor.reference, at=now))
    return user.as_value()


def _own(actor: Actor) -> models.User:
    """Find and lock the sign-in of a learner who acts for nobody else."""
    users = models.User.objects.select_for_update(of=("self",))
    user = users.filter(pk=actor.id, kind=UserKind.LEARNER).first() if actor.kind is ActorKind.LEARNER else None
    if user is None:
        raise errors.UserNotFound(user=actor.id)
    return user


@transaction.atomic
def end_other_sessions(*, user_id: int, session_key: str, now: datetime) -> int:
    """Sign a person out everywhere but in the session at hand; return how many sessions ended."""
    others = UserSession.objects.filter(user_id=user_id).exclude(session_key=session_key)
    ended = len(others)
    for session in others:
        session.end()
    evidence.append(facts.sessions_ended(user=user_id, sessions=ended, at=now))
    return ended


def count_attempt(*, actor: Actor, gate: Gate, address: str, account: str, now: datetime) -> None:
    """Count one attempt at a gate, by network address and by what names the account (as typed, in one form).

    Refused: more than the gate's limits allow within their spans; the refused attempt is counted too. There is
    no fact: an attempt that means something has one of its own. Call it outside a transaction.
    """
    del actor  # nobody in particular stands at these gates
    waits = _counted(gate, address=address, account=account, now=now)
    if waits:
        raise rules.too_many(gate, seconds=max(1, ceil((max(waits) - now).total_seconds())))


@transaction.atomic
def _counted(gate: Gate, *, address: str, account: str, now: datetime) -> list[datetime]:
    """Count, and return until when those counters stop the attempt that are full."""
    models.Attempts.delete_ended(now=now)
    waits = []
    for subject, limit in _counters(gate, address=address, account=account):
        key = rules.rate_key(_secret(), gate, subject)
        count, ends_at = models.Attempts.record_one(key=key, ends=now + limit.span, now=now)
        if count > limit.attempts_max:
            waits.append(ends_at)
    return waits


@transaction.atomic
def forgive_attempt(*, actor: Actor, gate: Gate, address: str, account: str, now: datetime) -> None:
    """Take back an attempt that succeeded, where the gate counts failures only."""
    del actor, now
    if rules.GATES[gate].forgives:
        for subject, _limit in _counters(gate, address=address, account=account):
            models.Attempts.record_forgiven(key=rules.rate_key(_secret(), gate, subject))


def _counters(gate: Gate, *, address: str, account: str) -> list[tuple[str, Limit]]:
    """Return what is counted at a gate, always in this order, so that two attempts never wait for each other."""
    limits = rules.GATES[gate]
    named = f"{address} {rules.normal_login(account)}" if limits.paired else rules.normal_login(account)
    return [(f"address:{address}", limits.address), (f"account:{named}", limits.account)]


def _secret() -> str:
    config = apps.get_app_config("identity")
    assert isinstance(config, IdentityConfig)
    return config.secret_keys[0]


@transaction.atomic
def create_client(
    *, actor: Actor, organization_id: int, name: str, reads_worth: bool = False, hands_in: bool = False, now: datetime
) -> tuple[Client, str]:
    """Return a new API client and its key, which is shown this once and never again.

    With `reads_worth` it may ask what the archives of the organization's own learners are worth, with `hands_in` it
    may hand in deposit files; with neither it is told what everybody is told. Refused: no permission there, no name.
    """
    permissions.check_may_manage_clients(actor, organization_id=organization_id)
    if not 0 < len(name.strip()) <= rules.CLIENT_NAME_MAX:
        raise errors.ClientNameMissing(field="name")
    key = rules.KEY_START + secrets.token_urlsafe(rules.KEY_BYTES)
    row = models.Client.objects.create(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        organization_id=organization_id,
        name=name.strip(),
        prefix=rules.key_prefix(key),
        digest=rules.key_digest(key),
        reads_worth=reads_worth,
        hands_in=hands_in,
        created_at=now,
        created_by=actor.reference,
    )
    evidence.append(facts.client_created(client=row.pk, organization=organization_id, actor=actor.reference, at=now))
    for let, fact in ((reads_worth, facts.client_reads_worth), (hands_in, facts.client_hands_in)):
        if let:
            evidence.append(fact(client=row.pk, organization=organization_id, actor=actor.reference, at=now))
    return row.as_value(), key


@transaction.atomic
def revoke_client(*, actor: Actor, client_id: int, now: datetime) -> Client:
    """End a client's key, for good. Refused: a client the actor may not know of, one revoked already."""
    visible = models.Client.objects.filter(permissions.clients_visible_to(actor))
    row = visible.select_for_update(of=("self",)).filter(pk=client_id).first()
    if row is None:
        raise errors.ClientNotFound(client=client_id)
    permissions.check_may_manage_clients(actor, organization_id=row.organization_id)
    if row.revoked_at is not None:
        raise errors.ClientRevoked(client=client_id)
    row.record_revoked(by=actor.reference, at=now)
    fact = facts.client_revoked(client=client_id, organization=row.organization_id, actor=actor.reference, at=now)
    evidence.append(fact)
    return row.as_value()


def _managed(*, actor: Actor, user_id: int, organization_id: int) -> models.User:
    """Find and lock a user whom the actor may manage, and who is somebody else."""
    visible = models.User.objects.filter(permissions.users_visible_to(actor))
    user = visible.select_for_update(of=("self",)).filter(pk=user_id).first()
    if user is None:
        raise errors.UserNotFound(user=user_id)
    permissions.check_may_manage(actor, user.as_value(), organization_id=organization_id)
    if actor.id == user_id and actor.reference == f"{user.kind}:{user_id}":
        raise errors.UserIsActor(user=user_id)
    return user


def _check_password(password: str, user: models.User) -> None:
    """Refuse a password that the configured validators do not like."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise errors.PasswordWeak(field="password") from weak


def _store_new(user: models.User, *, password: str, must_change: bool) -> None:
    """Insert a user with a password; what the constraints forbid becomes a refusal."""
    _check_password(password, user)
    user.public_id = ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    user.set_password(password)
    user.must_change_password = must_change
    _stored(user)


def _stored(user: models.User) -> None:
    """Write a row; what the constraints forbid becomes a refusal."""
    refusals: dict[str, Callable[[], Refusal]] = {
        "user_account_number_unique": lambda: errors.LearnerHasLogin(learner=user.learner_id),
        "user_login_unique": lambda: errors.LoginTaken(field="login", login=user.login),
        "user_learner_unique": lambda: errors.LearnerHasLogin(learner=user.learner_id),
    }
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as violated:
        diagnosis = getattr(violated.__cause__, "diag", None)
        refusal = refusals.get(getattr(diagnosis, "constraint_name", ""))
        if refusal is None:
            raise
        raise refusal() from violated
