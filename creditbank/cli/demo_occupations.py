"""The occupations of the demonstration bank, and a learner who works towards one."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from creditbank.catalogue import operations as catalogue, queries as entries
from creditbank.catalogue.types import NewOccupation, Route, RouteNeed
from creditbank.cli import demo_tables
from creditbank.cli.demo_house import BUILDER, House
from creditbank.conversion import operations as conversion, queries as books
from creditbank.conversion.types import Goal, GoalKind
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.text import Text

OWNER: Final = "YJ-CENTRE"
#: A graduate of vehicle engineering who would rather move goods; most credits count elsewhere.
WANTED: Final = "4-02-06-03"


def publish(house: House, *, now: datetime) -> int:
    """Publish every occupation, after the rule books whose awards their routes name, and return how many there are."""
    found = demo_tables.occupations()
    awards = {each.target.partition("#")[2]: each.target for each in books.awards_on_offer(timezone.localdate(now))}
    for row in found:
        new = NewOccupation(
            owner_id=house.places[OWNER].id,
            code=row["code"],
            name=Text(row["name_zh"], row["name_en"]),
            about=Text(row["about_zh"], row["about_en"]),
            note=Text(row["note_zh"], row["note_en"]),
            routes=tuple(
                Route(
                    Text(route["name_zh"], route["name_en"]),
                    tuple(_need(house, awards, need) for need in route["needs"]),
                )
                for route in row["routes"]
            ),
        )
        catalogue.define_occupation(actor=BUILDER, new=new, now=now)
    return len(found)


def _need(house: House, awards: dict[str, str], need: dict[str, Any]) -> RouteNeed:
    if "award" in need:
        return RouteNeed(award=awards[need["award"]])
    if "school" in need:
        offered = entries.programmes_of(house.places[need["school"]].id)
        return RouteNeed(programme_id=next(each.id for each in offered if each.code == need["programme"]))
    issuer = house.places[need["issuer"]].id
    found = (each.id for each in entries.by_codes([need["code"]]) if each.issuer_id == issuer)
    return RouteNeed(specification_id=next(found))


def set_goal(login: str, *, now: datetime) -> Goal:
    """Let the learner of a sign-in set the occupation as their goal."""
    user = identity.user_by_login(login)
    assert user is not None
    assert user.learner_id is not None, "learners have an archive"
    actor = Actor(kind=ActorKind.LEARNER, id=user.id, name=user.name, learner_id=user.learner_id)
    goal = Goal(learner_id=user.learner_id, kind=GoalKind.OCCUPATION, target=WANTED)
    return conversion.set_goal(actor=actor, goal=goal, now=now)
