"""Value and plan of a model, exact: reduce it, search what the search can prove, and leave the rest to CP-SAT."""

from typing import Final

from creditbank.conversion.planner import proving
from creditbank.conversion.planner.model import Key, Model, Solution, worths_of
from creditbank.conversion.planner.reduction import Packing, bits, live, packing, restrict, set_of
from creditbank.conversion.planner.search import OutOfNodes
from creditbank.conversion.planner.settling import settle, settles, settling
from creditbank.conversion.planner.weighing import heaviest

ADDITIVE: Final = (Key.CREDITS, Key.USEFUL_CREDITS, Key.BENEFITS)


def best(model: Model) -> Solution | None:
    """Return the one best choice in the whole preference, or nothing where the model allows none.

    Refused: a model whose proof takes more effort than is allowed; a lesser choice is never returned.
    """
    packed = packing(model)
    if packed is None:
        return proving.solve(model._replace(limits=live(model)))
    clauses = _clauses(packed)
    if clauses is None:
        return None
    granted: list[int] = []
    for part in packed.parts:
        found = _plan(packed, part, tuple(clause for clause in clauses if clause & part))
        if found is None:
            return None
        granted += found
    return Solution(tuple(sorted(granted)))


def value(model: Model) -> int | None:
    """Return the best value of the first key, or nothing where the model allows no choice.

    Refused: a model whose proof takes more effort than is allowed.
    """
    key = model.prefer[0]
    packed = packing(model) if key in ADDITIVE else None
    if packed is None:
        return proving.value(model._replace(limits=live(model)))
    clauses = _clauses(packed)
    if clauses is None:
        return None
    total, worths = 0, worths_of(model, key)
    for part in packed.parts:
        found = _worth(packed, part, worths, tuple([clause for clause in clauses if clause & part]))
        if found is None:
            return None
        total += found
    return total


def _worth(packed: Packing, part: int, worths: list[int], musts: tuple[int, ...]) -> int | None:
    """Return the best value of one part."""
    if not part & (part - 1):
        return worths[part.bit_length() - 1]
    key = packed.model.prefer[0]
    if not musts and not _limited(packed, part):
        found = heaviest(part, packed.clash, worths)
        if found is not None:
            return found
    state = settling(packed, part, key, musts)
    try:
        plan = state.first(key)
    except OutOfNodes:
        smaller, _ = restrict(packed.model, part)
        return proving.value(smaller)
    return None if plan is None else state.known[key]


def _limited(packed: Packing, part: int) -> bool:
    """Tell whether some limit counts an option of a part."""
    return any(any(coefficients[option] for option in bits(part)) for coefficients, _ in packed.limits)


def _clauses(packed: Packing) -> list[int] | None:
    """Return what is forced as sets of options that may be chosen at all; nothing where such a set is empty."""
    alive = 0
    for part in packed.parts:
        alive |= part
    clauses = [set_of(clause) & alive for clause in packed.model.forced]
    return clauses if all(clauses) else None


def _plan(packed: Packing, part: int, musts: tuple[int, ...]) -> list[int] | None:
    """Return the best choice of one part."""
    model = packed.model
    if not part & (part - 1):
        return list(bits(part)) if musts or _worthwhile(model, part.bit_length() - 1) else []
    known: dict[Key, int] = {}
    if settles(model) and not part & packed.shared:
        state = settling(packed, part, Key.CREDITS, musts)
        try:
            found = settle(state, model.prefer)
        except OutOfNodes:
            part, musts, known = state.allowed, state.musts, state.known
        else:
            return found
    smaller, numbers = restrict(model._replace(forced=tuple(tuple(bits(must)) for must in musts)), part)
    solution = proving.solve(smaller, known)
    return None if solution is None else [numbers[option] for option in solution.options]


def _worthwhile(model: Model, number: int) -> bool:
    """Tell whether an option that nothing else touches is better granted than not."""
    option = model.options[number]
    for key in model.prefer:
        if key in ADDITIVE and worths_of(model, key)[number]:
            return True
        if key is Key.FEWEST_ACHIEVEMENTS and option.achievements:
            return False
    return True
