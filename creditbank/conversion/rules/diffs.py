"""The difference between two editions in words: what was added and removed, narrowed and widened, from what to what."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from creditbank.conversion.rules.book import Book, Deviation, Rule
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.implication import common_words, implies, source_implies
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.limits import Limit
from creditbank.conversion.rules.plain import Pair, Part
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.rules.sentences import print_conditions
from creditbank.conversion.rules.sentences_engine import Language
from creditbank.conversion.rules.sentences_limits import print_limit
from creditbank.conversion.rules.sentences_rules import print_credits, print_rule
from creditbank.conversion.rules.sentences_sources import print_line, print_source


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `subject` is the rule, cap or part it concerns; `old` and `new` are sentences, or None.

    `code` says what: `added`, `removed`, `moved`, `changed`, and for conditions `narrower`, `wider` or `reworded`
    where that is certain. `part` says of what, as the document names it.
    """

    code: str
    part: str
    subject: str
    zh: str
    en: str
    old: Pair | None
    new: Pair | None


class _Name(NamedTuple):
    zh: str
    en: str


Printer = Callable[[Language], str]
_Said = tuple[Printer | None, Printer | None]

_RULE, _CAP, _CASE = _Name("规则", "The rule"), _Name("上限", "The cap"), _Name("用例", "The case")
_VERBS: Final = {
    "added": _Name("新增", "is new"),
    "removed": _Name("取消", "is gone"),
    "moved": _Name("次序改变", "stands at another place"),
    "changed": _Name("改变", "changed"),
    "narrower": _Name("收紧", "became narrower"),
    "wider": _Name("放宽", "became wider"),
    "reworded": _Name("换了写法，意思不变", "is worded otherwise and means the same"),
}
_RULE_PARTS: Final = {
    "title": _Name("名称", "title"),
    "cites": _Name("依据", "citations"),
    "tags": _Name("标签", "tags"),
    "surplus": _Name("余下学分", "surplus"),
    "record_grade": _Name("记录成绩", "recorded grade"),
    "requires": _Name("前提", "requirements"),
    "times": _Name("使用次数", "number of uses"),
    "may_deviate": _Name("可否偏离", "leave to deviate"),
}
_BOOK_PARTS: Final = {
    "kind": _Name("类型", "kind"),
    "owner": _Name("单位", "owner"),
    "parties": _Name("双方", "parties"),
    "title": _Name("标题", "title"),
    "effective": _Name("生效期", "period"),
    "unit": _Name("学分单位", "unit"),
    "words": _Name("词表", "words"),
    "policies": _Name("共同规定", "policies"),
    "cites": _Name("依据", "citations"),
    "none": _Name("不予转换的目标", "targets that nothing frees"),
    "awards": _Name("证书或学位的要求", "needs of awards"),
    "open_lines": _Name("可继续修读的学分", "open lines"),
}
_ADOPTED: Final = ("book", "edition", "digest")
_OPERATIONS: Final = {
    "add": _Name("增加", "to add"),
    "replace": _Name("改写", "to replace"),
    "remove": _Name("不采用", "to leave out"),
    "limit": _Name("另设上限", "to limit by"),
}


def diff(old: Book, new: Book) -> tuple[Change, ...]:
    """Return what changed from one edition to the next, in the order of the new document, what is gone last."""
    return tuple(_found(old, new))


def _found(old: Book, new: Book) -> Iterator[Change]:
    lexicon = Lexicon(common_words(old.words, new.words))
    for part, name in _BOOK_PARTS.items():
        yield from _plain(old, new, part, name)
    yield from _adoption(old, new)
    before, after = _conditions(old.scope), _conditions(new.scope)
    if old.scope != new.scope:
        yield _change(
            _compared(old.scope, new.scope, lexicon), "scope", "", _Name("适用范围", "scope"), (before, after)
        )
    yield from _rules(old, new, lexicon)
    yield from _caps(old, new)
    yield from _cases(old, new)


def _rules(old: Book, new: Book, lexicon: Lexicon) -> Iterator[Change]:
    before, after = {each.id: each for each in old.rules}, {each.id: each for each in new.rules}
    for name, rule in after.items():
        if name not in before:
            yield _change("added", "rules", name, _RULE, (None, _rule(rule)))
        else:
            yield from _rule_changes(before[name], rule, lexicon)
    moved = _moved([name for name in before if name in after], [name for name in after if name in before])
    yield from (_change("moved", "rules", name, _RULE) for name in moved)
    yield from (
        _change("removed", "rules", name, _RULE, (_rule(before[name]), None)) for name in before if name not in after
    )


def _rule_changes(old: Rule, new: Rule, lexicon: Lexicon) -> Iterator[Change]:
    rule = new.id
    if old.when != new.when:
        code = _compared(old.when, new.when, lexicon)
        yield _change(code, "when", rule, _Name("适用对象", "audience"), (_conditions(old.when), _conditions(new.when)))
    if old.source != new.source:
        narrower = source_implies(new.source, old.source, lexicon)
        wider = source_implies(old.source, new.source, lexicon)
        before, after = _source(old), _source(new)
        yield _change(_code(narrower=narrower, wider=wider), "from", rule, _Name("来源条件", "source"), (before, after))
    if old.gives != new.gives:
        yield _change("changed", "gives", rule, _Name("目标", "target"), (_gives(old), _gives(new)))
    if old.credits != new.credits:
        yield _change("changed", "credits", rule, _Name("学分", "credits"), (_credits(old), _credits(new)))
    for part, name in _RULE_PARTS.items():
        if getattr(old, part) != getattr(new, part):
            yield _change("changed", part, rule, name, (_rule(old), _rule(new)))


