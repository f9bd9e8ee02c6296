"""Who else may vouch for a person: the interface of an identity provider and the two that come with the bank."""

from datetime import date
from typing import Protocol
from urllib.parse import urlencode, urljoin

from creditbank.kernel.documents import DocumentKind, read
from creditbank.kernel.text import Text
from creditbank.learners.errors import ProviderUnavailable, VouchingInvalid
from creditbank.learners.types import NewPerson


class IdentityProvider(Protocol):
    """Somebody who checks a person's identity. `key` names it for machines, `name` for people.

    `is_test` says that nothing is checked. A person is sent to `address` and comes back to `back` with two
    parameters: `state`, as it was given, and `token`, which is read once.
    """

    key: str
    name: Text
    is_test: bool

    def address(self, *, state: str, back: str) -> str:
        """Return where the person goes to be checked."""
        ...

    def person(self, token: str, *, today: date) -> NewPerson:
        """Return the person a token vouches for, or refuse the token."""
        ...


class LocalTestProvider:
    """Vouches for whoever is written in the token as name, slash, resident number; for the demo and for tests only."""

    key = "local-test"
    name = Text("测试核验", "the test identity check")
    is_test = True

    def address(self, *, state: str, back: str) -> str:
        """Return the page beside `back` that stands for a provider's own."""
        return f"{urljoin(back, 'test-provider')}?{urlencode({'state': state})}"

    def token(self, person: NewPerson) -> str:
        """Return what vouches for a person."""
        return f"{person.name}/{person.document.number}"

    def person(self, token: str, *, today: date) -> NewPerson:
        """Return the person written in the token."""
        name, slash, number = token.partition("/")
        if not slash:
            raise VouchingInvalid(provider=self.key)
        return NewPerson(name=name, document=read(DocumentKind.RESIDENT_ID, number, today=today))


class NoProvider:
    """Stands where no provider is connected, and says so."""

    key = "none"
    name = Text("")
    is_test = False

    def address(self, *, state: str, back: str) -> str:  # noqa: ARG002  # the interface's
        """Refuse, with the ways that remain."""
        raise ProviderUnavailable

    def person(self, token: str, *, today: date) -> NewPerson:  # noqa: ARG002  # the interface's
        """Refuse, with the ways that remain."""
        raise ProviderUnavailable


def local_provider(*, enabled: bool) -> IdentityProvider:
    """Return the test provider where test people live, and none elsewhere."""
    return LocalTestProvider() if enabled else NoProvider()
