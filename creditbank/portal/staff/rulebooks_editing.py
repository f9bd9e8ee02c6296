"""Writing a draft in the page: its head, one rule by rows or as text, the whole text."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.conversion import operations, permissions, queries
from creditbank.conversion.errors import EditionNotThere
from creditbank.conversion.types import Details, EditionStage
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import Refusal
from creditbank.portal.staff import rulebooks_form as form, rulebooks_trees as trees
from creditbank.portal.staff.rulebooks import FILE_MAX, NO_FAULTS, faults_in, mine
from creditbank.portal.staff.rulebooks_offer import offered

Tree = dict[str, Any]

#: What an adopting book adds of its own.
OWN: Final = frozenset({"add", "limit"})
HEAD: Final = ("zh", "en", "from", "to", "by", "unit", "cites")


def draft_of(request: BankRequest, public_id: str) -> Details:
    """Return a draft that this person may write. Refused: another stage, no permission."""
    found = mine(request, public_id)
    permissions.check_may_draft(request.actor, found.edition.book.owner_id)
    if found.edition.stage is not EditionStage.DRAFT:
        raise EditionNotThere(stage=found.edition.stage.value, wanted="draft")
    return found


def save(request: BankRequest, found: Details, document: Mapping[str, Any], *, said: str = "") -> str:
    """Save over the text that the page was made from, and return why not, or nothing; `said` tells what was done."""
    try:
        operations.save_draft(
            actor=request.actor,
            public_id=found.edition.public_id,
            seen=request.POST.get("seen", ""),
            document=trees.clean(document),
            now=request.now,
        )
    except Refusal as refusal:
        return refusal.sentence(request.lang)
    messages.success(request, said or _("已保存。"))
    return ""


@require_http_methods(["GET", "POST"])
def head(request: BankRequest, public_id: str) -> HttpResponse:
    """Write the title, the period and the regulations of a draft."""
    found = draft_of(request, public_id)
    values, error = _head_values(found.document), ""
    if request.method == "POST":
        values = {name: request.POST.get(name, "").strip() for name in HEAD}
        error = save(request, found, _with_head(found.document, values))
        if not error:
            return redirect("rulebook_work", public_id=public_id)
    context = {"details": found, "values": values, "error": error}
    return render(request, "staff/rulebook_head.html", context, status=422 if error else 200)


def _head_values(document: Mapping[str, Any]) -> dict[str, str]:
    title, effective = (_object(document.get(name)) for name in ("title", "effective"))
    cites = document.get("cites")
    lines = [
        " | ".join(
            (str(each.get("id", "")), str(_object(each.get("title")).get("zh", "")), str(each.get("clause") or ""))
        )
        for each in (cites if isinstance(cites, list) else ())
        if isinstance(each, dict)
    ]
    values = {"zh": title.get("zh"), "en": title.get("en"), "unit": document.get("unit"), "cites": "\n".join(lines)}
    values |= {name: effective.get(name) for name in ("from", "to", "by")}
    return {name: str(value or "") for name, value in values.items()}


def _with_head(document: Mapping[str, Any], values: Mapping[str, str]) -> Tree:
    before = {str(each.get("id")): each for each in document.get("cites", ()) if isinstance(each, dict)}
    cites = []
    for line in filter(str.strip, values["cites"].splitlines()):
        name, title, clause = ([each.strip() for each in line.split("|", 2)] + ["", ""])[:3]
        kept = {key: each for key, each in before.get(name, {}).items() if key not in {"id", "title", "clause"}}
        english = _object(before.get(name, {}).get("title")).get("en")
        pair = {"zh": title or name} | ({"en": english} if english else {})
        cites.append({"id": name, "title": pair} | ({"clause": clause} if clause else {}) | kept)
    effective = {"from": values["from"]} | {name: values[name] for name in ("to", "by") if values[name]}
    named = {"zh": values["zh"]} | ({"en": values["en"]} if values["en"] else {})
    made = {**document, "title": named, "effective": effective, "unit": values["unit"]}
    return made | {"cites": cites} if cites else {name: each for name, each in made.items() if name != "cites"}


def _object(value: object) -> Tree:
    return value if isinstance(value, dict) else {}


@require_http_methods(["GET", "POST"])
def rule(request: BankRequest, public_id: str, number: int) -> HttpResponse:
    """Write one rule by rows, or as text where the rows cannot say it; every row is added by a button."""
    found = draft_of(request, public_id)
    before = _rule_before(found, number)
    filled = form.form_of(before) if before else form.blank(f"R{number + 1}" if number < form.ROWS_MAX else "R-NEW")
    as_text = filled is None or "text" in request.GET
    error, text = "", request.POST.get("text", "")
    if request.method == "POST":
        if not as_text:
            filled = form.read(request.POST)
        if "add" not in request.POST and "drop" not in request.POST:
            error = _save_rule(request, found, number, before, filled if not as_text else None)
            if not error:
                return _onwards(request, found, number)
    tree = form.tree_of(filled, before or {}) if filled else before or {}
    review = queries.review(found.document, day=timezone.localdate(request.now))
    context = {
        "details": found,
        "number": number,
        "new": before is None,
        "form": filled,
        "as_text": as_text,
        "text": text or queries.yaml_of(tree),
        "sentence": queries.rule_shown(found, tree),
        "shown": queries.book_shown(found, review),
        "departs": departs(found, before) | ({"reason": request.POST["reason"]} if "reason" in request.POST else {}),
        "offer": offered(found),
        "error": error,
    }
    return render(request, "staff/rulebook_rule.html", context, status=422 if error else 200)


def departs(found: Details, before: Tree | None) -> Tree:
    """Return how a rule or cap departs from the guidance that is adopted: why, and whether it is the book's own."""
    listed = _object(trees.deviation(found.document, str((before or {}).get("id"))))
    return {
        "reason": str(_object(listed.get("reason")).get("zh", "")),
        "changed": bool(listed),
        "own": listed.get("op") in OWN,
    }


