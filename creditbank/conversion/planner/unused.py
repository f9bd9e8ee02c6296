"""Unused: why a rule is not in the plan, as rules.md part 7 tells it. One value is asked at most for each rule."""

from collections.abc import Sequence
from typing import Any

from creditbank.conversion.planner.answering import credits_text
from creditbank.conversion.planner.building import Building, build
from creditbank.conversion.planner.granting import Grant, grants_of, held_back
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.limiting import Cap
from creditbank.conversion.planner.model import Limit
from creditbank.conversion.planner.nearest import Near, lacking, nearest, unknowns
from creditbank.conversion.planner.prepared import ReadyRule
from creditbank.conversion.planner.pricing import Prices
from creditbank.conversion.rules.answers import Judgement, Refused, State, Unknown

Entry = dict[str, Any]


class Unused:
    """Tells for the rules of a plan that are not in it why they are not."""

    def __init__(self, prices: Prices) -> None:
        """Look at one answer."""
        self.prices = prices
        self.building: Building = prices.answer.building
        self.ground: Ground = self.building.ground
        self._choices: dict[int, list[int]] = {}
        for number, grant in enumerate(self.building.grants):
            self._choices.setdefault(grant.rule.position, []).append(number)
        self.near: dict[int, Near] = {}
        """The nearest way of each rule that fails by its sources."""

    def entries(self) -> list[Entry]:
        """Return an entry for each rule that the plan does not use, in the order of the books."""
        used = {grant.rule.position for grant in self.prices.answer.grants}
        return [self.entry(rule) for rule in self.ground.prepared.rules if rule.position not in used]

    def entry(self, rule: ReadyRule) -> Entry:
        """Return why one rule is not used."""
        told = self._not_for_them(rule) or self._not_chosen(rule) or self._taken_away(rule)
        return {"rule": rule.id} | (told or self._not_filled(rule))

    def _not_for_them(self, rule: ReadyRule) -> Entry | None:
        """The book or the rule does not speak to this learner, or the learner wants it left out."""
        ground = self.ground
        if rule.id in ground.problem.wishes.avoid.rules:
            return {"why": "avoided", "code": "avoided"}
        audience = ground.audience(rule)
        for why, judged in (("scope", ground.silent[rule.book]), ("audience", audience)):
            if judged is not None and judged.state is State.REFUSED:
                return {"why": why} | _judged(judged)
        unknown = next(
            (each for each in (ground.silent[rule.book], audience) if each is not None and not each.holds), None
        )
        return None if unknown is None or not self._would_fill(rule) else self._missing(rule, unknown.unmet)

    def _would_fill(self, rule: ReadyRule) -> bool:
        return bool(grants_of(self.ground, rule, State.UNKNOWN))

    def _missing(self, rule: ReadyRule, unmet: int) -> Entry:
        """Return what to bring, and what it is worth if it is as hoped."""
        bring = [_brought(achievement, told) for achievement, told in unknowns(self.ground, rule)]
        assumed = self.prices.value(build(self.ground, assumed=rule.position).model)
        gain = max(0, (assumed or 0) - self.prices.answer.worth)
        entry: Entry = {"why": "missing_data", "unmet": unmet, "state": "unknown", "code": "missing", "bring": bring}
        if bring:
            entry |= {"tag": bring[0]["tag"], "code": bring[0]["code"]}
        return entry | {"gain": credits_text(gain)}

    def _not_chosen(self, rule: ReadyRule) -> Entry | None:
        """The rule could be granted; the plan is better without, or as good, or no plan has it."""
        choices = self._choices.get(rule.position)
        if not choices:
            return None
        unsettled = self._unsettled(choices)
        if unsettled:
            return self._unbounded(unsettled)
        forced = self.prices.forced(tuple(choices))
        to = self._clashing([self.building.grants[number] for number in choices])
        if forced is None:
            cap = self._stopping(choices)
            # Without a cap that stops it, what the learner wants kept leaves no room for it.
            return {"why": "lost", "code": "lost", "to": to} if cap is None else _capped(cap)
        price = self.prices.answer.worth - forced
        if price > 0:
            return {"why": "lost", "code": "lost", "to": to, "price": credits_text(price)}
        return {"why": "tie", "code": "tie", "to": to, "key": self.prices.deciding(tuple(choices))}

    def _unsettled(self, choices: Sequence[int]) -> list[Cap]:
        """Return the caps of unknown bound that stop the grants of a rule, if each is stopped and by no known cap."""
        found: dict[str, Cap] = {}
        stopped, known = set[int](), set[int]()
        for cap, limit in zip(self.building.caps, self.building.model.limits, strict=False):
            own = {number for number, amount in limit.choices if amount > limit.at_most}.intersection(choices)
            if cap.lacking is None:
                known |= own
            elif own:
                stopped |= own
                found[f"{cap.limit.id} {cap.value}"] = cap
        return list(found.values()) if stopped.issuperset(choices) and not known.issuperset(choices) else []

    def _unbounded(self, caps: Sequence[Cap]) -> Entry:
        """Return what to bring so that it is known how much caps allow, and what it is worth if that is enough."""
        bring: dict[tuple[str, Unknown], None] = {}
        for cap in caps:
            if cap.lacking is not None:
                bring[cap.value if cap.lacking.tag == "credits" else "", cap.lacking] = None
        told = [_brought(*each) for each in bring]
        entry: Entry = {"why": "missing_data", "unmet": 1, "state": "unknown", "bring": told, "cap": caps[0].limit.id}
        gain = credits_text(self.prices.without_unknown_caps() - self.prices.answer.worth)
        return entry | {"code": told[0]["code"], "tag": told[0]["tag"], "gain": gain}

    def _stopping(self, choices: Sequence[int]) -> str | None:
        """Return the first cap that alone stops every grant of a rule, else the first that stops one; known first."""
        stops: list[tuple[str, set[int]]] = []
        caps = zip(self.building.caps, self.building.model.limits, strict=False)
        for cap, limit in sorted(caps, key=lambda pair: pair[0].lacking is not None):
            stopped = {number for number in choices if self._takes(limit, number) > limit.at_most}
            if stopped:
                stops.append((cap.limit.id, stopped))
        whole = next((name for name, stopped in stops if stopped == set(choices)), None)
        return whole or next((name for name, _ in stops), None)

    def _takes(self, limit: Limit, number: int) -> int:
        """Return how much of a limit one choice takes: itself, its achievements, and what stands in for its group."""
        model = self.building.model
        chosen, counted = dict(limit.choices), dict(limit.achievements)
        groups = [each.supporters for each in model.requires if each.option == number]
        groups = [each for each in groups if min(each) >= len(self.building.grants)]
        own = sum(counted.get(achievement, 0) for achievement in model.options[number].achievements)
        return own + chosen.get(number, 0) + sum(chosen.get(each, 0) for group in groups for each in group)

    def _clashing(self, own: Sequence[Grant]) -> list[str]:
        """Return the rules of the plan that use the same achievements or free the same courses."""
        uses = {number for grant in own for number in grant.uses}
        roots = {root for grant in own for root in grant.roots}
        courses = self.ground.courses
        found: dict[str, None] = {}
        for grant in self.prices.answer.grants:
            freed = {courses.root(line.target) for line in grant.lines if line.kind == "course"}
            if not uses.isdisjoint(grant.uses) or not roots.isdisjoint(freed):
                found[grant.rule.id] = None
        return list(found)

    def _taken_away(self, rule: ReadyRule) -> Entry | None:
        """The conditions hold, but its family, its targets, its requirements or earlier grants stand in the way."""
        ground = self.ground
        before = next((each for each in ground.earlier if each.rule is rule), None)
        if before is not None and rule.rule.times == "once":
            return {"why": "already_or_no_target", "code": "already_or_no_target", "by": sorted(before.grant.uses)}
        own = ground.known.get(rule.position, ())
        if not own:
            return self._blocked(rule)
        if rule.position not in self.building.possible.before_choice:
            aside = {each.achievement: each for each in self.building.possible.aside}
            by = next((aside[number] for grant in own for number in grant.uses if number in aside), None)
            better = self._together(own) if by is None else [ground.achievement(by.better).id]
            return {"why": "set_aside", "code": "set_aside", "by": better}
        closed = next((grant for grant in self.building.closed if grant.rule is rule), None)
        if closed is not None:
            needs = "、".join(each.rule or each.course or "" for each in rule.rule.requires)
            refused = Refused("requires", "requires", needs)
            return {"why": "condition", "unmet": 1, "state": "refused"} | _told(refused)
        if any(held_back(ground, grant) for grant in own):
            return {"why": "avoided", "code": "avoided"}
        taken = sorted({line.target for grant in own for line in grant.lines if line.kind == "course"})
        return {"why": "already_or_no_target", "code": "already_or_no_target", "by": taken}

    def _together(self, own: Sequence[Grant]) -> list[str]:
        """Return the members of one family that a rule needs at once, though one of them at most may be used."""
        families = [members.intersection(own[0].uses) for _, members in self.building.possible.exclusive]
        alike = next((members for members in families if len(members) > 1), frozenset[int]())
        return sorted(self.ground.achievement(number).id for number in alike)

    def _blocked(self, rule: ReadyRule) -> Entry | None:
        """What fills the rule was spent elsewhere, used before, or held back by the learner."""
        ground = self.ground
        everything = grants_of(ground, rule, everything=True)
        if not everything:
            return None
        blocked = ground.blocked(rule.book)
        by = {number: blocked[number] for grant in everything for number in grant.uses if number in blocked}
        if not by:
            return None
        why = "avoided" if "avoided" in by.values() else "spent"
        return {"why": why, "code": why, "by": sorted(ground.achievement(number).id for number in by)}

    def _not_filled(self, rule: ReadyRule) -> Entry:
        """The sources are not there, not good enough, or not known well enough."""
        near = self.near[rule.position] = nearest(self.ground, rule)
        if near.state is State.SATISFIED:
            return self._nothing_to_give(rule)
        if self._would_fill(rule):
            return self._missing(rule, near.unmet)
        state = "unknown" if near.state is State.UNKNOWN else "refused"
        entry: Entry = {"why": "condition", "unmet": near.unmet, "state": state}
        if near.first is not None:
            entry |= _told(near.first)
        if near.achievement is not None:
            entry["achievement"] = self.ground.achievement(near.achievement).id
        return entry

    def _nothing_to_give(self, rule: ReadyRule) -> Entry:
        """Every place could be filled, but not by different achievements, or there is nothing to free, or no amount."""
        finder = self.ground.finder(rule)
        if not self.ground.offering.of(rule):
            return {"why": "already_or_no_target", "code": "already_or_no_target", "by": []}
        if not rule.overlap and not finder.matches(rule):
            near = lacking(self.ground, rule)
            if near.first is not None:
                self.near[rule.position] = near
                return {"why": "condition", "unmet": near.unmet, "state": "refused"} | _told(near.first)
        if self._would_fill(rule):
            return self._missing(rule, 1)
        return {"why": "condition", "unmet": 1, "state": "refused", "code": "no_amount", "tag": "credits"}


def _judged(judged: Judgement) -> Entry:
    state = "unknown" if judged.state is State.UNKNOWN else "refused"
    return {"unmet": judged.unmet, "state": state} | ({} if judged.first is None else _told(judged.first))


def _capped(cap: str) -> Entry:
    return {"why": "capped", "code": "capped", "cap": cap}


def _told(first: Refused | Unknown) -> Entry:
    """Return the reason a condition gives; what has no measure is left out."""
    if isinstance(first, Unknown):
        return {"code": first.code, "tag": first.tag, "what": first.what}
    told = {"code": first.code, "tag": first.tag, "needs": first.needs, "has": first.has}
    if first.distance:
        told |= {"distance": first.distance} | ({"unit": first.unit} if first.unit else {})
    return told


def _brought(achievement: str, told: Unknown) -> Entry:
    entry: Entry = {"tag": told.tag, "what": told.what, "code": told.code}
    return entry | ({"achievement": achievement} if achievement else {})
