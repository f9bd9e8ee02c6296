"""From columns of text to typed columns: every distinct text is read once, and a whole column follows by join."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial

import polars as pl

from creditbank.deposits.intake import codes
from creditbank.deposits.intake.registry import RANK
from creditbank.kernel import credits as amounts, dates, documents, grades, text
from creditbank.kernel.sheets import workbook

COURSE_CHARACTERS_MAX = 100
COURSE_KEY_CHARACTERS_MAX = 200
MAJOR_CHARACTERS_MAX = 100
STUDENT_NUMBER_CHARACTERS_MAX = 40
CREDITS_HUNDREDTHS_MAX = 60_00
VALUE_SHOWN_MAX = 40

# What a text is turned into, with the name of the check it fails (or nothing) as the last.
Outcome = tuple[object, ...]
Reading = Callable[[str], Outcome]

PROBLEM = pl.UInt8
# A file states numbers; the unit is the institution's, and is put to them when the batch is posted.
_NUMBER = amounts.Unit(id=0, code="", kind=amounts.UnitKind.POINTS)
_COHORT = re.compile(r"((?:19|20|21)\d{2})[届级年]?")
_IDENTITY_NUMBER = re.compile(r"(?:\d[ -]?){14,}[\dXx]|\d\.\d{5,}[Ee]\+?1\d")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufff9-\ufffb]")


def typed(tidy: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Return `row`, the typed columns, and for each kind of trouble a `problem_…` column with the rank of its check."""
    parts = [tidy.select("row")]
    for name, (reading, schema) in _readings(today).items():
        parts.append(_read(tidy[name], reading, schema, problem=f"problem_{name}"))
    for name, entries in codes.LISTS.items():
        parts.append(_translated(tidy[name], entries, optional=name in {"outcome_code", "season_code"}))
    plain = tidy.select(
        pl.any_horizontal(pl.col(name).is_in(list(codes.of_first(entries))) for name, entries in codes.LISTS.items())
        .fill_null(value=False)
        .alias("mapped"),
    )
    return pl.concat([*parts, plain], how="horizontal")


def shown(value: str | None, *, column: str, language: str) -> str:
    """Return what a cell says, fit for a report: short, on one line, and never a whole identity number."""
    if value is None:
        return "blank" if language == "en" else "空白"
    visible = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if column == "document":
        return documents.masked(visible)
    masked = _IDENTITY_NUMBER.sub(lambda found: documents.masked(found[0]), visible)
    return masked if len(masked) <= VALUE_SHOWN_MAX else f"{masked[: VALUE_SHOWN_MAX - 1]}…"


def _readings(today: date) -> Mapping[str, tuple[Reading, Mapping[str, pl.DataType]]]:
    texts, whole = pl.String(), pl.Int32()
    return {
        "person_name": (_person, {"person_name": texts, "name_key": texts}),
        "document": (partial(_document, today=today), {"document_kind": texts, "document_number": texts}),
        "student_number": (_student_number, {"student_number": texts}),
        "major": (_major, {"major": texts}),
        "course": (_course, {"course": texts, "course_key": texts}),
        "credits": (_credits, {"credits": whole}),
        "hours": (_hours, {"hours": whole}),
        "grade": (_grade, {"grade_scale": pl.Int8(), "grade_value": whole}),
        "obtained": (partial(_obtained, today=today), {"obtained": whole}),
        "cohort": (_cohort, {"cohort": whole}),
    }


def _read(texts: pl.Series, reading: Reading, schema: Mapping[str, pl.DataType], *, problem: str) -> pl.DataFrame:
    """Return the typed columns for a column of text; an empty cell is a problem where there is a check for it."""
    distinct = texts.drop_nulls().unique()
    outcomes: Iterable[Outcome] = [(given, *reading(given)) for given in distinct]
    known = pl.DataFrame(outcomes, {"given": pl.String(), **schema, problem: pl.String()}, orient="row")
    known = known.with_columns(pl.col(problem).replace_strict(dict(RANK), return_dtype=PROBLEM))
    column = texts.to_frame("given").join(known, on="given", how="left", maintain_order="left")
    name = {"person_name": "name"}.get(texts.name, texts.name)
    missing = RANK.get(f"{name}_missing")
    when_empty = pl.col(problem) if missing is None else pl.lit(missing, PROBLEM)
    return column.select(
        *schema, pl.when(pl.col("given").is_null()).then(when_empty).otherwise(pl.col(problem)).alias(problem)
    )


def _translated(texts: pl.Series, entries: tuple[codes.Code, ...], *, optional: bool) -> pl.DataFrame:
    name = texts.name
    current = texts.replace_strict(codes.to_current(entries), default=None, return_dtype=pl.String)
    unknown = current.is_null() & texts.is_not_null() if optional else current.is_null()
    rank = pl.lit(RANK[name.replace("_code", "_unknown")], PROBLEM)
    return pl.DataFrame({name: current, "unknown": unknown}).select(
        name, pl.when("unknown").then(rank).alias(f"problem_{name}")
    )


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
