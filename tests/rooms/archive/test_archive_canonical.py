"""The canonical form archive.entry.v1: frozen vectors, reached by the house and by another path."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import rfc8785
from hypothesis import given, settings, strategies as st

from creditbank.archive import canonical
from creditbank.evidence import queries as evidence
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.grades import Scale
from creditbank.organizations.errors import CodeMalformed
from creditbank.organizations.rules import check_code
from creditbank.organizations.types import OrganizationKind

FILE = json.loads((Path(__file__).parents[2] / "data" / "vectors" / "entries.json").read_text("utf-8"))
ENTRIES = FILE["entries"]
NAMES = canonical.Names(
    accounts={int(number): text for number, text in FILE["names"]["accounts"].items()},
    achievements={int(number): text for number, text in FILE["names"]["achievements"].items()},
    source=FILE["names"]["source"],
    units={int(number): text for number, text in FILE["names"]["units"].items()},
)
MEMBERS = ["account", "achievement", "credits", "enrolment", "form", "grade", "hours"]
MEMBERS += ["obtained", "part", "revision", "scale", "source", "unit"]
# What the steps of a scale are called, written down once more, so that a change of the kernel is seen.
STEPS = {
    2: ["不及格", "及格", "中等", "良好", "优秀"],
    3: ["F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"],
    4: ["不合格", "合格"],
}


def frame_of(rows):
    return pl.DataFrame(rows, schema=canonical.COLUMNS)


def decimal(hundredths):
    if hundredths is None:
        return None
    return format((Decimal(hundredths) / 100).normalize(), "f")


def obtained(number):
    year, month, day = number // 10000, number // 100 % 100, number % 100
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def grade(scale, value):
    if scale == 0:
        return ""
    return decimal(value) if scale == 1 else STEPS[scale][value]


def by_another_path(row):
    """Return the canonical bytes of a row of numbers, made with nothing of the house."""
    document = {
        "account": NAMES.accounts[row["learner_id"]],
        "achievement": NAMES.achievements[row["specification_id"]],
        "credits": decimal(row["credits"]),
        "enrolment": row["enrolment"],
        "form": "archive.entry.v1",
        "grade": grade(row["grade_scale"], row["grade"]),
        "hours": decimal(row["hours"]),
        "obtained": obtained(row["obtained"]),
        "part": row["part"],
        "revision": row["revision"],
        "scale": ["none", "percent", "five", "letter", "pass"][row["grade_scale"]],
        "source": NAMES.source,
        "unit": NAMES.units[row["unit_id"]],
    }
    return rfc8785.dumps(document)


def test_vectors_cover_what_is_delicate():
    numbers = [entry["numbers"] for entry in ENTRIES]
    assert {row["grade_scale"] for row in numbers} == set(Scale)
    assert {row["credits"] for row in numbers} >= {None, 0, 25, 250}
    assert None in {row["hours"] for row in numbers}
    assert {PartialDate(row["obtained"]).precision for row in numbers} == {"year", "month", "day"}


def test_house_writes_the_frozen_forms_as_one_frame():
    forms = canonical.entry_forms(frame_of([entry["numbers"] for entry in ENTRIES]), NAMES)
    assert forms.to_list() == [entry["form"] for entry in ENTRIES]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["what"])
def test_house_writes_the_frozen_form_of_one_row(entry):
    assert canonical.entry_forms(frame_of([entry["numbers"]]), NAMES).to_list() == [entry["form"]]
    assert evidence.commitments(bytes.fromhex(entry["salt"]), [entry["form"].encode()])[0].hex() == entry["commitment"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["what"])
def test_frozen_form_is_reached_by_another_path(entry):
    assert by_another_path(entry["numbers"]).decode() == entry["form"]
    assert rfc8785.dumps(entry["document"]).decode() == entry["form"]
    assert list(json.loads(entry["form"])) == MEMBERS
    salted = b"\x00\x01" + bytes.fromhex(entry["salt"]) + entry["form"].encode()
    assert hashlib.sha256(salted).hexdigest() == entry["commitment"]


def test_order_of_rows_is_kept():
    rows = [entry["numbers"] for entry in reversed(ENTRIES)]
    assert canonical.entry_forms(frame_of(rows), NAMES).to_list() == [entry["form"] for entry in reversed(ENTRIES)]


def test_empty_frame_has_no_forms():
    assert canonical.entry_forms(frame_of([]), NAMES).to_list() == []


@pytest.mark.parametrize("lacking", ["enrolment", "part", "revision"])
def test_nothing_commits_to_an_entry_that_lacks_something(lacking):
    whole = [entry["numbers"] for entry in ENTRIES]
    assert canonical.entry_lines(frame_of(whole), NAMES).decode().splitlines() == [entry["form"] for entry in ENTRIES]
    with pytest.raises(AssertionError, match="without a form"):
        canonical.entry_lines(frame_of([*whole, whole[0] | {lacking: None}]), NAMES)


def test_row_without_a_name_is_a_bug():
    stranger = {**ENTRIES[0]["numbers"], "specification_id": 999}
    with pytest.raises(pl.exceptions.InvalidOperationError, match="incomplete mapping"):
        canonical.entry_forms(frame_of([stranger]), NAMES)


@pytest.mark.parametrize("code", ['a"b', "a{}b", "a\\b", "学校", "a b"])
def test_code_of_a_source_needs_no_escape(code):
    with pytest.raises(CodeMalformed):
        check_code(OrganizationKind.ISSUER, code)


amounts = st.none() | st.integers(0, 999_900)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(lambda day: int(day.strftime("%Y%m%d")))
moments = days.flatmap(lambda number: st.sampled_from([number, number // 100 * 100, number // 10000 * 10000]))
grades = st.one_of(
    st.just((0, 0)),
    st.tuples(st.just(1), st.integers(0, 10000)),
    *(st.tuples(st.just(scale), st.integers(0, len(steps) - 1)) for scale, steps in STEPS.items()),
)


@st.composite
def row(draw):
    scale, value = draw(grades)
    return {
        "learner_id": draw(st.sampled_from(sorted(NAMES.accounts))),
        "specification_id": draw(st.sampled_from(sorted(NAMES.achievements))),
        "obtained": draw(moments),
        "part": draw(st.integers(0, 2**31 - 1)),
        "revision": draw(st.integers(0, 2**15 - 1)),
        "enrolment": draw(st.integers(0, 2**15 - 1)),
        "credits": draw(amounts),
        "hours": draw(amounts),
        "grade": value,
        "grade_scale": scale,
        "unit_id": draw(st.sampled_from(sorted(NAMES.units))),
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(row(), max_size=30))
def test_every_row_is_written_as_by_another_path(rows):
    forms = canonical.entry_forms(frame_of(rows), NAMES)
    assert [form.encode() for form in forms] == [by_another_path(each) for each in rows]
