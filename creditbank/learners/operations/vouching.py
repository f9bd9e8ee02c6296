"""What an identity provider says of a person, kept sealed until that person has chosen a sign-in."""

import hmac
import json
from datetime import datetime

from creditbank.kernel.actor import Actor
from creditbank.learners import errors, queries
from creditbank.learners.providers import IdentityProvider
from creditbank.learners.rules import bank_day
from creditbank.learners.types import VOUCHING_PLACE


def hold_vouching(
    *, actor: Actor, provider: IdentityProvider, token: str, state: str, asked_state: str, now: datetime
) -> str:
    """Return the person whom a provider's answer vouches for, sealed, good for 15 minutes; a token is read once only.

    `asked_state` is what this browser was sent away with. Refused: an answer nobody asked for, or without a person.
    """
    del actor  # whoever comes back is nobody yet
    if not asked_state or not hmac.compare_digest(state.encode(), asked_state.encode()):
        raise errors.VouchingUnasked
    person = provider.person(token, today=bank_day(now))
    told = {"name": person.name, "kind": person.document.kind.value, "number": person.document.number}
    sealed = queries.seal(json.dumps(told | {"at": now.timestamp()}, ensure_ascii=False), place=VOUCHING_PLACE)
    return f"{sealed.key_id}.{sealed.ciphertext.hex()}"
