"""How a name and a password become a user, and how a session, which every request brings, becomes one again."""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.sessions.backends import db
from django.db import connection
from django.http import HttpRequest
from django.utils.module_loading import import_string

from creditbank.identity import models, rules

#: Every request of somebody who signed in asks these two; in words of ours they cost a third of Django's.
_USER: Final = "SELECT * FROM identity_user WHERE id = %s AND is_active"
_SESSION: Final = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        """Return what is kept under the key that a browser sent; nothing, and no key, where there is none."""
        with connection.cursor() as cursor:
            cursor.execute(_SESSION, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


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
        return next(iter(models.User.objects.raw(_USER, [user_id])), None)


def _by_alias(name: str) -> models.User | None:
    """Return who signs in by a name that a higher room knows to lead to an account, such as another bank's number."""
    number = import_string(settings.SIGN_IN_ALIASES)(name)
    return models.User.signing_in_by(number) if number else None
