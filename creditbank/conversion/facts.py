"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import date, datetime

from creditbank.conversion.shown import Preview
from creditbank.conversion.types import Edition, Goal, Side, Verdict
from creditbank.evidence.types import Fact, Plain
from creditbank.kernel.actor import Actor


def _edition(actor: Actor, edition: Edition) -> dict[str, Plain]:
    return {
        "actor": actor.reference,
        "book": edition.book.uri,
        "edition": edition.edition,
        "owner": edition.book.owner_id,
        "digest": edition.digest,
    }


def draft_started(*, actor: Actor, edition: Edition, at: datetime) -> Fact:
    """A draft of an edition of a rule book was begun."""
    return Fact(
        name="conversion.draft_started.v1", at=at, body=_edition(actor, edition) | {"kind": edition.book.kind.value}
    )


def draft_saved(*, actor: Actor, edition: Edition, at: datetime) -> Fact:
    """A draft was changed; the digest is that of the new text."""
    return Fact(name="conversion.draft_saved.v1", at=at, body=_edition(actor, edition))


def edition_submitted(*, actor: Actor, edition: Edition, at: datetime) -> Fact:
    """A draft whose checks and cases are green was handed to its readers; its text is fixed from here."""
    return Fact(name="conversion.edition_submitted.v1", at=at, body=_edition(actor, edition))


def edition_read(
    *, actor: Actor, edition: Edition, side: Side, verdict: Verdict, remarks_sha256: str, at: datetime
) -> Fact:
    """A reader approved, returned or refused exactly this text."""
    body = _edition(actor, edition) | {
        "side": side.value,
        "verdict": verdict.value,
        "remarks_sha256": remarks_sha256,
        "stage": edition.stage.value,
    }
    return Fact(name="conversion.edition_read.v1", at=at, body=body)


def edition_published(*, actor: Actor, edition: Edition, succeeds: str | None, at: datetime) -> Fact:
    """An edition is in force from its first day on; the one it succeeds ends on the day before."""
    body = _edition(actor, edition) | {
        "starts": edition.starts.isoformat(),
        "ends": edition.ends.isoformat() if edition.ends else None,
        "succeeds": succeeds,
    }
    return Fact(name="conversion.edition_published.v1", at=at, body=body)


def edition_withdrawn(*, actor: Actor, edition: Edition, last_day: date, at: datetime) -> Fact:
    """An edition was withdrawn; what was decided under it stays."""
    body = _edition(actor, edition) | {"last_day": last_day.isoformat()}
    return Fact(name="conversion.edition_withdrawn.v1", at=at, body=body)


def rule_reported(*, actor: Actor, edition: Edition, rule: str, side: Side, at: datetime) -> Fact:
    """One side of an agreement reported a problem with a rule; it is offered to no new plan from now on."""
    return Fact(
        name="conversion.rule_reported.v1", at=at, body=_edition(actor, edition) | {"rule": rule, "side": side.value}
    )


def rule_settled(*, actor: Actor, edition: Edition, rule: str, side: Side, at: datetime) -> Fact:
    """The side that reported a problem with a rule says that it is settled."""
    return Fact(
        name="conversion.rule_settled.v1", at=at, body=_edition(actor, edition) | {"rule": rule, "side": side.value}
    )


def preview_asked(*, actor: Actor, edition: Edition, at: datetime) -> Fact:
    """Somebody asked what exactly this text of a draft would free on the archives that it concerns."""
    return Fact(name="conversion.preview_asked.v1", at=at, body=_edition(actor, edition))


def preview_ended(*, actor: Actor, edition: Edition, preview: Preview, at: datetime) -> Fact:
    """A preview ended: worked out, cancelled or given up; the digest is that of the text that was tried."""
    body = _edition(actor, edition) | {
        "digest": preview.digests[0],
        "day": preview.day.isoformat(),
        "stage": preview.stage.value,
        "learners": preview.done,
        "freed": preview.trial.freed,
        "credits": preview.trial.credits,
    }
    return Fact(name="conversion.preview_ended.v1", at=at, body=body)


def goal_set(*, actor: Actor, goal: Goal, at: datetime) -> Fact:
    """A learner set what they work towards."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "learner": goal.learner_id,
        "kind": goal.kind.value,
        "target": goal.target,
        "kept": len(goal.keep),
        "avoided": len(goal.avoid),
    }
    return Fact(name="conversion.goal_set.v1", at=at, body=body)


def goal_cleared(*, actor: Actor, learner_id: int, at: datetime) -> Fact:
    """A learner gave a goal up."""
    return Fact(name="conversion.goal_cleared.v1", at=at, body={"actor": actor.reference, "learner": learner_id})
