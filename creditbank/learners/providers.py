"""Who else may vouch for a person: the interface of an identity provider and the two that come with the bank."""

from datetime import date
from typing import Protocol

from creditbank.kernel.documents import DocumentKind, read
from creditbank.learners.errors import ProviderUnavailable, VouchingInvalid
from creditbank.learners.types import NewPerson


class IdentityProvider(Protocol):
    """Somebody who checked a person's identity. `key` names it in facts."""

    key: str

    def person(self, token: str, *, today: date) -> NewPerson:
        """Return the person a token vouches for, or refuse the token."""
        ...


class LocalTestProvider:
    """Vouches for whoever is written in the token as name, slash, resident number; for the demo and for tests only."""

    key = "local-test"

    def person(self, token: str, *, today: date) -> NewPerson:
        """Return the person written in the token."""
        name, slash, number = token.partition("/")
        if not slash:
            raise VouchingInvalid(provider=self.key)
        return NewPerson(name=name, document=read(DocumentKind.RESIDENT_ID, number, today=today))


class NoProvider:
    """Stands where no provider is connected, and says so."""

    key = "none"

    def person(self, token: str, *, today: date) -> NewPerson:  # noqa: ARG002  # the interface's
        """Refuse, with the ways that remain."""
        raise ProviderUnavailable


def local_provider(*, enabled: bool) -> IdentityProvider:
    """Return the test provider where test people live, and none elsewhere."""
    return LocalTestProvider() if enabled else NoProvider()
