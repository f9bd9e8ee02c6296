"""The laws of form that a schema cannot say: ids used once, bounds in order, conditions where their subject is."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from creditbank.conversion.rules import book as b, conditions as c
from creditbank.conversion.rules.faults import Fault, Path
from creditbank.conversion.rules.grade_maps import grade_map_faults
from creditbank.conversion.rules.plain import Part
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.words import OrderedScale

# Whose conditions may stand in which field.
_SUBJECTS: dict[type[Part], dict[str, tuple[str, ...]]] = {
    b.Book: {"scope": ("learner",)},
    b.Rule: {"when": ("learner",)},
    b.One: {"one": ("achievement",)},
    b.Pool: {"pool": ("achievement",)},
    b.ChooseLine: {"where": ("course",)},
    b.AmountRow: {"if_": ("achievement", "learner")},
    b.Adjust: {"if_": ("achievement", "learner")},
    b.GradeRow: {"if_": ("achievement", "learner")},
    b.Selection: {"sources": ("achievement",), "targets": ("course",)},
    b.Limit: {"when": ("learner",)},
    b.Need: {"holds": ("learner",)},
}
_PEOPLE = {
    "achievement": "成果 an achievement",
    "learner": "学习者或专业 the learner or programme",
    "course": "课程 a course",
}

_FIRST = ("credits", "useful_credits")
_LAST = "book_order"


def parts_of(value: object, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """Yield every part of a document with its place, the whole first."""
    if isinstance(value, Part):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from parts_of(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from parts_of(each, (*path, at))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from parts_of(each, (*path, key))


def leaves_of(conditions: Iterable[c.Clause], path: Path = ()) -> Iterator[tuple[Path, c.Condition]]:
    """Yield the single conditions among clauses, however deep in any-ofs and negations, with their places."""
    for inner, part in parts_of(tuple(conditions)):
        if isinstance(part, c.Condition):
            yield (*path, *inner), part


def broken_laws(book: b.Book) -> Iterator[Fault]:
    """Yield every law of form that a book breaks, in the order of the document."""
    yield from _of_the_whole(book)
    for path, part in parts_of(book):
        for law in _LAWS.get(type(part), ()):
            yield from law(part, path)
        for field, subjects in _SUBJECTS.get(type(part), {}).items():
            yield from _wrong_subjects(part, field, subjects, path)


def broken_facts(problem: Problem, path: Path = ()) -> Iterator[Fault]:
    """Yield what cannot be in the facts given: an id or a course twice."""
    yield from _twice([each.id for each in problem.achievements], (*path, "achievements"))
    yield from _twice([each.code for each in problem.programme.courses], (*path, "programme"))


def _wrong_subjects(part: Part, field: str, subjects: tuple[str, ...], path: Path) -> Iterator[Fault]:
    here = (*path, type(part).model_fields[field].alias or field)
    for place, leaf in leaves_of(getattr(part, field) or (), here):
        if leaf.subject not in subjects:
            yield Fault(place, "wrong_subject", leaf.tag, _PEOPLE[leaf.subject])


def _of_the_whole(book: b.Book) -> Iterator[Fault]:
    lists: dict[str, Iterable[Any]] = {
        "cites": book.cites,
        "rules": book.rules,
        "none": book.none,
        "caps": book.caps,
        "awards": book.awards,
        "cases": book.cases,
    }
    for name, parts in lists.items():
        yield from _twice([part.id for part in parts], (name,))
    for at, award in enumerate(book.awards):
        needs = [part.id for _, part in parts_of(award.needs) if isinstance(part, b.Need)]
        yield from _twice(needs, ("awards", at, "needs"))
    for at, case in enumerate(book.cases):
        yield from broken_facts(case.given, ("cases", at, "given"))
    yield from _kinds(book)
    yield from _circles(book)
    for at, each in enumerate(book.words.grade_maps):
        yield from grade_map_faults(each, book.words, ("words", "grade_maps", at))


def _twice(ids: list[str], path: Path) -> Iterator[Fault]:
    yield from (Fault(path, "duplicate_id", it) for it, times in Counter(ids).items() if times > 1)


def _kinds(book: b.Book) -> Iterator[Fault]:
    if (book.parties is not None) is not (book.kind is b.BookKind.AGREEMENT):
        yield Fault(("parties",), "parties")
    for name, parts in (("awards", book.awards), ("open_lines", book.open_lines)):
        if parts and book.kind is not b.BookKind.AWARD:
            yield Fault((name,), "not_an_award", name)
    yield from _preference(book.policies.prefer)


def _preference(prefer: tuple[str, ...]) -> Iterator[Fault]:
    """Ask for credits first, so that a value is of credits, and for the book's order last, which makes plans unique."""
    path: Path = ("policies", "prefer")
    yield from (Fault(path, "repeated", it) for it, times in Counter(prefer).items() if times > 1)
    if not prefer or prefer[0] not in _FIRST:
        yield Fault(path, "prefer_first", prefer[0] if prefer else "", " / ".join(_FIRST))
    if not prefer or prefer[-1] != _LAST:
        yield Fault(path, "prefer_last", prefer[-1] if prefer else "", _LAST)


