"""Pricing: what a cap, a rule left out or a wish costs, in values of changed models. Every value solved is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from creditbank.conversion.planner import solving
from creditbank.conversion.planner.answering import Answer, value_of
from creditbank.conversion.planner.building import limits_without
from creditbank.conversion.planner.model import LETTERS, Key, Model, Solution


@dataclass(slots=True)
class Prices:
    """Asks for values beside the best plan; `asked` is how many were solved."""

    answer: Answer
    asked: int = 0
    settled: int | None = None

    def value(self, model: Model) -> int | None:
        """Return the value of a model, or None where it allows nothing."""
        self.asked += 1
        return value_of(model)

    def without_cap(self, name: str | None) -> int:
        """Return the value without one cap, or without any."""
        building = self.answer.building
        found = self.value(building.model._replace(limits=limits_without(building, name)))
        assert found is not None
        return found

    def without_unknown_caps(self) -> int:
        """Return the value without the caps whose bounds nobody can tell; it is solved once."""
        if self.settled is None:
            building = self.answer.building
            model = building.model
            names = {cap.limit.id for cap in building.caps if cap.lacking is not None}
            kept = tuple(limit for limit in model.limits if limit.id not in names)
            found = self.value(model._replace(limits=kept))
            assert found is not None
            self.settled = found
        return self.settled

    def forced(self, choices: tuple[int, ...]) -> int | None:
        """Return the best value with one of the choices taken, or None where no plan has it."""
        model = self.answer.building.model
        return self.value(model._replace(forced=(*model.forced, choices)))

    def deciding(self, choices: tuple[int, ...]) -> str:
        """Return the key that prefers the plan to the best one with one of the choices taken, of equal value.

        The sums are compared first. Where they are alike and every choice needs an achievement that the plan does
        not use, the achievements decided, and nobody has to know which the other plan would use.
        """
        model = self.answer.building.model
        sums = tuple(takewhile(lambda key: key not in LETTERS, model.prefer))
        differing = self._differing(model._replace(prefer=sums), choices, sums)
        if differing is None and len(sums) < len(model.prefer) and model.prefer[len(sums)] in LETTERS:
            used = _used(model, self.answer.solution)
            if not any(used.issuperset(_needed(model, number)) for number in choices):
                differing = model.prefer[len(sums)]
        return (differing or self._differing(model, choices, model.prefer) or Key.BOOK_ORDER).value

    def _differing(self, model: Model, choices: tuple[int, ...], keys: Sequence[Key]) -> Key | None:
        other = solving.best(model._replace(forced=(*model.forced, choices)))
        assert other is not None
        own = self.answer.solution
        return next((key for key in keys if _reached(model, own, key) != _reached(model, other, key)), None)


def _needed(model: Model, number: int) -> tuple[int, ...]:
    """Return the achievements a choice uses; of a pool it is not known before it is filled."""
    return model.options[number].achievements if number < len(model.options) else ()


def _used(model: Model, solution: Solution) -> set[int]:
    used = {achievement for number in solution.options for achievement in model.options[number].achievements}
    return used | {model.flows[at].achievement for at in solution.flows}


def _reached(model: Model, solution: Solution, key: Key) -> object:
    """Return what a solution comes to in one key; equal answers leave the decision to the next."""
    options = [model.options[number] for number in solution.options]
    used = _used(model, solution)
    match key:
        case Key.CREDITS:
            flows = sum(model.flows[at].credits for at in solution.flows)
            return sum(option.credits for option in options) + flows + sum(solution.amounts)
        case Key.USEFUL_CREDITS:
            return sum(option.useful for option in options)
        case Key.BENEFITS:
            return sum(option.benefits for option in options)
        case Key.FEWEST_ACHIEVEMENTS:
            return len(used)
        case Key.OLDEST_FIRST | Key.SOONEST_EXPIRY_FIRST:
            return used
        case Key.BOOK_ORDER:
            return solution.options
