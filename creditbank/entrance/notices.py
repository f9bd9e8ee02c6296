"""What a page says on top about what was done just before: kept as Django keeps it, looked for only when asked for."""

from functools import cached_property

from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest


class Notices(FallbackStorage):
    """In a cookie or, where that is too small, in the session; a file, which shows none, costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        """Look for nothing yet."""
        BaseStorage.__init__(self, request)
        self._used_storages: set[BaseStorage] = set()

    @cached_property
    def storages(self) -> list[BaseStorage]:
        """The places where notices are kept."""
        return [kind(self.request) for kind in self.storage_classes]
