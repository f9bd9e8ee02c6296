"""The small configuration of this room, taken once from the settings of the bank."""

import os
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from creditbank.learners import vault
from creditbank.learners.providers import IdentityProvider, local_provider


class LearnersConfig(AppConfig):
    """Says where the keys lie, under which code accounts are numbered, and who vouches for people."""

    name = "creditbank.learners"
    label = "learners"
    bank_code: str
    provider: IdentityProvider

    def ready(self) -> None:
        """Read the surroundings; no key is opened before one is needed."""
        environment = settings.ENVIRONMENT
        self.bank_code = environment.bank_code
        vault.use(Path(os.environ.get("CREDITBANK_KEYS") or environment.data / "keys.json"))
        self.provider = local_provider(enabled=environment.demo)
