"""From columns of text to typed columns: every distinct text is read once, and a whole column follows by join."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from creditbank.deposits.intake import codes
from creditbank.deposits.intake.columns import Known
from creditbank.deposits.intake.registry import RANK
from creditbank.deposits.narrow import Narrow, alike
from creditbank.kernel import credits as amounts, dates, documents, grades, text
from creditbank.kernel.sheets import workbook

COURSE_CHARACTERS_MAX = 100
COURSE_KEY_CHARACTERS_MAX = 200
MAJOR_CHARACTERS_MAX = 100
STUDENT_NUMBER_CHARACTERS_MAX = 40
CREDITS_HUNDREDTHS_MAX = 60_00
VALUE_SHOWN_MAX = 40

# What a reading knows of a text besides its typed columns.
_ABOUT = frozenset({"problem", "text", "formula", "control", "first"})
# Of these the forms of characters are kept.
_AS_WRITTEN = frozenset({"person_name", "major", "course", "remark"})
# Of these come the columns of `narrow.PERSON`; the first one tells most people apart.
_OF_PERSON = (
    *("document", "person_name", "student_number", "major"),
    *("level_code", "category_code", "cohort", "outcome_code", "season_code"),
)
_COURSE = "course"
# A spreadsheet would compute these when the text comes back to it.
_FORMULA = r"^([=\x{FF1D}]|[+\-@\x{FF0B}\x{FF0D}\x{FF20}]\s*[A-Za-z(\x{FF08}])"
_CONTROL = r"[\x00-\x1F\x7F-\x9F\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FFF9}-\x{FFFD}]"

# What a text is turned into, with the name of the check it fails (or nothing) as the last.
Outcome = tuple[object, ...]
Reading = Callable[[str], Outcome]

PROBLEM = pl.UInt8
# A file states numbers; the unit is the institution's, and is put to them when the batch is posted.
_NUMBER = amounts.Unit(id=0, code="", kind=amounts.UnitKind.POINTS)
# What a cell counts, said once more behind its number as people say it: 86分, 3.0 学分, 64学时.
_COUNTED = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(分|学分|学时)")
_COHORT = re.compile(r"((?:19|20|21)\d{2})[届级年]?")
_IDENTITY_NUMBER = re.compile(r"(?:\d[ -]?){14,}[\dXx]|\d\.\d{5,}[Ee]\+?1\d")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufff9-\ufffb]")


@dataclass(frozen=True, slots=True)
class Read:
    """A column of a block as it was read: for each row the mark of its text, null where it is empty; a line per mark.

    Lines have the typed columns, the rank of the check that the text fails as `problem`, the text itself, and
    whether it is a `formula` or has a `control` character.
    """

    marks: pl.Series
    lines: pl.DataFrame

    def troubles(self) -> tuple[str, ...]:
        """Return "problem" if any text fails a check."""
        return ("problem",) if self.lines["problem"].null_count() < self.lines.height else ()

    def rows(self, *names: str) -> pl.DataFrame:
        """Return columns of the lines for each row."""
        return self.lines.select(names).select(pl.all().gather(self.marks))

    def of(self, places: pl.Series) -> "Read":
        """Return what was read of some rows."""
        return Read(self.marks.gather(places), self.lines)


class Remembered:
    """How a column is read, and what was read of its texts so far: in a file of any order a person is in every block.

    A reading turns a text into the columns of `schema` and the check that it fails; `folded`: in its plainest form.
    """

    def __init__(self, reading: Reading, schema: Mapping[str, pl.DataType], *, folded: bool = False) -> None:
        """Begin with no text."""
        # Not a method: what is known of a file would then outlive it, until somebody looks for cycles.
        self._known = Known(partial(_fresh, reading=reading, schema=schema, folded=folded))

    def read(self, texts: pl.Series) -> Read:
        """Return what a column says."""
        marks = self._known.marks(texts)
        return Read(marks, self._known.lines)


def _fresh(texts: pl.Series, *, reading: Reading, schema: Mapping[str, pl.DataType], folded: bool) -> pl.DataFrame:
    plain = texts.str.normalize("NFKC").str.strip_chars() if folded else texts
    outcomes: Iterable[Outcome] = map(reading, plain.to_list())
    found = pl.DataFrame(outcomes, {**schema, "problem": pl.String()}, orient="row")
    return found.with_columns(
        pl.col("problem").replace_strict(dict(RANK), return_dtype=PROBLEM),
        plain.alias("text"),
        plain.str.contains(_FORMULA).alias("formula"),
        plain.str.contains(_CONTROL).alias("control"),
    )


Readings = Mapping[str, Remembered]


def typed(read: Mapping[str, Read], known: Iterable[pl.DataFrame], *, needed: frozenset[str]) -> Narrow:
    """Return the typed columns, what the same texts say of a person or a course once; `known` of the rows comes first.

    For each kind of trouble that there is a `problem_…` column has its check's rank. An empty cell is trouble in the
    columns `needed`. Rows have `mapped` where a code is of the first generation.
    """
    who, first = alike([read[name].marks for name in _OF_PERSON])
    what, first_of_course = alike([read[_COURSE].marks])
    person = {name: read[name].of(first) for name in _OF_PERSON}
    rest = {name: each for name, each in read.items() if name not in {*person, _COURSE}}
    places = pl.DataFrame([_mapped(person).gather(who), who.alias("who"), what.alias("what")])
    return Narrow(
        rows=pl.concat([*known, _columns(rest, needed=needed), places], how="horizontal"),
        people=_columns(person, needed=needed),
        courses=_columns({_COURSE: read[_COURSE].of(first_of_course)}, needed=needed),
    )


def lowest_problem(typed: Narrow) -> pl.Series:
    """Return the rank of the first check in the registry that each row fails, null for none."""
    tables = {"who": typed.people, "what": typed.courses}
    found = [_lowest(table).gather(typed.rows[place]).alias(place) for place, table in tables.items()]
    return pl.DataFrame([_lowest(typed.rows), *found]).select(pl.min_horizontal(pl.all()).alias("rank"))["rank"]


def without_problems(typed: Narrow) -> Narrow:
    """Return what is typed, and nothing of what is wrong with it."""
    tables = (typed.rows, typed.people, typed.courses)
    return Narrow(*(table.drop(*_problems(table), "at", strict=False) for table in tables))


def _problems(table: pl.DataFrame) -> list[str]:
    return [name for name in table.columns if name.startswith("problem_")]


def _lowest(table: pl.DataFrame) -> pl.Series:
    nothing = pl.repeat(None, pl.len(), dtype=PROBLEM)
    return table.select(pl.min_horizontal(nothing, *_problems(table)).alias("rank"))["rank"]


def _columns(read: Mapping[str, Read], *, needed: frozenset[str]) -> pl.DataFrame:
    return pl.concat([_typed(each, name=name, needed=name in needed) for name, each in read.items()], how="horizontal")


def _mapped(read: Mapping[str, Read]) -> pl.Series:
    """Say of each row whether it has a code of the first generation."""
    firsts = pl.DataFrame([read[name].rows("first")["first"].alias(name) for name in codes.LISTS])
    return firsts.select(pl.any_horizontal(pl.all()).fill_null(value=False).alias("mapped"))["mapped"]


def generations(read: Mapping[str, Read]) -> tuple[int, int]:
    """Return how many cells hold a code of the first generation, and how many one of the second."""
    first = pl.concat([read[name].rows("first")["first"] for name in codes.LISTS])
    return int(first.sum()), int((~first).sum())


def shown(value: str | None, *, column: str, language: str) -> str:
    """Return what a cell says, fit for a report: short, on one line, and never a whole identity number."""
    if value is None:
        return "blank" if language == "en" else "空白"
    visible = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if column == "document":
        return documents.masked(visible)
    masked = _IDENTITY_NUMBER.sub(lambda found: documents.masked(found[0]), visible)
    return masked if len(masked) <= VALUE_SHOWN_MAX else f"{masked[: VALUE_SHOWN_MAX - 1]}…"


def written(rows: pl.DataFrame) -> pl.Series:
    """Return what typed rows say in short: course, credits, grade and when."""
    marks = rows.select("grade_scale", "grade").unique()
    labels = [grades.label(grades.Grade(grades.Scale(scale), value)) for scale, value in marks.iter_rows()]
    told = rows.join(
        marks.with_columns(pl.Series("_mark", labels, dtype=pl.String)),
        on=["grade_scale", "grade"],
        how="left",
        maintain_order="left",
    )
    month = (pl.col("obtained") // 100).cast(pl.String).str.replace(r"00$", "")
    words = pl.concat_str(pl.col("course"), decimal("credits"), pl.col("_mark"), month, separator=" · ")
    return told.select(words.alias("written"))["written"]


def decimal(name: str) -> pl.Expr:
    """Return hundredths as decimal text without trailing zeros."""
    whole, rest = pl.col(name) // 100, pl.col(name) % 100
    text = whole.cast(pl.String) + "." + rest.cast(pl.String).str.zfill(2)
    return text.str.strip_chars_end("0").str.strip_chars_end(".")


def readings(today: date) -> Readings:
    """Return how each column is read; what was read of a text is remembered, so keep them for one file only."""
    texts, whole = pl.String(), pl.Int32()
    fresh: dict[str, tuple[Reading, Mapping[str, pl.DataType]]] = {
        "person_name": (_person, {"person_name": texts, "name_key": texts}),
        "document": (partial(_document, today=today), {"document_kind": texts, "document_number": texts}),
        "student_number": (_student_number, {"student_number": texts}),
        "major": (_major, {"major": texts}),
        "course": (_course, {"course": texts, "course_key": texts}),
        "credits": (_credits, {"credits": whole}),
        "hours": (_hours, {"hours": whole}),
        "grade": (_grade, {"grade_scale": pl.Int8(), "grade": whole}),
        "obtained": (partial(_obtained, today=today), {"obtained": whole}),
        "cohort": (_cohort, {"cohort": whole}),
        "remark": (lambda _: (None,), {}),
    }
    for name, entries in codes.LISTS.items():
        current, first = codes.to_current(entries), codes.of_first(entries)
        reading = partial(_code, current=current, first=first, unknown=_unknown(name))
        fresh[name] = reading, {name: texts, "first": pl.Boolean()}
    return {
        name: Remembered(reading, schema, folded=name not in _AS_WRITTEN) for name, (reading, schema) in fresh.items()
    }


def _typed(read: Read, *, name: str, needed: bool) -> pl.DataFrame:
    """Return the typed columns of a column of text; an empty cell is a problem where there is a check for it."""
    own = [each for each in read.lines.columns if each not in _ABOUT]
    rows, problem = read.rows(*own, *read.troubles()), f"problem_{name}"
    missing = _missing(name) if needed and read.marks.null_count() else None
    if missing is not None:
        known = pl.col("problem") if "problem" in rows.columns else None
        empty = pl.when(read.marks.is_null()).then(pl.lit(missing, PROBLEM))
        rows = rows.with_columns(empty.otherwise(known).alias("problem"))
    return rows.rename({"problem": problem}, strict=False)


def _missing(name: str) -> int | None:
    """Return the rank of the check that an empty cell fails, where there is one."""
    if name in codes.LISTS:
        return RANK[_unknown(name)]
    return RANK.get("name_missing" if name == "person_name" else f"{name}_missing")


def _unknown(name: str) -> str:
    return name.replace("_code", "_unknown")


def _person(given: str) -> Outcome:
    try:
        return text.person_name(given), text.name_key(given), None
    except text.NotAName:
        return None, None, "name_malformed"


def _document(given: str, *, today: date) -> Outcome:
    if workbook.is_damaged(given):
        return None, None, "document_scientific"
    try:
        document = documents.read(documents.kind_by_form(given), given, today=today)
    except documents.NumberMalformed:
        return None, None, "document_malformed"
    except documents.RegionUnknown:
        return None, None, "document_region"
    except documents.BirthDateImpossible:
        return None, None, "document_birth_date"
    except documents.CheckDigitWrong:
        return None, None, "document_check_digit"
    return document.kind.value, document.number, None


def _code(given: str, *, current: Mapping[str, str], first: frozenset[str], unknown: str) -> Outcome:
    return (current[given], given in first, None) if given in current else (None, None, unknown)


def _student_number(given: str) -> Outcome:
    if workbook.is_damaged(given):
        return None, "student_number_scientific"
    return (None, "student_number_too_long") if len(given) > STUDENT_NUMBER_CHARACTERS_MAX else (given, None)


def _major(given: str) -> Outcome:
    return (None, "major_too_long") if len(given) > MAJOR_CHARACTERS_MAX else (given, None)


def _course(given: str) -> Outcome:
    name = " ".join(given.split())
    key = text.fold(name)  # can be longer than the name: some characters stand for several
    if len(name) > COURSE_CHARACTERS_MAX or len(key) > COURSE_KEY_CHARACTERS_MAX:
        return None, None, "course_too_long"
    return name, key, None


def _number(given: str, *counted: str) -> str:
    """Return a number without what it counts behind it, and any other text as it is."""
    found = _COUNTED.fullmatch(given)
    return found[1] if found is not None and found[2] in counted else given


def _credits(given: str) -> Outcome:
    try:
        hundredths = amounts.Amount.parse(_number(given, "学分", "分"), _NUMBER).hundredths
    except amounts.NotAnAmount:
        return None, "credits_malformed"
    if not 0 < hundredths <= CREDITS_HUNDREDTHS_MAX:
        return None, "credits_out_of_range"
    return hundredths, None


def _hours(given: str) -> Outcome:
    try:
        return amounts.Amount.parse(_number(given, "学时"), _NUMBER).hundredths, None
    except amounts.NotAnAmount:
        return None, "hours_malformed"


def _grade(given: str) -> Outcome:
    try:
        grade = grades.parse(_number(given, "分"))
    except grades.NotAGrade:
        return None, None, "grade_malformed"
    if not grades.passed(grade):
        return None, None, "grade_not_passed"
    return grade.scale.value, grade.value, None


def _obtained(given: str, *, today: date) -> Outcome:
    try:
        obtained = dates.parse(given)
    except dates.NotADate:
        return None, "obtained_malformed"
    # The month that is running is no future: marks are entered in it.
    if obtained.first_day > today:
        return None, "obtained_future"
    return obtained.number, None


def _cohort(given: str) -> Outcome:
    found = _COHORT.fullmatch(given)
    return (None, "cohort_malformed") if found is None else (int(found[1]), None)
