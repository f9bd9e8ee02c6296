"""The one file that hears the sign-in library: each thing heard becomes one fact, and nothing else happens here."""

from datetime import UTC, datetime

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.http import HttpRequest

from creditbank.evidence import operations as evidence
from creditbank.identity import facts, models, queries


def connect() -> None:
    """Begin to listen; called once, when the models are there."""
    auth.user_logged_in.connect(_signed_in)
    auth.user_login_failed.connect(_sign_in_failed)
    auth.user_logged_out.connect(_signed_out)
    mfa.authenticator_added.connect(_factor_added)
    mfa.authenticator_removed.connect(_factor_removed)
    mfa.authenticator_reset.connect(_factor_renewed)
    mfa.authenticator_used.connect(_factor_used)
    mfa.authentication_failed.connect(_factor_failed)
    account.password_changed.connect(_password_changed)


def _at(request: HttpRequest | None) -> datetime:
    """Return the entrance's instant; a sign-in by the test client or a shell has no entrance."""
    now: datetime | None = getattr(request, "now", None)
    return now or datetime.now(UTC)  # the library calls us without an instant


def _signed_in(*, request: HttpRequest | None, user: models.User, **_: object) -> None:
    second = queries.has_second_factor(user.pk)
    evidence.append(facts.signed_in(user=user.pk, second_factor=second, at=_at(request)))


def _sign_in_failed(*, credentials: dict[str, str], request: HttpRequest | None = None, **_: object) -> None:
    known = queries.user_by_login(credentials.get("username", ""))
    evidence.append(facts.sign_in_failed(user=known.id if known else None, at=_at(request)))


def _signed_out(*, request: HttpRequest | None, user: models.User | None, **_: object) -> None:
    if user is not None:
        evidence.append(facts.signed_out(user=user.pk, at=_at(request)))


def _password_changed(*, request: HttpRequest, user: models.User, **_: object) -> None:
    evidence.append(facts.password_changed(user=user.pk, at=_at(request)))


def _factor_added(*, request: HttpRequest, user: models.User, authenticator: Authenticator, **_: object) -> None:
    evidence.append(facts.factor_added(user=user.pk, factor=authenticator.type, at=_at(request)))


def _factor_removed(*, request: HttpRequest, user: models.User, authenticator: Authenticator, **_: object) -> None:
    evidence.append(facts.factor_removed(user=user.pk, factor=authenticator.type, at=_at(request)))


def _factor_renewed(*, request: HttpRequest, user: models.User, authenticator: Authenticator, **_: object) -> None:
    evidence.append(facts.factor_renewed(user=user.pk, factor=authenticator.type, at=_at(request)))


def _factor_used(*, request: HttpRequest, user: models.User, authenticator: Authenticator, **_: object) -> None:
    evidence.append(facts.factor_used(user=user.pk, factor=authenticator.type, at=_at(request)))


def _factor_failed(*, request: HttpRequest, user: models.User, authenticator: Authenticator, **_: object) -> None:
    evidence.append(facts.factor_failed(user=user.pk, factor=authenticator.type, at=_at(request)))
