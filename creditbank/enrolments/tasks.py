"""Jobs of this room: the clock is read here, the work is done by the operations."""

import logging
from datetime import UTC, datetime
from typing import Final

from procrastinate.contrib.django import app

from creditbank.enrolments import operations, queries
from creditbank.enrolments.errors import ListBusy
from creditbank.kernel.actor import system

logger: Final = logging.getLogger(__name__)
WORKER: Final = system("list-worker")


@app.task(name="enrolments.work_list", queue="deposits")
def work_list(*, people_list: str) -> None:
    """Work through a list; one that another process is at is left alone."""
    try:
        operations.work_list(actor=WORKER, public_id=people_list, now=datetime.now(tz=UTC))
    except ListBusy:
        return


@app.periodic(cron="* * * * *")
@app.task(name="enrolments.resume_lists", queue="deposits", queueing_lock="enrolments.resume_lists")
def resume_lists(timestamp: int) -> None:
    """Go on with what a killed worker left lying; `timestamp` is when the minute was due."""
    assert timestamp > 0
    for each in queries.lists_left_lying(actor=WORKER):
        try:
            work_list(people_list=each.public_id)
        except Exception:  # a fault with one list must not keep the others waiting; the log names it
            logger.exception("list %s could not be resumed", each.public_id)


@app.periodic(cron="41 19 * * *")  # in the bank's night: the worker counts in UTC
@app.task(name="enrolments.forget_lists", queue="deposits", queueing_lock="enrolments.forget_lists")
def forget_lists(timestamp: int) -> None:
    """Delete what is kept no longer; `timestamp` is when the day's run was due."""
    assert timestamp > 0
    operations.forget_lists(actor=WORKER, now=datetime.now(tz=UTC))
