"""How a name and a password become a user."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from creditbank.identity import models, rules


class SignInName(BaseBackend):
    """Sign-in by phone, account number or staff name, however it is typed."""

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
        user = models.User.signing_in_by(rules.normal_login(username))
        if user is None:
            models.User().set_password(password)
            return None
        matches = user.check_password(password)
        return user if matches and user.is_active else None

    def get_user(self, user_id: int) -> models.User | None:
        """Return the user of a session; closing a sign-in ends its sessions at once."""
        return models.User.objects.filter(pk=user_id, is_active=True).first()
