"""Pages on which a school says which column of its own tables is which of the bank's."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.deposits import operations, permissions, queries
from creditbank.deposits.queries import column_names as names
from creditbank.deposits.types import Batch, ColumnTable, Head, Profile
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations
from creditbank.portal.staff import profiles_form as form


@require_GET
def column_names(request: BankRequest) -> HttpResponse:
    """List the sets of column names by which files of the person's institutions are read."""
    need_kind(request, ActorKind.STAFF)
    found = names.profiles(actor=request.actor)
    schools = organizations.by_ids({each.organization_id for each in found})
    context = {
        "profiles": found,
        "schools": {key: school.name for key, school in schools.items()},
        "layouts": {table.code: table.name for table in names.tables()},
        "people": names.makers(found),
        "uploads": request.actor.holds_anywhere(Permission.DEPOSITS_BATCH_UPLOAD),
    }
    return render(request, "staff/column_names.html", context)


@require_http_methods(["GET", "POST"])
def batch_columns(request: BankRequest, public_id: str) -> HttpResponse:
    """Take the headings of a file that was not recognised, and say which is which."""
    need_kind(request, ActorKind.STAFF)
    batch = queries.batch(actor=request.actor, public_id=public_id)
    permissions.check_may_upload(request.actor, batch.organization_id)
    head = names.head(batch)
    if head is None:
        return render(request, "staff/column_names_none.html", {"batch": batch})
    return _ask(request, head=head, batch=batch)


@require_http_methods(["GET", "POST"])
def column_names_edit(request: BankRequest, public_id: str) -> HttpResponse:
    """Change a set of column names; files are read by the new edition from then on."""
    need_kind(request, ActorKind.STAFF)
    profile = names.profile(actor=request.actor, public_id=public_id)
    permissions.check_may_upload(request.actor, profile.organization_id)
    return _ask(request, head=Head(profile.headings, ()), profile=profile)


@require_POST
def column_names_end(request: BankRequest, public_id: str) -> HttpResponse:
    """Let files be read by a set of column names no more."""
    need_kind(request, ActorKind.STAFF)
    operations.end_profile(actor=request.actor, public_id=public_id, now=request.now)
    messages.success(request, _("已停用。以后的文件不再按它读。"))
    return redirect("column_names")


def _ask(
    request: BankRequest, *, head: Head, batch: Batch | None = None, profile: Profile | None = None
) -> HttpResponse:
    """Show the form, or take what was sent; a refusal stands above the form, which keeps what was chosen."""
    layout = _layout(request, head, profile)
    error = ""
    if request.method == "POST":
        try:
            return _saved(request, layout, head=head, batch=batch, profile=profile)
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
    organization_id = profile.organization_id if profile else batch.organization_id if batch else 0
    posted = request.POST.dict() if request.method == "POST" else None
    same = profile if profile is not None and profile.layout == layout.code else None
    context = {
        "lines": form.lines(layout, head, language=request.lang, profile=same, posted=posted),
        "layout": layout,
        "layouts": names.tables(),
        "head": head,
        "batch": batch,
        "profile": profile,
        "school": organizations.by_id(organization_id).name,
        "name": request.POST.get("name", profile.name if profile else ""),
        "error": error,
    }
    return render(request, "staff/column_names_form.html", context, status=422 if error else 200)


def _layout(request: BankRequest, head: Head, profile: Profile | None) -> ColumnTable:
    """Return the layout asked for, else the profile's, else the one that most of the headings are like."""
    asked = request.POST.get("layout") or request.GET.get("layout")
    code = asked or (profile.layout if profile else names.likeliest(head.headings))
    for layout in names.tables():
        if layout.code == code:
            return layout
    raise Http404


def _saved(
    request: BankRequest, layout: ColumnTable, *, head: Head, batch: Batch | None, profile: Profile | None
) -> HttpResponse:
    operations.save_profile(
        actor=request.actor,
        organization_id=profile.organization_id if profile else batch.organization_id if batch else 0,
        renaming=form.sent(request, layout, head.headings),
        headings=head.headings,
        replaces=profile.public_id if profile else "",
        batch_id=batch.id if batch else None,
        now=request.now,
    )
    if batch is not None:
        messages.success(request, _("对应已保存。请再传一次这个文件，以后同样的表会自动认得。"))
        return redirect("batch_upload")
    messages.success(request, _("已保存为新的一版。以后的文件按它读。"))
    return redirect("column_names")
