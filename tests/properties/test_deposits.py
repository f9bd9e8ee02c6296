"""Whatever comes in whatever order and in however many files: nothing lost, doubled or invented on the way."""

from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from creditbank.archive import queries as archive
from creditbank.deposits import operations
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import queries as learners
from tests.conftest import NOW
from tests.dirty.asking import stream
from tests.rooms.deposits.conftest import SYSTEM, two_schools
from tests.rooms.deposits.sheets import Row, identity, sheet

pytestmark = pytest.mark.django_db
PEOPLE = range(1, 5)
COURSES = {"体育": "1", "大学英语": "4", "高等数学（一）": "2.5"}
FAULTS = (
    {"grade": "缺考"},
    {"grade": "59"},
    {"credits": "x"},
    {"obtained": "201913"},
    {"document": "310199199001010000"},
    {"name": "张3"},
)

clean = st.builds(
    lambda person, course, obtained: Row(person=person, course=course, credits=COURSES[course], obtained=obtained),
    st.integers(PEOPLE.start, PEOPLE.stop - 1),
    st.sampled_from(list(COURSES)),
    st.sampled_from(["202401", "202407", "2023-12"]),
)
#: Rows that differ in nothing but their faults: twice the same is a duplicate, and no two contradict each other.
AGREEING = st.lists(
    st.one_of(clean, st.builds(lambda row, fault: row.but(**fault), clean, st.sampled_from(FAULTS))),
    min_size=1,
    max_size=16,
)
#: With other marks and credits, so that files contradict themselves, each other and the catalogue.
GRADED = st.lists(
    st.builds(
        lambda row, grade, worth: row.but(grade=grade, credits=worth or row.credits),
        clean,
        st.sampled_from(["60", "86", "良好", "缺考"]),
        st.sampled_from(["", "", "", "0.5", "x"]),
    ),
    min_size=1,
    max_size=16,
)
few = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def a_bank():
    """A school in a bank that is gone at the end."""
    with transaction.atomic():
        yield two_schools()[0]
        transaction.set_rollback(True)


def deposited(school, rows, end=b""):
    """Let rows enter the book, and return the counts and how often each reason was given."""
    report = operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=stream(sheet(*rows) + end), now=NOW
    )
    return report.batch.counts, Counter(row.code for row in report.refused)


def book():
    """Return everything in the book, without the numbers that chance gave."""
    found = learners.find_by_documents([Document(DocumentKind.RESIDENT_ID, identity(n)) for n in PEOPLE])
    return sorted(
        (document.number, each.name.zh, each.entry.key.obtained, each.entry.credits, each.entry.grade.value)
        for document, person in found.items()
        for each in archive.archive_of(actor=SYSTEM, learner_id=person.learner_id)
    )


def worth():
    """Return the hundredths of credits in the book."""
    return sum(line[3] for line in book())


@few
@given(rows=AGREEING, at=st.integers(0, 16))
def test_a_file_and_the_same_rows_in_two_files_leave_the_same_book(rows, at):
    with a_bank() as school:
        whole, reasons = deposited(school, rows)
        one = book()
    halves = [part for part in (rows[:at], rows[at:]) if part]
    with a_bank() as school:
        told = [deposited(school, part, end=b"\r\n" * number) for number, part in enumerate(halves)]
        assert book() == one
    assert sum(counts.kept for counts, _ in told) == whole.kept
    assert sum(counts.duplicates for counts, _ in told) == whole.duplicates
    assert sum(counts.credits_hundredths for counts, _ in told) == whole.credits_hundredths
    assert sum((codes for _, codes in told), Counter()) == reasons


@few
@given(rows=GRADED, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_neither_report_nor_book(rows, order):
    with a_bank() as school:
        straight, one = deposited(school, rows), book()
    shuffled = list(rows)
    order.shuffle(shuffled)
    with a_bank() as school:
        crooked, other = deposited(school, shuffled), book()
    assert straight == crooked
    assert one == other


@few
@given(rows=GRADED)
def test_what_is_sent_twice_is_all_duplicates_and_changes_nothing(rows):
    with a_bank() as school:
        first, reasons = deposited(school, rows)
        before = book()
        second, again = deposited(school, rows, end=b"\r\n")
        assert (second.kept, second.corrections) == (0, 0)
        assert second.duplicates == first.kept + first.duplicates
        assert again == reasons
        assert book() == before


@few
@given(earlier=GRADED, later=GRADED)
def test_every_row_is_counted_once_and_every_credit_is_in_the_book(earlier, later):
    with a_bank() as school:
        first, _ = deposited(school, earlier)
        assert worth() == first.credits_hundredths
        stood = set(book())
        second, reasons = deposited(school, later, end=b"\r\n")
        stands = set(book())
    for counts, rows in ((first, earlier), (second, later)):
        accounted = counts.kept + counts.corrections + counts.duplicates + counts.refused_rows
        assert counts.rows == len(rows) == accounted
    assert reasons.total() == second.refused_rows
    assert len(stands) == len(stood) + second.kept
    assert len(stood - stands) == second.corrections
    assert second.credits_hundredths == sum(line[3] for line in stands - stood)
    assert archive.check_roots().broken == ()
