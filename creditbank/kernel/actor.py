"""Who is acting, and how far each permission reaches. Built once, in the entrance, and handed down."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from creditbank.kernel.permissions import Permission


class ActorKind(StrEnum):
    """Who can act at all. A system actor is the command line or a job, and has a name."""

    ANONYMOUS = "anonymous"
    LEARNER = "learner"
    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Reach:
    """The organizations at which something holds: all of them, or those named."""

    everywhere: bool = False
    organizations: frozenset[int] = frozenset()

    def covers(self, organization_id: int) -> bool:
        """Say whether an organization lies within this reach."""
        return self.everywhere or organization_id in self.organizations


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission and its reach, already resolved (unit, subtree or whole bank)."""

    permission: Permission
    reach: Reach


@dataclass(frozen=True, slots=True)
class Actor:
    """A learner, a member of staff, an API client, or the named system itself.

    `id` is the user's, or the client's, or 0 for the system and the anonymous;
    `learner_id` is set for a learner only.
    """

    kind: ActorKind
    id: int
    name: str
    grants: tuple[Grant, ...] = ()
    learner_id: int | None = None

    @property
    def reference(self) -> str:
        """Name the actor in facts, without personal data: `staff:12`, `system:command-line`."""
        return f"{self.kind}:{self.name if self.kind is ActorKind.SYSTEM else self.id}"

    def holds(self, permission: Permission, *, at: int) -> bool:
        """Say whether the actor holds a permission at an organization."""
        return any(g.permission is permission and g.reach.covers(at) for g in self.grants)

    def holds_anywhere(self, permission: Permission) -> bool:
        """Say whether the actor holds a permission at all; used to show a door, never to open it."""
        return any(g.permission is permission for g in self.grants)

    def reach(self, permissions: AbstractSet[Permission]) -> Reach:
        """Return where the actor holds any of the permissions."""
        found = [g.reach for g in self.grants if g.permission in permissions]
        return Reach(
            everywhere=any(r.everywhere for r in found),
            organizations=frozenset().union(*(r.organizations for r in found)),
        )


def system(name: str) -> Actor:
    """Return the named system actor, which holds every permission everywhere."""
    everywhere = Reach(everywhere=True)
    return Actor(kind=ActorKind.SYSTEM, id=0, name=name, grants=tuple(Grant(p, everywhere) for p in Permission))
