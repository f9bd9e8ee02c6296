"""What can be decided about names, codes and keys without asking anybody."""

import hashlib
import hmac
import re
import unicodedata
from datetime import timedelta
from math import ceil
from typing import Final

from creditbank.identity import errors
from creditbank.identity.types import Gate, GateLimits, Limit

RESET_VALID: Final = timedelta(hours=24)
#: No 0, O, 1, I, L: the code is read from paper. 12 of 31 signs are 59 bits.
RESET_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RESET_LENGTH: Final = 12
KEY_START: Final = "cbk_"
KEY_BYTES: Final = 32
KEY_PREFIX_LENGTH: Final = 10
CLIENT_NAME_MAX: Final = 100
#: A school or an enterprise is one address, so the limits per address are wide and success is not counted; applying
#: is, because each application keeps somebody at an outlet busy.
GATES: Final = {
    Gate.CLAIM: GateLimits(
        Limit(100, timedelta(minutes=10)), Limit(5, timedelta(hours=24)), forgives=True, paired=True
    ),
    Gate.APPLY: GateLimits(Limit(200, timedelta(hours=1)), Limit(5, timedelta(hours=1)), forgives=False),
    Gate.RESET: GateLimits(Limit(100, timedelta(minutes=10)), Limit(10, timedelta(hours=1)), forgives=True),
    # Nobody is guessed at here: what is limited is the working time of the bank, by address alone.
    Gate.SIMULATE: GateLimits(
        Limit(300, timedelta(minutes=10)), Limit(300, timedelta(minutes=10)), forgives=False, paired=True
    ),
    # Counted by the key: a school's program asks for a class at once, not for the whole school.
    Gate.PROGRAM: GateLimits(Limit(1200, timedelta(minutes=10)), Limit(600, timedelta(minutes=10)), forgives=False),
    # Of a certificate by its number, of a learner by the account: names are guessed at here, numbers counted through.
    Gate.REGISTER: GateLimits(Limit(200, timedelta(minutes=10)), Limit(20, timedelta(minutes=10)), forgives=False),
}
#: What a gate says that has words of its own for having been asked too often.
TOO_MANY: Final = {Gate.SIMULATE: errors.TooManySimulations, Gate.PROGRAM: errors.TooManyRequests}
#: A longer wait is told in hours.
MINUTES_TOLD_MAX: Final = 120
EMAIL_MAX: Final = 254
#: Numbers of mobile phones here and of any phone abroad. No operator gives out 000: those are of invented people.
PHONE_PATTERN: Final = r"1[3-9][0-9]{9}|000555[0-9]{5}|\+(?!86)[1-9][0-9]{6,14}"
LOGIN_PATTERN: Final = r"^[+0-9a-z][0-9a-z._@-]{2,63}$"


def too_many(gate: Gate, *, seconds: int) -> errors.TooManyAttempts:
    """Return what somebody is told who has to wait so long at a gate."""
    minutes = ceil(seconds / 60)
    if minutes > MINUTES_TOLD_MAX and gate not in TOO_MANY:
        return errors.TooManyAttemptsToday(seconds=seconds, hours=ceil(seconds / 3600))
    return TOO_MANY.get(gate, errors.TooManyAttempts)(seconds=seconds, minutes=minutes)


def normal_login(text: str) -> str:
    """Return a sign-in name as it is stored: no spaces, lower case, plain digits; numbers without hyphens and +86."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    if re.fullmatch(r"\+?[0-9-]+", plain):
        plain = plain.replace("-", "")
    return plain.removeprefix("+86") if re.fullmatch(r"\+861[0-9]{10}", plain) else plain


def checked_login(text: str) -> str:
    """Return the normal form of a new sign-in name, or refuse it."""
    login = normal_login(text)
    if not re.fullmatch(LOGIN_PATTERN, login):
        raise errors.LoginInvalid(field="login")
    return login


def checked_learner_login(text: str, *, account_number: str) -> str:
    """Return the normal form of a learner's sign-in name: a phone number or the account's own number; or refuse it.

    Anything else could be the name or the account number of somebody else.
    """
    login = normal_login(text)
    own = bool(account_number) and login == account_number
    if not own and not re.fullmatch(PHONE_PATTERN, login):
        raise errors.PhoneInvalid(field="login")
    return login


def normal_code(text: str) -> str:
    """Return a reset code as it was issued, however it was typed."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def grouped_code(code: str) -> str:
    """Return a reset code in three groups of four, to be read aloud and typed."""
    return "-".join(code[i : i + 4] for i in range(0, RESET_LENGTH, 4))


def code_digest(*, user_id: int, code: str) -> bytes:
    """Return what the bank keeps of a reset code: 32 bytes, bound to the user."""
    return hashlib.sha256(f"{user_id}:{normal_code(code)}".encode()).digest()


def key_digest(key: str) -> bytes:
    """Return what the bank keeps of a client's key: its SHA-256, enough for 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


def key_prefix(key: str) -> str:
    """Return the part of a key that lists may show."""
    return key[:KEY_PREFIX_LENGTH]


def rate_key(secret: str, gate: Gate, subject: str) -> bytes:
    """Return under which attempts are counted: addresses and documents are not kept, only their keyed digests."""
    return hmac.digest(f"creditbank.identity.rate:{secret}".encode(), f"{gate.value}:{subject}".encode(), "sha256")
