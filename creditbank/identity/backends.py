"""How a name and a password become a user."""

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils.module_loading import import_string

from creditbank.identity import models, rules


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
        return models.User.objects.filter(pk=user_id, is_active=True).first()


def _by_alias(name: str) -> models.User | None:
    """Return who signs in by a name that a higher room knows to lead to an account, such as another bank's number."""
    number = import_string(settings.SIGN_IN_ALIASES)(name)
    return models.User.signing_in_by(number) if number else None
