"""The model written down for CP-SAT: variables, constraints, and the preference as a list of integers to maximise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ortools.sat.python import cp_model

from creditbank.conversion.planner.model import LETTERS, Key, Limit, Model, NeedLeaf, NeedTree, before_book, worths_of

Variable = cp_model.IntVar


class Atom(NamedTuple):
    """One integer of the preference, larger is better; it takes at most `span` + 1 values."""

    variables: list[Variable]
    coefficients: list[int]
    span: int
    key: Key | None = None


class Leaf(NamedTuple):
    """A need in the program: whether it is asked for, and how much is short."""

    need: NeedLeaf
    asked: Variable
    short: Variable


@dataclass(slots=True)
class Program:
    """A model in the hands of CP-SAT.

    `used` holds for each achievement the variables whose sum says it is used. `sections` are the preference up to the
    order of the book, each decided before the next; `book` decides after them, and `rest` what the book leaves open.
    """

    cp: cp_model.CpModel
    choices: list[Variable]
    amounts: list[Variable]
    open_lines: list[Variable] = field(default_factory=list)
    used: list[list[Variable]] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    branches: list[Variable] = field(default_factory=list)
    sections: list[list[Atom]] = field(default_factory=list)
    book: list[Atom] = field(default_factory=list)
    rest: list[Atom] = field(default_factory=list)

    def atoms(self) -> Iterator[Atom]:
        """Yield the preference up to the order of the book."""
        for section in self.sections:
            yield from section

    def sum_of(self, part: Limit | NeedLeaf) -> tuple[list[Variable], list[int]]:
        """Return the variables and coefficients that a limit or a need sums over."""
        variables = [self.choices[i] for i, _ in part.choices]
        coefficients = [c for _, c in part.choices]
        for achievement, coefficient in part.achievements:
            variables += self.used[achievement]
            coefficients += [coefficient] * len(self.used[achievement])
        for terms, made in ((part.amounts, self.amounts), (part.open_lines, self.open_lines)):
            if terms and made:
                variables += [made[i] for i, _ in terms]
                coefficients += [c for _, c in terms]
        return variables, coefficients


def total(variables: Sequence[Variable], coefficients: Sequence[int]) -> cp_model.LinearExpr:
    """Return the weighted sum as an expression; nothing sums to zero."""
    return cp_model.LinearExpr.weighted_sum(variables, coefficients)


def encode(model: Model, *, open_lines: bool = False) -> Program:
    """Write the model down; with `open_lines` as the second model of an award, where nothing may be short."""
    cp = cp_model.CpModel()
    choices = [cp.new_bool_var("") for _ in range(len(model.options) + len(model.flows))]
    amounts = [cp.new_int_var(0, amount.at_most, "") for amount in model.amounts]
    program = Program(cp, choices, amounts)
    _exclude(program, model)
    _use(program, model)
    _pour(program, model)
    if open_lines:
        most = sum(max(0, leaf.at_least) for leaf in leaves_of(model.needs))
        program.open_lines = [cp.new_int_var(0, most, "") for _ in range(model.open_lines)]
    for limit in model.limits:
        variables, coefficients = program.sum_of(limit)
        cp.add(total(variables, coefficients) <= limit.at_most)
    if model.needs is not None:
        _need(program, model.needs, cp.new_constant(1), open_lines=open_lines)
    if open_lines:
        _prefer_little(program)
    else:
        _prefer(program, model)
    return program


def leaves_of(tree: NeedTree | NeedLeaf | None) -> Iterable[NeedLeaf]:
    """Yield the needs of a tree in written order."""
    if isinstance(tree, NeedLeaf):
        yield tree
    elif tree is not None:
        for branch in tree.of:
            yield from leaves_of(branch)


def _exclude(program: Program, model: Model) -> None:
    """Write down what excludes, requires and forces what."""
    cp, choices = program.cp, program.choices
    for clique in model.cliques:
        cp.add_at_most_one([choices[i] for i in clique])
    for groups in model.group_cliques:
        cp.add_at_most_one([_any_of(cp, [choices[i] for i in group]) for group in groups])
    for option, supporters in model.requires:
        cp.add_bool_or([choices[option].negated(), *(choices[i] for i in supporters)])
    for clause in model.forced:
        cp.add_bool_or([choices[i] for i in clause])


def _any_of(cp: cp_model.CpModel, group: list[Variable]) -> Variable:
    """Return a variable that is true when one of the group is."""
    if len(group) == 1:
        return group[0]
    some = cp.new_bool_var("")
    for member in group:
        cp.add_implication(member, some)
    return some


def users_of(model: Model) -> list[list[int]]:
    """Return for each achievement the choices that use it."""
    users: list[list[int]] = [[] for _ in range(model.achievements)]
    for number, option in enumerate(model.options):
        for achievement in option.achievements:
            users[achievement].append(number)
    for number, flow in enumerate(model.flows, len(model.options)):
        users[flow.achievement].append(number)
    return users


def _use(program: Program, model: Model) -> None:
    """Say of each achievement when it is used: by a sum where its users exclude each other, else by a variable."""
    cp = program.cp
    at_most_one: list[list[frozenset[int]]] = [[] for _ in program.choices]
    for clique in model.cliques:
        members = frozenset(clique)
        for member in clique:
            at_most_one[member].append(members)
    for users in users_of(model):
        variables = [program.choices[i] for i in users]
        if len(users) > 1 and not any(clique.issuperset(users) for clique in at_most_one[users[0]]):
            some = cp.new_bool_var("")
            for variable in variables:
                cp.add_implication(variable, some)
            cp.add_bool_or([some.negated(), *variables])
            variables = [some]
        program.used.append(variables)


def _pour(program: Program, model: Model) -> None:
    """Write down pools, which are filled and not overfilled, and amounts, which need their option."""
    cp, choices, first = program.cp, program.choices, len(model.options)
    for pool in model.pools:
        flows = [(choices[n], flow.amount) for n, flow in enumerate(model.flows, first) if flow.option == pool.option]
        chosen, everything = choices[pool.option], sum(amount for _, amount in flows)
        poured = total([w for w, _ in flows], [amount for _, amount in flows])
        cp.add(poured >= pool.at_least * chosen)
        for flow, amount in flows:
            cp.add_implication(flow, chosen)
            room = pool.at_least - 1 + amount
            if room < everything:
                cp.add(poured + (everything - room) * flow <= everything)
    for have, taken in zip(model.amounts, program.amounts, strict=True):
        cp.add(taken <= have.at_most * choices[have.option])


def _need(program: Program, tree: NeedTree | NeedLeaf, asked: Variable, *, open_lines: bool) -> None:
    """Write down what an award asks for, given the variable that says whether this branch is asked."""
    cp = program.cp
    if isinstance(tree, NeedTree):
        if tree.some == len(tree.of):
            branches = [asked] * len(tree.of)
        else:
            branches = [cp.new_bool_var("") for _ in tree.of]
            program.branches += branches
            cp.add(sum(branches) == tree.some * asked)
        for branch, chosen in zip(tree.of, branches, strict=True):
            _need(program, branch, chosen, open_lines=open_lines)
        return
    if open_lines and tree.waived:
        return
    most = 1 if tree.held is False else 0 if tree.held else max(0, tree.at_least)
    short = cp.new_int_var(0, 0 if open_lines else most, "")
    program.leaves.append(Leaf(tree, asked, short))
    if tree.held is False:
        cp.add(short >= asked)
    elif tree.held is None:
        variables, coefficients = program.sum_of(tree)
        cp.add(total(variables, coefficients) + short >= tree.at_least * asked)


def _prefer_little(program: Program) -> None:
    """Ask for the least that is still needed, and of that as much as possible from the lines named first."""
    lines = program.open_lines
    spans = [line.proto.domain[1] for line in lines]
    program.sections.append([Atom(lines, [-1] * len(lines), sum(spans))])
    program.sections.append([_letter([line], span) for line, span in zip(lines, spans, strict=True)])


def _prefer(program: Program, model: Model) -> None:
    """Write down the preference; at its end the order of the book makes the solution unique."""
    cp, sections = program.cp, program.sections
    if program.leaves:
        unmet = []
        for leaf in program.leaves:
            span = leaf.short.proto.domain[1]
            unmet.append(cp.new_bool_var(""))
            cp.add(leaf.short <= span * unmet[-1])
        short = [leaf for leaf in program.leaves if leaf.need.held is None]
        span = sum(leaf.short.proto.domain[1] for leaf in short)
        fewest = Atom(unmet, [-1] * len(unmet), len(unmet))
        sections.append([fewest, Atom([leaf.short for leaf in short], [-1] * len(short), span)])
    sections.append([])
    for key in before_book(model):
        if key in LETTERS:
            order = range(model.achievements) if key is Key.OLDEST_FIRST else model.expiry_order
            sections += [[_letter(program.used[a]) for a in order if program.used[a]], []]
        else:
            sections[-1].append(_sum(program, model, key))
    program.book = [_letter([choice]) for choice in program.choices]
    program.rest = [
        _letter([amount], have.at_most) for amount, have in zip(program.amounts, model.amounts, strict=True)
    ]
    program.rest += [_letter([branch]) for branch in program.branches]


def _letter(variables: list[Variable], span: int = 1) -> Atom:
    """Return an atom that is decided before all that follow it."""
    return Atom(variables, [1] * len(variables), span)


def _sum(program: Program, model: Model, key: Key) -> Atom:
    """Return a sum of the preference: what the choices and the amounts count in a key, or the achievements used."""
    if key is Key.FEWEST_ACHIEVEMENTS:
        used = [variable for variables in program.used for variable in variables]
        return Atom(used, [-1] * len(used), sum(1 for variables in program.used if variables), key)
    worths = worths_of(model, key)
    amounts = [0] * len(model.amounts)
    if key is Key.CREDITS:
        worths += [flow.credits for flow in model.flows]
        amounts = [1] * len(model.amounts)
    elif key is Key.USEFUL_CREDITS:
        worths += [flow.useful for flow in model.flows]
        amounts = [amount.useful for amount in model.amounts]
    counted = [(choice, worth) for choice, worth in zip(program.choices, worths, strict=False) if worth]
    divided = [(part, worth) for part, worth in zip(program.amounts, amounts, strict=True) if worth]
    span = sum(abs(worth) for _, worth in counted)
    span += sum(amount.at_most * worth for amount, worth in zip(model.amounts, amounts, strict=True))
    return Atom([v for v, _ in counted + divided], [worth for _, worth in counted + divided], span, key)
