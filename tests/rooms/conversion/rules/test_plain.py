"""Amounts built in Python are refused as those that are read: what cannot be written down is no amount."""

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from creditbank.conversion.errors import ProblemFaulty
from creditbank.conversion.rules.limits import Share
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Achievement, Course, Given, Programme
from creditbank.conversion.rules.reading import document_of, read_problem


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1.00001", "1E+12", "-1000000000000"])
def test_a_decimal_that_no_document_could_state_is_no_amount(amount):
    with pytest.raises(ValidationError, match="amount"):
        Share(share=Decimal(amount), of="programme")


@pytest.mark.parametrize(("given", "written"), [("1E+2", "100"), ("-0.5", "-0.5"), ("3.50", "3.50"), ("5E-1", "0.5")])
def test_a_decimal_is_written_as_documents_write_it(given, written):
    assert document_of(Share(share=Decimal(given), of="chosen"))["share"] == written


WRONG = [Decimal(-1), Decimal("2.005"), "-1", "2.005"]


@pytest.mark.parametrize("credits_", WRONG, ids=repr)
def test_credits_below_zero_or_finer_than_hundredths_cannot_be_built(credits_):
    builders = [
        lambda: Course(code="K", credits=credits_),
        lambda: Programme(code="P", unit="u", credits_required=credits_),
        lambda: Achievement(id="a", acquired="2025-01-01", credits=Quantity(value=credits_, unit="u")),
        lambda: Achievement(id="a", acquired="2025-01-01", credits={"value": credits_, "unit": "u"}),
        lambda: Given(kind="course", target="K", credits=credits_),
    ]
    for build in builders:
        with pytest.raises(ValidationError, match="credits"):
            build()
    assert Course(code="K", credits=Decimal("2.50")).credits == Decimal("2.5")


def test_every_fault_of_the_facts_is_told_at_once_with_its_place():
    document = {
        "as_of": "2026-01-01",
        "programme": {"code": "P", "unit": "u", "courses": [{"code": "K", "credits": "-1"}]},
        "achievements": [{"id": "a", "acquired": "2025-01-01", "credits": {"value": "1.001", "unit": "u"}}],
    }
    with pytest.raises(ProblemFaulty) as refused:
        read_problem(json.dumps(document))
    told = [(each.code, each.pointer, each.it) for each in refused.value.details["faults"]]
    assert told == [
        ("not_credits", "/programme/courses/0/credits", "-1"),
        ("not_credits", "/achievements/0/credits/value", "1.001"),
    ]
