"""`creditbank found`: what an empty bank needs before anybody can sign in."""

import secrets
import sys
from datetime import UTC, datetime
from typing import Final

from creditbank.cli import serving, surroundings
from creditbank.cli.engine_account import EngineProblem
from creditbank.kernel.actor import system
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text

PASSWORD_BYTES: Final = 12


def found(*, name: str, name_en: str, login: str, person: str) -> int:
    """Open committee and centre and appoint the first administrator; print the first password, which must be changed.

    Exit 1, and nothing written, where the bank has organizations already or a name is refused.
    """
    with surroundings.engine():
        serving.prepare()
        with surroundings.bank():
            from django.db import transaction  # needs Django set up

            try:
                with transaction.atomic():
                    password = _found(Text(name, name_en), login, person)
            except Refusal as refusal:
                print(f"{refusal.sentence('zh')}\n{refusal.sentence('en')}", file=sys.stderr)
                return 1
    print(f"{login}  {password}")
    return 0


def _found(centre: Text, login: str, person: str) -> str:
    from creditbank.identity import operations as identity
    from creditbank.organizations import operations as organizations, queries
    from creditbank.organizations.types import Extent, OrganizationKind, Role

    if queries.roots():
        raise EngineProblem(
            "这家银行已经有机构。第一位管理员请在“机构与人员”页任命其他人。",
            "This bank has organizations already. Its administrator appoints others on the people page.",
        )
    actor, now, password = system("command-line"), datetime.now(tz=UTC), secrets.token_urlsafe(PASSWORD_BYTES)
    root = organizations.open_organization(
        actor=actor,
        parent_id=None,
        code="COMMITTEE",
        kind=OrganizationKind.COMMITTEE,
        name=Text("学分银行管理委员会", "Credit Bank Management Committee"),
        now=now,
    )
    house = organizations.open_organization(
        actor=actor, parent_id=root.id, code="CENTRE", kind=OrganizationKind.CENTRE, name=centre, now=now
    )
    user = identity.create_staff(
        actor=actor, organization_id=house.id, login=login, name=person, password=password, now=now
    )
    organizations.appoint(
        actor=actor,
        organization_id=house.id,
        user_id=user.id,
        role=Role.BANK_ADMINISTRATOR,
        extent=Extent.BANK,
        now=now,
    )
    return password
