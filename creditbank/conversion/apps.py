"""The small configuration of this room, taken once from the settings of the bank."""

from django.apps import AppConfig
from django.conf import settings


class ConversionConfig(AppConfig):
    """Says how many days a rule book lies on public notice before it can be published."""

    name = "creditbank.conversion"
    label = "conversion"
    notice_days: int

    def ready(self) -> None:
        """Read the surroundings."""
        self.notice_days = settings.ENVIRONMENT.notice_days
