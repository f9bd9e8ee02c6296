"""Public identifiers: account numbers people copy by hand, and opaque ids for addresses.

Sources: ISO 7064 MOD 11,10 for the check digit of account numbers: it catches every single wrong digit and,
of swapped neighbours, all but some pairs that differ by one (or are 0 and 9); Crockford's base 32 for opaque
ids, which leaves out i, l, o and u.
"""

import re
import unicodedata

from creditbank.kernel.errors import Refusal

PUBLIC_ID_BYTES = 12

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_PUBLIC_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{20}")
_BANK_CODE = re.compile(r"[0-9]{4}")
_RANDOM_DIGITS = re.compile(r"[0-9]{10}")
_ACCOUNT_NUMBER = re.compile(r"[0-9]{15}")
_FOREIGN_NUMBER = re.compile(r"[0-9A-Z-]{3,32}")
_NOISE = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\u200b\ufeff-]+")


class NotAnAccountNumber(Refusal):
    """A text is no account number, or one with a mistake in it."""

    # The text is not repeated: people also type identity numbers here.
    code = "kernel.ids.account_number_malformed"
    zh = "这不是学分银行账号：账号有15位数字，末位由前14位算出。请对照原件逐位核对。"
    en = "This is no account number: one has 15 digits, the last worked out from the others. Compare every digit."


def account_number(bank_code: str, random_digits: str) -> str:
    """Return the 15 digits of an account: 4 of the bank, 10 drawn by the caller, 1 check digit."""
    assert _BANK_CODE.fullmatch(bank_code), "a bank's code has four digits"
    assert _RANDOM_DIGITS.fullmatch(random_digits), "ten digits are drawn"
    body = bank_code + random_digits
    return body + _check_digit(body)


def check_account_number(text: str) -> str:
    """Return the 15 digits of the account number in a text, without spaces and hyphens.

    Refused: another length, other characters, a check digit that does not fit.
    """
    number = _NOISE.sub("", unicodedata.normalize("NFKC", text))
    if _ACCOUNT_NUMBER.fullmatch(number) is None or _check_digit(number[:-1]) != number[-1]:
        raise NotAnAccountNumber
    return number


def is_foreign_number(text: str) -> bool:
    """Say whether a text can be the number of an account at another bank: 3 to 32 capitals, digits and hyphens."""
    return _FOREIGN_NUMBER.fullmatch(text) is not None


def any_account_number(text: str) -> str:
    """Return the account number in a text: of this bank as `check_account_number`, or of another one as it writes it.

    Refused: what is neither; 15 digits are always taken for a number of this kind, so that a slip is told.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if is_foreign_number(plain) and _ACCOUNT_NUMBER.fullmatch(_NOISE.sub("", plain)) is None:
        return plain
    return check_account_number(text)


def grouped(number: str) -> str:
    """Return an account number in groups of four, as people read it: "0043 8817 2019 345"."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def public_id(random: bytes) -> str:
    """Return an opaque id of 20 lower-case characters for at least 12 random bytes, of which 12 are used."""
    assert len(random) >= PUBLIC_ID_BYTES, "fewer bytes can be guessed"
    # 20 characters hold 100 bits; the shift leaves the four spare ones at the end, so that ids differ from the first.
    number = int.from_bytes(random[:PUBLIC_ID_BYTES], "big") << 4
    return "".join(_CROCKFORD[number >> place & 31] for place in range(95, -1, -5))


def is_public_id(text: str) -> bool:
    """Say whether a text has the form of an opaque id."""
    return _PUBLIC_ID.fullmatch(text) is not None


def _check_digit(digits: str) -> str:
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
