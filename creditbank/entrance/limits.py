"""How often may be tried at the gates before sign-in: who is counted there, by network address and by account."""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from allauth.account.adapter import get_adapter

from creditbank.entrance.requests import BankRequest
from creditbank.identity import operations
from creditbank.identity.types import Gate

#: What one household or one phone has of the version-6 net: within it, addresses are for the taking.
IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, counted; `succeeded` takes it back where the gate counts failures only."""

    request: BankRequest
    gate: Gate
    address: str
    account: str

    def succeeded(self) -> None:
        """Say that it was no guess."""
        operations.forgive_attempt(
            actor=self.request.actor,
            gate=self.gate,
            address=self.address,
            account=self.account,
            now=self.request.now,
        )


def attempt(request: BankRequest, gate: Gate, account: str) -> Attempt:
    """Count an attempt, by where it comes from and what account it names. Refused: too many of either (status 429)."""
    address = client_network(request)
    operations.count_attempt(actor=request.actor, gate=gate, address=address, account=account, now=request.now)
    return Attempt(request=request, gate=gate, address=address, account=account)


def client_network(request: BankRequest) -> str:
    """Return the client's address, of version 6 its network; which proxies are believed is a setting."""
    address = ip_address(get_adapter(request).get_client_ip(request))
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, IPV6_PREFIX), strict=False).network_address)
    return str(address)
