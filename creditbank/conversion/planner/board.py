"""The board: what one archive could be granted by plain books, laid out once; a programme says which courses count."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from operator import itemgetter
from typing import Any, Final, NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.ground import silence
from creditbank.conversion.planner.matching import Finder, Held, Match
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.planner.prepared import Prepared, ReadyBook, ReadyLimit, ReadyRule
from creditbank.conversion.planner.reduction import bits, clashing, set_of
from creditbank.conversion.planner.weighing import heaviest
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.limits import FieldBound, Share
from creditbank.conversion.rules.problem import Problem, Wishes

OPTIONS_MAX: Final = 1_000
"""A board is laid out for no more options; a learner with so many is asked about one programme at a time."""


Placed = tuple[ReadyRule, Match]
"""An option of the board."""


_NO_WISHES: Final = Wishes()


class Total(NamedTuple):
    """A cap on credits of the whole plan: the options it counts, and its bound, be it an amount or a share."""

    book: int
    counts: int
    bound: Fraction
    share: bool


class Board(NamedTuple):
    """Every match of every rule as an option, and what excludes what, whatever the programme is.

    Sets of options are bits of integers. `by_course` are the options that free a course, `of_book` those of a book,
    `asked` those of a rule that speaks to some learners only.
    """

    courses: Sequence[tuple[str, ...]]
    clash: list[int]
    by_course: Mapping[str, int]
    of_book: Sequence[int]
    asked: Sequence[tuple[ReadyRule, int]]
    totals: Sequence[Total]


def value(prepared: Prepared, problem: Problem, held: Held) -> int | None:
    """Return the best credits in hundredths where the books are plain and no cap can bind; None: build and solve.

    Plain books use and free everything once, have no laws of families, and their rules free named courses for what
    these count. The answer is the one that solving gives.
    """
    if problem.award is not None or problem.prior or problem.wishes != _NO_WISHES:
        return None
    board = _laid(prepared, problem, held)
    weights = None if board is None else _weights(board, problem)
    if board is None or weights is None:
        return None
    return _value(board, weights, prepared, problem)


def _value(board: Board, weights: Mapping[str, int], prepared: Prepared, problem: Problem) -> int | None:
    """Return the value of what the board holds for the courses of one programme."""
    situations = [Situation(problem, ready.lexicon) for ready in prepared.books]
    alive = _alive(board, prepared, weights, situations)
    if not alive:
        return 0
    if not all(_idle(total, board, prepared.books, problem, weights=weights, alive=alive) for total in board.totals):
        return None
    worths = [0] * len(board.courses)
    for option in bits(alive):
        worths[option] = sum([weights[code] for code in board.courses[option]])
    whole = 0
    for part in clashing(alive, board.clash):
        found = heaviest(part, board.clash, worths)
        if found is None:
            return None
        whole += found
    return whole


def _weights(board: Board, problem: Problem) -> dict[str, int] | None:
    """Return what each course that matters counts, in hundredths; None where courses go by several codes."""
    weights: dict[str, int] = {}
    by_course = board.by_course
    for course in problem.programme.courses:
        if course.same_as is not None:
            return None
        if course.code in by_course:
            weights.setdefault(course.code, int(course.credits * HUNDRED))
    for code in problem.programme.done:
        weights.pop(code, None)
    return weights


def _alive(board: Board, prepared: Prepared, weights: Mapping[str, int], situations: Sequence[Situation]) -> int:
    """Return the options of which every course is in the programme, and whose book and rule speak."""
    alive = (1 << len(board.courses)) - 1
    for code, options in board.by_course.items():
        if code not in weights:
            alive &= ~options
    if not alive:
        return 0
    for ready, situation, options in zip(prepared.books, situations, board.of_book, strict=True):
        if alive & options and silence(ready, situation) is not None:
            alive &= ~options
    for rule, options in board.asked:
        if alive & options and rule.audience.state(None, situations[rule.book], ()) is not State.SATISFIED:
            alive &= ~options
    return alive


def _idle(
    total: Total,
    board: Board,
    books: Sequence[ReadyBook],
    problem: Problem,
    *,
    weights: Mapping[str, int],
    alive: int,
) -> bool:
    """Tell whether a cap has room for every course at once that its options could free."""
    counted = alive & total.counts
    whole = sum([weight for code, weight in weights.items() if counted & board.by_course[code]])
    if total.share:
        return Fraction(problem.programme.credits_required or 0) * total.bound * HUNDRED >= whole
    ready = books[total.book]
    factor = ready.lexicon.units.factor(ready.book.unit, problem.programme.unit) or Fraction(1)
    return total.bound * factor * HUNDRED >= whole


def _laid(prepared: Prepared, problem: Problem, held: Held) -> Board | None:
    """Return the board of books and an archive, of which so much is spent or still to come; laid out once."""
    key = (id(prepared), problem.as_of, problem.spent)
    known = held.boards.get(key)
    if known is None:
        known = held.boards[key] = (prepared, _lay(prepared, problem, held))
    return known[1]


def _lay(prepared: Prepared, problem: Problem, held: Held) -> Board | None:
    """Return the board, or None where some book is not plain, or some rule could be met in too many ways."""
    policies = [ready.book.policies for ready in prepared.books]
    if not prepared.strict or any(each.families or each.prefer[0] != "credits" for each in policies):
        return None
    try:
        options = _options(prepared, problem, held)
    except errors.TooManyMatches:
        return None
    totals = None if options is None else _totals(prepared, options)
    if options is None or totals is None:
        return None
    by_course = _by(options, lambda option: option[0].named)
    own = _by(options, lambda option: (option[0].position,))
    once = [numbers for position, numbers in own.items() if prepared.rules[position].once]
    clash = [1 << number for number in range(len(options))]
    for group in (*once, *_by(options, itemgetter(1)).values(), *by_course.values()):
        for option in bits(group):
            clash[option] |= group
    of_book = _by(options, lambda option: (option[0].book,))
    return Board(
        courses=[rule.named for rule, _ in options],
        clash=clash,
        by_course=by_course,
        of_book=[of_book.get(ready.number, 0) for ready in prepared.books],
        asked=[(prepared.rules[at], numbers) for at, numbers in own.items() if prepared.rules[at].rule.when],
        totals=totals,
    )


def _options(prepared: Prepared, problem: Problem, held: Held) -> list[Placed] | None:
    """Return every match of every rule that has one; None where such a rule is not plain, or there are too many."""
    finders = []
    for ready in prepared.books:
        blocked = set(held.after(problem.as_of))
        if ready.book.policies.spent_elsewhere == "refuse":
            blocked |= {held.numbers[name] for name in problem.spent if name in held.numbers}
        finders.append(Finder(held, Situation(problem, ready.lexicon), blocked))
    concerned = held.concerned(prepared)
    found: list[Placed] = []
    for rule in (*concerned.others, *chain.from_iterable(concerned.by_course.values())):
        matches = finders[rule.book].matches(rule) if rule.alone else None
        if matches is None or (matches and not _plain(rule)):
            return None
        found += [(rule, match) for match in matches]
        if len(found) > OPTIONS_MAX:
            return None
    return found


def _plain(rule: ReadyRule) -> bool:
    """Tell whether a rule frees named courses, each once, for what they count, and asks for no other grant."""
    return rule.plain and bool(rule.named) and len(set(rule.named)) == len(rule.named) and not rule.rule.requires


def _totals(prepared: Prepared, options: Sequence[Placed]) -> list[Total] | None:
    """Return the caps on credits, each as if it counted all that its rules give; None where a cap is no such cap."""
    found = []
    for ready in prepared.limits:
        limit, bound = ready.limit, ready.limit.at_most
        if limit.awards is not None:
            continue
        if limit.measure != "credits" or isinstance(bound, FieldBound):
            return None
        if isinstance(bound, Share) and bound.of != "programme":
            return None
        counts = set_of(at for at, (rule, _) in enumerate(options) if _counted(ready, rule))
        share = isinstance(bound, Share)
        amount = Fraction(bound.share) / HUNDRED if isinstance(bound, Share) else Fraction(bound)
        found.append(Total(ready.book, counts, amount, share))
    return found


def _counted(ready: ReadyLimit, rule: ReadyRule) -> bool:
    """Tell whether a cap may count what a rule gives: one that selects rules or tags speaks of its own book's."""
    of = ready.limit.of
    if of.rules is None and of.tags is None:
        return True
    named = of.rules is None or rule.rule.id in of.rules
    return rule.book == ready.book and named and (of.tags is None or not set(of.tags).isdisjoint(rule.rule.tags))


def _by(options: Sequence[Placed], keys: Callable[[Placed], Iterable[Hashable]]) -> dict[Any, int]:
    """Return the options by what they have in common."""
    found: dict[Any, int] = {}
    for number, option in enumerate(options):
        for key in keys(option):
            found[key] = found.get(key, 0) | 1 << number
    return found
