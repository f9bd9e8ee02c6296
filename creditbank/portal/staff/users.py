"""API clients of an organization, and the slip with a reset code that is handed to a person."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity import operations, permissions, queries
from creditbank.identity.errors import ClientNotFound
from creditbank.identity.types import User
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations


@never_cache
def clients(request: BankRequest, organization: str) -> HttpResponse:
    """List the clients of an organization; create one, whose key is shown in the answer and never again."""
    need_kind(request, ActorKind.STAFF)
    place = organizations.visible(request.actor, organization)
    permissions.check_may_manage_clients(request.actor, organization_id=place.id)
    name, error, made, key = request.POST.get("name", ""), "", None, ""
    may = {each: bool(request.POST.get(each)) for each in ("reads_worth", "hands_in")}
    if request.method == "POST":
        try:
            made, key = operations.create_client(
                actor=request.actor, organization_id=place.id, name=name, **may, now=request.now
            )
            name, may = "", {}
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
    context = {
        "organization": place,
        "clients": queries.clients_of(request.actor, place.id),
        "name": name,
        "may": may,
        "error": error,
        "made": made,
        "key": key,
    }
    return render(request, "staff/users_clients.html", context, status=422 if error else 200)


def client_revoke(request: BankRequest, organization: str, client: str) -> HttpResponse:
    """Ask once more, then end a client's key."""
    need_kind(request, ActorKind.STAFF)
    place = organizations.visible(request.actor, organization)
    found = queries.client_by_public_id(request.actor, client)
    if found.organization_id != place.id:
        raise ClientNotFound(client=client)
    if request.method == "POST":
        operations.revoke_client(actor=request.actor, client_id=found.id, now=request.now)
        return redirect("clients", organization=organization)
    return render(request, "staff/users_client_revoke.html", {"organization": place, "client": found})


@never_cache
def reset(request: BankRequest, user: str) -> HttpResponse:
    """Issue a reset code to a member of staff, shown in the answer and never again, to be printed."""
    need_kind(request, ActorKind.STAFF)
    person = queries.staff_by_public_id(request.actor, user)
    if request.method != "POST":
        return render(request, "staff/users_reset.html", {"person": person})
    check_roles_in_reach(request, person)
    assert person.organization_id is not None
    slip = operations.issue_reset(
        actor=request.actor, user_id=person.id, organization_id=person.organization_id, now=request.now
    )
    return render(request, "staff/users_slip.html", {"slip": slip, "name": person.name, "account": ""})


def check_roles_in_reach(request: BankRequest, person: User) -> None:
    """Refuse a person with roles beyond the actor's reach: whoever resets a password could sign in with those roles."""
    roles_at = [m.organization_id for m in organizations.memberships_of(person.id) if m.ended_on is None]
    if not all(request.actor.holds(Permission.IDENTITY_USER_MANAGE, at=place) for place in roles_at):
        raise NotPermitted(user=person.id)
