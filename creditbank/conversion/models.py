"""Tables and constraints of conversion. Nothing is decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import models

from creditbank.conversion.shown import PreviewStage
from creditbank.conversion.types import (
    BookKind,
    Edition as EditionValue,
    EditionStage,
    Goal as GoalValue,
    GoalKind,
    RuleBook as RuleBookValue,
    Side,
    Verdict,
)
from creditbank.kernel.text import Text

ID_MAX: Final = 120
EDITION_MAX: Final = 40
TITLE_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Written:
    """What is kept of the text of a draft beside the text itself."""

    document: Mapping[str, Any]
    digest: str
    rules: int
    cases: int
    starts: date | None
    ends: date | None


@dataclass(frozen=True, slots=True)
class Slice:
    """What a slice of learners adds to a preview: `sums` and `total` are those of the whole, `after` its new end."""

    after: int
    learners: int
    total: int
    sums: Mapping[str, Any]


class RuleBook(models.Model):
    """A row of `conversion_rule_book`: what stays the same over all editions of a book."""

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    uri = models.CharField(max_length=ID_MAX, unique=True)
    kind = models.CharField(max_length=16)
    owner_id = models.IntegerField()
    receiver_id = models.IntegerField(null=True)
    partner_id = models.IntegerField(null=True)
    title_zh = models.CharField(max_length=TITLE_MAX)
    title_en = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Agreements alone have a receiving side and a party beside the owner."""

        app_label = "conversion"
        db_table = "conversion_rule_book"
        constraints = [
            models.CheckConstraint(
                name="rule_book_kind_known", condition=models.Q(kind__in=[each.value for each in BookKind])
            ),
            models.CheckConstraint(
                name="rule_book_receiver",
                condition=models.Q(kind="agreement", receiver_id__isnull=False, partner_id__isnull=False)
                | (~models.Q(kind="agreement") & models.Q(receiver_id__isnull=True, partner_id__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its id in documents."""
        return self.uri

    def as_value(self) -> RuleBookValue:
        """Return the plain value."""
        return RuleBookValue(
            id=self.id,
            public_id=self.public_id,
            uri=self.uri,
            kind=BookKind(self.kind),
            owner_id=self.owner_id,
            receiver_id=self.receiver_id,
            partner_id=self.partner_id,
            title=Text(self.title_zh, self.title_en),
        )

    def record_title(self, title: Text) -> None:
        """Call the book as its newest text does."""
        self.title_zh, self.title_en = title.zh, title.en
        self.save(update_fields=["title_zh", "title_en"])


class Edition(models.Model):
    """A row of `conversion_edition`: one edition of a book; `document` is its text, `digest` that of its JCS bytes.

    `ruling` is the text that plans run on: the document itself, or the guidance with the deviations applied.
    `writers` are the users who wrote at it, `round` how often it was handed to readers.
    """

    id = models.AutoField(primary_key=True)
    public_id = models.CharField(max_length=20, unique=True)
    book = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="editions")
    edition = models.CharField(max_length=EDITION_MAX)
    stage = models.CharField(max_length=12, default=EditionStage.DRAFT)
    document = models.JSONField()
    ruling = models.JSONField(null=True)
    digest = models.CharField(max_length=71)
    rules_count = models.IntegerField(default=0)
    cases_count = models.IntegerField(default=0)
    starts = models.DateField()
    ends = models.DateField(null=True)
    drafted_by = models.IntegerField()
    writers = models.JSONField(default=list)
    round = models.IntegerField(default=0)
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    notice_until = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        """An edition of a book has its name once, and one edition at most is published and not succeeded."""

        app_label = "conversion"
        db_table = "conversion_edition"
        constraints = [
            models.UniqueConstraint(name="rule_edition_once", fields=["book", "edition"]),
            models.UniqueConstraint(
                name="edition_published_once", fields=["book"], condition=models.Q(stage=EditionStage.PUBLISHED)
            ),
            models.CheckConstraint(
                name="rule_edition_stage_known", condition=models.Q(stage__in=[each.value for each in EditionStage])
            ),
            models.CheckConstraint(
                name="edition_published_whole",
                condition=~models.Q(stage=EditionStage.PUBLISHED)
                | models.Q(ruling__isnull=False, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by book and edition."""
        return f"{self.book_id}/{self.edition}"

    def as_value(self) -> EditionValue:
        """Return the plain value, without the document."""
        return EditionValue(
            id=self.id,
            public_id=self.public_id,
            book=self.book.as_value(),
            edition=self.edition,
            stage=EditionStage(self.stage),
            digest=self.digest,
            rules=self.rules_count,
            cases=self.cases_count,
            starts=self.starts,
            ends=self.ends,
            drafted_by=self.drafted_by,
            drafted_at=self.drafted_at,
            submitted_at=self.submitted_at,
            notice_until=self.notice_until,
            published_at=self.published_at,
        )

    def record_document(self, written: "Written", *, writer: int) -> None:
        """Write a new text of a draft, and who wrote it."""
        self.document, self.digest = dict(written.document), written.digest
        self.rules_count, self.cases_count = written.rules, written.cases
        self.starts, self.ends = written.starts or self.starts, written.ends
        self.writers = sorted({*self.writers, writer})
        self.save(update_fields=["document", "digest", "rules_count", "cases_count", "starts", "ends", "writers"])

    def record_stage(self, stage: EditionStage) -> None:
        """Move to another stage."""
        self.stage = stage
        self.save(update_fields=["stage"])

    def record_submission(
        self, *, document: dict[str, object], ruling: dict[str, object], digest: str, at: datetime
    ) -> None:
        """Fix the text, and the one that plans will run on, whose rules are counted; hand it to the readers."""
        self.stage, self.document, self.ruling, self.digest = EditionStage.READING, document, ruling, digest
        self.submitted_at, self.round = at, self.round + 1
        rules = ruling.get("rules", ())
        assert isinstance(rules, list | tuple), "the ruling is the document of a book"
        self.rules_count = len(rules)
        self.save(update_fields=["stage", "document", "ruling", "digest", "submitted_at", "round", "rules_count"])

    def record_notice(self, until: date) -> None:
        """Put the edition on public notice."""
        self.stage, self.notice_until = EditionStage.NOTICE, until
        self.save(update_fields=["stage", "notice_until"])

    def record_publication(self, at: datetime) -> None:
        """Publish the edition."""
        self.stage, self.published_at = EditionStage.PUBLISHED, at
        self.save(update_fields=["stage", "published_at"])

    def record_end(self, stage: EditionStage, *, last_day: date) -> None:
        """End the period early, by a successor or a withdrawal."""
        self.stage = stage
        self.ends = last_day if self.ends is None else min(self.ends, last_day)
        self.save(update_fields=["stage", "ends"])


class Reading(models.Model):
    """A row of `conversion_reading`: what one person said of one text; what is handed in again is read anew."""

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="readings")
    digest = models.CharField(max_length=71)
    round = models.IntegerField()
    reader_id = models.IntegerField()
    reader_name = models.CharField(max_length=100)
    side = models.CharField(max_length=10)
    verdict = models.CharField(max_length=10)
    remarks = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """A person reads a text once in a round."""

        app_label = "conversion"
        db_table = "conversion_reading"
        constraints = [
            models.UniqueConstraint(name="rule_reading_once", fields=["edition", "round", "reader_id"]),
            models.CheckConstraint(
                name="rule_reading_side_known", condition=models.Q(side__in=[each.value for each in Side])
            ),
            models.CheckConstraint(
                name="rule_reading_verdict_known", condition=models.Q(verdict__in=[each.value for each in Verdict])
            ),
        ]

    def __str__(self) -> str:
        """Name the row by edition and reader."""
        return f"{self.edition_id}/{self.reader_id}"


class RuleReport(models.Model):
    """A row of `conversion_rule_report`: a side's report that something is wrong with a rule, until it is settled."""

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reports")
    rule = models.CharField(max_length=120)
    side = models.CharField(max_length=10)
    reason = models.TextField()
    reported_by = models.IntegerField()
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A rule has one open report a side."""

        app_label = "conversion"
        db_table = "conversion_rule_report"
        constraints = [
            models.UniqueConstraint(
                name="rule_report_open_once",
                fields=["edition", "rule", "side"],
                condition=models.Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        """Name the row by edition and rule."""
        return f"{self.edition_id}/{self.rule}"


class Goal(models.Model):
    """A row of `conversion_goal`: what one learner works towards."""

    learner_id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    target = models.CharField(max_length=120)
    keep = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    set_at = models.DateTimeField()

    class Meta:
        """A learner has one goal."""

        app_label = "conversion"
        db_table = "conversion_goal"
        constraints = [
            models.CheckConstraint(
                name="goal_kind_known", condition=models.Q(kind__in=[each.value for each in GoalKind])
            )
        ]

    def __str__(self) -> str:
        """Name the row by its kind and target, never by the person."""
        return f"{self.kind}:{self.target}"

    def as_value(self) -> GoalValue:
        """Return the plain value."""
        return GoalValue(
            learner_id=self.learner_id,
            kind=GoalKind(self.kind),
            target=self.target,
            keep=tuple(self.keep),
            avoid=tuple(self.avoid),
        )


class Preview(models.Model):
    """A row of `conversion_preview`: a draft being tried on all archives it concerns, or what came out.

    `ruling` is the text as it was when the preview was asked for, so that every slice of learners is tried on the
    same; `after` is the last learner tried, `sums` what their archives came to. No learner is named in them.
    """

    id = models.AutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="previews")
    before = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=10, default=PreviewStage.RUNNING)
    digest = models.CharField(max_length=71)
    digest_submitted = models.CharField(max_length=71)
    ruling = models.JSONField()
    day = models.DateField()
    after = models.BigIntegerField(default=0)
    done = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    sums = models.JSONField(default=dict)
    faults = models.SmallIntegerField(default=0)
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    worked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A draft is tried once at a time."""

        app_label = "conversion"
        db_table = "conversion_preview"
        constraints = [
            models.UniqueConstraint(
                name="preview_running_once", fields=["edition"], condition=models.Q(stage=PreviewStage.RUNNING)
            ),
            models.CheckConstraint(
                name="preview_stage_known", condition=models.Q(stage__in=[each.value for each in PreviewStage])
            ),
            models.CheckConstraint(
                name="preview_ended",
                condition=models.Q(stage=PreviewStage.RUNNING, ended_at__isnull=True)
                | (~models.Q(stage=PreviewStage.RUNNING) & models.Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its edition and number."""
        return f"{self.edition_id}/{self.id}"

    def record_slice(self, tried: Slice, *, at: datetime) -> None:
        """Keep how far it is and what came out so far; a slice that went well forgives earlier faults."""
        self.after, self.sums, self.total = tried.after, dict(tried.sums), tried.total
        self.done, self.faults, self.worked_at = self.done + tried.learners, 0, at
        self.save(update_fields=["after", "sums", "total", "done", "faults", "worked_at"])

    def record_fault(self, *, at: datetime) -> None:
        """Count a slice that ended with a fault of ours."""
        self.faults, self.worked_at = self.faults + 1, at
        self.save(update_fields=["faults", "worked_at"])

    def record_end(self, stage: PreviewStage, *, at: datetime) -> None:
        """End it."""
        self.stage, self.ended_at = stage, at
        self.save(update_fields=["stage", "ended_at"])
