"""Missing cases: rules and caps that no case tries out, and bounds that no case stands at."""

from collections.abc import Iterator, Sequence

from creditbank.conversion.rules.answers import Satisfied, State
from creditbank.conversion.rules.book import Book, BookKind, Rule
from creditbank.conversion.rules.checks.drafting import draft_cases
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.surroundings import CaseRun
from creditbank.conversion.rules.conditions import Family, Kind, Spec
from creditbank.conversion.rules.implication import leaves
from creditbank.conversion.rules.judging import answer, state_of
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.problem import Problem

_USED = ("用到它", "that uses it")
_REFUSED = ("因条件不符而不用它", "in which a condition of its own refuses it")
_FULL = ("正好用满它", "that fills it")
_COSTLY = ("因它而少得学分", "in which it costs credits")
_ATTAINED = ("达到某项证书或学位的要求", "that attains an award")
_SHORT = ("还差一些才达到要求", "that falls short of an award")
_BOUNDS = ("at_least", "exactly", "at_most_months", "from", "to", "at")
_IDENTITY = (Spec, Family, Kind)


def missing_cases(book: Book, runs: Sequence[CaseRun]) -> Iterator[Finding]:
    """Yield a finding for every rule without a case that uses or refuses it, and every cap that no case fills.

    A rule that nothing uses stops the publishing, unless it is guidance that was tried where it was written. The
    cases of awards try out needs, not single rules: of them one attains an award and one falls short.
    """
    if not book.cases:
        yield finding("no_cases", "/cases", book.id)
    if book.kind is BookKind.AWARD:
        expected = {case.expect.attained for case in book.cases}
        if True not in expected:
            yield _missing("missing_case", "/cases", book.id, _ATTAINED)
        if not expected - {True, None} and not any(case.expect.missing for case in book.cases):
            yield _missing("missing_case", "/cases", book.id, _SHORT)
        return
    full = {cap for run in runs for cap in run.full | run.costly}
    yield from _unused_rules(book, runs)
    yield from _untried_rules("missing_case", book, runs, _taken_over(book, runs))
    for number, cap in enumerate(book.caps):
        if cap.id not in full:
            yield _missing("missing_case", f"/caps/{number}", cap.id, _FULL)


def untried(book: Book, runs: Sequence[CaseRun]) -> Iterator[Finding]:
    """Yield a proposal for what the cases do try out, but not by itself: caps that never cost, rules of awards."""
    costly = {cap for run in runs for cap in run.costly}
    for number, cap in enumerate(book.caps):
        if cap.id not in costly:
            yield _missing("untried", f"/caps/{number}", cap.id, _COSTLY)
    if book.kind is BookKind.AWARD:
        yield from _untried_rules("untried", book, runs, _unused(book, runs))


def _unused(book: Book, runs: Sequence[CaseRun]) -> frozenset[str]:
    return frozenset(rule.id for rule in book.rules) - {rule for run in runs for rule in run.used}


def _taken_over(book: Book, runs: Sequence[CaseRun]) -> frozenset[str]:
    """Return the unused rules that an adopted book brings along unchanged: it was tried where it was written."""
    if book.adopts is None:
        return frozenset()
    own = {each.replacement.id for each in book.adopts.deviations if each.replacement is not None}
    return _unused(book, runs) - own


def _unused_rules(book: Book, runs: Sequence[CaseRun]) -> Iterator[Finding]:
    against = _unused(book, runs) - _taken_over(book, runs)
    for number, rule in enumerate(book.rules):
        if rule.id in against:
            yield finding("rule_unused", f"/rules/{number}", rule.id)


def _untried_rules(code: str, book: Book, runs: Sequence[CaseRun], unused: frozenset[str]) -> Iterator[Finding]:
    """Yield what is said of rules that no case uses, as far as they are named, and of those that no case refuses."""
    lexicon = Lexicon(book.words)
    refused = {rule for run in runs for rule in run.refused}
    for number, rule in enumerate(book.rules):
        if rule.id in unused:
            yield _missing(code, f"/rules/{number}", rule.id, _USED)
        if rule.id not in refused and not any(_refuses(book, rule, case.given, lexicon) for case in book.cases):
            yield _missing(code, f"/rules/{number}", rule.id, _REFUSED)


def _refuses(book: Book, rule: Rule, given: Problem, lexicon: Lexicon) -> bool:
    """Say whether the rule's own conditions refuse the learner, or an achievement of the right name and kind."""
    situation = Situation(given, lexicon)
    if state_of(rule.when, None, situation) is State.REFUSED or state_of(book.scope, None, situation) is State.REFUSED:
        return True
    targets = tuple(course.code for course in given.programme.courses)
    for _path, leaf in leaves(rule.source):
        named = [each for each in leaf if isinstance(each, _IDENTITY)]
        for one in given.achievements:
            holds = all(isinstance(answer(each, one, situation), Satisfied) for each in named)
            if holds and state_of(leaf, one, situation, targets) is State.REFUSED:
                return True
    return False


def missing_thresholds(book: Book) -> Iterator[Finding]:
    """Yield a proposal for every bound of a rule that the cases do not stand at and one step below."""
    for draft in draft_cases(book):
        written = draft.condition.model_dump(by_alias=True, exclude_none=True, mode="json")
        bound = next((str(written[name]) for name in _BOUNDS if name in written), "")
        yield finding("missing_threshold", draft.path, draft.rule, word=f"{draft.condition.tag} {bound}")


def _missing(code: str, path: str, subject: str, what: tuple[str, str]) -> Finding:
    return finding(code, path, subject, what_zh=what[0], what_en=what[1])
