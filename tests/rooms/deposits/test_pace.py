"""How fast a step goes is told from its own reports alone."""

from datetime import date, timedelta

from hypothesis import given, strategies as st

from creditbank.deposits.pace import Job, Outcome, Pace, Run, pace
from creditbank.deposits.rules import fresh_since
from creditbank.deposits.types import Progress, Step
from tests.conftest import NOW


def at(seconds, *, done, total=1000, begun=0):
    return Progress(Step.CHECKING, done, total, begun=begun, since=NOW, at=NOW + timedelta(seconds=seconds))


def test_rate_and_time_left_follow_from_rows_and_seconds():
    assert pace(at(2, done=500)) == Pace(rate=250.0, left=2.0)


def test_what_was_done_before_a_crash_is_no_speed():
    assert pace(at(2, done=500, begun=400)) == Pace(rate=50.0, left=10.0)


def test_a_step_that_has_only_begun_tells_nothing():
    assert pace(at(0, done=0)) == pace(at(5, done=0)) == pace(at(0, done=7)) == pace(Progress()) == Pace()


@given(
    seconds=st.floats(0.001, 1e6),
    begun=st.integers(0, 10**7),
    done=st.integers(1, 10**7),
    more=st.integers(0, 10**7),
)
def test_going_on_at_the_rate_ends_at_the_total(seconds, begun, done, more):
    total = begun + done + more
    speed = pace(at(seconds, done=begun + done, total=total, begun=begun))
    assert speed.rate > 0
    assert abs(speed.rate * speed.left - more) <= 1e-6 * max(1, more)


def test_more_rows_than_were_expected_leave_nothing_to_wait_for():
    assert pace(at(1, done=1200)).left == 0


def test_a_run_under_way_has_no_rate():
    assert Run(Job.CHECK, NOW, None, 10, {}, "").rate is None
    ended = Run(Job.CHECK, NOW, NOW + timedelta(seconds=4), 1000, {}, Outcome.DONE)
    assert (ended.seconds, ended.rate) == (4.0, 250.0)


def test_fresh_is_what_was_obtained_in_the_ninety_days_before():
    assert fresh_since(date(2026, 3, 31)) == 20251231
    assert fresh_since(date(2026, 11, 22)) == 20260824
