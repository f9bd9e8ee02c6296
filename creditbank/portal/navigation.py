"""The main navigation: which doors a person sees, by the permissions that open them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _, gettext_noop

from creditbank.entrance.addresses import address
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the navigation."""

    label: str
    address: str
    current: bool = False
    count: int | None = None


#: Page name, label, and the permissions of which one must be held somewhere.
STAFF: Final = (
    (
        "batches",
        gettext_noop("存入"),
        (Permission.DEPOSITS_BATCH_VIEW, Permission.DEPOSITS_BATCH_UPLOAD, Permission.DEPOSITS_BATCH_APPROVE),
    ),
    (
        "register",
        gettext_noop("证书登记"),
        (
            Permission.REGISTER_CERTIFICATE_LOAD,
            Permission.REGISTER_CERTIFICATE_RELEASE,
            Permission.REGISTER_CERTIFICATE_VIEW,
        ),
    ),
    ("accounts", gettext_noop("账户"), (Permission.LEARNERS_ACCOUNT_VIEW, Permission.LEARNERS_ACCOUNT_OPEN)),
    ("enrolments", gettext_noop("学籍"), (Permission.ENROLMENTS_ENROLMENT_VIEW, Permission.ENROLMENTS_ENROLMENT_LOAD)),
    ("organizations", gettext_noop("机构与人员"), (Permission.ORGANIZATIONS_ORGANIZATION_VIEW,)),
    (
        "specifications",
        gettext_noop("成果名录"),
        (Permission.CATALOGUE_SPECIFICATION_EDIT, Permission.CATALOGUE_SPECIFICATION_PROPOSE),
    ),
    (
        "rule_desk",
        gettext_noop("规则编写"),
        (Permission.CONVERSION_BOOK_DRAFT, Permission.CONVERSION_BOOK_READ, Permission.CONVERSION_BOOK_PUBLISH),
    ),
)
#: Pages that belong below a link although their addresses do not: who works on the catalogue also reads it.
ALSO: Final = {"enrolments": "people_lists", "specifications": "catalogue", "rule_desk": "rulebooks"}
LEARNER: Final = (
    ("home", gettext_noop("首页")),
    ("worth", gettext_noop("能换什么")),
    ("archive", gettext_noop("我的档案")),
    ("my_data", gettext_noop("我的资料")),
)
PUBLIC: Final = (
    ("simulator", gettext_noop("试算")),
    ("rulebooks", gettext_noop("转换规则")),
    ("catalogue", gettext_noop("成果名录")),
    ("certificate_check", gettext_noop("核验证书")),
    ("claim", gettext_noop("认领账户")),
)
PATHS: Final = 1_024
"""So many addresses of pages are kept with their navigation."""


def _pages(actor: Actor) -> tuple[tuple[str, str], ...]:
    match actor.kind:
        case ActorKind.STAFF:
            return tuple((name, label) for name, label, needed in STAFF if any(map(actor.holds_anywhere, needed)))
        case ActorKind.LEARNER:
            return LEARNER
        case _:
            return PUBLIC


def _place(actor: Actor, language: str) -> str | None:
    """Name the house that a member of staff works in."""
    if actor.kind is not ActorKind.STAFF:
        return None
    memberships = organizations.memberships_of(actor.id)
    if not memberships:
        return None
    name: Text = organizations.by_id(memberships[0].organization_id).name
    return name.in_language(language)[0]


def items(actor: Actor, *, path: str, language: str) -> tuple[tuple[Item, ...], str | None]:
    """Return the navigation of a person and the name of the house they work in."""
    return _links(_pages(actor), path, language), _place(actor, language)


@lru_cache(maxsize=PATHS)
def _links(pages: tuple[tuple[str, str], ...], path: str, _language: str) -> tuple[Item, ...]:
    """Return the links to pages as one of them shows them, in the language that holds now."""
    made = []
    for name, label in pages:
        to = address(name)
        below = (to, address(ALSO[name])) if name in ALSO else (to,)
        current = path == to or (name != "home" and path.startswith(below))
        made.append(Item(label=_(label), address=to, current=current))
    return tuple(made)
