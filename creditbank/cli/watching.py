"""How far a deposit is, for who runs the command: a bar on a terminal, else a line now and then, both on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress as Bar, TaskID, TextColumn

from creditbank.deposits import queries
from creditbank.deposits.types import Progress, Step

STEPS: Final = {
    Step.READING: "打开文件 / opening the file",
    Step.CHECKING: "逐行检查 / checking rows",
    Step.CATALOGUE: "核对 / comparing",
    Step.OPENING: "准备存入 / preparing",
    Step.POSTING: "存入 / posting",
}
#: Where nobody sees a bar, what takes less than this says nothing.
BETWEEN_LINES: Final = timedelta(seconds=5)


class Teller:
    """Says how far a job is, with the rate and the time left that the page of the batch shows too."""

    def __init__(self, console: Console, bar: Bar | None) -> None:
        self.console, self.bar = console, bar
        self.progress = Progress()
        self.task: TaskID | None = None
        self.told = datetime.now(tz=UTC)

    def watch(self, step: Step, done: int, total: int) -> None:
        """Hear how far the job is."""
        now = datetime.now(tz=UTC)
        if step is not self.progress.step:
            self.progress = Progress(step=step, begun=done, since=now)
        self.progress = replace(self.progress, done=done, total=total, at=now)
        if self.bar is not None:
            self._draw(self.bar)
        elif now - self.told >= BETWEEN_LINES:
            self.told = now
            self.console.print(f"{STEPS.get(step, step.value)}  {told(self.progress)}")

    def _draw(self, bar: Bar) -> None:
        name, now = STEPS.get(self.progress.step, self.progress.step.value), self.progress
        if self.task is None:
            self.task = bar.add_task(name, total=None, told="")
        bar.update(self.task, description=name, completed=now.done, total=now.total or None, told=told(now))


def told(progress: Progress) -> str:
    """Return rows, rate and time left in figures: `250,000 / 1,000,000   84,000/s   0:09`."""
    if not progress.total:
        return ""
    speed, parts = queries.speed_of(progress), [f"{progress.done:,} / {progress.total:,}"]
    if speed.rate is not None and speed.left is not None:
        parts += [f"{speed.rate:,.0f}/s", str(timedelta(seconds=round(speed.left)))]
    return "   ".join(parts)


@contextmanager
def watching(*, silent: bool) -> Iterator[Teller]:
    """Give what hears how far a deposit is; `silent` says nothing, for programs that read the answer."""
    console = Console(stderr=True, quiet=silent)
    if silent or not console.is_terminal:
        yield Teller(console, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Bar(*columns, console=console, transient=True) as bar:
        yield Teller(console, bar)
