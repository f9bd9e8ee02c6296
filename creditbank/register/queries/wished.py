"""Requests about single certificates: those that wait for a second person, and those that were decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from creditbank.kernel.actor import Actor
from creditbank.register import errors, models, permissions, queries
from creditbank.register.types import Wish, WishStage, WishView

ROWS_A_PAGE: Final = 20
#: Those who asked first come first.
IN_TURN: Final = ("proposed_at", "id")


@dataclass(frozen=True, slots=True)
class WishPage:
    """One page of requests; `waiting` and `decided` count all that the actor may know of."""

    rows: tuple[WishView, ...]
    number: int
    pages: int
    waiting: int
    decided: int


def wishes(*, actor: Actor, open_only: bool = True, page: int = 1) -> WishPage:
    """Return a page of requests, open ones with the oldest first, decided ones with the latest; the last if beyond."""
    every = _visible(actor)
    waiting, decided = every.filter(stage=WishStage.OPEN), every.exclude(stage=WishStage.OPEN)
    counts = waiting.count(), decided.count()
    pages = max(1, -(-counts[not open_only] // ROWS_A_PAGE))
    number = min(max(1, page), pages)
    ordered = waiting.order_by(*IN_TURN) if open_only else decided.order_by("-decided_at", "-id")
    shown = list(ordered[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE])
    return WishPage(_views(shown), number, pages, *counts)


def wish(*, actor: Actor, public_id: str) -> WishView:
    """Return one request. Refused: one that is not there, or that the actor may not know of."""
    row = _visible(actor).filter(public_id=public_id).first()
    if row is None:
        raise errors.WishNotFound
    [view] = _views([row], events=True)
    return view


def next_wish(*, actor: Actor, after: WishView) -> str:
    """Return the opaque id of the open request that comes after another in turn, else of the first one; or nothing.

    What the actor asked for is left out, for a second person decides it.
    """
    rows = _visible(actor).filter(stage=WishStage.OPEN).exclude(public_id=after.public_id)
    rows = rows.exclude(proposed_by=actor.reference).order_by(*IN_TURN)
    found = rows.filter(proposed_at__gt=after.proposed_at).first() or rows.first()
    return found.public_id if found else ""


def _visible(actor: Actor) -> QuerySet[models.Wish]:
    named = {"issuer_id": OuterRef("organization_id"), "number": OuterRef("number")}
    of = models.Certificate.objects.filter(specification_id=OuterRef("specification_id"), **named)
    return models.Wish.objects.filter(permissions.visible_to(actor), Exists(of))


def _views(rows: Sequence[models.Wish], *, events: bool = False) -> tuple[WishView, ...]:
    wanted = models.Certificate.objects.filter(
        issuer_id__in={row.organization_id for row in rows}, number__in={row.number for row in rows}
    )
    found = list({_place(each): each for each in wanted.order_by("-holder")}.items())
    named = queries.with_names([each.as_value() for _, each in found], events=events)
    of = {place: each for (place, _), each in zip(found, named, strict=True)}
    return tuple(
        WishView(
            public_id=row.public_id,
            wish=Wish(row.wish),
            stage=WishStage(row.stage),
            named=of[row.organization_id, row.specification_id, row.number],
            reason=row.reason,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            note=row.note,
        )
        for row in rows
    )


def _place(of: models.Certificate) -> tuple[int, int, str]:
    return of.issuer_id, of.specification_id, of.number
