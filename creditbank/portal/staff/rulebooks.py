"""The desk of those who write, read and publish rule books: what waits, a new draft, one edition and its steps."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.catalogue import queries as catalogue
from creditbank.conversion import operations, permissions, queries
from creditbank.conversion.errors import BookFaulty, BookNotFound, SheetFaulty
from creditbank.conversion.types import BookKind, Details, Edition, EditionStage, Filters, Verdict
from creditbank.entrance.actors import need_permission
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.portal import lists

DRAFT: Final = Permission.CONVERSION_BOOK_DRAFT
WORKING: Final = (DRAFT, Permission.CONVERSION_BOOK_READ, Permission.CONVERSION_BOOK_PUBLISH)
FILE_MAX: Final = 2_000_000
NO_FAULTS: Final[tuple[tuple[str, Text], ...]] = ()
SAID: Final = {
    "submit": gettext_noop("已送审。"),
    "read": gettext_noop("已记下您的审读意见。"),
    "publish": gettext_noop("已发布。"),
    "withdraw": gettext_noop("已撤回。"),
    "report": gettext_noop("已报告，这条规则暂不用于新的方案。"),
    "settle": gettext_noop("已恢复。"),
}


def faults_in(refusal: Refusal) -> tuple[tuple[str, Text], ...]:
    """Return every fault that a refused file has: where it is, as one looks for it, and what is to be mended."""
    found = refusal.details.get("faults")
    if isinstance(refusal, SheetFaulty | BookFaulty) and isinstance(found, tuple | list):
        # What is wrong with a whole workbook stands at no place in it.
        places = (getattr(each, "place", "") or getattr(each, "pointer", "") for each in found)
        return tuple((place, Text(each.zh, each.en)) for place, each in zip(places, found, strict=True))
    return NO_FAULTS


def mine(request: BankRequest, public_id: str) -> Details:
    """Return an edition that lies on the person's desk. Refused: anybody else's, as if there were none."""
    need_permission(request, *WORKING)
    found = queries.details(request.actor, public_id)
    if not queries.works_on(request.actor, found.edition.book):
        raise BookNotFound
    return found


@require_GET
def desk(request: BankRequest) -> HttpResponse:
    """Show what waits for this person, and all editions of the organizations they work for."""
    need_permission(request, *WORKING)
    asked = lists.asked(request, "q", "stage", sort="newest")
    values = asked.values
    filters = Filters(
        text=values["q"], stage=lists.chosen(EditionStage, values["stage"]), sort=values["sort"], mine=True
    )
    context = {
        "listing": queries.listing(request.actor, filters, asked.page),
        "asked": asked,
        "waiting": queries.waiting(request.actor),
        "may_draft": request.actor.holds_anywhere(DRAFT),
    }
    return render(request, "staff/rulebooks.html", context)


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Begin a draft: blank, from a file, from guidance that is adopted, or as the next edition of a book."""
    need_permission(request, DRAFT)
    after, adopt = request.GET.get("next", ""), request.GET.get("adopt", "")
    base = queries.details(request.actor, after or adopt) if after or adopt else None
    error, found = "", NO_FAULTS
    if request.method == "POST":
        try:
            made = _started(request, after, adopt)
        except Refusal as refusal:
            error, found = refusal.sentence(request.lang), faults_in(refusal)
        else:
            messages.success(request, _("草稿已建好。"))
            return redirect("rulebook_work", public_id=made.public_id)
    today = timezone.localdate(request.now)
    context = {
        "base": base,
        "way": "next" if after else "adopt" if adopt else request.POST.get("way", "blank"),
        "places": organizations.workplaces(request.actor, DRAFT, on=today),
        "kinds": list(BookKind),
        "values": {
            name: request.POST.get(name, "")
            for name in ("owner", "id", "edition", "zh", "en", "kind", "starts", "partner", "takes")
        },
        "schools": catalogue.schools(),
        "faults": found,
        "year": today.year,
        "error": error,
    }
    return render(request, "staff/rulebook_new.html", context, status=422 if error else 200)


