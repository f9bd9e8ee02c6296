"""CP-SAT for whatever the search cannot prove: one worker, no presolve, a fixed seed, the preference in stages."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from ortools.sat.python import cp_model

from creditbank.conversion.errors import PlanTooHard
from creditbank.conversion.planner import patience
from creditbank.conversion.planner.encoding import Atom, Program, encode, total
from creditbank.conversion.planner.model import LETTERS, Key, Missing, Model, Solution, StillNeeded, before_book

BITS: Final = 40
"""How much of the preference one stage may ask for."""

BITS_FREE: Final = 52
"""The same where no limit holds the sums: then one long question is answered faster than two short ones."""

EFFORT: Final = 60.0
"""The deterministic time one stage may take, about as many seconds; the same on every machine and every day."""

NOTHING: Final[Mapping[Key, int]] = MappingProxyType({})


def solve(model: Model, *, known: Mapping[Key, int] = NOTHING, effort: float = EFFORT) -> Solution | None:
    """Return the one best solution in the whole preference, or nothing where no choice is allowed.

    `known` are sums that the best solution has, found otherwise; they are held and not asked for again.
    Refused: a model whose proof takes more than the effort allowed.
    """
    program = encode(model)
    solver = _solver(effort)
    for atom in program.atoms():
        if atom.key is not None and atom.key in known:
            sign = -1 if atom.key is Key.FEWEST_ACHIEVEMENTS else 1
            program.cp.add(total(atom.variables, atom.coefficients) == sign * known[atom.key])
    for section in _sections(model, program, solver):
        for stage in _stages([atom for atom in section if atom.key not in known], BITS if model.limits else BITS_FREE):
            if not _ask(program, solver, stage):
                return None
    return _read(model, program, solver)


def _sections(model: Model, program: Program, solver: cp_model.CpSolver) -> Iterator[list[Atom]]:
    """Yield what is asked for together, each section once the one before it is settled."""
    if model.limits:
        yield from program.sections
    else:
        yield list(chain.from_iterable(program.sections))
    lettered = not LETTERS.isdisjoint(before_book(model))
    yield _open(model, program, solver) if lettered else program.book
    yield program.rest


def value(model: Model, *, effort: float = EFFORT) -> int | None:
    """Return the best sum of the first key, or nothing where no choice is allowed."""
    program = encode(model)
    solver = _solver(effort)
    first = program.sections[0][0]
    return _worth(first, solver) if _ask(program, solver, [first]) else None


def still_needed(model: Model, *, effort: float = EFFORT) -> StillNeeded | None:
    """Return the least that must still be earned for the award, or nothing where no open line can fill it."""
    program = encode(model, open_lines=True)
    solver = _solver(effort)
    for stage in chain.from_iterable(_stages(section) for section in program.sections):
        if not _ask(program, solver, stage):
            return None
    lines = tuple(solver.value(line) for line in program.open_lines)
    return StillNeeded(sum(lines), lines)


def _solver(effort: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    # The stronger linear relaxation costs nothing on easy models and saves minutes on the one in a thousand.
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    return solver


def _open(model: Model, program: Program, solver: cp_model.CpSolver) -> list[Atom]:
    """Return the letters of the book that are still open now that it is settled which achievements are used."""
    if not any(program.used):
        return program.book
    unused = {a for a, used in enumerate(program.used) if not any(solver.boolean_value(variable) for variable in used)}
    sources = [*(option.achievements for option in model.options), *((flow.achievement,) for flow in model.flows)]
    return [
        letter for letter, achievements in zip(program.book, sources, strict=True) if unused.isdisjoint(achievements)
    ]


def _stages(atoms: Iterable[Atom], size_bits: int = BITS) -> Iterator[list[Atom]]:
    """Yield the atoms in stages; a stage holds what fits in its bits."""
    stage: list[Atom] = []
    size = 1
    for atom in atoms:
        if stage and (size * (atom.span + 1)).bit_length() > size_bits + 1:
            yield stage
            stage, size = [], 1
        stage.append(atom)
        size *= atom.span + 1
    if stage:
        yield stage


def _ask(program: Program, solver: cp_model.CpSolver, stage: list[Atom]) -> bool:
    """Maximise the atoms of a stage and hold them at what they reached; false where nothing is allowed."""
    variables: list[cp_model.IntVar] = []
    coefficients: list[int] = []
    weight = 1
    for atom in reversed(stage):
        variables += atom.variables
        coefficients += [weight * c for c in atom.coefficients]
        weight *= atom.span + 1
    program.cp.maximize(total(variables, coefficients))
    solver.parameters.max_deterministic_time = patience.allowed(solver.parameters.max_deterministic_time)
    status = solver.solve(program.cp)
    patience.spend(solver.response_proto.deterministic_time)
    if status == cp_model.INFEASIBLE:
        return False
    if status != cp_model.OPTIMAL:
        raise PlanTooHard
    _hold(program, stage, solver)
    return True


def _hold(program: Program, stage: list[Atom], solver: cp_model.CpSolver) -> None:
    """Hold the atoms at what they reached: a sum by itself, all letters by one constraint that nothing can undo."""
    letters: list[cp_model.IntVar] = []
    signs: list[int] = []
    for atom in stage:
        if atom.span > 1 or len(atom.variables) > 1:
            program.cp.add(total(atom.variables, atom.coefficients) == _worth(atom, solver))
        else:
            letters += atom.variables
            signs += [-1 if solver.boolean_value(variable) else 1 for variable in atom.variables]
    program.cp.add(total(letters, signs) == -signs.count(-1))


def _worth(atom: Atom, solver: cp_model.CpSolver) -> int:
    return sum(c * solver.value(v) for v, c in zip(atom.variables, atom.coefficients, strict=True))


def _read(model: Model, program: Program, solver: cp_model.CpSolver) -> Solution:
    chosen = [i for i, choice in enumerate(program.choices) if solver.boolean_value(choice)]
    first = len(model.options)
    missing = [
        Missing(leaf.need.id, 0 if leaf.need.held is False else solver.value(leaf.short))
        for leaf in program.leaves
        if solver.value(leaf.asked) and solver.value(leaf.short)
    ]
    return Solution(
        options=tuple(i for i in chosen if i < first),
        flows=tuple(i - first for i in chosen if i >= first),
        amounts=tuple(solver.value(amount) for amount in program.amounts),
        missing=tuple(missing),
    )