def _circles(book: b.Book) -> Iterator[Fault]:
    for start in book.words.categories:
        seen, at = set[str](), book.words.categories.get(start)
        while at is not None and at not in seen and at != start:
            seen.add(at)
            at = book.words.categories.get(at)
        if at == start:
            yield Fault(("words", "categories", start), "circle", start)


def _either(path: Path, *, asked: dict[str, object]) -> Iterator[Fault]:
    """Ask for exactly one of the fields."""
    given = [name for name, value in asked.items() if value is not None]
    if len(given) != 1:
        yield Fault(path, "two_forms" if given else "neither_form", other=" / ".join(asked))


def _reversed(low: Any, high: Any, path: Path) -> Iterator[Fault]:  # noqa: ANN401 - days or numbers
    if low is not None and high is not None and low > high:
        yield Fault(path, "reversed", str(low), str(high))


def _level(part: c.Level, path: Path) -> Iterator[Fault]:
    if part.exactly is not None and (part.at_least is not None or part.at_most is not None):
        yield Fault(path, "two_forms", other="exactly / at_least, at_most")
    elif part.exactly is None and part.at_least is None and part.at_most is None:
        yield Fault(path, "no_bound", other="at_least / at_most / exactly")


def _window(part: c.Acquired | c.Enrolled, path: Path) -> Iterator[Fault]:
    if part.since is None and part.until is None:
        yield Fault(path, "no_bound", other="from / to")
    yield from _reversed(part.since, part.until, path)


def _some(part: b.Some | b.NeedSome, path: Path) -> Iterator[Fault]:
    if part.some > len(part.of):
        yield Fault(path, "too_few_branches", str(part.some), str(len(part.of)))


def _pool(part: b.Pool, path: Path) -> Iterator[Fault]:
    if part.measure != "count" and part.unit is None:
        yield Fault(path, "unit_missing", part.measure)


def _choose(part: b.ChooseLine, path: Path) -> Iterator[Fault]:
    yield from _either(path, asked={"of": part.of, "where": part.where})
    most = part.choose.at_most if isinstance(part.choose, b.Between) else part.choose
    if isinstance(part.choose, b.Between):
        yield from _reversed(part.choose.at_least, part.choose.at_most, (*path, "choose"))
    elif part.of is not None and most > len(part.of):
        yield Fault((*path, "choose"), "too_few_branches", str(most), str(len(part.of)))


def _mode(part: b.CreditMode, path: Path) -> Iterator[Fault]:
    for mode, field, value in (("fixed", "amount", part.amount), ("table", "rows", part.rows)):
        if part.mode == mode and not value:
            yield Fault(path, "amount_missing", part.mode, field)
        if part.mode != mode and value is not None:
            yield Fault((*path, field), "amount_idle", part.mode, field)


def _record(part: b.RecordGrade, path: Path) -> Iterator[Fault]:
    yield from _either(path, asked={"rows": part.rows, "map": part.map})


def _need(part: b.Need, path: Path) -> Iterator[Fault]:
    yield from _either(path, asked={"measure": part.measure, "holds": part.holds})
    if part.measure is not None and part.at_least is None:
        yield Fault(path, "no_bound", other="at_least")
    if part.measure == "points" and part.framework is None:
        yield Fault(path, "framework_missing")


def _limit(part: b.Limit, path: Path) -> Iterator[Fault]:
    if isinstance(part.at_most, b.FieldBound) and part.per != "achievement":
        yield Fault((*path, "per"), "needs_per")
    if part.measure == "points" and part.framework is None:
        yield Fault(path, "framework_missing")


def _requirement(part: b.Requirement, path: Path) -> Iterator[Fault]:
    yield from _either(path, asked={"rule": part.rule, "course": part.course})


def _effective(part: b.Effective, path: Path) -> Iterator[Fault]:
    yield from _reversed(part.since, part.until, path)


def _scale(part: OrderedScale, path: Path) -> Iterator[Fault]:
    yield from (Fault((*path, "order"), "repeated", it) for it, times in Counter(part.order).items() if times > 1)
    if part.passing not in part.order:
        yield Fault((*path, "pass"), "pass_not_on_scale", part.passing)


_LAWS: dict[type[Part], tuple[Callable[[Any, Path], Iterator[Fault]], ...]] = {
    c.Level: (_level,),
    c.Acquired: (_window,),
    c.Enrolled: (_window,),
    b.Some: (_some,),
    b.NeedSome: (_some,),
    b.Pool: (_pool,),
    b.ChooseLine: (_choose,),
    b.CreditMode: (_mode,),
    b.RecordGrade: (_record,),
    b.Need: (_need,),
    b.Limit: (_limit,),
    b.Requirement: (_requirement,),
    b.Effective: (_effective,),
    OrderedScale: (_scale,),
}
