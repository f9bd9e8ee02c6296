"""Whether an award is attained, and nothing else of the plan: for looking at many archives, most of them far off."""

from collections.abc import Mapping

from creditbank.conversion.planner import proving
from creditbank.conversion.planner.building import build
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.model import Model, NeedLeaf, NeedTree, Terms


def attains(ground: Ground) -> bool:
    """Say whether the best plan fills every need of the award. Refused: as for an answer.

    An award that everything held together could not fill is told without solving.
    """
    model = build(ground).model
    assert model.needs is not None, "asked of an award"
    if not _within_reach(model, _cliques(model), model.needs):
        return False
    return proving.value(model) == 0  # the first key of an award counts the unmet needs, each as one less


def _cliques(model: Model) -> Mapping[int, int]:
    """Return for every choice that stands in a clique one that it stands in."""
    return {choice: number for number, clique in enumerate(model.cliques) for choice in clique}


def _within_reach(model: Model, cliques: Mapping[int, int], tree: NeedTree | NeedLeaf) -> bool:
    """Say whether the needs could be met if hardly anything excluded anything else; it errs on the side of yes."""
    if isinstance(tree, NeedTree):
        return sum(_within_reach(model, cliques, branch) for branch in tree.of) >= tree.some
    if tree.held is not None:
        return tree.held
    used = sum(max(0, count) for _, count in tree.achievements)
    divided = sum(max(0, count) * model.amounts[number].at_most for number, count in tree.amounts)
    return _most(tree.choices, cliques) + used + divided >= tree.at_least


def _most(choices: Terms, cliques: Mapping[int, int]) -> int:
    """Return a bound of the sum: of the choices of one clique the best, of all others each."""
    best: dict[int, int] = {}
    for choice, count in choices:
        at = cliques.get(choice, -1 - choice)
        best[at] = max(best.get(at, 0), count)
    return sum(best.values())
