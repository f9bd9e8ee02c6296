"""The one kind of failure that is part of the business: a refusal."""

from enum import StrEnum
from typing import ClassVar


class RefusalKind(StrEnum):
    """What a refusal means to the one who asked; the entrance turns it into a status."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    NO_ROOM = "no-room"


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """The bank understood the request and declines it, for a reason it can name.

    Subclasses set `code`, which is stable, public and never reused, and one sentence
    in each language: the fact first, then the remedy. Placeholders are details.
    """

    code: ClassVar[str]
    kind: ClassVar[RefusalKind] = RefusalKind.INVALID
    zh: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **details: object) -> None:
        """Keep the details apart from the words, so that machines can read them."""
        super().__init__(self.code, details)
        self.details = details

    def sentence(self, language: str) -> str:
        """Return the sentence for a person, in "en" or (for anything else) in Chinese."""
        template = self.en if language == "en" else self.zh
        return template.format(**self.details)


class NotPermitted(Refusal):
    """The actor lacks the permission that this operation asks for."""

    code = "permission.missing"
    kind = RefusalKind.FORBIDDEN
    zh = "您在这里没有做这件事的权限。需要时请联系本机构的管理员。"
    en = "You have no permission to do this here. Ask the administrator of your institution if you need it."
