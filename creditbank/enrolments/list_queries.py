"""Reading lists of people that were handed in: in pages, one by one, and the rows of theirs that were not taken."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import PurePath
from typing import Final

import polars as pl

from creditbank.enrolments import errors, files, list_models, lists, permissions, rules
from creditbank.enrolments.types import MOVING, ListPage, ListProgress, PeopleList, RefusedRow
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as accounts
from creditbank.learners.types import Place
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import OrganizationKind

PAGE_LISTS: Final = 25
REFUSED_SHOWN: Final = 100
CENTRES: Final = frozenset({OrganizationKind.CENTRE})


def people_list(*, actor: Actor, public_id: str) -> PeopleList:
    """Return a list. Refused: one the actor may not know of."""
    return _row(actor, public_id).as_value()


def people_lists(*, actor: Actor, page: int) -> ListPage:
    """Return the lists that the actor may know of, newest first."""
    rows = list_models.PeopleList.objects.filter(permissions.lists_visible_to(actor))
    total = rows.count()
    pages = max(1, -(-total // PAGE_LISTS))
    number = min(max(1, page), pages)
    shown = tuple(row.as_value() for row in rows.order_by("-id")[(number - 1) * PAGE_LISTS : number * PAGE_LISTS])
    found = organizations.by_ids({each.organization_id for each in shown})
    names = {each: found[each].name for each in found}
    return ListPage(lists=shown, number=number, pages=pages, total=total, names=names)


def list_progress(*, actor: Actor, public_id: str, now: datetime) -> ListProgress:
    """Return a list with how fast it goes, for whom it is, and its first refused rows. Refused: as `people_list`."""
    found = people_list(actor=actor, public_id=public_id)
    names = organizations.by_ids({found.organization_id})
    return ListProgress(
        people_list=found,
        pace=rules.pace(found, now=now),
        organization=names[found.organization_id].name,
        refused=refused_rows(actor=actor, public_id=public_id),
    )


def lists_left_lying(*, actor: Actor) -> list[PeopleList]:
    """Return the lists that a job should be at, oldest first."""
    rows = list_models.PeopleList.objects.filter(permissions.lists_visible_to(actor), stage__in=MOVING)
    return [row.as_value() for row in rows.order_by("id")]


def refused_rows(*, actor: Actor, public_id: str, most: int = REFUSED_SHOWN) -> tuple[RefusedRow, ...]:
    """Return the first rows of a list that were not taken, with their reasons."""
    found: list[RefusedRow] = []
    for frame in _refused(_row(actor, public_id)):
        rows = frame.head(most - len(found)).select("row", "reason").iter_rows()
        found += [lists.refusal(reason, row=row) for row, reason in rows]
        if len(found) >= most:
            break
    return tuple(found)


def refused_as_file(*, actor: Actor, public_id: str, language: str) -> tuple[str, Iterator[bytes]]:
    """Return a name and a list of the same columns with the rows that were not taken, each with its reason at the end.

    The list comes in pieces, as it is read. Refused: a list the actor may not know of, one whose refused rows are not
    there, or no longer.
    """
    row = _row(actor, public_id)
    frames = _refused(row)
    first = next(frames, None)
    if first is None:
        raise errors.ListNotFound
    form: lists.Form = "xlsx" if row.form == "xlsx" else "csv"
    file = lists.refused_file(row.headings, chain([first], frames), form=form, language=language)
    return f"{PurePath(row.file_name).stem}_{'refused' if language == 'en' else '问题行'}.{form}", file


def take_over_places(actor: Actor) -> tuple[Place, ...]:
    """Return the organizations for which the actor takes accounts of other banks over."""
    return accounts.places(actor, Permission.LEARNERS_ACCOUNT_TAKE_OVER, kinds=CENTRES)


def take_over_place(actor: Actor, public_id: str) -> int:
    """Return the id of the one chosen; of the only one, where nothing was chosen. Refused: any other."""
    return accounts.place(actor, Permission.LEARNERS_ACCOUNT_TAKE_OVER, public_id, kinds=CENTRES)


def _row(actor: Actor, public_id: str) -> list_models.PeopleList:
    visible = list_models.PeopleList.objects.filter(permissions.lists_visible_to(actor))
    row = visible.filter(public_id=public_id).first()
    if row is None:
        raise errors.ListNotFound
    return row


def _refused(row: list_models.PeopleList) -> Iterator[pl.DataFrame]:
    """Yield the refused rows of the blocks that count: of one that was not finished they are not told twice."""
    if row.has_refused_file:
        for name in files.LISTS.names(row.public_id):
            if files.REFUSED < name <= files.refused_name(row.done):
                yield files.LISTS.read_frame(row.public_id, name)
