"""What a check of a row is: its code, the column it looks at, and what is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One reason to refuse a row.

    `column` is our name of the column it looks at, and empty where it may be any. The names head a list of rows
    of one kind. `zh` and `en` state the fact, with `{value}` for what the row says, or `{0}` and `{1}` for a value
    of two parts with a bar between; the remedies stand alone, so that a page can give them a column of their own.
    """

    code: str
    column: str
    name_zh: str
    name_en: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
