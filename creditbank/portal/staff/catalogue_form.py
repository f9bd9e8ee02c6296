"""The form of an entry of the catalogue: from texts to a typed value, with what is wrong, by field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from creditbank.catalogue.types import NewSpecification, Specification, SpecificationKind
from creditbank.framework import queries as framework
from creditbank.kernel.credits import Amount, Unit, plain
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization
from creditbank.portal import lists

FIELDS: Final = (
    "kind",
    "name_zh",
    "name_en",
    "issuer",
    "owner",
    "code",
    "level",
    "framework_level",
    "credits",
    "unit_id",
    "hours",
    "category",
    "valid_months",
    "starts",
    "ends",
    "uri",
)
HOURS: Final = "contact.hours"
CREDIT: Final = "cn.he.credit"
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, what is wrong with it, and what it means where nothing is."""

    values: dict[str, str]
    errors: dict[str, str]
    new: NewSpecification | None


class Reader:
    """Reads one text after another and keeps what is wrong."""

    def __init__(self, values: Mapping[str, str], language: str) -> None:
        """Take the texts, and the language in which to complain."""
        self.values = values
        self.language = language
        self.errors: dict[str, str] = {}

    def number(self, field: str) -> int | None:
        """Return a whole number, or nothing for nothing."""
        text = self.values[field]
        if text and not (text.isascii() and text.isdigit() and len(text) < len("100000")):
            self.errors[field] = _("请填整数，例如3。")
            return None
        return int(text) if text else None

    def answered(self, field: str, read: Callable[[str], Read]) -> Read | None:
        """Return what a room makes of a text, or nothing for nothing; a refusal is kept beside the field."""
        text = self.values[field]
        try:
            return read(text) if text else None
        except Refusal as refusal:
            self.errors[field] = refusal.sentence(self.language)
            return None

    def amount(self, field: str, unit: Unit) -> int | None:
        """Return hundredths of a unit of credit, or nothing for nothing."""
        found = self.answered(field, lambda text: Amount.parse(text, unit))
        return found.hundredths if found else None

    def day(self, field: str) -> date | None:
        """Return a day, or nothing for nothing."""
        text = self.values[field]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[field] = _("请填日期，例如2026-09-01。")
            return None

    def unit(self) -> Unit | None:
        """Return the unit of credit that was chosen, or nothing."""
        return next((each for each in framework.units().values() if str(each.id) == self.values["unit_id"]), None)


def values_of(specification: Specification) -> dict[str, str]:
    """Return the texts with which the form of the next edition begins."""
    one = specification
    named = organizations.by_ids({one.issuer_id, one.owner_id})
    return {
        "kind": one.kind.value,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "issuer": named[one.issuer_id].code,
        "owner": named[one.owner_id].public_id,
        "code": one.code,
        "level": one.level,
        "framework_level": str(one.framework_level or ""),
        "credits": "" if one.credits is None else plain(one.credits),
        "unit_id": str(one.unit_id or ""),
        "hours": "" if one.hours is None else plain(one.hours),
        "category": one.category,
        "valid_months": str(one.valid_months or ""),
        "starts": "",
        "ends": "",
        "uri": one.uri or "",
    }


def read(post: Mapping[str, str], owners: Sequence[Organization], earlier: Specification | None, language: str) -> Form:
    """Read the form; an edition that follows keeps kind, issuer and owner of the one before."""
    values = {name: post.get(name, "").strip() for name in FIELDS}
    if earlier:
        values |= {name: values_of(earlier)[name] for name in ("kind", "issuer", "owner")}
    reader = Reader(values, language)
    unit, hour = reader.unit(), framework.units()[HOURS]
    credit, hours = reader.amount("credits", unit or hour), reader.amount("hours", hour)
    issuer = reader.answered("issuer", organizations.by_code)
    kind = lists.chosen(SpecificationKind, values["kind"])
    owner_id = earlier.owner_id if earlier else chosen_owner(values["owner"], owners)
    if kind is None:
        reader.errors["kind"] = _("请选类别。")
    if not values["issuer"]:
        reader.errors["issuer"] = _("请填颁发机构的代码。")
    if owner_id is None:
        reader.errors["owner"] = _("请选由谁维护。")
    level, months = reader.number("framework_level"), reader.number("valid_months")
    starts, ends = reader.day("starts"), reader.day("ends")
    if reader.errors or kind is None or issuer is None or owner_id is None:
        return Form(values, reader.errors, None)
    new = NewSpecification(
        kind=kind,
        name=Text(values["name_zh"], values["name_en"]),
        owner_id=owner_id,
        issuer_id=issuer.id,
        code=values["code"],
        level=values["level"],
        framework_level=level,
        credits=credit,
        unit_id=unit.id if unit else None,
        hours=hours,
        category=values["category"],
        valid_months=months,
        supersedes=earlier.id if earlier else None,
        starts=starts,
        ends=ends,
        uri=values["uri"] or None,
    )
    return Form(values, {}, new)


def chosen_owner(public_id: str, owners: Sequence[Organization]) -> int | None:
    """Return which of the organizations that the person may choose from was chosen."""
    return next((each.id for each in owners if each.public_id == public_id), None)


def credits_of(text: str) -> int:
    """Return hundredths of a credit; nothing is none. Refused: a text that is no amount."""
    return Amount.parse(text, framework.units()[CREDIT]).hundredths if text else 0
