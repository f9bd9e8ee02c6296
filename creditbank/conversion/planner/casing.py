"""Casing: the cases of a book, run against its own plan and explanation; a case that differs says in what."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from creditbank.conversion.rules.book import Case, Expectation


class Difference(NamedTuple):
    """One thing in which a case came out otherwise than expected."""

    field: str
    expected: str
    found: str


class CaseResult(NamedTuple):
    """How a case came out; it passes where nothing differs.

    `refused` is the code of a refusal instead of a plan, and `words` what it says in both languages.
    """

    case: str
    differences: tuple[Difference, ...]
    refused: str | None = None
    words: tuple[str, str] = ("", "")

    @property
    def passes(self) -> bool:
        """Tell whether everything expected was found."""
        return not self.differences and self.refused is None


def compare(case: Case, document: dict[str, Any]) -> CaseResult:
    """Compare what a case expects with the explained plan of what it gives."""
    expect = case.expect
    found: list[Difference] = []
    _amount(found, "credits", expect.credits, document["plan"]["credits"])
    used = {grant["rule"] for grant in document["plan"]["grants"]}
    if expect.uses_rules is not None and not used.issuperset(expect.uses_rules):
        found.append(Difference("uses_rules", "、".join(expect.uses_rules), "、".join(sorted(used))))
    reasons = {entry["rule"]: entry for entry in document["unused"]}
    for rule, code in (expect.not_rules or {}).items():
        entry = reasons.get(rule, {"code": "used" if rule in used else "unknown_rule", "why": ""})
        if code not in {entry["code"], entry["why"]}:
            found.append(Difference(f"not_rules.{rule}", code, entry["code"]))
    costing = {cap["cap"] for cap in document["caps"] if cap["cost"] != "0"}
    if expect.binding is not None and not costing.issuperset(expect.binding):
        found.append(Difference("binding", "、".join(expect.binding), "、".join(sorted(costing))))
    found += _award(expect, document.get("award"))
    return CaseResult(case.id, tuple(found))


def _amount(found: list[Difference], field: str, expected: Decimal | None, has: str | None) -> None:
    if expected is not None and (has is None or Fraction(has) != Fraction(expected)):
        found.append(Difference(field, str(expected), has or ""))


def _award(expect: Expectation, award: dict[str, Any] | None) -> list[Difference]:
    found: list[Difference] = []
    whole: dict[str, Any] = award or {"attained": None, "needs": [], "credits_still_needed": None}
    if expect.attained is not None and whole["attained"] is not expect.attained:
        found.append(Difference("attained", str(expect.attained).lower(), str(whole["attained"]).lower()))
    missing = {need["need"]: need["missing"] for need in whole["needs"]}
    for need, amount in (expect.missing or {}).items():
        _amount(found, f"missing.{need}", amount, missing.get(need))
    _amount(found, "credits_still_needed", expect.credits_still_needed, whole["credits_still_needed"])
    return found
