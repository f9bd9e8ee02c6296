"""The room's own small configuration: what it may read of the settings, and where it begins to listen."""

from django.apps import AppConfig
from django.conf import settings


class IdentityConfig(AppConfig):
    """Identity, as Django loads it."""

    name = "creditbank.identity"
    label = "identity"

    @property
    def second_factor_required(self) -> bool:
        """Say whether staff must show a second factor: everywhere but in the demo bank."""
        return not settings.ENVIRONMENT.demo

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Return the process's secrets, the one to write with first, the retired ones after it."""
        return (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))

    def ready(self) -> None:
        """Hear the sign-in library; see `signals`."""
        from creditbank.identity import signals  # noqa: PLC0415  # models exist only from here on

        signals.connect()
