"""Judging conditions: single ones by their law, all of many, any of several, none; three-valued, with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from creditbank.conversion.rules import conditions as c, leaves, timely
from creditbank.conversion.rules.answers import SATISFIED as NOTHING_TO_SAY, Answer, Judgement, Refused, State, Unknown
from creditbank.conversion.rules.leaves import REFUSED, SATISFIED, UNKNOWN, Leaf, StateOf, Targets
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.problem import Achievement, Course

Subject = Achievement | Course | None
"""What is looked at; conditions on the learner and the programme look at the problem and need none."""

JudgeOf = Callable[[Any, Situation, Targets], Judgement]

_SATISFIED = Judgement(SATISFIED, 0, None, 0)
_SWAPPED = (SATISFIED, UNKNOWN, REFUSED)

# Builders by tag; every other tag asks whether a value is in a list.
_BUILDERS: dict[str, Callable[[Any, Lexicon], Leaf]] = {
    "level": leaves.level,
    "grade": leaves.grade,
    "passed": leaves.passed,
    "credits": leaves.measured,
    "hours": leaves.measured,
    "attendance": leaves.measured,
    "framework_level": leaves.framework_level,
    "overlap": leaves.overlap,
    "acquired": timely.acquired,
    "age": timely.age,
    "order": timely.order,
    "valid": timely.valid,
    "enrolled": timely.enrolled,
    "waited": timely.waited,
}


@dataclass(frozen=True, slots=True)
class Check:
    """Conditions made ready: `state` is quick and says how they stand, `judge` says why."""

    state: StateOf
    judge: JudgeOf
    leaf: Leaf | None = None


def compile_conditions(conditions: Sequence[c.Clause], lexicon: Lexicon) -> Check:
    """Return the conditions made ready to be asked many times; the lexicon remembers them by identity.

    `state(subject, situation, targets)` and `judge(subject, situation, targets)` take the targets that are to be
    freed, which only `overlap` looks at: without targets it is unknown, so that what is refused without them is
    refused with any. A condition on the learner may be asked with any subject, or with None.
    """
    kept = lexicon.compiled.get(id(conditions))
    if kept is None:
        made = _all_of([_clause(each, lexicon) for each in conditions])
        kept = lexicon.compiled[id(conditions)] = (conditions, made)
    return cast("Check", kept[1])


def judge(conditions: Sequence[c.Clause], subject: Subject, situation: Situation, targets: Targets = ()) -> Judgement:
    """Return how the conditions stand for one subject, and why where they do not hold."""
    return compile_conditions(conditions, situation.lexicon).judge(subject, situation, targets)


def state_of(conditions: Sequence[c.Clause], subject: Subject, situation: Situation, targets: Targets = ()) -> State:
    """Return how the conditions stand, quickly and without a reason."""
    return compile_conditions(conditions, situation.lexicon).state(subject, situation, targets)


def answer(clause: c.Clause, subject: Subject, situation: Situation, targets: Targets = ()) -> Answer:
    """Return what one clause answers."""
    return _clause(clause, situation.lexicon).judge(subject, situation, targets).first or NOTHING_TO_SAY


def _clause(clause: c.Clause, lexicon: Lexicon) -> Check:
    if isinstance(clause, c.AnyOf):
        return _any_of([_all_of([_clause(each, lexicon) for each in branch]) for branch in clause.any])
    if isinstance(clause, c.Not):
        return _not(_clause(clause.negated, lexicon))
    return _single(_BUILDERS.get(clause.tag, leaves.among)(clause, lexicon))


def _single(leaf: Leaf) -> Check:
    state, tell = leaf.state, leaf.tell

    def judged(subject: Any, situation: Situation, targets: Targets) -> Judgement:  # noqa: ANN401 - any subject
        stands = state(subject, situation, targets)
        if stands is SATISFIED:
            return _SATISFIED
        return Judgement(stands, 1, tell(subject, situation, targets), 0)

    return Check(state, judged, leaf)


def _all_of(parts: Sequence[Check]) -> Check:
    """All hold; of those that fail the first refused is told, and only where none is, the first unknown."""
    judges = [part.judge for part in parts]

    def judged(subject: Any, situation: Situation, targets: Targets) -> Judgement:  # noqa: ANN401 - any subject
        found = [each(subject, situation, targets) for each in judges]
        worst = min((each.state for each in found), default=SATISFIED)
        if worst is SATISFIED:
            return Judgement(SATISFIED, 0, None, len(found))
        place = next(at for at, each in enumerate(found) if each.state is worst)
        return Judgement(worst, sum(each.unmet for each in found), found[place].first, place)

    return Check(_worst([part.state for part in parts]), judged)


def _worst(states: Sequence[StateOf]) -> StateOf:
    if not states:
        return lambda *_: SATISFIED
    if len(states) == 1:
        return states[0]

    def state(subject: Any, situation: Situation, targets: Targets) -> State:  # noqa: ANN401 - any subject
        worst = SATISFIED
        for each in states:
            stands = each(subject, situation, targets)
            if stands is REFUSED:
                return REFUSED
            if stands is UNKNOWN:
                worst = UNKNOWN
        return worst

    return state


def _any_of(branches: Sequence[Check]) -> Check:
    """One branch holds; where none does, the one in the best state with the fewest unmet conditions is told."""
    states = [branch.state for branch in branches]
    judges = [branch.judge for branch in branches]

    def state(subject: Any, situation: Situation, targets: Targets) -> State:  # noqa: ANN401 - any subject
        return max(each(subject, situation, targets) for each in states)

    def judged(subject: Any, situation: Situation, targets: Targets) -> Judgement:  # noqa: ANN401 - as above
        found = [each(subject, situation, targets) for each in judges]
        best = max(each.state for each in found)
        near = min((each for each in found if each.state is best), key=lambda each: each.unmet)
        return Judgement(best, near.unmet, near.first, 0)

    return Check(state, judged)


def _not(part: Check) -> Check:
    """Holds where the other is refused; what is unknown stays unknown, and what holds is told as excluded."""

    def state(subject: Any, situation: Situation, targets: Targets) -> State:  # noqa: ANN401 - any subject
        return _SWAPPED[part.state(subject, situation, targets)]

    def judged(subject: Any, situation: Situation, targets: Targets) -> Judgement:  # noqa: ANN401 - as above
        inner = part.judge(subject, situation, targets)
        if inner.state is REFUSED:
            return _SATISFIED
        first: Refused | Unknown | None = inner.first
        if inner.state is SATISFIED:
            first = Refused("excluded", "not")
            if part.leaf is not None:
                first = Refused("excluded", part.leaf.tag, part.leaf.needs, part.leaf.has(subject, situation))
        return Judgement(_SWAPPED[inner.state], 1, first, 0)

    return Check(state, judged)
