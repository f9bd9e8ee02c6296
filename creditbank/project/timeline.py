"""An archive by years on a page: what many lines share is made once for a language, for a page has many."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from creditbank.archive.queries import Line, Year
from creditbank.archive.types import KIND_NAMES, Sum, grade_in_words
from creditbank.catalogue.queries import Label
from creditbank.catalogue.types import SpecificationKind
from creditbank.framework import queries as framework
from creditbank.kernel.text import Text
from creditbank.project.filters import credits_text, partial
from creditbank.project.marking import done, language, marked

PARTS: Final = 16_384
"""So many different names are kept as a page says them, and so many dates, amounts and grades."""


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
        self._line = self._shapes["line"].split("%s")
        self._english = words == "en"
        self._names = lru_cache(maxsize=PARTS)(self._new_names)
        self._date = lru_cache(maxsize=PARTS)(self._new_date)
        self._amounts = lru_cache(maxsize=PARTS)(self._new_amounts)
        self._grade = lru_cache(maxsize=PARTS)(self._new_grade)
        self._state = lru_cache(maxsize=PARTS)(self._new_state)

    def told(self, years: Sequence[Year]) -> Markup:
        """Return years with their lines."""
        lines = iter(self._lines([line for year in years for line in year.achievements]))
        made = []
        for year in years:
            sums = self._shapes["comma"].join(map(self._sum, year.sums))
            within = "".join(islice(lines, len(year.achievements)))
            head = (year.number, sums) if sums else (year.number,)
            made.append(self._shapes["summed" if sums else "year"] % (*head, within))
        return done("".join(made))

    def _lines(self, lines: Sequence[Line]) -> list[str]:
        names, date, amounts, grades, state = self._names, self._date, self._amounts, self._grade, self._state
        made = []
        for line in lines:
            start, name, source = names(line.course, line.source_code, line.source_zh, line.source_en)
            key, day = date(line.obtained, line.part)
            amount, hours = amounts(line.credits, line.hours, line.unit_id, line.course.kind)
            grade = grades(line.grade_scale, line.grade_value)
            end = state(line.claimed, line.revision)
            made.append(f"{start}{key}{name}{amount}{source}{day}{grade}{hours}{end}")
        return made

    def _new_names(self, course: Label, code: str, zh: str, en: str) -> tuple[str, str, str]:
        """Return the beginning of a line and of its address, which the date goes on with, its name, and its source."""
        before, to, named, source, *_ = self._line
        name = self._word(Text(course.name_zh, course.name_en))
        start = f"{before}{escape(code)}-{escape(course.public_id)}-"
        return start, f"{to}{name}{named}", f"{source}{self._word(Text(zh, en))}"

    def _new_date(self, obtained: int, part: int) -> tuple[str, str]:
        """Return the end of an address, and the date in words."""
        return f"{obtained:08d}-{part}", f"{self._line[4]}{partial(obtained)}{self._line[5]}"

    def _new_amounts(self, credited: int | None, hours: int | None, unit: int, kind: str) -> tuple[str, str]:
        """Return what counts, credits or else hours or else only the kind, and the hours that come beside credits."""
        number = credits_text(credited or hours or None)
        if credited:
            name = self._word(framework.units_by_id()[unit].name)
        else:
            name = self._shapes["hours_unit"] if hours else self._word(KIND_NAMES[SpecificationKind(kind)])
        amount = self._shapes["amount"] % (number, name) if number else self._shapes["nothing"] % name
        return amount, self._line[6] + (self._shapes["hours"] % credits_text(hours) if credited and hours else "")

    def _new_grade(self, scale: int, value: int) -> str:
        grade = self._word(grade_in_words(scale, value))
        return self._shapes["grade"] % grade if grade else ""

    def _new_state(self, claimed: str | None, revision: int) -> str:
        """Return the end of a line."""
        corrected = self._shapes["corrected"] if revision else ""
        return f"{self._line[7]}{self._states[claimed]}{self._line[8]}{corrected}{self._line[9]}"

    def _sum(self, each: Sum) -> str:
        return self._shapes["sum"] % (credits_text(each.hundredths), self._word(each.unit))

    def _word(self, text: Text) -> str:
        word = str(escape(text.in_language("en" if self._english else "zh")[0]))
        return marked(word) if self._english else word


_timeline = lru_cache(maxsize=None)(Timeline)
