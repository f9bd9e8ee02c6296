"""A document, perhaps still a draft, in words: each rule, cap and case as sentences, with what was found beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from creditbank.conversion.planner.casing import CaseResult
from creditbank.conversion.queries.adopting import Taken, taken_over
from creditbank.conversion.queries.books import Ruling, details, parsed
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.queries.reviewing import Review, ruling_of
from creditbank.conversion.queries.showing_cases import case_shown, facts_of
from creditbank.conversion.queries.showing_notes import finding_said
from creditbank.conversion.queries.standings import standings
from creditbank.conversion.queries.worth import unit_name
from creditbank.conversion.rules.book import Award, Book, Case, Cite, Limit, NeedAll, NeedAny, NeedLeaf, NeedSome, Rule
from creditbank.conversion.rules.conditions import Clause
from creditbank.conversion.rules.diffs import diff
from creditbank.conversion.rules.limits import NeedTree
from creditbank.conversion.rules.plain import Pair, Part
from creditbank.conversion.rules.reading import book_of
from creditbank.conversion.rules.sentences import print_conditions
from creditbank.conversion.rules.sentences_limits import MEASURES, print_limit
from creditbank.conversion.rules.sentences_rules import print_rule
from creditbank.conversion.shown import (
    AwardShown,
    BookShown,
    CapShown,
    CaseShown,
    ChangeShown,
    NeedShown,
    Note,
    RuleShown,
)
from creditbank.conversion.told import Cited
from creditbank.conversion.types import Details
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text

P = TypeVar("P", bound=Part)
Tree = Any


@dataclass(frozen=True, slots=True)
class _Page:
    """What every rule of a book is shown with."""

    names: Names
    cites: Mapping[str, Cited]
    notes: tuple[Note, ...]
    changed: Mapping[str, tuple[str, Text]]
    reported: frozenset[str]
    found: Details


def book_shown(found: Details, review: Review | None = None) -> BookShown:
    """Return an edition in words; with a review also what was found, and how the cases came out."""
    document = found.document
    taken = taken_over(document)
    book = (review.ruling or review.book) if review else book_of(document)[0]
    names = Names(_named(found, book, taken), also=facts_of(document))
    notes = tuple(_notes(names, review, taken)) if review else ()
    rules = taken.rules if taken else _parts(document, "rules", Rule)
    caps = taken.caps if taken else _parts(document, "caps", Limit)
    results = {each.case: each for each in review.cases} if review else {}
    head = book or Book.model_construct()
    shown_cites = {each.id: _cited(each) for each in (book.cites if book else ())}
    guided = {each.id: _cited(each) for each in (taken.guidance.cites if taken else ())}
    reported = frozenset(each.rule for each in found.reports if each.settled_at is None)
    page = _Page(names, guided | shown_cites, notes, _deviations(document), reported, found)
    return BookShown(
        scope=_conditions(names, head.scope) if book and head.scope else None,
        cites=tuple(shown_cites.values()),
        unit=unit_name(str(document.get("unit", ""))),
        rules=tuple(_rule(page, number, each) for number, each in enumerate(rules)),
        caps=tuple(_cap(page, number, each) for number, each in enumerate(caps)),
        awards=tuple(_award(names, each) for each in (book.awards if book else ())),
        cases=tuple(
            _case(names, number, each, results, notes) for number, each in enumerate(_parts(document, "cases", Case))
        ),
        nothing=tuple((each.course, _text(each.reason)) for each in (book.none if book else ())),
        notes=tuple(each for each in notes if each.place[1] < 0),
        left_out=_left_out(page, taken),
        refusals=review.refusals if review else 0,
        failures=review.failures if review else 0,
    )


def _left_out(page: _Page, taken: Taken | None) -> tuple[RuleShown, ...]:
    if taken is None:
        return ()
    return tuple(_rule(page, number, each) for number, each in enumerate(taken.left_out, len(taken.rules)))


def _named(found: Details, book: Book | None, taken: Taken | None) -> list[Ruling]:
    """Return what names are looked up for: the book, and the guidance with whatever was read of the deviations."""
    if taken is None:
        return [Ruling(found.edition, book)] if book else []
    read = {each.id: each for each in (*taken.left_out, *taken.rules) if isinstance(each, Rule)}
    caps = tuple(each for each in taken.caps if isinstance(each, Limit))
    whole = (book or taken.guidance).model_copy(update={"rules": tuple(read.values()), "caps": caps})
    return [Ruling(found.edition, whole)]


def published_shown(found: Details) -> BookShown:
    """Return an edition that is past drafting in words, guidance filled in where it adopts some."""
    book = book_of(found.document)[0]
    ruling = parsed(found.edition.id, found.edition.digest) if book else None
    return book_shown(found, Review((), (), (), book, ruling))


def rule_shown(found: Details, document: Mapping[str, Any]) -> Text | None:
    """Return the sentence of one rule of an edition as it is being written, or None while it is not whole."""
    try:
        rule = Rule.model_validate(document, by_alias=True, by_name=False)
    except ValidationError:
        return None
    book = book_of(found.document)[0]
    return _sentence(Names([Ruling(found.edition, book)] if book else []), rule)


def cap_shown(found: Details, document: Mapping[str, Any]) -> Text | None:
    """Return the sentence of one cap of an edition as it is being written, or None while it is not whole."""
    try:
        cap = Limit.model_validate(document, by_alias=True, by_name=False)
    except ValidationError:
        return None
    book = book_of(found.document)[0]
    return _cap_sentence(Names([Ruling(found.edition, book)] if book else []), cap)


def changes(actor: Actor, old: str, new: str) -> tuple[ChangeShown, ...]:
    """Return what changed between two editions in words, in the guidance they adopt as well.

    Refused: editions that the actor may not know of.
    """
    books = [book_of(details(actor, each).document)[0] for each in (old, new)]
    if books[0] is None or books[1] is None:
        return ()
    names = Names()
    return tuple(
        ChangeShown(each.code, names.sentence(each.zh, each.en))
        for each in diff(ruling_of(books[0]), ruling_of(books[1]))
    )


def _parts(document: Mapping[str, Any], field: str, kind: type[P]) -> Iterator[P | Tree]:
    """Yield the parts of a list of a document: whole ones as values, others as they stand."""
    listed = document.get(field)
    for each in listed if isinstance(listed, list | tuple) else ():
        try:
            yield kind.model_validate(each, by_alias=True, by_name=False)
        except ValidationError:
            yield each


def _rule(page: _Page, number: int, rule: Rule | Tree) -> RuleShown:
    own = tuple(each for each in page.notes if each.place == ("rules", number))
    change, reason = page.changed.get(_id(rule), ("", None))
    if not isinstance(rule, Rule):
        return RuleShown(number, _id(rule), None, None, (), own, change, reason)
    return RuleShown(
        number=number,
        id=rule.id,
        title=_text(rule.title) if rule.title else None,
        sentence=_sentence(page.names, rule),
        cites=tuple(page.cites[each] for each in rule.cites if each in page.cites),
        notes=own,
        change=change,
        reason=reason,
        reported=rule.id in page.reported,
        standings=standings(page.found, rule.id),
    )


def _sentence(names: Names, rule: Rule) -> Text:
    bare = rule.model_copy(update={"cites": (), "title": None})
    zh, en = print_rule(bare, "zh"), print_rule(bare, "en")
    return names.sentence(zh.partition("」：")[2], en.partition("」: ")[2])


def _cap(page: _Page, number: int, cap: Limit | Tree) -> CapShown:
    own = tuple(each for each in page.notes if each.place == ("caps", number))
    change, reason = page.changed.get(_id(cap), ("", None))
    sentence = _cap_sentence(page.names, cap) if isinstance(cap, Limit) else None
    return CapShown(number, _id(cap), sentence, own, change, reason)


def _cap_sentence(names: Names, cap: Limit) -> Text:
    return names.sentence(print_limit(cap, "zh"), print_limit(cap, "en"))


def _case(
    names: Names, number: int, case: Case | Tree, results: Mapping[str, CaseResult], notes: tuple[Note, ...]
) -> CaseShown:
    own = tuple(each for each in notes if each.place == ("cases", number))
    if not isinstance(case, Case):
        return CaseShown(number, _id(case), None, Text("—"), None, (), notes=own)
    return case_shown(names, number, case, result=results.get(case.id), notes=own)


def _award(names: Names, award: Award) -> AwardShown:
    return AwardShown(award.id, _text(award.title), tuple(_needs(names, award.needs, 0)))


def _needs(names: Names, tree: NeedTree, depth: int) -> Iterator[NeedShown]:
    if isinstance(tree, NeedLeaf):
        yield NeedShown(depth, _need(names, tree))
        return
    word, branches = _joined(tree)
    yield NeedShown(depth, word)
    for each in branches:
        yield from _needs(names, each, depth + 1)


def _joined(tree: NeedAll | NeedAny | NeedSome) -> tuple[Text, tuple[NeedTree, ...]]:
    match tree:
        case NeedAll(all=branches):
            return Text("以下各项都要达到：", "All of these:"), branches
        case NeedAny(any=branches):
            return Text("以下任一项：", "One of these:"), branches
        case NeedSome(some=number, of=branches):
            return Text(f"以下各项中的{number}项：", f"{number} of these:"), branches


def _need(names: Names, leaf: NeedLeaf) -> Text:
    need = leaf.need
    if need.holds is not None:
        said = _conditions(names, need.holds)
        return Text(f"{need.title.zh}：{said.zh}", f"{need.title.en}: {said.en}") if need.title else said
    measure = MEASURES[need.measure or "credits"]
    title = _text(need.title) if need.title else Text(need.id, need.id)
    return Text(
        f"{title.zh}：{measure[0]}至少{need.at_least}", f"{title.en or title.zh}: {measure[1]} at least {need.at_least}"
    )


def _conditions(names: Names, conditions: Sequence[Clause]) -> Text:
    return names.sentence(print_conditions(conditions, "zh"), print_conditions(conditions, "en"))


def _notes(names: Names, review: Review, taken: Taken | None) -> Iterator[Note]:
    places = taken.places if taken else {}
    for fault in review.faults:
        yield Note("fault", Text(fault.zh, fault.en), fault.pointer, _place(fault.pointer, places))
    for found in review.findings:
        yield Note(found.severity.value, finding_said(names, found), found.path, _place(found.path, places))


def _place(path: str, places: Mapping[int, tuple[str, int]]) -> tuple[str, int]:
    steps = path.split("/")[1:]
    if steps[:2] == ["adopts", "deviations"]:
        number = steps[2] if len(steps) > 2 else ""  # noqa: PLR2004 - behind the two names
        return places.get(int(number), ("deviations", -1)) if number.isdigit() else ("deviations", -1)
    if len(steps) > 1 and steps[0] in {"rules", "caps", "cases"} and steps[1].isdigit():
        return steps[0], int(steps[1])
    return (steps[0] if steps else "", -1)


def _deviations(document: Mapping[str, Any]) -> dict[str, tuple[str, Text]]:
    adopts = document.get("adopts")
    listed = adopts.get("deviations") if isinstance(adopts, dict) else None
    found: dict[str, tuple[str, Text]] = {}
    for each in listed if isinstance(listed, list) else ():
        new, reason = (each.get(name) if isinstance(each, dict) else None for name in ("with", "reason"))
        if not isinstance(reason, dict):
            continue
        told = (str(each.get("op")), Text(str(reason.get("zh", "")), str(reason.get("en", ""))))
        found |= {str(name): told for name in (each.get("rule"), _id(new)) if name}
    return found


def _cited(cite: Cite) -> Cited:
    return Cited(_text(cite.title), cite.clause or "", cite.url or "")


def _text(pair: Pair) -> Text:
    return Text(pair.zh, pair.en)


def _id(part: Tree) -> str:
    return part.id if isinstance(part, Rule | Limit) else str(part.get("id", "")) if isinstance(part, dict) else ""
