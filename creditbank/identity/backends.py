"""How a name and a password become a user, and how a session, which every request brings, becomes one again."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from psycopg.sql import SQL, Identifier

from creditbank.database.asking import ask
from creditbank.identity import models, rules
from creditbank.identity.seals import opened

_COLUMNS: Final = models.User.columns()
_USER: Final = (
    SQL("SELECT {} FROM identity_user WHERE id = $1 AND is_active")
    .format(SQL(", ").join(map(Identifier, _COLUMNS)))
    .as_string()
)
#: Every request of somebody who signed in asks this; in words of ours it costs a fraction of what Django's objects do.
_SESSION: Final = (
    SQL(
        "SELECT s.session_data, {} FROM django_session s LEFT JOIN identity_user u ON u.id = $1 AND u.is_active"
        " WHERE s.session_key = $2 AND s.expire_date > now()"
    )
    .format(SQL(", ").join(Identifier("u", name) for name in _COLUMNS))
    .as_string()
)
HINTS: Final = 100_000


class SessionStore(db.SessionStore):
    """Django's sessions in the database; where a process has met a session before, its user comes along with it."""

    #: Whose a session was when it was last read: only whom to ask for, the session itself says whose it is.
    hints: ClassVar[dict[str, int]] = {}
    holder: models.User | None = None

    def load(self) -> dict[str, Any]:
        """Return what is kept under the key that a browser sent; nothing, and no key, where there is none."""
        key = self.session_key or ""
        rows = ask(_SESSION, self.hints.get(key), key)
        if not rows:
            self._session_key = None
            return {}
        [(data, *user)] = rows
        kept = self.decode(data)
        if user[0] is not None:
            self.holder = _user(user)
        if SESSION_KEY in kept:
            if len(self.hints) >= HINTS:
                self.hints.clear()
            self.hints[key] = int(kept[SESSION_KEY])
        return kept

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what is kept, as Django does; what is not sealed under the key of today is left to it."""
        kept = opened(str(session_data), self.key_salt)
        return super().decode(session_data) if kept is None else kept


class SessionUser(AuthenticationMiddleware):
    """Django's `request.user`, which is there at once where it came along with its session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user; whoever is not plainly the one of this session is left to Django."""
        session = request.session
        whose = session.get(SESSION_KEY)  # reads the session, and with it its user
        user = session.holder if isinstance(session, SessionStore) else None
        if (
            user is None
            or whose != str(user.pk)
            or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
            or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        ):
            super().process_request(request)
        else:
            request.user = user


class SignInName(BaseBackend):
    """Sign-in by phone, staff name, account number or alias of one, however it is typed; in this order."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  # Django hands it to every backend
        username: str | None = None,
        password: str | None = None,
        **_others: object,
    ) -> models.User | None:
        """Return the active user whom name and password belong to, or None.

        A name that is nobody's costs the same time as a wrong password, so that names cannot be tried out.
        """
        if username is None or password is None:
            return None
        user = models.User.signing_in_by(rules.normal_login(username)) or _by_alias(username)
        if user is None:
            models.User().set_password(password)
            return None
        matches = user.check_password(password)
        return user if matches and user.is_active else None

    def get_user(self, user_id: int) -> models.User | None:
        """Return the user of a session; closing a sign-in ends its sessions at once."""
        rows = ask(_USER, user_id)
        return _user(rows[0]) if rows else None


def _user(row: Sequence[Any]) -> models.User:
    """Return the user of a row of its columns."""
    return models.User.from_db(connection.alias, _COLUMNS, row)


def _by_alias(name: str) -> models.User | None:
    """Return who signs in by a name that a higher room knows to lead to an account, such as another bank's number."""
    number = import_string(settings.SIGN_IN_ALIASES)(name)
    return models.User.signing_in_by(number) if number else None
