"""`creditbank rules publish FILE --owner CODE`: a rule book from a file goes the way of one written in the page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from creditbank.cli import surroundings
from creditbank.cli.files import REFUSED, content, print_json, print_refusal
from creditbank.cli.ruling import print_report
from creditbank.kernel.errors import Refusal

WAITING: Final = 3


def publish(path: str, *, owner: str, enacted: bool, as_json: bool) -> int:
    """Take the next step of a rule book towards its publication, and say where it stands.

    The first run brings the file in as a draft and asks for its readings; once the readers of the page have approved
    it and its public notice is over, the next run with the same file publishes it. With `enacted` a regulation that
    was decided and noticed elsewhere comes into force at once, without readings. The command line acts as the bank
    itself, which neither reads nor approves. Exit 0: it is published; 3: it waits for readings or for its notice;
    1: refused, or findings and cases forbid it, and nothing is kept; 2: the file cannot be read.
    """
    try:
        data = content(path)
        with surroundings.bank():
            return _published(data, Path(path).name, owner, enacted=enacted, as_json=as_json)
    except Refusal as refusal:
        return print_refusal(refusal, as_json=as_json)


def _published(data: bytes, name: str, owner: str, *, enacted: bool, as_json: bool) -> int:
    from django.utils import timezone  # needs Django set up

    from creditbank.conversion import operations, queries
    from creditbank.kernel.actor import system
    from creditbank.organizations import queries as organizations

    actor, now = system("command-line"), datetime.now(tz=UTC)
    owner_id, document = organizations.by_code(owner).id, queries.read_file(data, name)
    day = timezone.localdate(now)
    known = queries.edition_of(document)
    if known is None:
        report = queries.review_document(document, day=day)
        if not report["publishable"]:
            return _not_ready(report, as_json=as_json)
        begin = operations.import_edition if enacted else operations.start_draft
        known = begin(actor=actor, owner_id=owner_id, document=document, now=now)
    step = queries.next_step(known, document, owner_id=owner_id, day=day)
    if step == "submit":
        known = operations.submit_edition(actor=actor, public_id=known.public_id, now=now)
    elif step == "publish":
        known = operations.publish_edition(actor=actor, public_id=known.public_id, now=now)
    return _stands(queries.standing(actor, known.public_id), as_json=as_json)


def _not_ready(report: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print_json(report)
    else:
        print_report(report)
        print("没有写入任何东西；改好再来 / nothing was kept; mend it and come again")
    return REFUSED


def _stands(told: Mapping[str, Any], *, as_json: bool) -> int:
    if as_json:
        print_json(told)
    else:
        print(f"{told['id']} {told['edition']} {told['digest']} {told['address']}")
        print(f"{told['message']}\n{told['message_en']}")
    return 0 if told["stage"] == "published" else WAITING
