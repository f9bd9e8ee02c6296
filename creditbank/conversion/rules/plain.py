"""The plain values every part of a rule document is made of: amounts, dates as text, pairs of words, quantities."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

_AMOUNT = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"


class Part(BaseModel):
    """A part of a document: frozen, and refusing every field that the language does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True, hide_input_in_errors=True
    )


def _amount(value: object) -> Decimal:
    """Take text, and decimals that can be written so: a bare number in YAML or JSON has lost what was written."""
    text = f"{value:f}" if isinstance(value, Decimal) else value
    if not isinstance(text, str) or not re.fullmatch(_AMOUNT, text, re.ASCII):
        raise ValueError("amount")
    return Decimal(text)


def _credits(value: Decimal) -> Decimal:
    """Return a number of credits as it is; raises ValueError for one below zero or finer than hundredths."""
    if value < 0 or value != round(value, 2):
        raise ValueError("credits")
    return value


def _day(value: str) -> str:
    """Take only days that the calendar has."""
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("day") from None
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT}),
]
"""An exact decimal, written as text."""

Credits = Annotated[
    Decimal,
    BeforeValidator(_amount),
    AfterValidator(_credits),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT}),
]
"""Credits that somebody has or that a course counts: an amount not below zero, in whole hundredths."""

Day = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}), AfterValidator(_day)
]
"""A calendar day, ISO 8601; days compare as text."""


Code = Annotated[str, Field(min_length=1, max_length=200)]
"""An identifier or a code; never empty."""


Whole = Annotated[int, Field(strict=True)]
"""A whole number; a text that looks like one is none."""

Truth = Annotated[bool, Field(strict=True)]
"""True or false; a text that looks like one is neither."""


class Pair(Part):
    """Words for people in both languages; an empty English text shows the Chinese one."""

    zh: str = Field(min_length=1)
    en: str = ""


class Quantity(Part):
    """An amount with its unit; amounts of two units are never compared or added without an exact map."""

    value: Amount
    unit: Code


def _of_credits(quantity: Quantity) -> Quantity:
    _credits(quantity.value)
    return quantity


CreditQuantity = Annotated[Quantity, AfterValidator(_of_credits)]
"""Credits with their unit."""
