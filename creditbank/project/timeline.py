"""An archive by years on a page: what many lines share is made once for a language, for a page has many."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from creditbank.archive.queries import Line, Year
from creditbank.archive.types import KIND_NAMES, Sum, grade_in_words
from creditbank.catalogue.types import SpecificationKind
from creditbank.framework import queries as framework
from creditbank.kernel.text import Text
from creditbank.project.filters import credits_text, partial
from creditbank.project.marking import language

PARTS: Final = 16_384
"""So many different amounts are kept in words, and so many dates and grades."""


@pass_environment
def told(environment: Environment, years: Sequence[Year]) -> Markup:
    """Return the years of an archive with their lines, in the page's language."""
    return _timeline(environment, language()).told(years)


class Timeline:
    """Archives in one language, in the shapes that a template gives to years and lines."""

    def __init__(self, environment: Environment, words: str) -> None:
        """Read the shapes; the language is that of the page being made."""
        module = environment.get_template("learner/timeline.html").make_module({"lang": words})
        self._shapes = {name: str(shape) for name, shape in vars(module)["shapes"].items()}
        self._states: dict[str | None, str] = vars(module)["states"]
        self._english = words == "en"
        self._amounts = lru_cache(maxsize=PARTS)(self._new_amounts)
        self._day = lru_cache(maxsize=PARTS)(partial)
        self._grade = lru_cache(maxsize=PARTS)(self._new_grade)

    def told(self, years: Sequence[Year]) -> Markup:
        """Return years with their lines."""
        lines = iter(self._lines([line for year in years for line in year.achievements]))
        made = []
        for year in years:
            sums = self._shapes["comma"].join(map(self._sum, year.sums))
            within = "".join(islice(lines, len(year.achievements)))
            head = (year.number, sums) if sums else (year.number,)
            made.append(self._shapes["summed" if sums else "year"] % (*head, within))
        return Markup("".join(made))  # noqa: S704  # every text in it is escaped

    def _lines(self, lines: Sequence[Line]) -> list[str]:
        shape, states, corrected = self._shapes["line"], self._states, self._shapes["corrected"]
        english, amounts, day, grade = self._english, self._amounts, self._day, self._grade
        addresses = _escaped(line.address for line in lines)
        courses = _escaped((english and line.name_en) or line.name_zh for line in lines)
        sources = _escaped((english and line.source_en) or line.source_zh for line in lines)
        return [
            shape
            % (
                to,
                course,
                (of := amounts(line.credits, line.hours, line.unit_id, line.kind))[0],
                source,
                day(line.obtained),
                grade(line.grade_scale, line.grade_value),
                of[1],
                states[line.claimed],
                corrected if line.revision else "",
            )
            for line, to, course, source in zip(lines, addresses, courses, sources, strict=True)
        ]

    def _new_amounts(self, credited: int | None, hours: int | None, unit: int, kind: str) -> tuple[str, str]:
        """Return what counts, credits or else hours or else only the kind, and the hours that come beside credits."""
        number = credits_text(credited or hours or None)
        if credited:
            name = self._word(framework.units_by_id()[unit].name)
        else:
            name = self._shapes["hours_unit"] if hours else self._word(KIND_NAMES[SpecificationKind(kind)])
        amount = self._shapes["amount"] % (number, name) if number else self._shapes["nothing"] % name
        return amount, self._shapes["hours"] % credits_text(hours) if credited and hours else ""

    def _new_grade(self, scale: int, value: int) -> str:
        grade = self._word(grade_in_words(scale, value))
        return self._shapes["grade"] % grade if grade else ""

    def _sum(self, each: Sum) -> str:
        return self._shapes["sum"] % (credits_text(each.hundredths), self._word(each.unit))

    def _word(self, text: Text) -> str:
        return str(escape(text.in_language("en" if self._english else "zh")[0]))


def _escaped(texts: Iterable[str]) -> list[str]:
    """Return texts escaped, all in one go, with what stands in no text of the database between them."""
    return str(escape("\x00".join(texts))).split("\x00")


_timeline = lru_cache(maxsize=None)(Timeline)
