"""A worker is killed in the middle of a preview: the next one goes on where it was, to the same sums."""

import pytest

from creditbank.conversion import operations, queries, tasks
from creditbank.conversion.queries import trying
from creditbank.conversion.shown import PreviewStage as Stage
from tests.rooms.conversion.room.conftest import NOW, SYSTEM
from tests.rooms.conversion.room.test_previews import asked, filled, found, nursing, worked
from tests.rooms.conversion.room.test_trials import drafted
from tests.rooms.deposits.test_crashes import in_a_process_that_is_killed

pytestmark = pytest.mark.django_db(transaction=True)

WHILE_READING = "trying.holdings_of = die"
BEFORE_COMMIT = """
        kept = models.Preview.record_slice
        def kept_and_dead(self, *args, **words):
            kept(self, *args, **words)
            die()
        models.Preview.record_slice = kept_and_dead
"""


@pytest.mark.parametrize("death", [WHILE_READING, BEFORE_COMMIT], ids=["while reading", "before its commit"])
def test_a_killed_preview_goes_on_where_it_was(death, monkeypatch):
    bank = filled()
    other = operations.ask_preview(actor=SYSTEM, public_id=drafted(bank.school, nursing("yj/whole")), now=NOW)
    whole = worked(other)
    public_id, preview = asked(bank)
    in_a_process_that_is_killed(f"""
        from creditbank.conversion import models, operations as conversion
        from creditbank.conversion.queries import trying
        trying.SLICE = 1
        def work():
            conversion.work_on_preview(actor=system("doomed"), number={preview.id}, now=NOW)
        work()
        {death}
        work()
    """)
    left = found(public_id)
    assert (left.stage, left.done, left.trial.freed) == (Stage.RUNNING, 1, 1)
    assert queries.left_lying(since=NOW) == (preview.id,)
    monkeypatch.setattr(trying, "SLICE", 1)
    tasks.preview(number=preview.id)
    ended = found(public_id)
    assert (ended.stage, ended.done, ended.trial) == (Stage.DONE, whole.done, whole.trial)
