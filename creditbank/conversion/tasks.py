"""Jobs of this room: the clock is read here, the work is done by the operations."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from creditbank.conversion import operations, queries
from creditbank.conversion.errors import PreviewNotRunning
from creditbank.kernel.actor import system

logger: Final = logging.getLogger(__name__)
WORKER: Final = system("preview-worker")
#: So long a job works before it lets others in the queue go first.
TURN: Final = timedelta(seconds=20)
#: A preview at which nobody worked for so long was left by a killed worker.
PATIENCE: Final = timedelta(seconds=50)


@app.task(name="conversion.preview", queue="previews")
def preview(*, number: int) -> None:
    """Work at a preview for a while, then queue again; one that ended meanwhile is left alone."""
    began = now = datetime.now(tz=UTC)
    try:
        while operations.work_on_preview(actor=WORKER, number=number, now=now).running:
            now = datetime.now(tz=UTC)
            if now - began > TURN:
                operations.resume_preview(actor=WORKER, number=number, now=now)
                return
    except PreviewNotRunning:
        return
    except Exception:
        operations.note_preview_fault(actor=WORKER, number=number, now=datetime.now(tz=UTC))
        raise


@app.periodic(cron="* * * * *")
@app.task(name="conversion.resume_previews", queue="previews", queueing_lock="conversion.resume_previews")
def resume(timestamp: int) -> None:
    """Go on with what a killed worker left lying; `timestamp` is when the minute was due."""
    assert timestamp > 0
    now = datetime.now(tz=UTC)
    for number in queries.left_lying(since=now - PATIENCE):
        operations.resume_preview(actor=WORKER, number=number, now=now)
