"""Whatever a file holds: every row counts once, order is irrelevant, a re-send changes nothing."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from creditbank.archive import queries as archive
from creditbank.deposits import operations
from creditbank.deposits.types import BatchStage
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import queries as learners
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, two_schools
from tests.rooms.deposits.sheets import Row, identity, sheet

ROWS = st.builds(
    Row,
    person=st.integers(1, 4),
    course=st.sampled_from(["体育", "大学英语", "高等数学（一）"]),
    credits=st.sampled_from(["2", "2", "2", "0.5", "x"]),
    grade=st.sampled_from(["60", "86", "良好", "B+", "59", "缺考"]),
    obtained=st.sampled_from(["202401", "202407", "201913"]),
)
FILES = st.lists(ROWS, min_size=1, max_size=14)
slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def a_bank():
    """A bank that is gone at the end."""
    with transaction.atomic():
        yield two_schools()[0]
        transaction.set_rollback(True)


def deposited(school, rows, end=b""):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=sheet(*rows) + end, now=NOW
    ).batch


def book():
    """Everything in the book, without the numbers that chance gave."""
    found = learners.find_by_documents([Document(DocumentKind.RESIDENT_ID, identity(n)) for n in range(1, 5)])
    lines = []
    for document, person in found.items():
        for entry in archive.archive_of(actor=SYSTEM, learner_id=person.learner_id):
            mark = entry.entry.grade
            lines.append((document.number, entry.name.zh, entry.entry.key.obtained, entry.entry.credits, mark))
    return sorted(lines, key=str)


@pytest.mark.django_db
@slow
@given(rows=FILES, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, order):
    with a_bank() as school:
        first, straight = deposited(school, rows), book()
    shuffled = list(rows)
    order.shuffle(shuffled)
    with a_bank() as school:
        second, crooked = deposited(school, shuffled), book()
    assert straight == crooked
    assert first.counts == second.counts


@pytest.mark.django_db
@slow
@given(rows=FILES)
def test_credits_are_conserved_and_a_second_sending_changes_nothing(rows):
    with a_bank() as school:
        batch = deposited(school, rows)
        before = book()
        assert sum(line[3] for line in before) == batch.counts.credits_hundredths
        assert len(before) == batch.counts.kept == batch.counts.postable
        again = deposited(school, rows, end=b"\r\n")
        assert again.counts.postable == 0
        assert again.stage is BatchStage.REPORTED
        assert book() == before
