"""What the codes of rule books and problems stand for: names of the catalogue, and sentences with names in them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries.naming import programme_names
from creditbank.conversion import vocabulary
from creditbank.conversion.queries.books import Ruling
from creditbank.conversion.rules.answers import Refused, Unknown
from creditbank.conversion.rules.book import Rule
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.sentences_limits import print_limit
from creditbank.conversion.rules.sentences_reasons import print_reason
from creditbank.conversion.rules.sentences_rules import rule_sentence
from creditbank.conversion.told import Cited, RuleTold
from creditbank.conversion.types import LEVELS_EN, Named
from creditbank.framework import queries as framework
from creditbank.kernel.text import Text
from creditbank.learners.types import GROUP_NAMES
from creditbank.organizations import queries as organizations

JOINER: Final = "、"
_Value = TypeVar("_Value")
_VALUE: Final = re.compile("「([^「」]+)」")
_NUMBER: Final = re.compile("「(-?[0-9][0-9.,/-]*)」")
#: A value tells its scale; the code of the scale tells a reader nothing.
_SCALE: Final = re.compile("(等级|成绩|the level|the grade) ?[（(]「[^「」]+」[）)]")
_UNIT: Final = re.compile("[（(]「([^「」、]+)」[）)]")
#: Units and events as people say them; a code that is neither here nor in the catalogue stays as it is.
_SAID: Final = {
    **{each.unit.code: each.name for each in framework.unit_details()},
    "percent": Text("分", "points"),
    "points": Text("分", "points"),
    "step": Text("级", "levels"),
    "day": Text("天", "days"),
    "days": Text("天", "days"),
    "five": Text("五级制", "the five-step scale"),
    "application": Text("申请", "application"),
    "enrolment": Text("入学", "enrolment"),
    "registration": Text("首次存入", "the first deposit"),
    "accredited": Text("学校课程", "courses of schools"),
    "certificate": Text("证书", "certificates"),
    "self_study_exam": Text("自学考试", "self-study examinations"),
    "@category": Text("成果自身的类别", "the achievement's own category"),
    "registered": Text("在籍", "registered"),
    "suspended": Text("休学", "suspended"),
    "graduated": Text("毕业", "graduated"),
    "required": Text("必修", "required"),
    "elective": Text("选修", "elective"),
    "practice": Text("集中实践", "practice"),
    "基础": Text("基础", "foundation"),
    "核心": Text("核心", "core"),
    "其他": Text("其他", "other"),
    **{zh: Text(zh, en) for zh, en in LEVELS_EN.items()},
    **{group.value: name for group, name in GROUP_NAMES.items()},
}


class Names:
    """The names behind the codes of some books and problems, read from the catalogue once."""

    def __init__(
        self, rulings: Iterable[Ruling] = (), problem: Problem | None = None, *, also: Iterable[Problem] = ()
    ) -> None:
        """Look up everything that the books name and the problem brings; `also`: the facts of cases."""
        self.rulings = tuple(rulings)
        codes = {code for each in self.rulings for code in vocabulary.codes_of(each.book)}
        codes |= {code for each in self.rulings for rule in each.book.rules for code in vocabulary.benefits_of(rule)}
        facts = (*also, *(() if problem is None else (problem,)))
        codes |= {each.spec for one in facts for each in one.achievements if each.spec}
        codes |= {course.code for one in facts for course in one.programme.courses}
        self._named = {vocabulary.spec_code(each): vocabulary.named(each) for each in catalogue.by_codes(codes)}
        families = {
            code for each in self.rulings for rule in each.book.rules for code, _ in vocabulary.sources_of(rule)
        } - set(self._named)
        for code, found in catalogue.named(families, courses_of=None, on=date.max).items():
            if found:
                self._named[code] = Named(code, found[0].name, "", found[0].public_id)
        for award in (award for each in self.rulings for award in each.book.awards):
            self._named.setdefault(award.id, Named(award.id, Text(award.title.zh, award.title.en)))
        self._learn_places(facts)
        owners = organizations.by_ids({each.edition.book.owner_id for each in self.rulings})
        self._owners = {key: owner.name for key, owner in owners.items()}
        rules = [(each.book.id, rule.id, (each, rule)) for each in self.rulings for rule in each.book.rules]
        self._rules = _as_planned(rules)
        self._caps = _as_planned([(each.book.id, cap.id, cap) for each in self.rulings for cap in each.book.caps])

    def _learn_places(self, facts: Iterable[Problem]) -> None:
        """Look up the programmes and issuers that conditions name, or facts; what is known already stays."""
        programmes = {code for each in self.rulings for code in vocabulary.listed_in(each.book, "programme")}
        issuers = {code for each in self.rulings for code in vocabulary.listed_in(each.book, "issuer")}
        programmes |= {one.programme.code for one in facts}
        issuers |= {each.issuer for one in facts for each in one.achievements if each.issuer}
        found = programme_names(programmes) if programmes else {}
        found |= organizations.names_by_code(issuers) if issuers else {}
        for code, name in found.items():
            self._named.setdefault(code, Named(code, name))

    def known(self, code: str) -> bool:
        """Say whether the catalogue knows a code."""
        return code in self._named

    def named(self, code: str, otherwise: str = "") -> Named:
        """Return what a code stands for; what nobody knows is called by its own text."""
        return self._named.get(code) or Named(code, _SAID.get(code) or Text(otherwise or code.removeprefix("@")))

    def source(self, code: str, level: str) -> Named:
        """Return what a rule asks for, with the level it asks for."""
        named = self.named(code)
        return Named(code, named.name, level or named.level, named.public_id)

    def rule(self, name: str) -> RuleTold:
        """Return a rule of these books in words, by the name the plan has for it."""
        return self.rule_of(*self._rules[name])

    def is_rule(self, name: str) -> bool:
        """Say whether the plan calls a rule of these books so."""
        return name in self._rules

    def gives(self, name: str) -> tuple[Named, ...]:
        """Return the courses that a rule of these books names, by the name the plan has for the rule."""
        return tuple(self.named(code) for code in vocabulary.targets_of(self._rules[name][1]))

    def rule_of(self, ruling: Ruling, rule: Rule) -> RuleTold:
        """Return one rule of one book in words."""
        cites = {each.id: each for each in ruling.book.cites}
        title = rule.title
        return RuleTold(
            id=rule.id,
            title=Text(title.zh, title.en) if title else Text(rule.id),
            sentence=self.sentence(
                rule_sentence(rule.model_copy(update={"cites": ()}), "zh"),
                rule_sentence(rule.model_copy(update={"cites": ()}), "en"),
            ),
            cites=tuple(
                Cited(Text(cites[each].title.zh, cites[each].title.en), cites[each].clause or "", cites[each].url or "")
                for each in rule.cites
                if each in cites
            ),
            edition=ruling.edition,
            owner=self._owners[ruling.edition.book.owner_id],
        )

    def sentence(self, zh: str, en: str) -> Text:
        """Return a printed sentence with names where it has codes, and numbers and units without marks around them."""
        english = self._told(en, "en", "“{}”")
        return Text(self._told(zh, "zh", "「{}」"), english[:1].upper() + english[1:])

    def cap(self, name: str) -> Text:
        """Return a cap of these books as a sentence, without the mark at its end."""
        limit = self._caps[name]
        zh, en = print_limit(limit, "zh"), print_limit(limit, "en")
        return self.sentence(zh.removesuffix("。"), en.removesuffix("."))

    def need(self, name: str) -> Text:
        """Return the title of a need of an award of these books; one without a title is called by its id."""
        awards = (award for each in self.rulings for award in each.book.awards)
        needs = (need for award in awards for need in vocabulary.needs_of(award.needs))
        title = next((need.title for need in needs if need.id == name and need.title), None)
        return Text(title.zh, title.en) if title else Text(name)

    def is_cap(self, name: str) -> bool:
        """Say whether the plan calls a cap of these books so."""
        return name in self._caps

    def caps_credits(self, name: str) -> bool:
        """Say whether a cap of these books is one of credits."""
        return bool(self._caps[name].measure == "credits")

    def reason(self, told: dict[str, str]) -> Text:
        """Return why a condition does not hold, as the explanation tells it, in words; empty where it tells nothing."""
        if "tag" not in told:
            return Text("")
        if "what" in told:
            unknown = Unknown(told["tag"], told["what"], told["code"])
            return self.sentence(print_reason(unknown, "zh"), print_reason(unknown, "en"))
        refused = Refused(
            told["code"],
            told["tag"],
            told.get("needs", ""),
            told.get("has", ""),
            told.get("distance", ""),
            told.get("unit", ""),
        )
        return self.sentence(print_reason(refused, "zh"), print_reason(refused, "en"))

    def of_cap(self, value: str, held: Sequence[Named]) -> Text:
        """Return what a cap stands for: an achievement by its name, a course, or the text itself."""
        return next((each.title for each in held if each.code == value), self.named(value).title)

    def _told(self, text: str, language: str, marks: str) -> str:
        text = _SCALE.sub(r"\1", text)
        text = _UNIT.sub(lambda found: self._said(found[1], language), text)
        text = _NUMBER.sub(lambda found: found[0] if found[1] in self._named else found[1], text)
        return _VALUE.sub(lambda found: marks.format(self._said(found[1], language)), text)

    def _said(self, value: str, language: str) -> str:
        return JOINER.join(self.named(part).title.in_language(language)[0] for part in value.split(JOINER))


def _as_planned(found: Sequence[tuple[str, str, _Value]]) -> dict[str, _Value]:
    """Key what books state as plans do: by its id, and where two books use one id by `book#id`."""
    among = Counter(own for _, own, _ in found)
    return {own if among[own] == 1 else f"{book}#{own}": value for book, own, value in found}
