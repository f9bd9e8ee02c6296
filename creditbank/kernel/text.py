"""Words of people: texts in two languages, names of persons, and the keys by which both are found and sorted."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from opencc import OpenCC

from creditbank.kernel.errors import Refusal

NAME_CHARACTERS_MAX = 60

# Spreadsheets carry these along unseen: soft hyphen, zero-width space, word joiner, byte order mark.
_UNSEEN = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
# Lenticular and tortoise-shell brackets; NFKC already narrows the others.
_BRACKETS = str.maketrans("\u3010\u3011\u3014\u3015", "[][]")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOT = "\u00b7"
_MIDDLE_DOTS = re.compile(rf"\s*[\u00b7\u2022\u2027\u2219\u22c5\u30fb]\s*|(?<=[{_HAN}])\s*\.\s*(?=[{_HAN}])")
_NOT_IN_KEYS = re.compile(r"[\s.\u00b7]+")
_ROMAN = re.compile(r"[a-z0-9]+")
# Nearly all names of persons are such; they are their own key, and a file has a hundred thousand.
_PLAIN_NAME = re.compile(rf"[\u4e00-\u9fa5]{{1,{NAME_CHARACTERS_MAX}}}")


class NotAName(Refusal):
    """A text cannot be the name of a person."""

    # The text is not repeated: it may be anything that was in the wrong column, an identity number included.
    code = "kernel.text.not_a_name"
    zh = "姓名应有1至60个字，不含数字和看不见的字符。请照证件上的写法填写。"
    en = "A name has 1 to 60 characters, and no digits or invisible ones. Write it as on the document."


@dataclass(frozen=True, slots=True)
class Text:
    """A name in Chinese and, where there is one, in English."""

    zh: str
    en: str = ""

    def in_language(self, language: str) -> tuple[str, Literal["zh", "en"]]:
        """Return the text for a reader of "en", or (for anything else) Chinese, and the language it is in."""
        return (self.en, "en") if language == "en" and self.en else (self.zh, "zh")


def fold(text: str) -> str:
    """Return the key by which names of courses and the like are matched.

    Case, full or half width, kinds of brackets, runs of spaces and invisible characters make no difference in it.
    """
    # Folding case can undo the normal form and the other way round; the second round settles both.
    narrow = text.translate(_UNSEEN)
    for _ in range(2):
        narrow = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", narrow).casefold())
    return " ".join(narrow.translate(_BRACKETS).split())


def plain_heading(text: str) -> str:
    """Return a heading without what typists vary: case, width, blanks, a star, and a trailing note in brackets."""
    bare = fold(text).replace(" ", "").strip("*")
    return bare.split("(", maxsplit=1)[0] or bare


def person_name(text: str) -> str:
    """Return the name of a person as it is shown: one spelling of spaces and of the middle dot.

    Refused: an empty text, more than 60 characters, digits, control and direction characters, nothing but signs.
    """
    if _PLAIN_NAME.fullmatch(text):
        return text
    name = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).strip()
    if not all(map(_may_stand_in_name, name)) or not any(map(_is_letter, name)):
        raise NotAName
    name = " ".join(_MIDDLE_DOTS.sub(_DOT, name).split())
    if len(name) > NAME_CHARACTERS_MAX:
        raise NotAName
    return name


def name_key(text: str) -> str:
    """Return the key by which names of persons are compared: no spaces, no dots, no case. Refused as `person_name`."""
    name = person_name(text)
    return name if _PLAIN_NAME.fullmatch(name) else _NOT_IN_KEYS.sub("", fold(name))


def loose_name_key(text: str) -> str:
    """Return a looser key than `name_key`: letters only, accents off, traditional characters as simplified ones.

    For comparing alone: it is stored nowhere, so that it may learn. Refused as `person_name`.
    """
    letters = filter(_is_letter, unicodedata.normalize("NFKD", name_key(text)))
    return "".join(map(_simplified, letters))


def same_name(one: str, other: str) -> bool:
    """Say whether two spellings are one name, up to what typists and systems vary. Refused as `person_name`."""
    return name_key(one) == name_key(other) or loose_name_key(one) == loose_name_key(other)


def pinyin_initials(text: str) -> str:
    """Return what a hurried searcher types: "hlzy" for 护理专业, "cyycxsj" for C语言程序设计."""
    return "".join(_syllables(text, initials=True))


def pinyin_key(text: str) -> str:
    """Return the key by which Chinese texts sort: pinyin without tones, a space between syllables.

    The spaces keep 西安 (xi an) apart from 先 (xian), as Chinese lists do.
    """
    return " ".join(_syllables(text, initials=False))


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _simplified(character: str) -> str:
    # One by one: within a phrase the converter looks at the neighbours, and a name is no phrase.
    return character if character.isascii() else _simplifier().convert(character)


def _syllables(text: str, *, initials: bool) -> list[str]:
    # Its dictionaries take 55 MB and half a second: only who writes or looks for a name needs them.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  # see above

    style = Style.FIRST_LETTER if initials else Style.NORMAL
    readings = lazy_pinyin(fold(text), style=style, errors=_roman_words)
    return [syllable for reading in readings for syllable in reading.split()]


def _roman_words(rest: str) -> str:
    """Return what is kept of a stretch without Han characters: Latin letters and digits."""
    return " ".join(_ROMAN.findall(rest))


def _may_stand_in_name(character: str) -> bool:
    # Private-use and unassigned characters may stand: rare Han characters of old systems and new standards are there.
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Nd", "Zl", "Zp"}


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co", "Cn"}
