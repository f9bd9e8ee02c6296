"""What conditions are judged by: the words of one book made ready, and the situation of one problem."""

from dataclasses import dataclass

from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.quantities import Units
from creditbank.conversion.rules.scales import Scales
from creditbank.conversion.rules.words import Words


class Lexicon:
    """The words of one book, made ready once; keep it as long as the book, it remembers what was compiled by it."""

    __slots__ = ("_below", "compiled", "scales", "units", "words")

    def __init__(self, words: Words) -> None:
        """Prepare scales, units and the tree of categories."""
        self.words = words
        self.scales = Scales(words)
        self.units = Units(words.unit_maps)
        # By the identity of a condition list, which is kept alive beside what was made of it.
        self.compiled: dict[int, tuple[object, object]] = {}
        self._below: dict[str, set[str]] = {}
        for child in words.categories:
            for ancestor in self.ancestors(child):
                self._below.setdefault(ancestor, set()).add(child)

    def ancestors(self, category: str) -> tuple[str, ...]:
        """Return what a category stands below, nearest first; a tree that bites its tail is followed once round."""
        found: list[str] = []
        at = self.words.categories.get(category)
        while at is not None and at not in found:
            found.append(at)
            at = self.words.categories.get(at)
        return tuple(found)

    def with_descendants(self, category: str) -> frozenset[str]:
        """Return a category with all that stand below it: `major` contains `major_required`."""
        return frozenset({category, *self._below.get(category, ())})


@dataclass(frozen=True, slots=True)
class Situation:
    """A problem seen with the words of one book: what every condition is judged in."""

    problem: Problem
    lexicon: Lexicon

    @classmethod
    def of(cls, problem: Problem, words: Words) -> "Situation":
        """Return the situation for words used once; for a whole book make the lexicon once and share it."""
        return cls(problem, Lexicon(words))

    def event(self, name: str) -> str | None:
        """Return the day of an event, or None where it is not on record.

        Without an entry of their own, `application` is the day of the problem and `enrolment` the learner's.
        """
        day = self.problem.events.get(name)
        if day is not None:
            return day
        if name == "application":
            return self.problem.as_of
        return self.problem.learner.enrolled if name == "enrolment" else None
