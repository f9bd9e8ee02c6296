"""Adopting guidance: the effective book, where each of its rules comes from, and which deviations are allowed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from creditbank.conversion.errors import DeviationRefused
from creditbank.conversion.rules.book import Adoption, Book, BookKind, CreditMode, Deviation, Rule
from creditbank.conversion.rules.checks.covering import lines_cover
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.implication import implies, source_implies
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.limits import Limit
from creditbank.conversion.rules.plain import Pair
from creditbank.conversion.rules.reading import digest_of

_FROM_GUIDANCE: Final = ("unit", "words", "policies", "none", "awards", "open_lines")
_NOT_WRITTEN: Final = ("不写明指导性规则", "no guidance is named")
_NO_RULE: Final = ("缺少规则编号", "the id of the rule is missing")
_NO_CONTENT: Final = ("缺少新的规则", "the new rule is missing")
_NO_LIMIT: Final = ("缺少新的上限", "the new cap is missing")
_OTHER_ID: Final = ("新规则的编号与被替换的不同", "the new rule has another id than the one it replaces")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule or cap of an effective book comes from; `op` is empty where it was taken over as it stands."""

    book: str
    edition: str
    op: str = ""
    reason: Pair | None = None
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effective:
    """A book with its guidance filled in, ready to plan by, and the origin of every rule and cap by id."""

    book: Book
    rules: dict[str, Origin]
    caps: dict[str, Origin]


def effective_book(adopting: Book, guidance: Book) -> Effective:
    """Return the book as it works: the guidance with the deviations applied, in the order of the guidance.

    Words, policies, caps and unit are the guidance's; scope and cites are both. Refused: another text than the
    one whose digest was adopted, and deviations that the guidance does not allow.
    """
    faults = adoption_findings(adopting, guidance)
    if faults:
        raise DeviationRefused(count=len(faults), place=faults[0].path, findings=faults)
    adoption = adopting.adopts
    assert adoption is not None, "a book without adoption has findings"
    origin = Origin(guidance.id, guidance.edition)
    rules = {rule.id: (rule, origin) for rule in guidance.rules}
    caps = {cap.id: (cap, origin) for cap in guidance.caps}
    for each in adoption.deviations:
        own = Origin(adopting.id, adopting.edition, each.op, each.reason, each.cites)
        if isinstance(each.replacement, Rule):
            rules[each.replacement.id] = (each.replacement, own)
        elif isinstance(each.replacement, Limit):
            caps[each.replacement.id] = (each.replacement, own)
        else:
            assert each.rule is not None
            del rules[each.rule]
    own_cites = {each.id for each in adopting.cites}
    made = {
        "rules": tuple(rule for rule, _ in rules.values()),
        "caps": tuple(cap for cap, _ in caps.values()),
        "scope": (*guidance.scope, *adopting.scope),
        "cites": (*adopting.cites, *(each for each in guidance.cites if each.id not in own_cites)),
        "cases": adopting.cases if adoption.deviations else (*guidance.cases, *adopting.cases),
    }
    taken = {name: getattr(guidance, name) for name in _FROM_GUIDANCE if name in guidance.model_fields_set}
    return Effective(
        adopting.model_copy(update={**taken, **{name: value for name, value in made.items() if value}}),
        {name: origin for name, (_, origin) in rules.items()},
        {name: origin for name, (_, origin) in caps.items()},
    )


def adoption_findings(adopting: Book, guidance: Book) -> tuple[Finding, ...]:
    """Return everything that stands against the adoption; nothing where the effective book may be made."""
    return tuple(_found(adopting, guidance))


