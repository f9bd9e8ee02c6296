"""Jobs of this room: the clock is read here, the work is done by the operations."""

import logging
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from creditbank.deposits import operations, queries
from creditbank.deposits.errors import BatchBusy
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage
from creditbank.kernel.actor import system

logger: Final = logging.getLogger(__name__)
WORKER: Final = system("deposit-worker")
CHECKED: Final = frozenset({BatchStage.RECEIVED, BatchStage.CHECKING})


@app.task(name="deposits.check", queue="deposits")
def check(*, batch: str) -> None:
    """Check a batch; one that was dropped or checked meanwhile, or that another process is at, is left alone."""
    try:
        operations.check(actor=WORKER, public_id=batch, now=datetime.now(tz=UTC))
    except (BatchNotThere, BatchBusy):
        return


@app.task(name="deposits.post", queue="deposits")
def post(*, batch: str) -> None:
    """Post an approved batch; one that was posted meanwhile is left alone."""
    try:
        operations.post(actor=WORKER, public_id=batch, now=datetime.now(tz=UTC))
    except BatchNotThere:
        return


@app.periodic(cron="* * * * *")
@app.task(name="deposits.settle", queue="deposits", queueing_lock="deposits.settle")
def settle(timestamp: int) -> None:
    """Let rows enter whose people have an account by now, and do what was decided between institutions."""
    assert timestamp > 0
    try:
        operations.enter_waiting(actor=WORKER, now=datetime.now(tz=UTC))
    finally:
        operations.settle_conflicts(actor=WORKER, now=datetime.now(tz=UTC))


@app.periodic(cron="23 19 * * *")  # in the bank's night: the worker counts in UTC
@app.task(name="deposits.forget", queue="deposits", queueing_lock="deposits.forget")
def forget(timestamp: int) -> None:
    """Delete what is kept no longer; `timestamp` is when the day's run was due."""
    assert timestamp > 0
    operations.forget_old(actor=WORKER, months=settings.ENVIRONMENT.deposit_months, now=datetime.now(tz=UTC))


@app.periodic(cron="* * * * *")
@app.task(name="deposits.resume", queue="deposits", queueing_lock="deposits.resume")
def resume(timestamp: int) -> None:
    """Go on with what a killed worker left lying; `timestamp` is when the minute was due."""
    assert timestamp > 0
    for batch in queries.left_lying(actor=WORKER):
        try:
            (check if batch.stage in CHECKED else post)(batch=batch.public_id)
        except Exception:  # a fault with one batch must not keep the others waiting; the log names it
            logger.exception("batch %s could not be resumed", batch.public_id)
