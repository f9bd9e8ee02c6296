"""A rule book at each stage of its life, for the operations that take it a step further; and a learner's goal."""

from collections.abc import Callable
from functools import partial
from typing import Any

from creditbank.conversion import operations
from creditbank.conversion.types import Verdict
from creditbank.kernel.actor import Actor, ActorKind
from tests.properties.world import EVERYTHING, WANG, World
from tests.rooms.archive.conftest import NOW, SYSTEM
from tests.rooms.conversion.room import documents

Act = Callable[..., Any]
CHEN = Actor(ActorKind.STAFF, 2_000_001, "陈静", EVERYTHING)


class Shelf:
    """One book of the school; each stage is reached by the stages before it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.here: dict[str, Any] = {"actor": SYSTEM, "now": NOW}

    def start(self) -> Act:
        document = documents.book()
        return partial(operations.start_draft, **self.here, owner_id=self.world.bank.school, document=document)

    def drafted(self) -> dict[str, Any]:
        return self.here | {"public_id": self.start()().public_id}

    def save(self) -> Act:
        draft = self.start()()
        title = {"zh": "改过的规则"}
        given = {"public_id": draft.public_id, "seen": draft.digest, "document": documents.book(title=title)}
        return partial(operations.save_draft, **self.here, **given)

    def submit(self) -> Act:
        return partial(operations.submit_edition, **self.drafted())

    def read(self) -> Act:
        edition = self.submit()()
        given = {"public_id": edition.public_id, "verdict": Verdict.APPROVE, "remarks": "", "now": NOW}
        return partial(operations.read_edition, actor=WANG, **given)

    def publish(self) -> Act:
        read = self.read()
        read()
        edition = read(actor=CHEN)
        later = NOW.replace(year=NOW.year + 1)
        return partial(operations.publish_edition, actor=SYSTEM, public_id=edition.public_id, now=later)

    def bring(self) -> Act:
        document = documents.book()
        return partial(operations.import_edition, **self.here, owner_id=self.world.bank.school, document=document)

    def withdraw(self) -> Act:
        return partial(operations.withdraw_edition, **self.here, public_id=self.bring()().public_id)

    def report(self) -> Act:
        given = {"public_id": self.bring()().public_id, "rule": "E1", "reason": "课程已停开"}
        return partial(operations.report_rule, **self.here, **given)

    def ask(self) -> Act:
        return partial(operations.ask_preview, **self.drafted())

    def cancel(self) -> Act:
        ask = self.ask()
        ask()
        return partial(operations.cancel_preview, **ask.keywords)

    def settle(self) -> Act:
        report = self.report()
        report()
        return partial(operations.settle_rule, **self.here, public_id=report.keywords["public_id"], rule="E1")


CASES: dict[str, Callable[[World], Act]] = {
    "conversion.start_draft": lambda w: Shelf(w).start(),
    "conversion.save_draft": lambda w: Shelf(w).save(),
    "conversion.submit_edition": lambda w: Shelf(w).submit(),
    "conversion.read_edition": lambda w: Shelf(w).read(),
    "conversion.publish_edition": lambda w: Shelf(w).publish(),
    "conversion.import_edition": lambda w: Shelf(w).bring(),
    "conversion.withdraw_edition": lambda w: Shelf(w).withdraw(),
    "conversion.report_rule": lambda w: Shelf(w).report(),
    "conversion.settle_rule": lambda w: Shelf(w).settle(),
    "conversion.ask_preview": lambda w: Shelf(w).ask(),
    "conversion.cancel_preview": lambda w: Shelf(w).cancel(),
}
ELSEWHERE = {
    "conversion.set_goal": "tests/rooms/conversion, with a programme on offer",
    "conversion.clear_goal": "tests/rooms/conversion, with a programme on offer",
    "conversion.delete_rows": "part of erasing: journeys.erase_learner",
    "conversion.work_on_preview": "a slice has no fact, the end has one: tests/rooms/conversion/room/test_previews.py",
    "conversion.note_preview_fault": "counts without a fact: tests/rooms/conversion/room/test_previews.py",
    "conversion.resume_preview": "asks a worker: tests/rooms/conversion/room/test_previews.py",
}