def wider_parts(new: Rule, old: Rule, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Return, by name in both languages, the parts in which a rule is not shown to be as narrow as another."""
    tests: tuple[tuple[tuple[str, str], bool], ...] = (
        (("适用对象", "audience"), implies(new.when, old.when, lexicon)),
        (("来源", "source"), source_implies(new.source, old.source, lexicon)),
        (("目标", "target"), lines_cover(old.gives, new.gives, lexicon)),
        (("学分", "credits"), _no_more(new.credits, old.credits)),
        (("余量", "surplus"), new.surplus in {None, old.surplus}),
        (("记录成绩", "recorded grade"), new.record_grade == old.record_grade),
        (("前提", "requirement"), set(old.requires) <= set(new.requires)),
        (("使用次数", "number of uses"), new.times in {"once", old.times}),
        (("标签", "tags"), set(old.tags) <= set(new.tags)),
    )
    return tuple(name for name, kept in tests if not kept)


def _found(adopting: Book, guidance: Book) -> Iterator[Finding]:
    adoption = adopting.adopts
    if adoption is None or guidance.kind is not BookKind.GUIDANCE:
        yield _incomplete("/adopts", adopting.id, _NOT_WRITTEN)
        return
    yield from _frame(adopting, guidance, adoption)
    rules, caps = {each.id: each for each in guidance.rules}, {each.id for each in guidance.caps}
    lexicon = Lexicon(guidance.words)
    for number, each in enumerate(adoption.deviations):
        path = f"/adopts/deviations/{number}"
        found = tuple(_OPERATIONS[each.op](each, path, rules, caps, lexicon))
        yield from found
        if not found and each.op == "add" and isinstance(each.replacement, Rule):
            rules[each.replacement.id] = each.replacement
        if not found and isinstance(each.replacement, Limit):
            caps.add(each.replacement.id)
        if not found and each.op == "remove" and each.rule is not None:
            del rules[each.rule]


def _frame(adopting: Book, guidance: Book, adoption: Adoption) -> Iterator[Finding]:
    named = (adoption.book, adoption.edition, adoption.digest)
    if named != (guidance.id, guidance.edition, digest_of(guidance)):
        yield finding("adoption_digest", "/adopts/digest", adoption.book, word=adoption.edition)
    own = {
        "rules": ("规则", "rules"),
        "caps": ("上限", "caps"),
        "none": ("不予转换的目标", "refusals on purpose"),
        "words": ("词表", "words"),
        "policies": ("共同规定", "policies"),
        "awards": ("证书或学位", "awards"),
    }
    for name, (zh, en) in own.items():
        if getattr(adopting, name) != Book.model_fields[name].default:
            yield finding("adoption_frame", f"/{name}", adopting.id, what_zh=zh, what_en=en)
    if adopting.unit != guidance.unit:
        yield finding("adoption_frame", "/unit", adopting.id, what_zh="学分单位", what_en="unit")


def _adding(each: Deviation, path: str, rules: dict[str, Rule], caps: set[str], _lexicon: Lexicon) -> Iterator[Finding]:
    new = each.replacement
    if new is None:
        yield _incomplete(path, each.rule or "", _NO_CONTENT)
    elif new.id in rules or new.id in caps:
        yield finding("deviation_taken", f"{path}/with/id", new.id)


def _limiting(
    each: Deviation, path: str, _rules: dict[str, Rule], caps: set[str], _lexicon: Lexicon
) -> Iterator[Finding]:
    if not isinstance(each.replacement, Limit):
        yield _incomplete(path, each.rule or "", _NO_LIMIT)
    elif each.replacement.id in caps:
        yield finding("deviation_taken", f"{path}/with/id", each.replacement.id)


def _removing(
    each: Deviation, path: str, rules: dict[str, Rule], _caps: set[str], _lexicon: Lexicon
) -> Iterator[Finding]:
    if each.rule is None:
        yield _incomplete(path, "", _NO_RULE)
    elif each.rule not in rules:
        yield finding("deviation_unknown", f"{path}/rule", each.rule)
    elif rules[each.rule].may_deviate == "no":
        yield finding("deviation_fixed", path, each.rule)


def _replacing(
    each: Deviation, path: str, rules: dict[str, Rule], caps: set[str], lexicon: Lexicon
) -> Iterator[Finding]:
    against = tuple(_removing(each, path, rules, caps, lexicon))
    yield from against
    if against or each.rule is None:
        return
    new, old = each.replacement, rules[each.rule]
    if not isinstance(new, Rule):
        yield _incomplete(path, each.rule, _NO_CONTENT)
    elif new.id != old.id:
        yield _incomplete(path, each.rule, _OTHER_ID)
    elif old.may_deviate == "narrower":
        for zh, en in wider_parts(new, old, lexicon):
            yield finding("deviation_wider", f"{path}/with", each.rule, what_zh=zh, what_en=en)


_OPERATIONS: Final[dict[str, Callable[[Deviation, str, dict[str, Rule], set[str], Lexicon], Iterator[Finding]]]] = {
    "add": _adding,
    "replace": _replacing,
    "remove": _removing,
    "limit": _limiting,
}


def _incomplete(path: str, subject: str, what: tuple[str, str]) -> Finding:
    return finding("deviation_incomplete", path, subject, what_zh=what[0], what_en=what[1])


def _no_more(new: CreditMode, old: CreditMode) -> bool:
    """Say whether the new way to count gives no more credits than the old, as far as it can be read off."""
    if new == old or new.mode == "none":
        return True
    if new.mode == "least" and old.mode in {"source", "target"} and not new.adjust and not old.adjust:
        return True
    if new.mode != old.mode or new.adjust != old.adjust:
        return False
    if new.amount is not None and old.amount is not None:
        return new.amount <= old.amount
    rows = list(zip(new.rows or (), old.rows or (), strict=False))
    same = bool(rows) and len(new.rows or ()) == len(old.rows or ())
    return same and all(mine.if_ == theirs.if_ and mine.amount <= theirs.amount for mine, theirs in rows)
