"""What an institution keeps of a posted batch, as a document of a fixed form, and what anybody may ask by its root."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from creditbank.deposits import models
from creditbank.deposits.permissions import SECOND_PERSON
from creditbank.deposits.types import BatchStage, BatchView
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

FORM: Final = "creditbank-receipt-1"
ENTERED: Final = (BatchStage.POSTED, BatchStage.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Rooted:
    """What a batch's root stands for, as everybody is told who has it: no person, no file name."""

    institution: Text
    number: str
    rows: int
    posted_at: datetime
    withdrawn_at: datetime | None


def by_root(root: str) -> Rooted | None:
    """Return what a root (64 hexadecimal digits) stands for, or nothing where it is no batch's."""
    row = models.Batch.objects.filter(root=root, stage__in=ENTERED).exclude(root="").order_by("id").first()
    if row is None:
        return None
    batch = row.as_value()
    assert batch.posted_at is not None
    return Rooted(
        institution=organizations.by_id(batch.organization_id).name,
        number=batch.number,
        rows=batch.counts.postable,
        posted_at=batch.posted_at,
        withdrawn_at=batch.withdrawn_at,
    )


def receipt(view: BatchView, *, bank: Text, check_at: str) -> dict[str, object]:
    """Return a posted batch's receipt as JSON takes it; `check_at` is the address where its root can be checked.

    Instants are ISO 8601 in UTC; `kinds` says how many rows each check refused.
    """
    batch = view.batch
    approving = [reading for reading in batch.readings if reading.verdict == "approve"]
    if approving:
        approved = {"process": SECOND_PERSON.edition, **_act(view, approving[-1].reader, approving[-1].at)}
    else:
        approved = {"process": "command-line.v1", **_act(view, batch.submitted_by, batch.submitted_at)}
    return {
        "form": FORM,
        "bank": _names(bank),
        "batch": {"id": batch.public_id, "number": batch.number, "title": batch.title, "stage": batch.stage.value},
        "institution": {"code": view.institution_code, **_names(view.institution)},
        "file": {"name": batch.file_name, "size": batch.file_size, "sha256": batch.file_sha256},
        "handed_in": _act(view, batch.uploaded_by, batch.uploaded_at),
        "checked": {
            "at": _instant(batch.checked_at),
            "checks": batch.checks or None,
            "template": batch.template,
            "encoding": batch.encoding,
        },
        "choice": "all-or-nothing" if batch.all_or_nothing else "good-rows-now",
        "submitted": _act(view, batch.submitted_by, batch.submitted_at),
        "approved": approved,
        "posted_at": _instant(batch.posted_at),
        "withdrawn_at": _instant(batch.withdrawn_at),
        "counts": asdict(batch.counts),
        "kinds": dict(sorted(batch.kinds.items())),
        "root": {"algorithm": "RFC 6962, SHA-256", "value": batch.root, "check_at": check_at},
    }


def _names(name: Text) -> dict[str, str]:
    return {"name": name.zh, "name_en": name.en}


def _act(view: BatchView, reference: str, at: datetime | None) -> dict[str, str | None]:
    return {"by": reference, "name": view.person(reference), "at": _instant(at)}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
