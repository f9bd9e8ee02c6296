"""What CP-SAT is asked, which is loaded at the first question: most answers do without that half a second."""

from collections.abc import Mapping

from creditbank.conversion.planner.model import Key, Model, NeedLeaf, NeedTree, Solution, StillNeeded


def solve(model: Model, known: Mapping[Key, int] | None = None) -> Solution | None:
    """Return the one best choice of a model, of which some sums may be known, or nothing where none is allowed."""
    from creditbank.conversion.planner import cpsat  # noqa: PLC0415 - see above

    return cpsat.solve(model, known=known or {})


def value(model: Model) -> int | None:
    """Return the best value of the first key, or nothing where the model allows no choice."""
    from creditbank.conversion.planner import cpsat  # noqa: PLC0415 - see above

    return cpsat.value(model)


def still_needed(model: Model) -> StillNeeded | None:
    """Return the least that must still be earned for an award, or nothing where no open line can fill it.

    What only named achievements can fill is taken as filled where the award is out of reach with it.
    """
    from creditbank.conversion.planner import cpsat  # noqa: PLC0415 - see above

    return cpsat.still_needed(model) or cpsat.still_needed(_all_waived(model))


def _all_waived(model: Model) -> Model:
    """Return the model with every need waived that no open line can help."""
    assert model.needs is not None
    return model._replace(needs=_waived(model.needs))


def _waived(tree: NeedTree | NeedLeaf) -> NeedTree | NeedLeaf:
    if isinstance(tree, NeedLeaf):
        return tree._replace(waived=tree.waived or not tree.open_lines)
    return tree._replace(of=tuple(_waived(each) for each in tree.of))
