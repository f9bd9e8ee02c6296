"""An archive by years on a page: what many lines share is made once for a language, for a page has many."""

from collections.abc import Sequence
from functools import lru_cache

from jinja2 import Environment, pass_environment
from markupsafe import Markup, escape

from creditbank.archive.queries import Row, Year
from creditbank.archive.types import KIND_NAMES, Sum, grade_in_words
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import SpecificationKind
from creditbank.framework import queries as framework
from creditbank.kernel.kept import Kept
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.organizations.queries import NOWHERE, Label
from creditbank.project.filters import credits_text, partial
from creditbank.project.marking import done, language, marked


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
        self._names = Kept(self._new_names)
        self._dates = Kept(self._new_date)
        self._worths = Kept(self._new_worth)
        self._ends = Kept(self._new_end)

    def told(self, years: Sequence[Year]) -> Markup:
        """Return years with their lines."""
        made = []
        for year in years:
            sums = self._shapes["comma"].join(map(self._sum, year.sums))
            head = (year.number, sums) if sums else (year.number,)
            made.append(self._shapes["summed" if sums else "year"] % (*head, self._lines(year.rows)))
        return done("".join(made))

    def _lines(self, rows: Sequence[Row]) -> str:
        names, dates, worths, ends = self._names, self._dates, self._worths, self._ends
        made: list[str] = []
        at, school = 0, NOWHERE
        for (
            place, course, obtained, part, revision, _posting, scale, grade, credited, hours, unit,
            _ends, claimed, _number, _holder, _renamed,
        ) in rows:  # fmt: skip
            if place != at:
                at, school = place, organizations.label(place)
            start, name, nothing, source = names[school, course]
            key, day = dates[obtained, part]
            amount, told = worths[scale, grade, credited, hours, unit]
            made += (start, key, name, amount or nothing, source, day, told, ends[claimed, revision])
        return "".join(made)

    def _new_names(self, key: tuple[Label, int]) -> tuple[str, str, str, str]:
        """Return the beginning of a line and of its address, which the date goes on with, its name, and its source.

        Before the source, what stands in the place of an amount where there is none: the kind.
        """
        school, specification_id = key
        course = catalogue.label(specification_id)
        before, to, named, source, *_ = self._line
        name = self._word(Text(course.name_zh, course.name_en))
        start = f"{before}{escape(school.code)}-{escape(course.public_id)}-"
        nothing = self._shapes["nothing"] % self._word(KIND_NAMES[SpecificationKind(course.kind)])
        return start, f"{to}{name}{named}", nothing, f"{source}{self._word(school.name)}"

    def _new_date(self, key: tuple[int, int]) -> tuple[str, str]:
        """Return the end of an address, and the date in words."""
        obtained, part = key
        return f"{obtained:08d}-{part}", f"{self._line[4]}{partial(obtained)}{self._line[5]}"

    def _new_worth(self, key: tuple[int, int, int | None, int | None, int]) -> tuple[str, str]:
        """Return what counts, credits or else hours or else nothing, and the grade with the hours beside credits."""
        scale, value, credited, hours, unit = key
        name = self._word(framework.units_by_id()[unit].name) if credited else self._shapes["hours_unit"]
        amount = self._shapes["amount"] % (credits_text(credited or hours), name) if credited or hours else ""
        grade = self._word(grade_in_words(scale, value))
        told = self._shapes["grade"] % grade if grade else ""
        return amount, told + self._line[6] + (
            self._shapes["hours"] % credits_text(hours) if credited and hours else ""
        )

    def _new_end(self, key: tuple[str | None, int]) -> str:
        """Return the end of a line."""
        claimed, revision = key
        corrected = self._shapes["corrected"] if revision else ""
        return f"{self._line[7]}{self._states[claimed]}{self._line[8]}{corrected}{self._line[9]}"

    def _sum(self, each: Sum) -> str:
        return self._shapes["sum"] % (credits_text(each.hundredths), self._word(each.unit))

    def _word(self, text: Text) -> str:
        word = str(escape(text.in_language("en" if self._english else "zh")[0]))
        return marked(word) if self._english else word


_timeline = lru_cache(maxsize=None)(Timeline)
