"""What a test lets other processes do on a bank of its own: a line of JSON in, word and arguments, and a line out."""

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402  # needs Django set up

from creditbank.archive import queries as archive  # noqa: E402
from creditbank.cli import migrating  # noqa: E402
from creditbank.deposits import operations, queries, tasks  # noqa: E402
from creditbank.deposits.errors import BatchBusy  # noqa: E402
from creditbank.deposits.transitions import BatchNotThere  # noqa: E402
from creditbank.deposits.types import BatchStage  # noqa: E402
from creditbank.evidence import queries as evidence  # noqa: E402
from creditbank.kernel.review import Verdict  # noqa: E402
from creditbank.kernel.text import Text  # noqa: E402
from creditbank.organizations import operations as organizations, queries as places  # noqa: E402
from creditbank.organizations.types import OrganizationKind  # noqa: E402
from tests.dirty.asking import stream  # noqa: E402
from tests.rooms.deposits.conftest import SYSTEM, staff  # noqa: E402

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def found(*codes):
    """Make the tables and open a school of each code."""
    migrating.migrate()
    at = {"actor": SYSTEM, "now": NOW}
    root = organizations.open_organization(
        **at, parent_id=None, code="YJ", kind=OrganizationKind.COMMITTEE, name=Text("委员会")
    )
    for code in codes:
        organizations.open_organization(
            **at, parent_id=root.id, code=code, kind=OrganizationKind.INSTITUTION, name=Text(f"学校{code}")
        )


def hand_in(code, path):
    """Hand a file in for a school, and leave it to a worker."""
    here = places.by_code(code).id
    file = Path(path)
    return operations.upload(
        actor=staff(1, here), organization_id=here, file_name=file.name, content=stream(file.read_bytes()), now=NOW
    ).public_id


def check(public_id):
    """Check a batch as a worker does, and return where it stands."""
    return operations.check(actor=SYSTEM, public_id=public_id, now=NOW).stage


def approve(public_id):
    """Let one person ask for a checked batch to be posted, and another say yes."""
    here = queries.batch(actor=SYSTEM, public_id=public_id).organization_id
    operations.submit(actor=staff(1, here), public_id=public_id, now=NOW)
    return operations.review(actor=staff(2, here), public_id=public_id, verdict=Verdict.APPROVE, now=NOW).stage


def post(public_id):
    """Post a batch as a worker does; say who was too late."""
    try:
        return operations.post(actor=SYSTEM, public_id=public_id, now=NOW).stage
    except (BatchNotThere, BatchBusy) as refusal:
        return refusal.code


def finish(code):
    """Do what the bank does by itself after a crash, and what people then do, until the school's batches rest."""
    here = places.by_code(code).id
    for _ in range(4):
        tasks.resume(timestamp=1)
        for batch in queries.batches(actor=staff(1, here)).rows:
            if batch.stage is BatchStage.REPORTED:
                approve(batch.public_id)
            if batch.stage is BatchStage.FAILED:
                operations.reopen(actor=staff(2, here), public_id=batch.public_id, now=NOW)
    return told(code)


def told(code):
    """Return of every batch of a school what its report says, and whether all roots of the bank hold."""
    here = places.by_code(code).id
    rows = queries.batches(actor=staff(1, here)).rows
    return {
        "broken": archive.check_roots().broken,
        "facts": [stored.fact.body["batch"] for stored in evidence.facts(name="archive.batch_posted.v1")],
        "batches": [
            {"id": batch.public_id, "stage": batch.stage, "root": batch.root, **queries.report(batch).as_json()}
            for batch in rows
        ],
    }


def main():
    """Do one thing a line, until there are no more; each on a connection of its own, as the server may be killed."""
    acts = {act.__name__: act for act in (found, hand_in, check, approve, post, finish, told)}
    for line in sys.stdin:
        word, *arguments = json.loads(line)
        try:
            said = {"said": acts[word](*arguments)}
        except Exception:  # noqa: BLE001  # whatever it is, the test shows it
            said = {"failed": traceback.format_exc()[-800:]}
        connection.close()
        sys.stdout.write(f"{json.dumps(said)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
