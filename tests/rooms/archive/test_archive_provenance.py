"""What an entry was converted from is told with its batch, and goes with its learner."""

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from creditbank.archive import models, operations, queries
from creditbank.archive.errors import PostingClosed
from creditbank.archive.types import Posting
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from tests.rooms.archive.conftest import NOW, SYSTEM, Bank, frame
from tests.rooms.archive.merging import merged

CERTIFICATE, INTO, ALSO = 0, 1, 2


def told(bank: Bank, *targets: int, learner: int = 0) -> pl.DataFrame:
    """The certificate became these courses in December 2025."""
    rows = [
        {
            "learner_id": bank.learners[learner],
            "specification_id": bank.courses[target],
            "obtained": 20251200,
            "part": 0,
            "source_organization_id": bank.school,
            "source_specification_id": bank.courses[CERTIFICATE],
            "source_obtained": 20260600,
            "source_part": 0,
            "converted": 20251200,
        }
        for target in targets
    ]
    return pl.DataFrame(rows, schema=queries.PROVENANCE_COLUMNS)


def begun(bank: Bank, *targets: int, learner: int = 0, reference: str = "2026-0001", revision: int = 0) -> Posting:
    """A batch with the certificate and the courses it became, not finished yet."""
    posting = operations.begin_posting(actor=SYSTEM, organization_id=bank.school, reference=reference, now=NOW)
    entries = [bank.row(learner, CERTIFICATE), *(bank.row(learner, each, obtained=20251200) for each in targets)]
    part = frame(entries).with_columns(pl.lit(revision, pl.Int16).alias("revision"))
    operations.post_many(actor=SYSTEM, posting=posting, frames=[part])
    return posting


def finished(bank: Bank, *targets: int, learner: int = 0, reference: str = "2026-0001", revision: int = 0) -> Posting:
    posting = begun(bank, *targets, learner=learner, reference=reference, revision=revision)
    operations.post_provenance(actor=SYSTEM, posting=posting, frame=told(bank, *targets, learner=learner))
    return operations.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)


def holder(bank: Bank, learner: int = 0) -> Actor:
    return Actor(ActorKind.LEARNER, 7, "张三", (), learner_id=bank.learners[learner])


def test_provenance_is_seen_once_the_batch_is(bank: Bank) -> None:
    posting = begun(bank, INTO)
    assert operations.post_provenance(actor=SYSTEM, posting=posting, frame=told(bank, INTO)) == 1
    assert queries.provenance(bank.learners[0]) == ()
    operations.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)
    [row] = queries.provenance(bank.learners[0])
    assert row.target == bank.key(0, INTO, obtained=20251200)
    assert row.source == bank.key(0, CERTIFICATE)
    assert (row.converted, row.posting_id) == (20251200, posting.id)


def test_writing_it_again_after_a_crash_adds_nothing(bank: Bank) -> None:
    posting = begun(bank, INTO, ALSO)
    assert operations.post_provenance(actor=SYSTEM, posting=posting, frame=told(bank, INTO)) == 1
    assert operations.post_provenance(actor=SYSTEM, posting=posting, frame=told(bank, INTO, ALSO)) == 1
    assert models.Provenance.objects.count() == 2


def test_nothing_is_written_for_nobody(bank: Bank) -> None:
    assert operations.post_provenance(actor=SYSTEM, posting=begun(bank), frame=told(bank)) == 0


def test_a_posted_batch_takes_no_more(bank: Bank) -> None:
    posting = finished(bank, INTO)
    with pytest.raises(PostingClosed):
        operations.post_provenance(actor=SYSTEM, posting=posting, frame=told(bank, ALSO))


def test_who_may_not_post_may_not_tell(bank: Bank) -> None:
    posting = begun(bank, INTO)
    with pytest.raises(NotPermitted):
        operations.post_provenance(actor=holder(bank), posting=posting, frame=told(bank, INTO))


def test_both_ends_are_shown_to_the_learner(bank: Bank) -> None:
    finished(bank, INTO, ALSO)
    mine = holder(bank)
    pages = {
        page.achievement.entry.key: page
        for achievement in queries.archive_of(actor=mine, learner_id=bank.learners[0])
        for page in [queries.own_entry(actor=mine, address=achievement.address)]
    }
    source = pages[bank.key(0, CERTIFICATE)]
    target = pages[bank.key(0, INTO, obtained=20251200)]
    assert [each.achievement.name.zh for each in source.targets] == ["老年照护", "高等数学"]
    assert source.sources == ()
    assert [(each.achievement.name.zh, each.converted) for each in target.sources] == [("护理学基础", 20251200)]
    assert target.targets == ()


def test_provenance_goes_with_a_merged_account(bank: Bank) -> None:
    finished(bank, INTO, learner=1)
    merged(bank, 1)
    [row] = queries.provenance(bank.learners[0])
    assert (row.source, row.target) == (bank.key(0, CERTIFICATE), bank.key(0, INTO, obtained=20251200))


def test_provenance_goes_where_a_moved_entry_went(bank: Bank) -> None:
    """The survivor has something else under the same key, so that the entry lives on in the next part."""
    finished(bank, INTO, learner=1)
    posting = operations.begin_posting(actor=SYSTEM, organization_id=bank.school, reference="2026-0002", now=NOW)
    operations.post_many(
        actor=SYSTEM, posting=posting, frames=[frame([bank.row(0, CERTIFICATE, grade=6000)]).drop("leaf", strict=False)]
    )
    operations.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)
    merged(bank, 1)
    [row] = queries.provenance(bank.learners[0])
    assert row.source == bank.key(0, CERTIFICATE, part=1)


def test_provenance_of_a_withdrawn_batch_counts_no_more(bank: Bank) -> None:
    posting = finished(bank, INTO)
    models.Posting.objects.get(id=posting.id).record_withdrawn(at=NOW)
    assert queries.provenance(bank.learners[0]) == ()


def test_a_batch_that_is_sent_again_after_a_withdrawal_tells_its_conversions_again(bank: Bank) -> None:
    first = finished(bank, INTO)
    models.Posting.objects.get(id=first.id).record_withdrawn(at=NOW)
    second = finished(bank, INTO, reference="2026-0002", revision=1)
    third = finished(bank, INTO, reference="2026-0003", revision=2)
    assert [row.posting_id for row in queries.provenance(bank.learners[0])] == [third.id]
    assert second.id < third.id


def test_provenance_is_added_to_and_never_changed(bank: Bank) -> None:
    finished(bank, INTO)
    for statement in ("UPDATE archive_provenance SET converted = 20240000", "DELETE FROM archive_provenance"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
