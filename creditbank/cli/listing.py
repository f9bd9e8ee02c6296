"""`creditbank enrol FILE --institution CODE` and `creditbank takeover FILE --bank CODE`: lists of people, at once."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from creditbank.cli import surroundings
from creditbank.kernel.errors import Refusal

FAILED: Final = 1
UNREADABLE: Final = 2
SHOWN: Final = 20


def enrol(*, path: str, institution: str, as_json: bool) -> int:
    """Open accounts and write enrolments for a school's list of students; exits as `takeover`."""
    return _listed(path, kind="students", organization=institution, bank="", as_json=as_json)


def takeover(*, path: str, bank: str, organization: str, as_json: bool) -> int:
    """Let the accounts of another bank go on here, for the centre: the only one, or the one with this code.

    The command line acts as the bank itself, a named system actor. Exit 0: worked through, rows that were not taken
    are told; 1: refused or unreadable; 2: the file is not there or cannot be opened.
    """
    return _listed(path, kind="takeover", organization=organization, bank=bank, as_json=as_json)


def _listed(path: str, *, kind: str, organization: str, bank: str, as_json: bool) -> int:
    try:
        opened = Path(path).open("rb")  # noqa: SIM115  # held below
    except OSError:
        print(f"打不开这个文件：{path}\nThis file cannot be opened: {path}", file=sys.stderr)
        return UNREADABLE
    with opened as content, surroundings.bank():
        from creditbank.enrolments import operations, queries  # needs Django set up
        from creditbank.enrolments.types import ListKind, ListStage
        from creditbank.kernel.actor import system

        actor = system("command-line")
        try:
            found = operations.take_list_at_once(
                actor=actor,
                organization_id=_place(organization),
                kind=ListKind(kind),
                bank_code=bank,
                file_name=Path(path).name,
                content=content,
                now=datetime.now(tz=UTC),
            )
        except Refusal as refusal:
            return _told({"code": refusal.code, **_sentences(refusal)}, as_json=as_json, code=FAILED)
        told: dict[str, object] = {
            "list": found.public_id,
            "stage": found.stage.value,
            "rows": found.rows,
            "taken": found.taken,
            "accounts_opened": found.opened,
            "refused": found.refused,
        }
        if found.stage is not ListStage.DONE:
            told |= {"code": found.refusal_code, "message": found.refusal_zh, "message_en": found.refusal_en}
            return _told(told, as_json=as_json, code=FAILED)
        rows = queries.refused_rows(actor=actor, public_id=found.public_id)
        told["first_refused"] = [
            {"row": each.row, "column": each.column, "code": each.code, "message": each.zh, "message_en": each.en}
            for each in rows
        ]
        return _told(told, as_json=as_json, code=0)


def _place(code: str) -> int:
    """Return the organization with a code; without one the only centre, or the root of the bank."""
    from creditbank.kernel.actor import system
    from creditbank.kernel.permissions import Permission
    from creditbank.learners import queries as accounts
    from creditbank.organizations import queries as organizations
    from creditbank.organizations.types import OrganizationKind

    if code:
        return organizations.by_code(code).id
    centres = frozenset({OrganizationKind.CENTRE})
    return accounts.place(system("command-line"), Permission.LEARNERS_ACCOUNT_TAKE_OVER, "", kinds=centres)


def _sentences(refusal: Refusal) -> dict[str, object]:
    return {"message": refusal.sentence("zh"), "message_en": refusal.sentence("en")}


def _told(told: dict[str, object], *, as_json: bool, code: int) -> int:
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return code
    if code:
        print(f"{told['message']}\n{told['message_en']}", file=sys.stderr)
    names = {
        "rows": "处理的行 / rows",
        "taken": "已登记 / taken",
        "accounts_opened": "新开户 / accounts opened",
        "refused": "要改 / refused",
    }
    for key in (name for name in names if name in told):
        print(f"{names[key]:<28} {told[key]:>12,}")
    first = told.get("first_refused", [])
    assert isinstance(first, list)
    for line in first[:SHOWN]:
        print(f"  {line['row']:>8}  {line['column']}  {line['message']}  {line['message_en']}")
    return code
