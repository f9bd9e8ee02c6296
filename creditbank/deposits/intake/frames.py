"""From columns of text to typed columns: every distinct text is read once, and a whole column follows by join."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from creditbank.deposits.intake import codes
from creditbank.deposits.intake.columns import Column
from creditbank.deposits.intake.registry import RANK
from creditbank.kernel import credits as amounts, dates, documents, grades, text
from creditbank.kernel.sheets import workbook

COURSE_CHARACTERS_MAX = 100
COURSE_KEY_CHARACTERS_MAX = 200
MAJOR_CHARACTERS_MAX = 100
STUDENT_NUMBER_CHARACTERS_MAX = 40
CREDITS_HUNDREDTHS_MAX = 60_00
VALUE_SHOWN_MAX = 40
TEXTS_KNOWN_MAX = 100_000

# What a text is turned into, with the name of the check it fails (or nothing) as the last.
Outcome = tuple[object, ...]
Reading = Callable[[str], Outcome]

PROBLEM = pl.UInt8
# A file states numbers; the unit is the institution's, and is put to them when the batch is posted.
_NUMBER = amounts.Unit(id=0, code="", kind=amounts.UnitKind.POINTS)
_COHORT = re.compile(r"((?:19|20|21)\d{2})[届级年]?")
_IDENTITY_NUMBER = re.compile(r"(?:\d[ -]?){14,}[\dXx]|\d\.\d{5,}[Ee]\+?1\d")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufff9-\ufffb]")


@dataclass(slots=True)
class Remembered:
    """How a column is read, and what was read of its texts so far: in a file of any order a person is in every block.

    The outcomes have the columns of `schema`, and in `problem` the rank of the check that the text fails.
    """

    reading: Reading
    schema: Mapping[str, pl.DataType]
    _places: dict[str, int] = field(default_factory=dict)
    _outcomes: pl.DataFrame = field(default_factory=pl.DataFrame)

    def read(self, values: pl.Series) -> pl.DataFrame:
        """Return the outcome of each text."""
        texts = values.to_list()
        if len(self._places) > TEXTS_KNOWN_MAX:
            self._places.clear()
            self._outcomes = pl.DataFrame()
        new = list(dict.fromkeys(text for text in texts if text not in self._places))
        if new or not self._outcomes.width:
            self._places.update(zip(new, range(len(self._places), len(self._places) + len(new)), strict=True))
            self._outcomes = pl.concat([*self._outcomes.iter_slices(), self._fresh(new)], rechunk=True)
        return self._outcomes[[self._places[text] for text in texts]]

    def _fresh(self, texts: Sequence[str]) -> pl.DataFrame:
        outcomes: Iterable[Outcome] = map(self.reading, texts)
        found = pl.DataFrame(outcomes, {**self.schema, "problem": pl.String()}, orient="row")
        return found.with_columns(pl.col("problem").replace_strict(dict(RANK), return_dtype=PROBLEM))


Readings = Mapping[str, Remembered]


def typed(apart: Mapping[str, Column], *, readings: Readings, needed: frozenset[str]) -> pl.DataFrame:
    """Return the typed columns, and for each kind of trouble a `problem_…` column with the rank of its check.

    An empty cell is trouble in the columns `needed`.
    """
    parts = [_read(apart[name], reading, name=name, needed=name in needed) for name, reading in readings.items()]
    parts += [
        _translated(apart[name], entries, name=name, optional=name not in needed)
        for name, entries in codes.LISTS.items()
    ]
    firsts = [_is_first(apart[name], entries).alias(name) for name, entries in codes.LISTS.items()]
    mapped = pl.DataFrame(firsts).select(pl.any_horizontal(pl.all()).fill_null(value=False).alias("mapped"))
    return pl.concat([*parts, mapped], how="horizontal")


def generations(apart: Mapping[str, Column]) -> tuple[int, int]:
    """Return how many cells hold a code of the first generation, and how many one of the second."""
    first = current = 0
    for name, entries in codes.LISTS.items():
        counted = apart[name].places.drop_nulls().value_counts()
        old, known = codes.of_first(entries), codes.to_current(entries)
        for place, cells in counted.iter_rows():
            text = apart[name].values[place]
            first += cells if text in old else 0
            current += cells if text in known and text not in old else 0
    return first, current


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
    fresh: Mapping[str, tuple[Reading, Mapping[str, pl.DataType]]] = {
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
    }
    return {name: Remembered(reading, schema) for name, (reading, schema) in fresh.items()}


def _read(apart: Column, reading: Remembered, *, name: str, needed: bool) -> pl.DataFrame:
    """Return the typed columns for a column of text; an empty cell is a problem where there is a check for it."""
    problem = f"problem_{name}"
    known = reading.read(apart.values).rename({"problem": problem})
    missing = RANK.get("name_missing" if name == "person_name" else f"{name}_missing") if needed else None
    return _with_missing(apart.spread(known), apart, problem=problem, rank=missing)


def _with_missing(rows: pl.DataFrame, apart: Column, *, problem: str, rank: int | None) -> pl.DataFrame:
    if rank is None or not apart.places.null_count():
        return rows
    empty = apart.places.is_null()
    return rows.with_columns(pl.when(empty).then(pl.lit(rank, PROBLEM)).otherwise(pl.col(problem)).alias(problem))


def _translated(apart: Column, entries: tuple[codes.Code, ...], *, name: str, optional: bool) -> pl.DataFrame:
    current = apart.values.replace_strict(codes.to_current(entries), default=None, return_dtype=pl.String)
    rank, problem = RANK[name.replace("_code", "_unknown")], f"problem_{name}"
    unknown = pl.when(pl.col(name).is_null()).then(pl.lit(rank, PROBLEM)).alias(problem)
    rows = apart.spread(current.to_frame(name).select(name, unknown))
    return _with_missing(rows, apart, problem=problem, rank=None if optional else rank)


def _is_first(apart: Column, entries: tuple[codes.Code, ...]) -> pl.Series:
    return apart.values.is_in(list(codes.of_first(entries))).gather(apart.places)


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


def _credits(given: str) -> Outcome:
    try:
        hundredths = amounts.Amount.parse(given, _NUMBER).hundredths
    except amounts.NotAnAmount:
        return None, "credits_malformed"
    if not 0 < hundredths <= CREDITS_HUNDREDTHS_MAX:
        return None, "credits_out_of_range"
    return hundredths, None


def _hours(given: str) -> Outcome:
    try:
        return amounts.Amount.parse(given, _NUMBER).hundredths, None
    except amounts.NotAnAmount:
        return None, "hours_malformed"


def _grade(given: str) -> Outcome:
    try:
        grade = grades.parse(given)
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
