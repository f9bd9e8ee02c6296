"""Templates made to print and to parse: the marks of each language, and a reader that walks along a sentence."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeVar

from pydantic import ValidationError

from creditbank.conversion.errors import SentenceUnread

T = TypeVar("T")
Language = Literal["zh", "en"]

LENGTH_MAX = 20_000
DEPTH_MAX = 30
SHOWN_MAX = 40

QUOTED: Final = r"「[^「」]+」"
_FIELD: Final = re.compile(r"\{(\w+)\}")
_VALUE: Final = re.compile(r"「([^「」]*)」")


@dataclass(frozen=True, slots=True)
class Marks:
    """What joins and brackets the parts of a sentence in one language."""

    values: str  # between values of which one is meant
    names: str  # between values that are all meant
    and_: str
    where_and: str  # the short one, inside a target line
    open_: str
    or_: str
    close: str
    not_: str
    nothing: str  # no condition at all
    open_tree: str
    branch: str
    close_tree: str


MARKS: dict[Language, Marks] = {
    "zh": Marks("、", "、", "，且", "且", "（", "；或", "）", "并非：", "不限", "【", "；", "】"),
    "en": Marks(" or ", ", ", ", and ", " and ", "(", "; or ", ")", "not: ", "no condition", "[", "; ", "]"),
}


def fields_of(template: str) -> tuple[str, ...]:
    """Return the names of a template's fields in their order."""
    return tuple(_FIELD.findall(template))


def skeleton(template: str) -> str:
    """Return a template without the names of its fields: two with one skeleton could not be told apart."""
    return _FIELD.sub("{}", template)


def quoted(value: object) -> str:
    """Return a value as it stands in a sentence."""
    return f"「{value}」"


def several(values: Sequence[object], joiner: str) -> str:
    """Return values as they stand in a sentence, one after the other."""
    return joiner.join(quoted(value) for value in values)


def values_in(text: str) -> tuple[str, ...]:
    """Return the quoted values of a piece of sentence."""
    return tuple(_VALUE.findall(text))


@cache
def pattern(template: str, joiner: str) -> re.Pattern[str]:
    """Return what reads a template back: its words literally, each field as quoted values."""
    group = f"({QUOTED}(?:{re.escape(joiner)}{QUOTED})*)"
    words = _FIELD.split(template)
    return re.compile("".join(group if at % 2 else re.escape(each) for at, each in enumerate(words)))


def filled(template: str, values: Mapping[str, Sequence[object]], joiner: str) -> str:
    """Return a template with its fields printed."""
    return _FIELD.sub(lambda found: several(values[found[1]], joiner), template)


class UnreadError(Exception):
    """The sentence does not go on as it should at `at`."""

    def __init__(self, at: int) -> None:
        """Keep the place."""
        super().__init__(at)
        self.at = at


class Reader:
    """Walks along one sentence; what does not fit raises `UnreadError`."""

    def __init__(self, text: str, language: Language) -> None:
        """Begin at the start of the text."""
        self.text = text
        self.language: Language = language
        self.marks = MARKS[language]
        self.at = 0
        self._depth = 0

    def word(self, zh: str, en: str) -> str:
        """Return the one that belongs to the language."""
        return zh if self.language == "zh" else en

    def take(self, literal: str) -> bool:
        """Step over a literal if it comes next."""
        if not self.text.startswith(literal, self.at):
            return False
        self.at += len(literal)
        return True

    def expect(self, literal: str) -> None:
        """Step over a literal that must come next."""
        if not self.take(literal):
            raise UnreadError(self.at)

    def match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        """Step over an expression if it comes next."""
        found = expression.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def must(self, expression: re.Pattern[str]) -> re.Match[str]:
        """Step over an expression that must come next."""
        found = self.match(expression)
        if found is None:
            raise UnreadError(self.at)
        return found

    def value(self) -> str:
        """Read one quoted value."""
        return self.must(_VALUE)[1]

    def many(self, read: Callable[[], T], joiner: str) -> tuple[T, ...]:
        """Read one or more, with the joiner between."""
        found = [read()]
        while self.take(joiner):
            found.append(read())
        return tuple(found)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Read, or stay where the reader was and return None."""
        before, depth = self.at, self._depth
        try:
            return read()
        except UnreadError:
            self.at, self._depth = before, depth
            return None

    def deeper(self, read: Callable[[], T]) -> T:
        """Read one level deeper, as deep as sentences may nest."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise UnreadError(self.at)
        found = read()
        self._depth -= 1
        return found

    def ended(self) -> bool:
        """Say whether the whole text was read."""
        return self.at == len(self.text)


def read_whole(text: str, language: Language, read: Callable[[Reader], T]) -> T:
    """Return what a whole text says; refused (`SentenceUnread`) where it stops making sense."""
    reader = Reader(text.strip(), language)
    if len(reader.text) > LENGTH_MAX:
        raise SentenceUnread(text=reader.text[:SHOWN_MAX], at=LENGTH_MAX)
    try:
        found = read(reader)
    except (UnreadError, ValidationError) as stopped:
        # A value that the language does not allow, as no course of many, stops the reading where it is made.
        at = stopped.at if isinstance(stopped, UnreadError) else reader.at
        raise SentenceUnread(text=reader.text[at:][:SHOWN_MAX], at=at) from None
    if not reader.ended():
        raise SentenceUnread(text=reader.text[reader.at :][:SHOWN_MAX], at=reader.at)
    return found
