"""A rule book that comes as a file: which edition it is here, what it waits for, and what may be done with it next."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from django.utils.timezone import localdate

from creditbank.conversion import errors, heads, models
from creditbank.conversion.planning import report_of
from creditbank.conversion.queries.books import details
from creditbank.conversion.queries.reviewing import review
from creditbank.conversion.rules.reading import book_of, digest_of
from creditbank.conversion.types import Edition, EditionStage, Verdict
from creditbank.kernel.actor import Actor
from creditbank.organizations import queries as organizations

Step = Literal["submit", "publish", "wait"]
_NEXT: Final[Mapping[EditionStage, Step]] = {
    EditionStage.DRAFT: "submit",
    EditionStage.READING: "wait",
    EditionStage.PUBLISHED: "wait",
}
_WORDS: Final = {
    EditionStage.READING: (
        "等审读：已有{read}份同意，共要{needed}份。审读人在规则页办理，之后用同一文件再来。",
        "It waits for its readers: {read} of {needed} have approved. Come again with the same file when all have.",
    ),
    EditionStage.NOTICE: (
        "正在公示，到{until}为止。之后用同一文件再来发布。",
        "It is on public notice until {until}. Come again after that with the same file to publish it.",
    ),
    EditionStage.PUBLISHED: ("已发布，{starts}起生效。", "It is published and in force from {starts}."),
}


def edition_of(document: Mapping[str, Any]) -> Edition | None:
    """Return the edition that a document says it is, if the bank has it. Refused: a document that does not say."""
    heads.check(document)
    named = {"book__uri": document["id"], "edition": document["edition"]}
    row = models.Edition.objects.filter(**named).select_related("book").first()
    return None if row is None else row.as_value()


def next_step(edition: Edition, document: Mapping[str, Any], *, owner_id: int, day: date) -> Step:
    """Return what comes next for an edition whose document is handed in again.

    Refused: another text or owner under the name of the edition, an edition that is past: withdrawn or refused.
    """
    book, _ = book_of(document)
    texts = {heads.written(document).digest, digest_of(book) if book is not None else ""}
    if edition.digest not in texts or edition.book.owner_id != owner_id:
        raise errors.BookExists(book=edition.book.uri, edition=edition.edition)
    if edition.stage is EditionStage.NOTICE:
        over = edition.notice_until is None or day >= edition.notice_until
        return "publish" if over else "wait"
    if edition.stage not in _NEXT:
        raise errors.EditionNotThere(stage=edition.stage, wanted=EditionStage.PUBLISHED)
    return _NEXT[edition.stage]


def standing(actor: Actor, public_id: str) -> dict[str, object]:
    """Return where an edition stands as JSON, with what it waits for in both languages."""
    found = details(actor, public_id)
    edition = found.edition
    read = sum(each.verdict is Verdict.APPROVE for each in found.readings)
    told = {
        "read": read,
        "needed": found.readings_needed,
        "until": edition.notice_until.isoformat() if edition.notice_until else None,
        "starts": edition.starts.isoformat(),
    }
    zh, en = _WORDS[edition.stage]
    return {
        "public_id": edition.public_id,
        "id": edition.book.uri,
        "edition": edition.edition,
        "owner": organizations.by_id(edition.book.owner_id).code,
        "digest": edition.digest,
        "stage": edition.stage.value,
        "readings": read,
        "readings_needed": found.readings_needed,
        "notice_until": told["until"],
        "published": localdate(edition.published_at).isoformat() if edition.published_at else None,
        "from": told["starts"],
        "address": f"/rules/{edition.public_id}" if edition.published_at else f"/staff/rules/{edition.public_id}/",
        "message": zh.format(**told),
        "message_en": en.format(**told),
    }


def review_document(document: Mapping[str, Any], *, day: date) -> dict[str, Any]:
    """Return the report on a document as `rules check` prints it, by what this bank's catalogue and books know."""
    found = review(document, day=day)
    return report_of(found.book, found.faults, found.findings, found.cases)
