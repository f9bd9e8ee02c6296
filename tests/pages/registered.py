"""What issuers of the world have in the register of certificates: lists at each interesting stage, and a request."""

from datetime import UTC, datetime
from typing import Any

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.kernel.actor import system
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.register import operations
from creditbank.register.models import Load
from creditbank.register.types import Wish
from tests.rooms.learners.people import document

NOW = datetime.now(tz=UTC)
SYSTEM, SECOND = system("command-line"), system("second-person")


def fill(world: Any, place: str) -> None:
    """Give a school a certificate that it issues, lists of them, and a request to revoke one."""
    owner, now = world.id(place), NOW
    new = NewSpecification(kind=SpecificationKind.CERTIFICATE, name=Text(f"证{place}"), owner_id=owner, issuer_id=owner)
    made = catalogue.define_specification(actor=SYSTEM, new=new, now=now)
    given = {"actor": SYSTEM, "organization_id": owner, "now": now}
    operations.load_at_once(**given, file_name=f"full-{ord(place)}.csv", content=[sheet(place, "0")])
    number = f"N{ord(place)}0"
    wish = operations.ask(**given, specification_id=made.id, number=number, wish=Wish.REVOKE, reason=f"缘由证{place}")
    world._add("wish", place, f"缘由证{place}", wish, public_id=wish)  # noqa: SLF001  # a part of it
    for stage in ("reported", "submitted", "failed"):
        _list(world, place, stage)


def sheet(place: str, *numbers: str) -> bytes:
    lines = [f"N{ord(place)}{number},王某,{document(955).number},证{place},2026-06-28" for number in numbers]
    bad = f"N{ord(place)}X,王某,1,证{place},2026-06-28"
    return "\n".join(["证书编号,姓名,证件号码,证书名称,发证日期", *lines, bad, ""]).encode()


def _list(world: Any, place: str, stage: str) -> None:
    name = f"list-{ord(place)}-{stage}.csv"
    given = {"actor": SYSTEM, "now": NOW}
    load = operations.hand_in(
        **given, organization_id=world.id(place), file_name=name, content=[sheet(place, stage[0])]
    )
    operations.check(**given, public_id=load.public_id)
    if stage != "reported":
        operations.submit(**given, public_id=load.public_id)
    if stage == "failed":  # as three tries leave it
        operations.review(actor=SECOND, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
        Load.objects.filter(id=load.id).update(stage=stage, attempts=3)
    world._add("roll", place, name, load.public_id, public_id=load.public_id, stage=stage)  # noqa: SLF001  # a part of it
