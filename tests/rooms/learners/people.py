"""Who acts in the tests of accounts: Li works at the outlet, Wang at another, Zhao has no role; people made up."""

import secrets
from datetime import date

from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.documents import Document, DocumentKind, check_digit
from creditbank.kernel.permissions import Permission
from creditbank.learners.types import SignIn

HERE, ELSEWHERE = 31, 44
PASSWORD = "tide-and-lantern-7"


def staff(number, *organizations, permissions=tuple(Permission)):
    reach = Reach(organizations=frozenset(organizations))
    return Actor(
        kind=ActorKind.STAFF, id=number, name=f"staff {number}", grants=tuple(Grant(p, reach) for p in permissions)
    )


LI, WANG, ZHAO = staff(1, HERE), staff(2, ELSEWHERE), staff(3)
ANYBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


def document(sequence, born=date(1995, 3, 8), kind=DocumentKind.RESIDENT_ID):
    """A resident number of county 99 (98, 97 beyond a thousand), where nobody lives."""
    first17 = f"3101{99 - sequence // 1000:02d}{born:%Y%m%d}{sequence % 1000:03d}"
    return Document(kind, first17 + check_digit(first17))


def sign_in():
    return SignIn(login=f"139{secrets.randbelow(10**8):08d}", password=PASSWORD)