def _started(request: BankRequest, after: str, adopt: str) -> Edition:
    post, today = request.POST, timezone.localdate(request.now)
    edition = post.get("edition", "").strip()
    upload = request.FILES.get("file")
    if after:
        owner_id = queries.details(request.actor, after).edition.book.owner_id
        document = queries.next_edition(request.actor, after, edition=edition, day=today)
        return _draft(request, owner_id, document)
    owner_id = organizations.by_public_id(post.get("owner", "")).id
    if adopt:
        book = post.get("id", "").strip()
        document = queries.adoption(request.actor, owner_id, adopt, book=book, edition=edition or "1", day=today)
    elif post.get("way") == "file":
        # One byte more than may be: the reader says that it is too large.
        content = upload.read(FILE_MAX + 1) if upload else b""
        document = queries.read_file(content, (upload.name or "") if upload else "")
    else:
        title = {"zh": post.get("zh", "").strip()} | ({"en": post["en"].strip()} if post.get("en", "").strip() else {})
        kind = lists.chosen(BookKind, post.get("kind", "")) or BookKind.INSTITUTIONAL
        book = post.get("id", "").strip()
        document = queries.blank(owner_id, book=book, edition=edition, kind=kind, title=title, day=today)
        if kind is BookKind.AGREEMENT and post.get("partner"):
            document = queries.agreed(document, owner_id, post["partner"], owner_takes=post.get("takes") != "partner")
    return _draft(request, owner_id, document)


def _draft(request: BankRequest, owner_id: int, document: dict[str, Any]) -> Edition:
    return operations.start_draft(actor=request.actor, owner_id=owner_id, document=document, now=request.now)


@require_GET
def template(request: BankRequest) -> HttpResponse:
    """Return the empty spreadsheet in which an office writes rules."""
    need_permission(request, DRAFT)
    made = queries.template()
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = 'attachment; filename="rules.xlsx"'
    return response


@require_GET
def work(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one edition to those who work on it: what was found, the next step, the rules, who did what."""
    found = mine(request, public_id)
    return _page(request, found)


def _page(request: BankRequest, found: Details, error: str = "") -> HttpResponse:
    one, actor, today = found.edition, request.actor, timezone.localdate(request.now)
    drafting = one.stage is EditionStage.DRAFT
    review = queries.review(found.document, day=today) if drafting else None
    context = {
        "details": found,
        "shown": queries.book_shown(found, review) if drafting else queries.published_shown(found),
        "forms": queries.forms_of(found.document),
        "proposals": queries.drafted_shown(found) if drafting else (),
        "preview": queries.preview(one),
        "drafting": drafting,
        "may": {
            "draft": permissions.may_draft(actor, one.book.owner_id),
            "read": queries.may_read(actor, found),
            "publish": permissions.may_publish(actor, one.book.owner_id),
            "sides": permissions.sides(actor, one.book),
            "report": bool(permissions.sides(actor, one.book)) and one.stage is EditionStage.PUBLISHED,
        },
        "notice_over": bool(one.notice_until and today >= one.notice_until),
        "error": error,
        "remarks": request.POST.get("remarks", ""),
        "verdicts": list(Verdict),
    }
    return render(request, "staff/rulebook_work.html", context, status=422 if error else 200)


@require_POST
def act(request: BankRequest, public_id: str) -> HttpResponse:
    """Take one step with an edition; a refusal is said on its page."""
    found = mine(request, public_id)
    step = request.POST.get("act", "")
    given: dict[str, Any] = {"actor": request.actor, "public_id": public_id, "now": request.now}
    rule, said = request.POST.get("rule", ""), request.POST.get("remarks", "")
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: operations.submit_edition(**given),
        "read": lambda: operations.read_edition(
            **given, verdict=lists.chosen(Verdict, request.POST.get("verdict", "")) or Verdict.RETURN, remarks=said
        ),
        "publish": lambda: operations.publish_edition(**given),
        "withdraw": lambda: operations.withdraw_edition(**given),
        "report": lambda: operations.report_rule(**given, rule=rule, reason=said),
        "settle": lambda: operations.settle_rule(**given, rule=rule),
    }
    if step not in steps:
        return redirect("rulebook_work", public_id=public_id)
    try:
        steps[step]()
    except NotPermitted:
        raise
    except Refusal as refusal:
        return _page(request, found, refusal.sentence(request.lang))
    messages.success(request, _(SAID[step]))
    return redirect("rulebook_work", public_id=public_id)
