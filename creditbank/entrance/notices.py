"""What a page says on top about what was done just before: kept as Django keeps it, looked for only when asked for."""

from functools import cached_property

from django.contrib.messages.storage.base import BaseStorage, Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase


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

    def _get(self, *args: object, **kwargs: object) -> tuple[list[Message], bool]:
        """Return what is kept: nothing where the cookie is missing, which says whether the session has more."""
        if CookieStorage.cookie_name not in self.request.COOKIES:
            return [], True
        found: tuple[list[Message], bool] = super()._get(*args, **kwargs)  # type: ignore[misc]  # not in the stubs
        return found

    def _store(
        self, messages: list[Message], response: HttpResponseBase, *args: object, **kwargs: object
    ) -> list[Message]:
        """Keep these, and forget those that were shown; nothing is to be done where there are neither."""
        if not (messages or self._used_storages):
            return []
        left: list[Message] = super()._store(messages, response, *args, **kwargs)  # type: ignore[misc]  # not in the stubs
        return left
