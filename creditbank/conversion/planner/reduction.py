"""Exact reduction of a packing model: idle limits, twins, parts. A set of options is the bits of an integer."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from creditbank.conversion.planner.model import Limit, Model


class Packing(NamedTuple):
    """A model in which leaving something out never does harm.

    `clash` holds for each option those it excludes, itself among them; `users` for each achievement the options that
    use it; `cliques` sets of options of which one may be chosen; `limits` only limits that can be reached, with a
    coefficient for every option. `parts` share nothing and are solved apart. `shared` are the options that use an
    achievement which another chosen option may use too, so that achievements cannot be counted by adding.
    """

    model: Model
    clash: list[int]
    users: list[int]
    cliques: list[int]
    limits: list[tuple[list[int], int]]
    parts: list[int]
    shared: int


def bits(options: int) -> Iterator[int]:
    """Yield the numbers in a set, lowest first."""
    while options:
        lowest = options & -options
        yield lowest.bit_length() - 1
        options ^= lowest


def set_of(numbers: Iterable[int]) -> int:
    """Return the set of these numbers."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def live(model: Model) -> tuple[Limit, ...]:
    """Return the limits that everything together could exceed."""
    return tuple(limit for limit in model.limits if _reach(limit, model) > limit.at_most)


def _reach(limit: Limit, model: Model) -> int:
    reach = sum(c for _, c in limit.choices if c > 0)
    reach += sum(c for _, c in limit.achievements if c > 0)
    return reach + sum(c * model.amounts[i].at_most for i, c in limit.amounts if c > 0)


def packing(model: Model) -> Packing | None:
    """Return the model as a packing, reduced; nothing where some construct is not downward closed."""
    if model.requires or model.needs is not None or model.pools or model.flows or model.amounts:
        return None
    cliques = [set_of(clique) for clique in model.cliques]
    users = _users(model)
    shared = _shared(users, cliques)
    limits = _coefficients(model, shared, cliques)
    if limits is None or any(_spread(clause, cliques) for clause in model.forced):
        return None
    clash = _clashes(model, cliques)
    alive = (1 << len(model.options)) - 1
    for coefficients, at_most in limits:
        alive &= ~set_of(i for i, c in enumerate(coefficients) if c > at_most)
    if not model.forced:
        alive &= ~_twins(model, clash, limits)
    if not limits and not shared:
        return Packing(model, clash, users, cliques, limits, clashing(alive, clash), shared)
    linked = [set_of(i for i, c in enumerate(coefficients) if c) for coefficients, _ in limits]
    parts = _parts(alive, [*linked, *(clash if model.group_cliques else cliques), *users])
    return Packing(model, clash, users, cliques, limits, parts, shared)


def _users(model: Model) -> list[int]:
    users = [0] * model.achievements
    bit = 1
    for option in model.options:
        for achievement in option.achievements:
            users[achievement] |= bit
        bit <<= 1
    return users


def _shared(users: list[int], cliques: list[int]) -> int:
    """Return the users of those achievements whose users do not all exclude each other."""
    known, shared = set(cliques), 0
    for group in users:
        if group & (group - 1) and group not in known and all(group & ~clique for clique in cliques):
            shared |= group
    return shared


def _coefficients(model: Model, shared: int, cliques: list[int]) -> list[tuple[list[int], int]] | None:
    """Return the live limits with a coefficient for each option; nothing where a limit is no packing limit."""
    found = []
    limits = live(model)
    order = sorted(range(len(cliques)), key=lambda at: -len(model.cliques[at])) if limits else []
    for limit in limits:
        coefficients = [0] * len(model.options)
        for choice, coefficient in limit.choices:
            coefficients[choice] = coefficient
        if limit.achievements:
            counts = dict(limit.achievements)
            for number, option in enumerate(model.options):
                coefficients[number] += sum(counts.get(a, 0) for a in option.achievements)
        if (limit.achievements and shared) or limit.at_most < 0 or min(coefficients, default=0) < 0:
            return None
        if not _idle(coefficients, limit.at_most, [(model.cliques[at], cliques[at]) for at in order]):
            found.append((coefficients, limit.at_most))
    return found


