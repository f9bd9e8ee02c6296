"""Everything that changes rule books. One function, one transaction, one fact."""

import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from creditbank.conversion import errors, facts, heads, models, permissions, queries, transitions
from creditbank.conversion.apps import ConversionConfig
from creditbank.conversion.goal_operations import clear_goal, delete_rows, set_goal
from creditbank.conversion.heads import Document
from creditbank.conversion.preview_operations import (
    ask_preview,
    cancel_preview,
    note_preview_fault,
    resume_preview,
    work_on_preview,
)
from creditbank.conversion.rules.reading import digest_of, document_of
from creditbank.conversion.types import BookKind, Edition, EditionStage, Side, Verdict
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Role

__all__ = [
    "ask_preview",
    "cancel_preview",
    "clear_goal",
    "delete_rows",
    "import_edition",
    "note_preview_fault",
    "publish_edition",
    "read_edition",
    "report_rule",
    "resume_preview",
    "save_draft",
    "set_goal",
    "settle_rule",
    "start_draft",
    "submit_edition",
    "withdraw_edition",
    "work_on_preview",
]


@transaction.atomic
def start_draft(*, actor: Actor, owner_id: int, document: Document, now: datetime) -> Edition:
    """Begin a draft of a new book, or of the next edition of one, and return it; it may still be incomplete.

    `document` is a tree as `rules.trees` reads one. Refused: no permission at the owner, a document without id,
    edition, kind and title, one that names another owner, an edition that the book has already, a book that belongs
    to another organization, an agreement in which the owner is no party.
    """
    permissions.check_may_draft(actor, owner_id)
    book = heads.book_for(owner_id, document)
    said = heads.written(document)
    row = models.Edition(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        book=book,
        edition=document["edition"],
        document=dict(document),
        digest=said.digest,
        rules_count=said.rules,
        cases_count=said.cases,
        starts=said.starts or timezone.localdate(now),
        ends=said.ends,
        drafted_by=actor.id,
        writers=[actor.id],
        drafted_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "rule_edition_once" not in str(error):
            raise
        raise errors.BookExists(book=book.uri, edition=row.edition) from error
    evidence.append(facts.draft_started(actor=actor, edition=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def save_draft(*, actor: Actor, public_id: str, seen: str, document: Document, now: datetime) -> Edition:
    """Replace the text of a draft and return it; `seen` is the digest of the text that the writer changed.

    Refused: an edition past drafting, a text that somebody changed meanwhile, another id, owner, kind or edition.
    """
    row = _locked(actor, public_id)
    permissions.check_may_draft(actor, row.book.owner_id)
    if row.stage != EditionStage.DRAFT:
        raise errors.EditionNotThere(stage=row.stage, wanted="draft")
    if row.digest != seen:
        raise errors.DraftChanged
    heads.check_same(row, document)
    row.record_document(heads.written(document), writer=actor.id)
    if not row.book.editions.exclude(stage=EditionStage.DRAFT).exists():
        row.book.record_title(heads.title_of(document))
    evidence.append(facts.draft_saved(actor=actor, edition=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def submit_edition(*, actor: Actor, public_id: str, now: datetime) -> Edition:
    """Hand a draft to its readers and return it: from here its text is fixed.

    Refused: checks or cases that are not green, guidance of a group with fewer than five experts in office.
    """
    row = _locked(actor, public_id)
    permissions.check_may_draft(actor, row.book.owner_id)
    transitions.check_move(EditionStage(row.stage), EditionStage.READING)
    if row.book.kind == BookKind.GUIDANCE:
        _check_group(row.book.owner_id, timezone.localdate(now))
    _fix(row, now)
    evidence.append(facts.edition_submitted(actor=actor, edition=row.as_value(), at=now))
    return row.as_value()


@transaction.atomic
def read_edition(*, actor: Actor, public_id: str, verdict: Verdict, remarks: str, now: datetime) -> Edition:
    """Record what one reader says of exactly this text and return the edition, on notice if it was the last needed.

    Refused: no permission on either side, a writer, a second reading, a return or refusal without remarks.
    """
    row = _locked(actor, public_id)
    side = _side(row, permissions.check_may_read(actor, row.book.as_value()))
    remarks = remarks.strip()
    if verdict is not Verdict.APPROVE and not remarks:
        raise errors.RemarksMissing
    earlier = row.readings.filter(round=row.round).order_by("id")
    stage = transitions.after_reading(
        BookKind(row.book.kind),
        stage=EditionStage(row.stage),
        earlier=tuple((each.reader_id, Side(each.side)) for each in earlier),
        reader=actor.id,
        side=side,
        verdict=verdict,
        writers=frozenset(row.writers),
    )
    models.Reading.objects.create(
        edition=row,
        digest=row.digest,
        round=row.round,
        reader_id=actor.id,
        reader_name=actor.name,
        side=side,
        verdict=verdict,
        remarks=remarks,
        at=now,
    )
    if stage is EditionStage.NOTICE:
        row.record_notice(timezone.localdate(now) + timedelta(days=_notice_days()))
    else:
        row.record_stage(stage)
    said = sha256(remarks.encode()).hexdigest()
    evidence.append(
        facts.edition_read(actor=actor, edition=row.as_value(), side=side, verdict=verdict, remarks_sha256=said, at=now)
    )
    return row.as_value()


@transaction.atomic
def publish_edition(*, actor: Actor, public_id: str, now: datetime) -> Edition:
    """Publish an edition whose public notice is over and return it; the one before ends the day before it begins.

    Refused: no permission, a notice that still runs, a first day no later than that of the edition in force.
    """
    row = _locked(actor, public_id)
    permissions.check_may_publish(actor, row.book.owner_id)
    transitions.check_move(EditionStage(row.stage), EditionStage.PUBLISHED)
    if row.notice_until and timezone.localdate(now) < row.notice_until:
        raise errors.NoticeRunning(until=row.notice_until.isoformat())
    return _publish(actor, row, now)


@transaction.atomic
def import_edition(*, actor: Actor, owner_id: int, document: Document, now: datetime) -> Edition:
    """Publish at once what was decided and noticed elsewhere, such as a regulation in force, and return it.

    For the command line and the system alone; checks and cases must be green. Refused: as `start_draft`,
    and everybody but the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted(permission=Permission.CONVERSION_BOOK_PUBLISH.value)
    edition = start_draft(actor=actor, owner_id=owner_id, document=document, now=now)
    row = _locked(actor, edition.public_id)
    _fix(row, now)
    return _publish(actor, row, now)


@transaction.atomic
def withdraw_edition(*, actor: Actor, public_id: str, now: datetime) -> Edition:
    """Withdraw an edition after today, or give a draft up, and return it; what was decided under it stays.

    Refused: no permission (a draft is its writers' own), an edition under reading or at its end.
    """
    row = _locked(actor, public_id)
    if row.stage == EditionStage.DRAFT:
        permissions.check_may_draft(actor, row.book.owner_id)
    else:
        permissions.check_may_publish(actor, row.book.owner_id)
    transitions.check_move(EditionStage(row.stage), EditionStage.WITHDRAWN)
    today = timezone.localdate(now)
    row.record_end(EditionStage.WITHDRAWN, last_day=today)
    evidence.append(facts.edition_withdrawn(actor=actor, edition=row.as_value(), last_day=today, at=now))
    return row.as_value()


@transaction.atomic
def report_rule(*, actor: Actor, public_id: str, rule: str, reason: str, now: datetime) -> None:
    """Report a problem with a rule of an edition in force: it is offered to no new plan until that is settled.

    Refused: neither side's reader, no such rule, no reason, a report of this side that is open.
    """
    row = _locked(actor, public_id)
    side = permissions.check_may_read(actor, row.book.as_value())[0]
    if row.stage != EditionStage.PUBLISHED:
        raise errors.EditionNotThere(stage=row.stage, wanted="published")
    if all(each.id != rule for each in queries.parsed(row.id, row.digest).rules):
        raise errors.RuleNotFound(rule=rule)
    if not reason.strip():
        raise errors.RemarksMissing
    try:
        with transaction.atomic():
            models.RuleReport.objects.create(
                edition=row, rule=rule, side=side, reason=reason.strip(), reported_by=actor.id, reported_at=now
            )
    except IntegrityError as error:
        if "rule_report_open_once" not in str(error):
            raise
        raise errors.ProblemNotOpen(rule=rule) from error
    evidence.append(facts.rule_reported(actor=actor, edition=row.as_value(), rule=rule, side=side, at=now))


@transaction.atomic
def settle_rule(*, actor: Actor, public_id: str, rule: str, now: datetime) -> None:
    """Say that a reported problem is settled: the rule is offered again unless the other side has one open.

    Refused: a side that has no open report on this rule.
    """
    row = _locked(actor, public_id)
    mine = permissions.check_may_read(actor, row.book.as_value())
    report = row.reports.filter(rule=rule, side__in=mine, settled_at__isnull=True).order_by("id").first()
    if report is None:
        raise errors.ProblemNotOpen(rule=rule)
    models.RuleReport.objects.filter(id=report.id).update(settled_at=now)
    evidence.append(facts.rule_settled(actor=actor, edition=row.as_value(), rule=rule, side=Side(report.side), at=now))


def _notice_days() -> int:
    config = apps.get_app_config("conversion")
    assert isinstance(config, ConversionConfig), "the room has one configuration"
    return config.notice_days


def _publish(actor: Actor, row: models.Edition, now: datetime) -> Edition:
    # One publication of a book at a time: without it both would find no edition to succeed.
    models.RuleBook.objects.select_for_update(no_key=True).get(id=row.book_id)
    before = (
        models.Edition.objects.select_for_update(of=("self",), no_key=True)
        .filter(book=row.book, stage=EditionStage.PUBLISHED)
        .exclude(id=row.id)
        .first()
    )
    if before is not None:
        if row.starts <= before.starts:
            raise errors.PeriodOverlaps(starts=row.starts.isoformat(), before=before.starts.isoformat())
        before.record_end(EditionStage.SUCCEEDED, last_day=row.starts - timedelta(days=1))
    row.record_publication(now)
    row.book.record_title(heads.title_of(row.document))
    succeeds = before.edition if before else None
    evidence.append(facts.edition_published(actor=actor, edition=row.as_value(), succeeds=succeeds, at=now))
    return row.as_value()


def _fix(row: models.Edition, now: datetime) -> None:
    """Fix the text in its normal form, and the one plans will run on; refused: findings that forbid it, cases."""
    review = queries.review(row.document, day=timezone.localdate(now))
    if review.refusals or review.failures:
        raise errors.EditionNotReady(findings=review.refusals, cases=review.failures)
    assert review.book is not None, "a document without a book has faults"
    assert review.ruling is not None, "a book without faults rules"
    row.record_submission(
        document=document_of(review.book), ruling=document_of(review.ruling), digest=digest_of(review.book), at=now
    )


def _side(row: models.Edition, sides: tuple[Side, ...]) -> Side:
    """Return the side this reading is for: one that is still missing, where the reader stands on both."""
    have = set(row.readings.filter(round=row.round).values_list("side", flat=True))
    return next((side for side in sides if side not in have), sides[0])


def _check_group(organization_id: int, day: date) -> None:
    members = organizations.members_of(organization_id)
    experts = len({each.user_id for each in members if each.role is Role.EXPERT and each.holds_on(day)})
    if experts < transitions.EXPERTS_MIN:
        name = organizations.by_id(organization_id).name
        raise errors.GroupTooSmall(group=name.zh, experts=experts, needed=transitions.EXPERTS_MIN)


def _locked(actor: Actor, public_id: str) -> models.Edition:
    visible = models.Edition.objects.filter(permissions.visible_to(actor)).select_related("book")
    row = visible.select_for_update(of=("self",), no_key=True).filter(public_id=public_id).first()
    if row is None:
        raise errors.BookNotFound
    return row
