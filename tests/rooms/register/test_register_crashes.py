"""A worker killed at a list, by SIGKILL, while it checks and while it enters: nothing is lost, doubled or half."""

import pytest

from creditbank.kernel.review import Verdict
from creditbank.register import models, operations, queries, tasks
from creditbank.register.types import Counts, LoadStage
from tests.conftest import NOW
from tests.rooms.deposits.conftest import staff
from tests.rooms.deposits.test_crashes import in_a_process_that_is_killed
from tests.rooms.register.issuing import SYSTEM, entered, sheet, small_issuer

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 12


def handed_in(issuer):
    """Hand in a list of which one row is registered already, one changes what is there, and one cannot be taken."""
    entered(issuer, {"number": "YJ0000"}, {"number": "YJ0001", "until": "2030"})
    rows = [{"number": f"YJ{number:04d}"} for number in range(ROWS)]
    content = sheet(*rows, {"number": "YJ9999", "issued": "201913"})
    return operations.hand_in(
        actor=staff(1, issuer.id), organization_id=issuer.id, file_name="a.csv", content=[content], now=NOW
    ).public_id


def killed(step, *, after):
    """Let a worker take one step, in blocks of five rows, and die in the middle of what follows so many of them."""
    in_a_process_that_is_killed(f"""
        from creditbank.register import operations
        from creditbank.register.operations import entering, loading
        entering.STEP_ROWS = loading.BLOCK_ROWS = 5
        done = []
        def dying(real):
            def act(*given, **named):
                if len(done) == {after}:
                    die()
                done.append(real(*given, **named))
                return done[-1]
            return act
        loading._keep_block = dying(loading._keep_block)
        entering._step = dying(entering._step)
        {step}
    """)


EXPECTED = Counts(rows=ROWS + 1, new=ROWS - 2, changed=1, same=1, refused=1)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_killed_worker_leaves_nothing_lost_or_twice(after):
    issuer = small_issuer()
    public_id = handed_in(issuer)
    killed(f'operations.check(actor=system("doomed"), public_id="{public_id}", now=NOW)', after=after)
    tasks.resume(timestamp=1)
    load = queries.load(actor=SYSTEM, public_id=public_id)
    assert (load.stage, load.counts) == (LoadStage.REPORTED, EXPECTED)
    operations.submit(actor=staff(1, issuer.id), public_id=public_id, now=NOW)
    operations.review(actor=staff(2, issuer.id), public_id=public_id, verdict=Verdict.APPROVE, now=NOW)
    killed(f'operations.enter(actor=system("doomed"), public_id="{public_id}", now=NOW)', after=after)
    tasks.resume(timestamp=1)
    load = queries.load(actor=SYSTEM, public_id=public_id)
    assert (load.stage, load.counts) == (LoadStage.ENTERED, EXPECTED)
    assert models.Certificate.objects.count() == ROWS
    assert models.Event.objects.count() == 1
