"""Jobs of this room: the clock is read here, the work is done by the operations."""

import logging
from datetime import UTC, datetime
from typing import Final

from procrastinate.contrib.django import app

from creditbank.kernel.actor import system
from creditbank.register import operations, queries
from creditbank.register.errors import LoadBusy, LoadNotThere
from creditbank.register.types import LoadStage

logger: Final = logging.getLogger(__name__)
WORKER: Final = system("register-worker")
CHECKED: Final = frozenset({LoadStage.RECEIVED, LoadStage.CHECKING})


@app.task(name="register.check", queue="register")
def check(*, load: str) -> None:
    """Check a list; one that was dropped or checked meanwhile, or that another process is at, is left alone."""
    try:
        operations.check(actor=WORKER, public_id=load, now=datetime.now(tz=UTC))
    except (LoadNotThere, LoadBusy):
        return


@app.task(name="register.enter", queue="register")
def enter(*, load: str) -> None:
    """Enter an approved list; one that is in the register, or that another process is at, is left alone."""
    try:
        operations.enter(actor=WORKER, public_id=load, now=datetime.now(tz=UTC))
    except (LoadNotThere, LoadBusy):
        return


@app.periodic(cron="* * * * *")
@app.task(name="register.resume", queue="register", queueing_lock="register.resume")
def resume(timestamp: int) -> None:
    """Go on with what a killed worker left lying; `timestamp` is when the minute was due."""
    assert timestamp > 0
    for load in queries.left_lying():
        try:
            (check if load.stage in CHECKED else enter)(load=load.public_id)
        except Exception:  # a fault with one list must not keep the others waiting; the log names it
            logger.exception("list %s could not be resumed", load.public_id)


@app.periodic(cron="41 19 * * *")  # in the bank's night: the worker counts in UTC
@app.task(name="register.forget", queue="register", queueing_lock="register.forget")
def forget(timestamp: int) -> None:
    """Take back what could not be when its certificate was revoked, and delete what is kept no longer."""
    assert timestamp > 0
    now = datetime.now(tz=UTC)
    operations.take_back(actor=WORKER, now=now)
    operations.forget_old(actor=WORKER, now=now)
