"""People of the catalogue at the keyboard: Chen keeps it, Wu that of the centre alone, Li proposes, Zhao only looks."""

from django.contrib.auth import get_user_model

from creditbank.identity import operations as identity
from creditbank.kernel.actor import system
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, Role
from tests.conftest import NOW


def sign_in(bank, client, name):
    """Return the browser, in which this person is signed in now."""
    actor = system("command-line")
    place, role, extent = {
        "chen": (bank.centre, Role.CENTRE_CATALOGUER, Extent.BANK),
        "wu": (bank.centre, Role.CENTRE_CATALOGUER, Extent.UNIT),
        "li": (bank.school, Role.DEPOSIT_OFFICER, Extent.UNIT),
        "zhao": (bank.centre, Role.AUDITOR, Extent.UNIT),
    }[name]
    user = identity.create_staff(
        actor=actor,
        organization_id=place,
        login=f"{name}.test",
        name="李明",
        password="slow-river-41",
        must_change_password=False,
        now=NOW,
    )
    organizations.appoint(actor=actor, organization_id=place, user_id=user.id, role=role, extent=extent, now=NOW)
    client.force_login(get_user_model().objects.get(pk=user.id))
    return client
