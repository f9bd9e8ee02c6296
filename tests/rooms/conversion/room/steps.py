"""Steps in the life of an edition, taken by the people of these tests."""

from datetime import timedelta

from creditbank.conversion import operations
from creditbank.conversion.types import Verdict
from creditbank.identity import operations as identity
from creditbank.kernel.permissions import Permission as P
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, Role
from tests.rooms.conversion.room.conftest import NOW, SYSTEM, person


def experts(bank, count):
    """Appoint experts to the group and return them as acting people."""
    made = []
    for number in range(count):
        user = identity.create_staff(
            actor=SYSTEM,
            organization_id=bank.group,
            login=f"expert.{number}",
            name="周工",
            password="slow-river-41",
            must_change_password=False,
            now=NOW,
        )
        organizations.appoint(
            actor=SYSTEM, organization_id=bank.group, user_id=user.id, role=Role.EXPERT, extent=Extent.UNIT, now=NOW
        )
        made.append(person(user.id, bank.group, P.CONVERSION_BOOK_DRAFT, P.CONVERSION_BOOK_READ, name=f"周工{number}"))
    return made


def reads(actor, edition, verdict=Verdict.APPROVE, remarks="", now=NOW):
    return operations.read_edition(actor=actor, public_id=edition.public_id, verdict=verdict, remarks=remarks, now=now)


def submitted(bank, people, document, now=NOW):
    draft = operations.start_draft(actor=people.li, owner_id=bank.school, document=document, now=now)
    return operations.submit_edition(actor=people.li, public_id=draft.public_id, now=now)


def noticed(bank, people, document, now=NOW):
    edition = submitted(bank, people, document, now)
    reads(people.wang, edition, now=now)
    return reads(people.chen, edition, now=now)


def published(bank, people, document, now=NOW):
    edition = noticed(bank, people, document, now)
    return operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=now + timedelta(days=7))
