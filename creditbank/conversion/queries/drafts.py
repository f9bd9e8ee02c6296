"""What a new draft begins with: nothing, the edition before, or guidance that is adopted."""

from datetime import date
from typing import Any, Final

from creditbank.conversion import errors
from creditbank.conversion.queries.books import details
from creditbank.conversion.types import BookKind, EditionStage
from creditbank.kernel.actor import Actor
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization

FORMAT: Final = "creditbank-rules/1"
CREDIT: Final = "cn.he.credit"


def agreed(document: dict[str, Any], owner_id: int, partner: str, *, owner_takes: bool) -> dict[str, Any]:
    """Return the document of an agreement with its two parties: who sends credits first, who takes them in second.

    `partner` is the public id of the other party. Refused: one that is not there.
    """
    own, other = _party(organizations.by_id(owner_id)), _party(organizations.by_public_id(partner))
    return document | {"parties": [other, own] if owner_takes else [own, other]}


def blank(
    owner_id: int, *, book: str, edition: str, kind: BookKind, title: dict[str, str], day: date
) -> dict[str, Any]:
    """Return the document of a new book without a rule in it."""
    return {
        "format": FORMAT,
        "id": book,
        "edition": edition,
        "kind": kind.value,
        "owner": _party(organizations.by_id(owner_id)),
        "title": title,
        "effective": {"from": day.isoformat()},
        "unit": CREDIT,
        "rules": [],
        "cases": [],
    }


def next_edition(actor: Actor, public_id: str, *, edition: str, day: date) -> dict[str, Any]:
    """Return the document with which the next edition of a book begins: the one given, from a later day on.

    Refused: an edition the actor may not know of.
    """
    found = details(actor, public_id)
    starts = max(day, found.edition.starts).isoformat()
    kept = found.document.get("effective")
    effective = kept if isinstance(kept, dict) else {}
    period = {name: value for name, value in effective.items() if name != "to"} | {"from": starts}
    cases = found.document.get("cases")
    moved = [_not_before(starts, each) for each in cases] if isinstance(cases, list) else []
    return found.document | {"edition": edition, "effective": period, "cases": moved}


def adoption(
    actor: Actor, owner_id: int, public_id: str, *, book: str = "", edition: str = "1", day: date
) -> dict[str, Any]:
    """Return the document of a book that adopts an edition of guidance as it stands.

    Refused: an edition the actor may not know of, one that is no guidance in force.
    """
    found = details(actor, public_id)
    taken = found.edition
    if taken.book.kind is not BookKind.GUIDANCE or taken.stage is not EditionStage.PUBLISHED:
        raise errors.NotGuidance
    owner = organizations.by_id(owner_id)
    name = owner.name
    title = {"zh": f"{name.zh}采用《{taken.book.title.zh}》"[:200]}
    if name.en and taken.book.title.en:
        title["en"] = f"{name.en}: {taken.book.title.en}"
    document = blank(
        owner_id,
        book=book or f"{owner.code}/{taken.book.uri}"[:120],
        edition=edition,
        kind=BookKind.INSTITUTIONAL,
        title=title,
        day=max(day, taken.starts),
    )
    del document["rules"]
    adopts = {"book": taken.book.uri, "edition": taken.edition, "digest": taken.digest, "deviations": []}
    return document | {"unit": found.document.get("unit", CREDIT), "adopts": adopts}


def _not_before(starts: str, case: Any) -> Any:  # noqa: ANN401 - a draft may hold anything
    """Return a case with its day moved into the period of the edition: before it every case would come to nothing."""
    given = case.get("given") if isinstance(case, dict) else None
    if not isinstance(given, dict):
        return case
    events = given.get("events")
    moved = given | {"as_of": max(starts, str(given.get("as_of", "")))}
    if isinstance(events, dict) and "application" in events:
        moved["events"] = events | {"application": max(starts, str(events["application"]))}
    return case | {"given": moved}


def _party(organization: Organization) -> dict[str, Any]:
    name = {"zh": organization.name.zh} | ({"en": organization.name.en} if organization.name.en else {})
    return {"name": name, "code": organization.code}
