"""Identity documents: their kinds, the forms of their numbers, and what a number says by itself.

Sources: GB 11643-1999 (citizen identity number: six digits of region, eight of birth, three of sequence,
one check), ISO 7064:1983 MOD 11-2 (the check digit; it catches every single wrong digit and every swap of
neighbours), GB/T 2260 (the codes of the provinces, the first two digits). The same check stands in the
residence permits for Hong Kong, Macao and Taiwan residents (from 2018) and in the permanent residence
identity card for foreigners (from 2023).

No refusal here repeats the number: refusals are shown, kept in reports and written to logs.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import mul

from creditbank.kernel.errors import Refusal

BIRTH_MIN = date(1880, 1, 1)
MASK = "*" * 8
"""Of fixed width, so that it does not tell how long the number is."""

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_WEIGHT_OF_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECK_DIGITS = "10X98765432"
_LONG = 18
_LONG_BODY = 17
_OLD = 15
_MASKED_WHOLE_BELOW = 5
_BLANKS_AND_HYPHENS = re.compile(r"[\s-]+")

_PROVINCES = r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"
_NOISE = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\u200b\ufeff-]+")
_BRACKETS = str.maketrans("", "", "()")


class DocumentKind(StrEnum):
    """What a person can show to say who they are."""

    RESIDENT_ID = "resident-id"
    PASSPORT = "passport"
    HK_MACAU_PERMIT = "hk-macau-permit"
    HK_MACAU_RESIDENCE = "hk-macau-taiwan-residence"
    TAIWAN_PERMIT = "taiwan-permit"
    FOREIGN_RESIDENCE = "foreign-residence"


_FORMS = {
    DocumentKind.RESIDENT_ID: re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}"),
    DocumentKind.PASSPORT: re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{5,20}"),
    DocumentKind.HK_MACAU_PERMIT: re.compile(r"[HM][0-9]{8,10}"),
    DocumentKind.HK_MACAU_RESIDENCE: re.compile(r"[0-9]{17}[0-9X]"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?|[A-Z][0-9]{9}|[0-9]{9}[A-Z]"),
    DocumentKind.FOREIGN_RESIDENCE: re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
}
# A table has often no column for the kind, so the form of the number decides; the first that fits.
_TOLD_BY_FORM = {
    DocumentKind.HK_MACAU_RESIDENCE: r"8[123]\d{15}[\dX]",
    DocumentKind.FOREIGN_RESIDENCE: r"9\d{16}[\dX]|[A-Z]{3}\d{12}",
    DocumentKind.HK_MACAU_PERMIT: r"[HM]\d{8}(?:\d{2})?",
    DocumentKind.TAIWAN_PERMIT: r"\d{8}|\d{10}\(?[A-Z]\)?",
    DocumentKind.PASSPORT: r"(?=.*\d)[A-Z]{1,3}[A-Z0-9]{4,8}",
}
_TELLING_FORM = re.compile("|".join(f"(?P<{kind.name}>{form})" for kind, form in _TOLD_BY_FORM.items()))
_REGIONS = {
    DocumentKind.RESIDENT_ID: re.compile(_PROVINCES),
    DocumentKind.HK_MACAU_RESIDENCE: re.compile(r"8[1-3]"),
    # The mark of a foreigner; the province of issue and the country that follow it are not looked up.
    DocumentKind.FOREIGN_RESIDENCE: re.compile(r"9"),
}


class NumberMalformed(Refusal):
    """A number has not the length or the characters of its kind of document."""

    code = "documents.number.malformed"
    zh = "证件号码的位数或字符与所选证件种类不符。请对照证件核对号码，或改选证件种类。"
    en = "The number has not the form of this kind of document. Compare it with the document, or choose another kind."


class CheckDigitWrong(Refusal):
    """The last character does not follow from the others: some digit is wrong."""

    code = "documents.number.check_digit"
    zh = "证件号码末位与前17位对不上，其中有一位写错了。请对照证件逐位核对。"
    en = "The last character of the number does not fit the 17 before it. Compare every digit with the document."


class BirthDateImpossible(Refusal):
    """The birth date in a number is no day, lies in the future or too far back."""

    code = "documents.number.birth_date"
    zh = "证件号码第7至14位不是可能的出生日期。请对照证件核对这几位。"
    en = "Digits 7 to 14 of the number are no possible date of birth. Compare them with the document."


class RegionUnknown(Refusal):
    """A number starts with no province that issues this kind of document."""

    code = "documents.number.region"
    zh = "证件号码前两位不是签发此种证件的省级代码。请对照证件核对，或改选证件种类。"
    en = "The first two digits are no region that issues this document. Compare them with it, or choose another kind."


@dataclass(frozen=True, slots=True)
class Document:
    """A document as `read` returns it: upper case, no spaces or hyphens, a resident's number always of 18 digits.

    The number stays out of `repr`, and so out of traces and logs.
    """

    kind: DocumentKind
    number: str = field(repr=False)


def read(kind: DocumentKind, text: str, *, today: date) -> Document:
    """Return the document a text names; 15-digit residents' numbers come back lifted to 18.

    Refused, each with its own code: a form that is not the kind's, an unknown region, a birth before 1880 or after
    `today` or on no day at all, a wrong check digit. The county part is not looked up: counties come and go, and
    people made up for tests live in county 99.
    """
    form, number = _FORMS[kind], text
    # Nearly all of a file's numbers are clean, and a file has a hundred thousand.
    if form.fullmatch(number) is None:
        number = _normalised(kind, text)
        if form.fullmatch(number) is None:
            raise NumberMalformed(kind=kind.value)
    if kind is DocumentKind.RESIDENT_ID and len(number) == _OLD:
        number = _lifted(number)
    if _is_long_form(kind, number):
        _check_long_form(kind, number, today)
    return Document(kind, number)


def kind_by_form(text: str) -> DocumentKind:
    """Return the kind of document that the form of a number speaks for; the resident identity card where none does."""
    bare = _BLANKS_AND_HYPHENS.sub("", text).upper()
    found = _TELLING_FORM.fullmatch(bare)
    return DocumentKind[found.lastgroup] if found and found.lastgroup else DocumentKind.RESIDENT_ID


def check_digit(first17: str) -> str:
    """Return the 18th character for the first 17 digits, by ISO 7064 MOD 11-2: a digit, or X for ten."""
    assert len(first17) == _LONG_BODY, "17 digits are summed, not fewer or more"
    # Character codes are summed as they are, and what the zeros among them weigh is taken off: twice as fast.
    return _CHECK_DIGITS[(sum(map(mul, first17.encode("ascii"), _WEIGHTS)) - _WEIGHT_OF_ZEROS) % 11]


def masked(number: str) -> str:
    """Return a number fit to be shown: "11********0509"; of shorter ones only the first and the last two characters."""
    if len(number) < _MASKED_WHOLE_BELOW:
        return MASK
    if len(number) < _OLD:
        return f"{number[:1]}{MASK}{number[-2:]}"
    return f"{number[:2]}{MASK}{number[-4:]}"


def birth_date(document: Document) -> date | None:
    """Return the birth date a number states, or None for the kinds that state none in full."""
    if not _is_long_form(document.kind, document.number):
        return None
    return date.fromisoformat(document.number[6:14])


def _normalised(kind: DocumentKind, text: str) -> str:
    number = _NOISE.sub("", unicodedata.normalize("NFKC", text).upper())
    # The older permits are printed with their last letter in brackets.
    return number.translate(_BRACKETS) if kind is DocumentKind.TAIWAN_PERMIT else number


def _lifted(old: str) -> str:
    """Return the 18-digit form of a number issued before October 1999 (GB 11643-1999: century 19, check digit)."""
    first17 = f"{old[:6]}19{old[6:]}"
    return first17 + check_digit(first17)


def _is_long_form(kind: DocumentKind, number: str) -> bool:
    """Say whether a number is built as GB 11643 says; a passport of 18 characters is not."""
    return len(number) == _LONG and kind in _REGIONS


def _check_long_form(kind: DocumentKind, number: str, today: date) -> None:
    if _REGIONS[kind].match(number) is None:
        raise RegionUnknown(kind=kind.value)
    try:
        birth = date.fromisoformat(number[6:14])
    except ValueError:
        raise BirthDateImpossible(kind=kind.value) from None
    if not BIRTH_MIN <= birth <= today:
        raise BirthDateImpossible(kind=kind.value)
    if check_digit(number[:17]) != number[17]:
        raise CheckDigitWrong(kind=kind.value)
