"""Writing one cap or one case of a draft in the page: as a form, or as text where the form cannot say it."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from creditbank.conversion import queries
from creditbank.conversion.types import Details
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import Refusal
from creditbank.portal.staff import rulebooks_caps as caps, rulebooks_cases as cases, rulebooks_trees as trees
from creditbank.portal.staff.rulebooks_editing import departs, deviates, draft_of, save
from creditbank.portal.staff.rulebooks_offer import offered
from creditbank.portal.staff.rulebooks_rows import Tree

LOOKING: Final = ("add", "drop")


@require_http_methods(["GET", "POST"])
def cap(request: BankRequest, public_id: str, number: int) -> HttpResponse:
    """Write one cap: what is counted, of which achievements and courses, and how much of it at most."""
    found = draft_of(request, public_id)
    before = _cap_before(found, number)
    filled = caps.form_of(before) if before else caps.blank(f"C{number + 1}")
    if _posts_form(request):
        filled = caps.read(request.POST)
    tree = caps.tree_of(filled, before or {}) if filled else before or {}
    error, tree = _saved(request, found, "caps", number, tree)
    if error is None:
        return redirect("rulebook_work", public_id=public_id)
    context = _context(request, found, filled, tree, error) | {
        "number": number,
        "new": before is None,
        "sentence": queries.cap_shown(found, tree),
        "departs": departs(found, before) | ({"reason": request.POST["reason"]} if "reason" in request.POST else {}),
    }
    return render(request, "staff/rulebook_cap.html", context, status=422 if error else 200)


def _cap_before(found: Details, number: int) -> Tree | None:
    """Return the cap at a place: of the draft itself, or the book's own where it adopts. Refused: the guidance's."""
    if "adopts" not in found.document:
        return trees.part(found.document, "caps", number)
    before = queries.effective_cap(found.document, number)
    if before is not None and not departs(found, before)["own"]:
        raise Http404
    return before


@require_http_methods(["GET", "POST"])
def case(request: BankRequest, public_id: str, number: int) -> HttpResponse:
    """Write one case: who with which achievements, and what must come of it; what comes of it is shown beside."""
    found = draft_of(request, public_id)
    before = trees.part(found.document, "cases", number)
    today = timezone.localdate(request.now).isoformat()
    filled = cases.form_of(before) if before else _like_last(found.document, today)
    if _posts_form(request):
        filled = cases.read(request.POST)
    tree = cases.tree_of(filled, before or {}) if filled else before or {}
    error, tree = _saved(request, found, "cases", number, tree)
    if error is None:
        return redirect("rulebook_work", public_id=public_id)
    context = _context(request, found, filled, tree, error) | {
        "number": number,
        "new": before is None,
        "tried": queries.case_tried(found, tree),
        "beside": cases.beside(before or {}),
    }
    return render(request, "staff/rulebook_case.html", context, status=422 if error else 200)


def _posts_form(request: BankRequest) -> bool:
    return request.method == "POST" and "text" not in request.POST


def _saved(request: BankRequest, found: Details, name: str, number: int, tree: Tree) -> tuple[str | None, Tree]:
    """Save what was posted; return why not and what is shown instead, or None where it is done."""
    post = request.POST
    if request.method != "POST" or any(each in post for each in LOOKING):
        return "", tree
    try:
        new = queries.read_text(post["text"]) if "text" in post and post.get("act") != "remove" else tree
        if name == "caps" and "adopts" in found.document:
            before = _cap_before(found, number)
            return deviates(request, found, "limit", str((before or new).get("id")), new) or None, new
        put = trees.put(found.document, name, number, None if post.get("act") == "remove" else new)
        return save(request, found, put) or None, new
    except Refusal as refusal:
        return refusal.sentence(request.lang), tree


def _context(request: BankRequest, found: Details, filled: object, tree: Tree, error: str) -> dict[str, Any]:
    """Return what both pages show: the form or the text, what is offered, the whole book with what was found."""
    review = queries.review(found.document, day=timezone.localdate(request.now))
    return {
        "details": found,
        "form": filled,
        "as_text": filled is None or "text" in request.GET or "text" in request.POST,
        "text": request.POST.get("text") or queries.yaml_of(tree),
        "offer": offered(found),
        "shown": queries.book_shown(found, review),
        "error": error,
    }


def _like_last(document: Mapping[str, Any], day: str) -> cases.CaseForm:
    """Return what a new case begins with: the facts of the last one, which are most like it, or the plainest."""
    listed = document.get("cases")
    last = listed[-1] if isinstance(listed, list) and listed else None
    form = cases.form_of(last) if isinstance(last, dict) else None
    return cases.blank("case-1", day) if form is None else cases.after(form)


@require_POST
def drafted(request: BankRequest, public_id: str) -> HttpResponse:
    """Add cases drafted at bounds that no case stands at: the one that is named, or all; an expert confirms each."""
    found = draft_of(request, public_id)
    wanted = request.POST.get("case")
    made = [each for each in queries.drafted_cases(found.document) if wanted in {None, each["id"]}]
    if not made:
        messages.info(request, _("没有要补的界限用例；先写一个用到规则的用例，再拟。"))
        return redirect("rulebook_work", public_id=public_id)
    kept = found.document.get("cases", ())
    error = save(request, found, {**found.document, "cases": [*kept, *made]}, said=_said(request, found, wanted))
    if error:
        messages.error(request, error)
    return redirect("rulebook_work", public_id=public_id)


def _said(request: BankRequest, found: Details, wanted: str | None) -> str:
    """Return what is said of one case that was added: what it gives, in words."""
    told = (each.given.in_language(request.lang)[0] for each in queries.drafted_shown(found) if each.id == wanted)
    given = next(told, "")
    return _("已加入用例：%(given)s。") % {"given": given} if given else ""
