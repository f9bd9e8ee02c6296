"""Cases drafted for an expert to confirm: at every bound of a rule, and one step below it."""

from collections.abc import Iterator
from dataclasses import dataclass

from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book, Case, Expectation, Rule
from creditbank.conversion.rules.conditions import Condition, Conditions
from creditbank.conversion.rules.implication import Slots, TooManyTermsError, leaves, source_terms
from creditbank.conversion.rules.judging import judge
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.witnesses import Threshold, thresholds, witness


@dataclass(frozen=True, slots=True)
class DraftCases:
    """Two cases for a bound, ready to be confirmed: one that reaches it and one that is a step below."""

    rule: str
    path: str
    condition: Condition
    reaching: Case
    below: Case


@dataclass(frozen=True, slots=True)
class _Setting:
    """The facts of the case that drafts are made in, and the rule they are made for."""

    rule: Rule
    path: str
    situation: Situation
    targets: tuple[str, ...]


def draft_cases(book: Book) -> tuple[DraftCases, ...]:
    """Return the cases to confirm: a pair for every bound that no case of the book stands at.

    They are made in the facts of a case that uses the rule, or else of the first case; without cases there are none.
    """
    if not book.cases:
        return ()
    lexicon = Lexicon(book.words)
    found: list[DraftCases] = []
    for number, rule in enumerate(book.rules):
        pattern = next((case for case in book.cases if rule.id in (case.expect.uses_rules or ())), book.cases[0])
        targets = tuple(course.code for course in pattern.given.programme.courses)
        setting = _Setting(rule, f"/rules/{number}/from", Situation(pattern.given, lexicon), targets)
        found.extend(_for_rule(book, setting))
    return tuple(found)


def _for_rule(book: Book, setting: _Setting) -> Iterator[DraftCases]:
    try:
        slots = source_terms(setting.rule.source)[0]
    except TooManyTermsError:
        return
    for place, slot in enumerate(slots):
        beside = _beside(slots, place, setting)
        if slot.measure or beside is None:
            continue
        name = f"w{place}"
        for each in thresholds(slot.conditions, setting.situation, targets=setting.targets, name=name):
            if not _stood_at(book, slot.conditions, each, setting.situation.lexicon):
                yield _pair(setting, slot.conditions, each, beside)


def _beside(slots: Slots, place: int, setting: _Setting) -> tuple[Achievement, ...] | None:
    """Return witnesses for all the other slots; None where one of them has none."""
    made = [
        witness(slot.conditions, setting.situation, targets=setting.targets, name=f"w{at}")
        for at, slot in enumerate(slots)
        if at != place
    ]
    found = tuple(each for each in made if each is not None)
    return found if len(found) == len(made) else None


def _pair(setting: _Setting, conditions: Conditions, each: Threshold, beside: tuple[Achievement, ...]) -> DraftCases:
    rule, tag = setting.rule.id, each.condition.tag
    first = judge(conditions, each.below, setting.situation, setting.targets).first
    code = "" if first is None else first.code
    return DraftCases(
        rule,
        _place(setting, conditions),
        each.condition,
        Case(
            id=f"{rule}-{tag}-reached",
            given=_given(setting.situation.problem, (each.reaching, *beside)),
            expect=Expectation(uses_rules=(rule,)),
        ),
        Case(
            id=f"{rule}-{tag}-below",
            given=_given(setting.situation.problem, (each.below, *beside)),
            expect=Expectation(not_rules={rule: code}),
        ),
    )


def _place(setting: _Setting, conditions: Conditions) -> str:
    """Return the place of the leaf with these very conditions."""
    places = (path for path, leaf in leaves(setting.rule.source) if leaf is conditions)
    return setting.path + next(places, "")


def _given(problem: Problem, achievements: tuple[Achievement, ...]) -> Problem:
    plain = Problem.model_validate(
        problem.model_dump(by_alias=True, exclude={"achievements", "spent", "prior", "wishes"})
    )
    return plain.model_copy(update={"achievements": achievements})


def _stood_at(book: Book, conditions: Conditions, each: Threshold, lexicon: Lexicon) -> bool:
    """Say whether some case reaches the bound exactly, and some case misses it by a step and nothing else."""
    reached = missed = False
    tag = each.condition.tag
    for case in book.cases:
        situation = Situation(case.given, lexicon)
        targets = tuple(course.code for course in case.given.programme.courses)
        for one in case.given.achievements:
            stands = judge(conditions, one, situation, targets)
            at = stands.state is State.SATISFIED or tag == "overlap"
            reached = reached or (at and bool(_value(tag, one) & _value(tag, each.reaching)))
            first = stands.first
            by_this = stands.state is State.REFUSED and first is not None and first.tag == tag
            missed = missed or (by_this and bool(_value(tag, one) & _value(tag, each.below)))
    return reached and missed


def _value(tag: str, one: Achievement) -> frozenset[object]:
    """Return what an achievement has where a condition of this tag looks, so that two can be compared."""
    if tag in {"acquired", "age"}:
        return frozenset({one.acquired})
    if tag == "valid":
        return frozenset({one.valid_until})
    if tag == "level":
        return frozenset({(one.level_scale, one.level)})
    value = getattr(one, tag)
    if isinstance(value, dict):
        return frozenset(value.values() if tag == "overlap" else value.items())
    return frozenset() if value is None else frozenset({value})
