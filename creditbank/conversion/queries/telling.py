"""A plan and its explanation told in words: the document of rules.md part 7 with names for its codes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from creditbank.conversion.queries.books import Ruling
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.told import CapTold, Freed, Granted, Held, OneMore, RuleUnused, Told, Unused, WishTold
from creditbank.conversion.types import Named
from creditbank.kernel.grades import NotAGrade, label_en, parse
from creditbank.kernel.text import Text

Document = Mapping[str, Any]
CREDITED: Final = frozenset({"course", "credits"})
#: Half a year, as a cap that counts each semester apart names it.
_HALF: Final = re.compile("([0-9]{4})-([12])")
_REASON: Final = frozenset({"code", "tag", "needs", "has", "distance", "unit", "what"})
#: Which of several reasons for one achievement is told: the one nearest to being used.
_NEARNESS: Final = ("missing_data", "condition", "spent", "avoided")


class Telling:
    """Tells one explained plan."""

    def __init__(self, document: Document, rulings: Iterable[Ruling], problem: Problem) -> None:
        """Look up the names of everything that may be told of."""
        self.document = document
        self.problem = problem
        self.names = Names(rulings, problem)
        self.held = {each.id: self._held(each) for each in problem.achievements}

    def told(self) -> Told:
        """Return the whole of it."""
        plan = self.document["plan"]
        return Told(
            credits=hundredths(plan["credits"]),
            grants=tuple(self._granted(each) for each in plan["grants"]),
            unused=tuple(self._unused()),
            rules_unused=tuple(self._rule_unused(each) for each in self.document["unused"]),
            caps=tuple(self._caps()),
            without_caps=hundredths(self.document["without_caps"]),
            one_more=tuple(self._one_more(each) for each in self.document["one_more"]),
            wishes=tuple(self._wish(each) for each in self.document["wishes"]),
        )

    def _held(self, each: Achievement) -> Held:
        named = self.names.named(each.spec or "", each.family or each.spec or each.id)
        grade = said_grade(each.grade.value) if each.grade else None
        return Held(id=each.id, named=named, acquired=date.fromisoformat(each.acquired), grade=grade)

    def _granted(self, grant: Document) -> Granted:
        return Granted(
            rule=self.names.rule(grant["rule"]),
            uses=tuple(self.held[each] for each in grant["uses"]),
            gives=tuple(
                Freed(
                    named=self.names.named(line["target"]),
                    credits=hundredths(line["credits"]) if line["kind"] in CREDITED else None,
                )
                for line in grant["gives"]
            ),
        )

    def _unused(self) -> Iterable[Unused]:
        """Yield the achievements the plan leaves, those with the same reason together; what could be used first."""
        used = {each for grant in self.document["plan"]["grants"] for each in grant["uses"]}
        aside = {each["achievement"]: each["for"] for each in self.document["set_aside"]}
        done, useless = set(self.problem.programme.done), set(self.document["outcomes_without_use"])
        failed = self._failed()
        groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
        facts: dict[tuple[str, str], Unused] = {}
        for each in self.problem.achievements:
            if each.id in used:
                continue
            held = self.held[each.id]
            if each.spec in done:
                told = Unused((), "done", Text(""))
            elif each.id in aside:
                told = Unused((), "set_aside", Text(""), by=(self.held[aside[each.id]].named.title,))
            elif each.id in self.problem.spent:
                told = Unused((), "spent", Text(""))
            elif each.id in failed:
                told = failed[each.id]
            else:
                told = Unused((), "none" if each.id in useless else "possible", Text(""))
            key = (
                told.why,
                told.reason.zh
                + (told.rule.edition.public_id + told.rule.id if told.rule else "")
                + "".join(t.zh for t in told.by),
            )
            groups[key].append(held)
            facts[key] = told
        order = ("condition", "missing_data", "possible", "set_aside", "avoided", "spent", "none", "done")
        for key in sorted(groups, key=lambda each: (order.index(each[0]), each[1])):
            told = facts[key]
            yield Unused(tuple(groups[key]), told.why, told.reason, told.by, told.rule)

    def _failed(self) -> dict[str, Unused]:
        """Return for each achievement the nearest rule that it fails, or that lacks something about it."""
        found: dict[str, tuple[int, Unused]] = {}
        for entry in self.document["unused"]:
            concerned = [entry["achievement"]] if "achievement" in entry else []
            concerned += [each["achievement"] for each in entry.get("bring", ()) if "achievement" in each]
            if entry["why"] not in _NEARNESS:
                continue
            told = Unused((), entry["why"], self.names.reason(_first(entry)), rule=self.names.rule(entry["rule"]))
            rank = _NEARNESS.index(entry["why"]) * 100 + entry.get("unmet", 0)
            for each in concerned:
                if each not in found or rank < found[each][0]:
                    found[each] = (rank, told)
        return {each: told for each, (_, told) in found.items()}

    def _rule_unused(self, entry: Document) -> RuleUnused:
        by = [*entry.get("to", ()), *entry.get("by", ())]
        known = [self._called(each) for each in by]
        if entry.get("cap"):
            known.append(self.names.cap(entry["cap"]))
        return RuleUnused(
            rule=self.names.rule(entry["rule"]),
            why=entry["why"],
            reason=self.names.reason(_first(entry)),
            by=tuple(known),
            amount=hundredths(entry.get("price", entry.get("gain", "0"))),
        )

    def _called(self, code: str) -> Text:
        """Return the name of an achievement, a rule or a course, whichever the code is of."""
        if code in self.held:
            return self.held[code].named.title
        return self.names.rule(code).title if self.names.is_rule(code) else self.names.named(code).title

    def _caps(self) -> Iterable[CapTold]:
        """Yield the caps that cut something off, then those that are in use; of several alike only what is near."""
        told = []
        struck = _struck(self.document["caps"])
        for number, entry in enumerate(self.document["caps"]):
            if entry["at_most"] is None:
                continue
            value, plan = _number(entry["value"]), entry["of"] == "plan"
            if not plan and not value and entry["cost"] == "0":
                continue
            told.append(
                CapTold(
                    sentence=self.names.cap(entry["cap"]),
                    of=Text("") if plan else self._apart(entry),
                    value=value,
                    at_most=_number(entry["at_most"]),
                    bound=entry["cap"] in struck and number in struck[entry["cap"]],
                    cost=hundredths(entry["cost"]) if number in struck.get(entry["cap"], ())[:1] else 0,
                    of_credits=self.names.caps_credits(entry["cap"]),
                )
            )
        kept = list(dict.fromkeys(each for each in told if each.value or not each.of.zh))
        return sorted(kept or told[:1], key=lambda each: (not each.bound, -each.cost))

    def _apart(self, entry: Document) -> Text:
        """Return what a cap that counts apart stands for here: an achievement, an issuer, half a year."""
        half = _HALF.fullmatch(entry["of"])
        if half is None:
            return self._called(entry["of"])
        year, first = half[1], half[2] == "1"
        return Text(f"{year}年{'上' if first else '下'}半年", f"{'first' if first else 'second'} half of {year}")

    def _one_more(self, entry: Document) -> OneMore:
        made = entry["achievement"]
        rule = self.names.rule(entry["through"])
        named = self.names.named(made.get("spec") or made.get("family") or "", rule.title.zh)
        level = made.get("level", "") or named.level
        return OneMore(
            named=Named(named.code, named.name, level, named.public_id),
            grade=said_grade(made["grade"]["value"]) if "grade" in made else None,
            rule=rule,
            gives=self.names.gives(entry["through"]),
            gain=hundredths(entry["gain"]),
        )

    def _wish(self, entry: Document) -> WishTold:
        return WishTold(
            how=entry["wish"],
            of=entry["of"],
            id=entry["id"],
            name=self._called(entry["id"]),
            possible=entry["possible"],
            price=hundredths(entry["price"]),
        )


def hundredths(amount: str | Decimal) -> int:
    """Return an amount of credit in hundredths, a third rounded down; the language keeps most amounts that fine."""
    return int(_number(str(amount)) * 100)


def said_grade(value: str) -> Text:
    """Return a grade in both languages; one on a scale of a book's own stays as it is."""
    try:
        return Text(value, label_en(parse(value)))
    except NotAGrade:
        return Text(value)


def _struck(caps: Sequence[Document]) -> dict[str, list[int]]:
    """Return for each cap that costs something where it is full, or nearest to that: the cost is of all its parts."""
    parts: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(caps):
        if each["cost"] != "0" and each["at_most"] is not None and (each["of"] == "plan" or _number(each["value"])):
            parts[each["cap"]].append(number)
    left = [_number(each["at_most"]) - _number(each["value"]) if each["at_most"] is not None else None for each in caps]
    found = {}
    for cap, numbers in parts.items():
        least = min(room for number in numbers if (room := left[number]) is not None)
        found[cap] = [number for number in numbers if left[number] == least]
    return found


def _number(text: str) -> Decimal:
    over, _, under = text.partition("/")
    return Decimal(over) / Decimal(under or 1)


def _first(entry: Document) -> dict[str, str]:
    """Return the first failed condition of an entry: its own, or what has to be brought."""
    bring = entry.get("bring")
    told = bring[0] if bring else entry
    return {key: str(value) for key, value in told.items() if key in _REASON}