def _idle(coefficients: list[int], at_most: int, cliques: Iterable[tuple[Sequence[int], int]]) -> bool:
    """Tell whether a limit holds whatever is chosen: of a clique no more than its largest counts, the widest first."""
    left, reach = (1 << len(coefficients)) - 1, 0
    for clique, options in cliques:
        fresh = options & left
        if fresh:
            reach += max([coefficients[option] for option in clique if fresh >> option & 1])
            if reach > at_most:
                return False
            left ^= fresh
    return reach + sum([coefficients[option] for option in bits(left)]) <= at_most


def _spread(clause: Sequence[int], cliques: list[int]) -> bool:
    """Tell whether more than one option of the clause could be chosen; then it is no clique, and not for the search."""
    options = set_of(clause)
    return len(clause) != 1 and not any(options & ~clique == 0 for clique in cliques)


def _clashes(model: Model, cliques: list[int]) -> list[int]:
    clash = [1 << number for number in range(len(model.options))]
    for clique, options in zip(model.cliques, cliques, strict=True):
        for option in clique:
            clash[option] |= options
    for groups in model.group_cliques:
        sets = [set_of(group) for group in groups]
        everything = 0
        for options in sets:
            everything |= options
        for group, options in zip(groups, sets, strict=True):
            for option in group:
                clash[option] |= everything & ~options
    return clash


def _twins(model: Model, clash: list[int], limits: list[tuple[list[int], int]]) -> int:
    """Return the options for which an earlier one in the book always stands: it gives the same and excludes no more."""
    first: dict[tuple[object, ...], list[int]] = {}
    dropped = 0
    for number, option in enumerate(model.options):
        earlier = first.setdefault(option[1:], [])
        for twin in earlier:
            together = 1 << number | 1 << twin
            if (
                clash[number] >> twin & 1
                and clash[twin] & ~(clash[number] | together) == 0
                and all(coefficients[twin] == coefficients[number] for coefficients, _ in limits)
            ):
                dropped |= 1 << number
                break
        else:
            earlier.append(number)
    return dropped


def clashing(alive: int, clash: list[int]) -> list[int]:
    """Return the sets of options that nothing but clashes connects, in the order of their first option."""
    parts: list[int] = []
    while alive:
        part, fresh = 0, alive & -alive
        while fresh:
            part |= fresh
            reached = 0
            for option in bits(fresh):
                reached |= clash[option]
            fresh = reached & alive & ~part
        parts.append(part)
        alive &= ~part
    return parts


def _parts(alive: int, links: Iterable[int]) -> list[int]:
    """Return the sets of options that no link connects, in the order of their first option."""
    parts: list[int] = []
    loose = alive
    for link in links:
        joined = link & alive
        if not joined:
            continue
        loose &= ~joined
        apart = []
        for part in parts:
            if part & joined:
                joined |= part
            else:
                apart.append(part)
        apart.append(joined)
        parts = apart
    parts += [1 << number for number in bits(loose)]
    return sorted(parts, key=lambda part: part & -part)


def restrict(model: Model, options: int) -> tuple[Model, list[int]]:
    """Return the model of these options alone, and their numbers in the whole; only for models without flows."""
    kept = list(bits(options))
    number = {old: new for new, old in enumerate(kept)}
    part = model._replace(
        options=tuple(model.options[old] for old in kept),
        cliques=tuple(clique for old in model.cliques if len(clique := _renumbered(old, number)) > 1),
        group_cliques=tuple(
            tuple(group for old in groups if (group := _renumbered(old, number))) for groups in model.group_cliques
        ),
        limits=tuple(
            limit._replace(choices=tuple((number[i], c) for i, c in limit.choices if i in number))
            for limit in model.limits
        ),
        forced=tuple(clause for old in model.forced if (clause := _renumbered(old, number))),
    )
    return part, kept


def _renumbered(options: Sequence[int], number: dict[int, int]) -> tuple[int, ...]:
    return tuple(number[option] for option in options if option in number)
