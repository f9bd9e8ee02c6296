"""All that one answer asks takes its effort together, and what needs more is refused, never answered worse."""

import pytest
from django.http import HttpRequest, HttpResponse

from creditbank.conversion.errors import PlanTooHard
from creditbank.conversion.planner import cpsat, patience
from creditbank.entrance.patience import EFFORT, Patience
from tests.rooms.conversion.planner import drawing


def test_questions_share_the_effort_until_it_is_spent():
    model = drawing.uncapped(3)
    alone = cpsat.value(model)
    with patience.within(10.0):
        assert cpsat.value(model) == alone
        after_one = patience.allowed(60.0)
        cpsat.value(model)
        assert 10.0 > after_one > patience.allowed(60.0)
    with patience.within((10.0 - after_one) * 1.5):
        assert cpsat.value(model) == alone
        with pytest.raises(PlanTooHard):
            cpsat.value(model)
    assert patience.allowed(60.0) == 60.0


def test_a_request_has_an_effort_of_its_own_and_gives_none_back():
    left = []

    def page(_: HttpRequest) -> HttpResponse:
        left.append(patience.allowed(60.0))
        patience.spend(3.0)
        left.append(patience.allowed(60.0))
        return HttpResponse()

    for _ in range(2):
        Patience(page)(HttpRequest())
    assert left == [EFFORT, EFFORT - 3.0] * 2
