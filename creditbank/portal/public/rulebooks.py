"""Rule books as everybody may read them: the list, one edition printed as sentences, its files, what changed."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from creditbank.conversion import queries
from creditbank.conversion.types import BookKind, EditionStage, Filters, Row
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.organizations import queries as organizations
from creditbank.portal import lists
from creditbank.portal.public.catalogue import EVERYBODY

FORMS: Final = ("json", "yaml", "xlsx")
WORDS: Final = "public/rulebook_words.html"
ALL: Final = "all"


def _asked(request: BankRequest) -> tuple[lists.Asked, Filters]:
    asked = lists.asked(request, "q", "kind", "owner", "stage", sort="title")
    values = asked.values
    everything = values["stage"] == ALL
    stage = lists.chosen(EditionStage, values["stage"])
    filters = Filters(
        text=values["q"],
        kind=lists.chosen(BookKind, values["kind"]),
        owner_id=organizations.by_public_id(values["owner"]).id if values["owner"] else None,
        stage=stage,
        in_force_on=None if everything or stage else timezone.localdate(request.now),
        sort=values["sort"],
    )
    return asked, filters


@require_GET
def rulebooks(request: BankRequest) -> HttpResponse:
    """Search the rule books; without a choice those in force today."""
    asked, filters = _asked(request)
    context = {
        "listing": queries.listing(EVERYBODY, filters, asked.page),
        "asked": asked,
        "owners": queries.owners(),
        "kinds": list(BookKind),
    }
    return render(request, "public/rulebooks.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    rows = queries.export(EVERYBODY, _asked(request)[1])
    head = (
        *(_("编号"), _("版本"), _("类别"), _("中文名称"), _("英文名称"), _("由谁维护"), _("状态")),
        *(_("施行日期"), _("截止日期"), _("规则数"), _("文件指纹")),
    )
    kind, stage = lists.words(WORDS, "kinds"), lists.words(WORDS, "stages")
    return lists.as_csv("rule-books.csv", head, (_cells(row, request.lang, kind, stage) for row in rows))


def _cells(row: Row, language: str, kind: Callable[[str], str], stage: Callable[[str], str]) -> tuple[object, ...]:
    one = row.edition
    return (
        one.book.uri,
        one.edition,
        kind(one.book.kind.value),
        one.book.title.zh,
        one.book.title.en,
        row.owner.in_language(language)[0],
        stage(one.stage.value),
        one.starts.isoformat(),
        one.ends.isoformat() if one.ends else None,
        one.rules,
        one.digest,
    )


@require_GET
def rulebook(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one edition: its rules as sentences, caps, cases, who read it, and its other editions."""
    found = queries.details(EVERYBODY, public_id)
    context = {
        "details": found,
        "shown": queries.published_shown(found),
        "forms": queries.forms_of(found.document),
        "today": timezone.localdate(request.now),
        "works": queries.works_on(request.actor, found.edition.book),
    }
    return render(request, "public/rulebook.html", context)


@require_GET
def changes(request: BankRequest, public_id: str, earlier: str) -> HttpResponse:
    """Show in words what changed from an earlier edition of the same book."""
    new, old = (queries.details(EVERYBODY, each) for each in (public_id, earlier))
    if new.edition.book.id != old.edition.book.id:
        raise Http404
    context = {
        "new": new.edition,
        "old": old.edition,
        "changes": queries.changes(EVERYBODY, earlier, public_id),
        "preview": queries.compared(request.actor, new.edition, old.edition),
    }
    return render(request, "public/rulebook_changes.html", context)


@require_GET
def file(request: BankRequest, public_id: str, form: str) -> HttpResponse:
    """Return the document as a file. Refused: a spreadsheet where something of the book has no place in it."""
    if form not in FORMS:
        raise Http404
    found = queries.details(request.actor, public_id)
    made = queries.file_of(found.document, form)
    response = HttpResponse(made.content, content_type=made.media_type)
    name = f"{found.edition.book.uri}-{found.edition.edition}.{form}".replace("/", "-")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["ETag"] = f'"{found.edition.digest}"'
    return response
