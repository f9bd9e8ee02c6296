"""The best solution by trying everything: it shares with the solver the model's data and nothing else."""

import itertools
from collections.abc import Iterator

from creditbank.conversion.planner.model import Flow, Key, Limit, Missing, Model, NeedLeaf, NeedTree, Option, Solution

Choice = tuple[tuple[int, ...], tuple[int, ...]]
Worth = list[list[int]]


def best(model: Model) -> Solution | None:
    """Return the solution with the largest key among all that the model allows."""
    found = max(((key(model, *choice), choice) for choice in everything(model)), default=None)
    if found is None:
        return None
    chosen, amounts = found[1]
    options = len(model.options)
    return Solution(
        options=tuple(i for i, x in enumerate(chosen[:options]) if x),
        flows=tuple(i for i, x in enumerate(chosen[options:]) if x),
        amounts=amounts,
        missing=() if model.needs is None else tuple(needed(model, model.needs, chosen, amounts)[1]),
    )


def value(model: Model) -> int | None:
    """Return the best value of the first key, which is a sum."""
    return max((key(model, *choice)[0][0] for choice in everything(model)), default=None)


def everything(model: Model) -> Iterator[Choice]:
    """Yield every allowed choice with every allowed division."""
    for chosen in itertools.product((0, 1), repeat=len(model.options) + len(model.flows)):
        if not excluded(model, chosen) and poured(model, chosen):
            ranges = [range(part.at_most * chosen[part.option] + 1) for part in model.amounts]
            for amounts in itertools.product(*ranges):
                if all(total(model, limit, chosen, amounts) <= limit.at_most for limit in model.limits):
                    yield chosen, amounts


def excluded(model: Model, chosen: tuple[int, ...]) -> bool:
    return (
        any(sum(chosen[i] for i in clique) > 1 for clique in model.cliques)
        or any(sum(any(chosen[i] for i in group) for group in groups) > 1 for groups in model.group_cliques)
        or any(chosen[one] and not any(chosen[i] for i in others) for one, others in model.requires)
        or not all(any(chosen[i] for i in clause) for clause in model.forced)
    )


def poured(model: Model, chosen: tuple[int, ...]) -> bool:
    first = len(model.options)
    for pool in model.pools:
        flows = [f.amount for n, f in enumerate(model.flows, first) if f.option == pool.option and chosen[n]]
        if chosen[pool.option]:
            if sum(flows) < pool.at_least or any(sum(flows) - flow >= pool.at_least for flow in flows):
                return False
        elif flows:
            return False
    return True


def used(model: Model, chosen: tuple[int, ...]) -> list[int]:
    found = [0] * model.achievements
    for option, x in zip(model.options, chosen, strict=False):
        for achievement in option.achievements if x else ():
            found[achievement] = 1
    for flow, x in zip(model.flows, chosen[len(model.options) :], strict=True):
        if x:
            found[flow.achievement] = 1
    return found


def total(model: Model, part: Limit | NeedLeaf, chosen: tuple[int, ...], amounts: tuple[int, ...]) -> int:
    found = sum(c * chosen[i] for i, c in part.choices) + sum(c * amounts[i] for i, c in part.amounts)
    if part.achievements:
        here = used(model, chosen)
        found += sum(c * here[a] for a, c in part.achievements)
    return found


def key(model: Model, chosen: tuple[int, ...], amounts: tuple[int, ...]) -> Worth:
    here = used(model, chosen)
    granted = [option for option, x in zip(model.options, chosen, strict=False) if x]
    every: list[Option | Flow] = [*model.options, *model.flows]
    taken = [part for part, x in zip(every, chosen, strict=True) if x]
    worth: dict[Key, list[int]] = {
        Key.CREDITS: [sum(part.credits for part in taken) + sum(amounts)],
        Key.USEFUL_CREDITS: [
            sum(part.useful for part in taken)
            + sum(part.useful * z for part, z in zip(model.amounts, amounts, strict=True))
        ],
        Key.BENEFITS: [sum(option.benefits for option in granted)],
        Key.FEWEST_ACHIEVEMENTS: [-sum(here)],
        Key.OLDEST_FIRST: here,
        Key.SOONEST_EXPIRY_FIRST: [here[a] for a in model.expiry_order],
        Key.BOOK_ORDER: list(chosen),
    }
    found = [worth[name] for name in model.prefer]
    if model.needs is not None:
        (unmet, short), _ = needed(model, model.needs, chosen, amounts)
        found = [[-unmet, -short], *found]
    return [*found, list(chosen), list(amounts)]


def needed(
    model: Model, tree: NeedTree | NeedLeaf, chosen: tuple[int, ...], amounts: tuple[int, ...]
) -> tuple[tuple[int, int], list[Missing]]:
    """Return (unmet, short) of the cheapest way to fill the tree, the first of equals, and what is missing on it."""
    if isinstance(tree, NeedLeaf):
        if tree.held is not None:
            return ((0, 0), []) if tree.held else ((1, 0), [Missing(tree.id, 0)])
        short = max(0, tree.at_least - total(model, tree, chosen, amounts))
        return ((1, short), [Missing(tree.id, short)]) if short else ((0, 0), [])
    branches = [(*needed(model, branch, chosen, amounts), n) for n, branch in enumerate(tree.of)]
    cheapest = sorted(branches, key=lambda each: (each[0], each[2]))[: tree.some]
    kept = sorted(cheapest, key=lambda each: each[2])
    cost = (sum(each[0][0] for each in kept), sum(each[0][1] for each in kept))
    return cost, [missing for each in kept for missing in each[1]]
