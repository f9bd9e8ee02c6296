"""What other rooms and pages may ask about users, sessions and clients. Frozen values, explicitly ordered."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from creditbank.identity import models, permissions, rules
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.errors import ClientNotFound, UserNotFound
from creditbank.identity.types import Client, Session, User, UserKind
from creditbank.kernel.actor import Actor


def user(user_id: int) -> User:
    """Return a user, or refuse one that does not exist."""
    row = models.User.objects.filter(pk=user_id).first()
    if row is None:
        raise UserNotFound(user=user_id)
    return row.as_value()


def users(user_ids: Iterable[int]) -> dict[int, User]:
    """Return the users of these numbers; unknown numbers are left out."""
    return {row.pk: row.as_value() for row in models.User.objects.filter(pk__in=set(user_ids)).order_by("pk")}


def staff_by_public_id(actor: Actor, public_id: str) -> User:
    """Return a member of staff that the actor may know of, or refuse."""
    visible = models.User.objects.filter(permissions.users_visible_to(actor), kind=UserKind.STAFF)
    row = visible.filter(public_id=public_id).first()
    if row is None:
        raise UserNotFound(user=public_id)
    return row.as_value()


def user_by_login(login: str) -> User | None:
    """Return who signs in by a name, however it is typed, or None."""
    row = models.User.signing_in_by(rules.normal_login(login))
    return row.as_value() if row else None


def learner_user(learner_id: int) -> User | None:
    """Return the sign-in of a learner, or None where the account is unclaimed."""
    row = models.User.objects.filter(learner_id=learner_id).first()
    return row.as_value() if row else None


def staff_of(actor: Actor, organization_id: int) -> tuple[User, ...]:
    """Return the staff whose sign-in an organization manages, by name, as far as the actor may know."""
    rows = models.User.objects.filter(
        permissions.users_visible_to(actor), kind=UserKind.STAFF, organization_id=organization_id
    )
    return tuple(row.as_value() for row in rows.order_by("name", "pk"))


def signed_in(account: AbstractBaseUser | AnonymousUser) -> User | None:
    """Return the value of `request.user`, or None where nobody is signed in."""
    return account.as_value() if isinstance(account, models.User) else None


def second_factor_missing(account: AbstractBaseUser | AnonymousUser) -> bool:
    """Say whether `request.user` must set up a second factor before doing anything: staff, outside the demo."""
    config = apps.get_app_config("identity")
    assert isinstance(config, IdentityConfig)
    if not isinstance(account, models.User) or account.kind != UserKind.STAFF or not config.second_factor_required:
        return False
    return not has_second_factor(account.pk)


def password_change_due(account: AbstractBaseUser | AnonymousUser) -> bool:
    """Say whether `request.user` still has a password that somebody else chose."""
    return isinstance(account, models.User) and account.must_change_password


def has_second_factor(user_id: int) -> bool:
    """Say whether a user has an authenticator app set up."""
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists()


def sessions(user_id: int) -> tuple[Session, ...]:
    """Return where a user is signed in now, the latest first."""
    rows = UserSession.objects.purge_and_list(models.User(pk=user_id))
    found = (Session(key=r.session_key, address=str(r.ip), program=r.user_agent, began_at=r.created_at) for r in rows)
    return tuple(sorted(found, key=lambda s: (s.began_at, s.key), reverse=True))


def clients_of(actor: Actor, organization_id: int) -> tuple[Client, ...]:
    """Return the API clients of an organization, those that work first, as far as the actor may know."""
    rows = models.Client.objects.filter(permissions.clients_visible_to(actor), organization_id=organization_id)
    working_first = rows.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-pk")
    return tuple(row.as_value() for row in working_first)


def client_by_public_id(actor: Actor, public_id: str) -> Client:
    """Return a client that the actor may know of, or refuse."""
    row = models.Client.objects.filter(permissions.clients_visible_to(actor), public_id=public_id).first()
    if row is None:
        raise ClientNotFound(client=public_id)
    return row.as_value()


def client_by_key(key: str) -> Client | None:
    """Return the client that a working key belongs to, or None."""
    row = models.Client.objects.filter(digest=rules.key_digest(key), revoked_at=None).first()
    return row.as_value() if row else None


def client_names(client_ids: Iterable[int]) -> dict[int, str]:
    """Return what programs are called, revoked ones too; unknown ones are left out."""
    return dict(models.Client.objects.filter(pk__in=list(client_ids)).values_list("pk", "name"))
