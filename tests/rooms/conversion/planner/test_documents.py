"""The answers are what their published schemas say."""

import json

import jsonschema
import pytest

from creditbank.conversion import planning
from creditbank.conversion.planner.documents import plan_schema, problem_schema
from creditbank.conversion.rules.reading import document_of
from tests.rooms.conversion.planner.books import SHIPPED, shipped


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_answer_to_a_shipped_case_fits_its_schema(path):
    book = shipped(path)
    plans = jsonschema.Draft202012Validator(plan_schema())
    problems = jsonschema.Draft202012Validator(problem_schema())
    for case in book.cases:
        problems.validate(document_of(case.given))
        for made in (planning.simulate, planning.stored):
            plans.validate(json.loads(json.dumps(made([book], case.given))))
    plans.validate(json.loads(json.dumps(planning.simulate([book], book.cases[0].given, explain=False))))


def test_an_answer_with_a_reason_nobody_knows_does_not_fit():
    book = shipped(SHIPPED[0])
    document = planning.simulate([book], book.cases[1].given)
    document["unused"][0]["why"] = "mood"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(document)), plan_schema())
