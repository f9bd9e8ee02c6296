"""The sums of a trial: learner added to learner, kept as a document between slices, told as a page shows them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from creditbank.conversion.shown import Beside, Example, Trial
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text

RULES_SHOWN: Final = 8
EXAMPLES_SHOWN: Final = 5
#: How a fault of the bank's own stands among the reasons; the log says more.
FAULT: Final = Text("计算程序出错，已记入日志", "The program failed; it is in the log")

Document = dict[str, Any]


class Sums:
    """Adds learner to learner. Names nobody: what is kept of a person is what counted, for a few examples."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        """Go on from what was kept; nothing was at first."""
        self._freed: int = kept.get("freed", 0)
        self._credits: int = kept.get("credits", 0)
        self._rules: dict[str, list[int]] = {rule: list(pair) for rule, pair in kept.get("rules", {}).items()}
        self._awards: dict[str, int] = dict(kept.get("awards", {}))
        self._unread: dict[str, list[Any]] = {code: list(each) for code, each in kept.get("unread", {}).items()}
        self._examples: list[Document] = list(kept.get("examples", ()))
        self._beside: dict[str, int] = dict.fromkeys(("risen", "gained", "fallen", "lost"), 0) | kept.get("beside", {})

    def free(self, worth: int, *, by_rule: Mapping[str, int]) -> None:
        """Count one learner whom the draft frees so many hundredths, and what each rule gives of them."""
        self._freed += 1
        self._credits += worth
        for rule, amount in by_rule.items():
            pair = self._rules.setdefault(rule, [0, 0])
            pair[0] += 1
            pair[1] += amount

    def example(self, used: Iterable[Text], programme: Text, worth: int) -> None:
        """Offer one learner as an example; the few with the most credits stay, of equals the first."""
        if len(self._examples) == EXAMPLES_SHOWN and worth <= self._examples[-1]["credits"]:
            return
        told = {"used": [[each.zh, each.en] for each in used], "programme": [programme.zh, programme.en]}
        self._examples.append(told | {"credits": worth})
        self._examples = sorted(self._examples, key=lambda each: -int(each["credits"]))[:EXAMPLES_SHOWN]

    def attain(self, awards: Iterable[str]) -> None:
        """Count one learner who attains these awards, one at least."""
        self._freed += 1
        for award in awards:
            self._awards[award] = self._awards.get(award, 0) + 1

    def compare(self, now: int, before: int) -> None:
        """Count how one learner fares beside the edition in force."""
        change = now - before
        if change:
            many, much = ("risen", "gained") if change > 0 else ("fallen", "lost")
            self._beside[many] += 1
            self._beside[much] += abs(change)

    def miss(self, why: Refusal | None) -> None:
        """Count one learner whose archive could not be worked out; without a refusal the fault is the bank's."""
        code = f"{why.code} {why.details.get('rule', '')}" if why else ""
        told = Text(why.sentence("zh"), why.sentence("en")) if why else FAULT
        self._unread.setdefault(code, [0, told.zh, told.en])[0] += 1

    @property
    def kept(self) -> Document:
        """What is kept until the next slice."""
        return {
            "freed": self._freed,
            "credits": self._credits,
            "rules": self._rules,
            "awards": self._awards,
            "unread": self._unread,
            "examples": self._examples,
            "beside": self._beside,
        }


def told(kept: Mapping[str, Any], *, ruling: Mapping[str, Any], before: str | None, learners: int) -> Trial:
    """Return what a page shows of sums over so many learners; `before` names the edition compared with."""
    rules = sorted(kept.get("rules", {}).items(), key=lambda pair: (-pair[1][1], pair[0]))
    reasons = sorted(kept.get("unread", {}).items(), key=lambda pair: (-pair[1][0], pair[0]))
    awards: Mapping[str, int] = kept.get("awards", {})
    titles = {each["id"]: _text(each["title"]) for each in ruling.get("rules", ()) if "title" in each}
    unread = tuple((Text(zh, en), count) for _, (count, zh, en) in reasons)
    return Trial(
        freed=kept.get("freed", 0),
        credits=kept.get("credits", 0),
        unread=unread,
        rules=tuple((rule, titles.get(rule, Text("")), *counted) for rule, counted in rules[:RULES_SHOWN]),
        examples=tuple(
            Example(tuple(Text(*each) for each in one["used"]), Text(*one["programme"]), one["credits"])
            for one in kept.get("examples", ())
        ),
        awards=tuple(
            (each["id"], _text(each["title"]), awards.get(each["id"], 0)) for each in ruling.get("awards", ())
        ),
        beside=_beside(kept, before, learners - sum(count for _, count in unread)) if before else None,
    )


def _beside(kept: Mapping[str, Any], before: str, learners: int) -> Beside:
    counted = dict.fromkeys(("risen", "gained", "fallen", "lost"), 0) | kept.get("beside", {})
    return Beside(edition=before, **counted, same=learners - counted["risen"] - counted["fallen"])


def _text(title: Mapping[str, str]) -> Text:
    return Text(title["zh"], title.get("en", ""))