def _caps(old: Book, new: Book) -> Iterator[Change]:
    before, after = {each.id: each for each in old.caps}, {each.id: each for each in new.caps}
    for name, cap in after.items():
        if name not in before:
            yield _change("added", "caps", name, _CAP, (None, _limit(cap)))
        elif before[name] != cap:
            yield _change("changed", "caps", name, _CAP, (_limit(before[name]), _limit(cap)))
    yield from (
        _change("removed", "caps", name, _CAP, (_limit(before[name]), None)) for name in before if name not in after
    )


def _cases(old: Book, new: Book) -> Iterator[Change]:
    before, after = {each.id: each for each in old.cases}, {each.id: each for each in new.cases}
    for name, case in after.items():
        if before.get(name) != case:
            yield _change("changed" if name in before else "added", "cases", name, _CASE)
    yield from (_change("removed", "cases", name, _CASE) for name in before if name not in after)


def _plain(old: Book, new: Book, part: str, name: _Name) -> Iterator[Change]:
    """Tell a part that is data rather than sentences: what differs in it, old and new, as the document has it."""
    if getattr(old, part) != getattr(new, part):
        before, after = (document_of(each).get(part) for each in (old, new))
        yield _change("changed", part, "", name, _shown(before, after))


def _adoption(old: Book, new: Book) -> Iterator[Change]:
    """Tell another guidance or edition of it as data, and each deviation from it by what it does, and why."""
    told = [{name: getattr(each.adopts, name) for name in _ADOPTED} if each.adopts else None for each in (old, new)]
    if told[0] != told[1]:
        yield _change("changed", "adopts", "", _Name("采用的指导性规则", "adopted guidance"), _shown(*told))
    before, after = (_deviations(each) for each in (old, new))
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        if was != now:
            code = "added" if was is None else "removed" if now is None else "changed"
            name = _Name(f"对指导性规则的改动（{_OPERATIONS[key[0]].zh}）", f"The deviation {_OPERATIONS[key[0]].en}")
            yield _change(code, "deviations", key[1], name, (_reason(was), _reason(now)), own=True)


def _deviations(book: Book) -> dict[tuple[str, str], Deviation]:
    listed = book.adopts.deviations if book.adopts else ()
    return {(each.op, each.replacement.id if each.replacement else each.rule or ""): each for each in listed}


def _reason(deviation: Deviation | None) -> Printer | None:
    if deviation is None:
        return None
    return lambda language: deviation.reason.zh if language == "zh" else deviation.reason.en or deviation.reason.zh


def _shown(before: object, after: object) -> tuple[Printer, Printer]:
    """Leave out what both say where they are objects, so that only the difference is read."""
    if isinstance(before, dict) and isinstance(after, dict):
        differing = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
        before = {key: before[key] for key in differing if key in before}
        after = {key: after[key] for key in differing if key in after}
    return _data(before), _data(after)


def _change(
    code: str, part: str, subject: str, name: _Name, said: _Said = (None, None), *, own: bool | None = None
) -> Change:
    before, after = (Pair(zh=each("zh"), en=each("en")) if each else None for each in said)
    verb = _VERBS[code]
    own = name in {_RULE, _CAP, _CASE} if own is None else own
    zh = (
        f"{name.zh}「{subject}」{verb.zh}。"
        if own
        else f"{f'规则「{subject}」的' if subject else ''}{name.zh}{verb.zh}。"
    )
    en = (
        f"{name.en} {subject} {verb.en}."
        if own
        else f"{f'Rule {subject}: the' if subject else 'The'} {name.en} {verb.en}."
    )
    for mark_zh, mark_en, words in (("原为：", "Before: ", before), ("现为：", "Now: ", after)):
        if words is not None:
            zh += mark_zh + words.zh.removesuffix("。") + "。"
            en += f" {mark_en}{words.en.removesuffix('.')}."
    return Change(code, part, subject, zh, en, before, after)


def _compared(old: Conditions, new: Conditions, lexicon: Lexicon) -> str:
    return _code(narrower=implies(new, old, lexicon), wider=implies(old, new, lexicon))


def _code(*, narrower: bool, wider: bool) -> str:
    if narrower and wider:
        return "reworded"
    return "narrower" if narrower else "wider" if wider else "changed"


def _moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the rules that changed places: those outside the longest run that kept its order."""
    place = {name: number for number, name in enumerate(before)}
    best: dict[str, list[str]] = {}
    for name in after:
        longest = max((run for run in best.values() if place[run[-1]] < place[name]), key=len, default=[])
        best[name] = [*longest, name]
    kept = max(best.values(), key=len, default=[])
    return [name for name in after if name not in kept]


def _rule(rule: Rule) -> Printer:
    return lambda language: print_rule(rule, language)


def _source(rule: Rule) -> Printer:
    return lambda language: print_source(rule.source, language)


def _conditions(conditions: Conditions) -> Printer:
    return lambda language: print_conditions(conditions, language)


def _gives(rule: Rule) -> Printer:
    return lambda language: ("，并" if language == "zh" else " plus ").join(
        print_line(line, language) for line in rule.gives
    )


def _credits(rule: Rule) -> Printer:
    return lambda language: print_credits(rule.credits, language)


def _limit(cap: Limit) -> Printer:
    return lambda language: print_limit(cap, language)


def _data(value: object) -> Printer:
    return lambda _language: _plainly(value) or "—"


def _plainly(value: object) -> str:
    """Write data as a person would read it: names and values, without brackets and quotes."""
    if isinstance(value, Part):
        value = document_of(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plainly(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plainly(each) for each in value)
    return "—" if value is None else str(value)