def _onwards(request: BankRequest, found: Details, number: int) -> HttpResponse:
    """Go on with the same rule, except where it is gone or has found another place."""
    public_id = found.edition.public_id
    if request.POST.get("act") == "remove" or "adopts" in found.document or number >= form.ROWS_MAX:
        return redirect("rulebook_work", public_id=public_id)
    return redirect("rulebook_rule", public_id=public_id, number=number)


def _rule_before(found: Details, number: int) -> Tree | None:
    """Return the rule at a place: of the draft itself, or of what it makes of the guidance it adopts."""
    if "adopts" in found.document:
        return queries.effective_rule(found.document, number)
    return trees.part(found.document, "rules", number)


def _save_rule(
    request: BankRequest, found: Details, number: int, before: Tree | None, filled: form.RuleForm | None
) -> str:
    act = request.POST.get("act", "")
    try:
        new = form.tree_of(filled, before or {}) if filled else queries.read_text(request.POST.get("text", ""))
    except Refusal as refusal:
        return refusal.sentence(request.lang)
    if "adopts" not in found.document:
        return save(request, found, trees.put(found.document, "rules", number, None if act == "remove" else new))
    # A rule that is left out stands in no place any more: it is named.
    name = str((before or {}).get("id") or request.POST.get("rule") or new.get("id"))
    op = "replace" if before and not departs(found, before)["own"] else "add"
    return deviates(request, found, op, name, new)


def deviates(request: BankRequest, found: Details, op: str, name: str, new: Tree) -> str:
    """Save a deviation on a rule or cap, or take it back, and return why not, or nothing."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    name = str(trees.deviation(found.document, name).get("rule") or name)
    if act == "restore" or (act == "remove" and op in OWN):
        return save(request, found, trees.deviate(found.document, "", name, None, reason))
    if not reason:
        return _("请写明为什么与指导性规则不同，它会公布在旁边。")
    gone = act == "remove"
    made = trees.deviate(found.document, "remove" if gone else op, name, None if gone else new, reason)
    return save(request, found, made)


@require_http_methods(["GET", "POST"])
def text(request: BankRequest, public_id: str) -> HttpResponse:
    """Write the whole document as text, or replace it by a file."""
    found = draft_of(request, public_id)
    error, faults, written = "", NO_FAULTS, request.POST.get("text", "")
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload:
                document = queries.read_file(upload.read(FILE_MAX + 1), upload.name or "")
            else:
                document = queries.read_text(written)
            error = save(request, found, document)
        except Refusal as refusal:
            error, faults = refusal.sentence(request.lang), faults_in(refusal)
        if not error:
            return redirect("rulebook_work", public_id=public_id)
    text_ = written or queries.yaml_of(found.document)
    context = {"details": found, "text": text_, "error": error, "faults": faults}
    return render(request, "staff/rulebook_text.html", context, status=422 if error else 200)
