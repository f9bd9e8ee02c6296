"""Cases of the register of certificates for the tests of facts: each operation, and what must be done before it."""

from functools import partial
from typing import Any

from creditbank.catalogue import operations as catalogue
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.review import Verdict
from creditbank.register import operations
from creditbank.register.models import Certificate
from creditbank.register.types import Wish
from tests.properties.world import WANG, Act, World
from tests.rooms.archive.conftest import IDENTITIES, NOW, SYSTEM


def content() -> bytes:
    holder = Document(DocumentKind.RESIDENT_ID, IDENTITIES[0]).number
    return f"证书编号,姓名,证件号码,证书名称,等级,发证日期\nN1,张三,{holder},老年照护,初级,2026-06-28\n".encode()


def handed_in(world: World) -> str:
    catalogue.define_specification(actor=SYSTEM, new=world.specification(), now=NOW)
    return operations.hand_in(**world.here, file_name="a.csv", content=[content()]).public_id


def of_list(world: World, *acts: Act) -> Act:
    """Hand a list in, check it, do all acts but the last with it, and return the last."""
    return world.acts(operations.check, *acts, actor=SYSTEM, public_id=handed_in(world), now=NOW)


def entered(world: World) -> dict[str, Any]:
    """Register a certificate of the first learner, and return what names it."""
    made = catalogue.define_specification(actor=SYSTEM, new=world.specification(), now=NOW)
    operations.load_at_once(**world.here, file_name="a.csv", content=[content()])
    return {**world.here, "specification_id": made.id, "number": "N1"}


def asked(world: World) -> str:
    return operations.ask(**entered(world), wish=Wish.REVOKE, reason="查实替考")


def claimed(world: World) -> Act:
    given = entered(world)
    learner = Actor(ActorKind.LEARNER, 1, "张三", learner_id=world.bank.learners[0])
    return partial(operations.claim, actor=learner, issuer_id=given["organization_id"], number=given["number"], now=NOW)


def moved(world: World) -> Act:
    claimed(world)()
    first, second, *_ = world.bank.learners
    return partial(operations.move_claims, **world.here, survivor_id=second, other_id=first)


def revoked(world: World) -> Act:
    """Claim a certificate, and revoke it behind the register's back, so that its entry waits to be taken back."""
    claimed(world)()
    Certificate.objects.update(status=2)
    return partial(operations.take_back, actor=SYSTEM, now=NOW)


_approve = partial(operations.review, actor=WANG, verdict=Verdict.APPROVE)
CASES = {
    "register.hand_in": lambda w: partial(operations.hand_in, **w.here, file_name="a.csv", content=[content()]),
    "register.submit": lambda w: of_list(w, operations.submit),
    "register.review": lambda w: of_list(w, operations.submit, _approve),
    "register.cancel": lambda w: of_list(w, operations.cancel),
    "register.ask": lambda w: partial(operations.ask, **entered(w), wish=Wish.REVOKE, reason="查实替考"),
    "register.decide": lambda w: partial(
        operations.decide, actor=WANG, public_id=asked(w), verdict=Verdict.APPROVE, now=NOW
    ),
    "register.claim": claimed,
    "register.move_claims": moved,
    "register.take_back": revoked,
}
ELSEWHERE = {
    "register.check": "block by block, then one fact: tests/rooms/register/test_register_lists.py",
    "register.enter": "in resumable steps, then one fact: tests/rooms/register/test_register_lists.py",
    "register.reopen": "a list that failed three times: tests/rooms/register/test_register_lists.py",
    "register.end_revoked": "a part of posting a batch: tests/rooms/deposits/test_revoked_certificates.py",
    "register.load_at_once": "hand_in, check and enter in turn",
    "register.forget_old": "a transaction for each list: tests/rooms/register/test_register_lists.py",
    "register.delete_rows": "a part of erasing: tests/rooms/register/test_register_claims.py",
}
