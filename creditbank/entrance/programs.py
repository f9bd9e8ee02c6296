"""Programs of organizations: from the key of a request to an Actor, at the programs' door alone."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from creditbank.entrance.refusals import STATUS, problem
from creditbank.entrance.requests import BankRequest
from creditbank.identity import queries as identity
from creditbank.identity.types import HANDING_IN, READING_WORTH, Client
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import Refusal, RefusalKind
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations

DOORS: Final = ("/api/", "/en/api/")
SCHEME: Final = "bearer"


class KeyUnknown(Refusal):
    """A program calls with a key that never was one, or that was revoked."""

    code = "entrance.key_unknown"
    kind = RefusalKind.FORBIDDEN
    zh = "这个接口密钥不存在或已撤销。请向本机构管理员要新的密钥，写作“Authorization: Bearer 密钥”。"
    en = "This key does not exist or was revoked. Ask your administrator for a new one: `Authorization: Bearer KEY`."


class ActingProgram:
    """Set `request.actor` to the program whose key a request to the programs' door carries; it stands for no person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: BankRequest) -> HttpResponse:
        """Answer as the program; who brings no key is answered as whoever signed in."""
        if not request.path_info.startswith(DOORS):
            return self.get_response(request)
        scheme, _, key = request.headers.get("Authorization", "").strip().partition(" ")
        if not key or scheme.lower() != SCHEME:
            return self.get_response(request)
        client = identity.client_by_key(key.strip())
        if client is None:
            return problem(request, KeyUnknown(), status=STATUS[KeyUnknown.kind])
        grants = organizations.grants_at(client.organization_id, _let(client))
        request.actor = Actor(kind=ActorKind.CLIENT, id=client.id, name=client.name, grants=grants)
        return self.get_response(request)


def _let(client: Client) -> frozenset[Permission]:
    """Return what a program may do at its organization."""
    reading = READING_WORTH if client.reads_worth else frozenset()
    return reading | HANDING_IN if client.hands_in else reading
