"""Explaining: why the plan is as it is, what its caps cost, what one more achievement would bring (rules.md 7)."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from creditbank.conversion.planner.answering import Answer, award_document, credits_text, plan_document, subjects
from creditbank.conversion.planner.building import build
from creditbank.conversion.planner.counting import PLAN, Counter, Subject, total
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.limiting import Cap, scope_of
from creditbank.conversion.planner.nearest import Near
from creditbank.conversion.planner.offers import Offer
from creditbank.conversion.planner.prepared import Poured, ReadyRule
from creditbank.conversion.planner.pricing import Prices
from creditbank.conversion.planner.unused import Unused
from creditbank.conversion.rules.limits import Selection, Share
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Achievement, Problem, Wish
from creditbank.conversion.rules.quantities import plain
from creditbank.conversion.rules.witnesses import witness

ONE_MORE_MAX: Final = 20
"""How many ways to gain by one more achievement are told."""

LAST: Final = "\U0010ffff"
"""What the id of one more achievement begins with: it sorts after all that are held."""

_HIDDEN: Final = {"id", "acquired"}


def explanation_document(answered: Answer, editions: list[dict[str, str]]) -> tuple[dict[str, Any], int]:
    """Return the plan with its explanation, and how many values were solved for it."""
    prices = Prices(answered)
    caps, freely = _caps(prices)
    unused = Unused(prices)
    entries = unused.entries()
    document: dict[str, Any] = {
        "plan": plan_document(answered),
        "unused": entries,
        "caps": caps,
        "without_caps": credits_text(freely),
        "set_aside": _set_aside(answered),
        "one_more": _one_more(prices, unused),
        "outcomes_without_use": _without_use(answered),
        "none": _none(answered),
        "wishes": list(_wishes(prices)),
        "editions": editions,
    }
    award = award_document(answered)
    if award is not None:
        document["award"] = award
    return document, prices.asked


def _caps(prices: Prices) -> tuple[list[dict[str, Any]], int]:
    """Return every cap with what it costs, and the value with all of them away.

    Where all of them together cost nothing none costs anything; where there is one, it costs what all do.
    """
    answered = prices.answer
    building, worth = answered.building, answered.worth
    names = list(dict.fromkeys(cap.limit.id for cap in building.caps))
    freely = prices.without_cap(None) if names else worth
    costs = dict.fromkeys(names, freely - worth)
    if freely != worth and len(names) > 1:
        costs = {name: prices.without_cap(name) - worth for name in names}
    return [_cap(answered, cap, costs[cap.limit.id]) for cap in building.caps], freely


def _cap(answered: Answer, cap: Cap, cost: int) -> dict[str, Any]:
    ground = answered.building.ground
    counted = [*subjects(answered.grants), *(Subject(each.rule, each.uses, each.lines) for each in ground.earlier)]
    counter = Counter(ground, scope_of(cap.limit))
    value, at_most = total(counter, counted).get(cap.value, Fraction(0)), cap.bound
    share = cap.limit.limit.at_most
    if isinstance(share, Share) and share.of == "chosen":
        whole = Counter(ground, scope_of(cap.limit)._replace(of=Selection(), per="plan"))
        at_most = cap.bound * total(whole, counted).get(PLAN, Fraction(0))
    told: dict[str, Any] = {
        "cap": cap.limit.id,
        "of": "plan" if cap.value == PLAN else cap.value,
        "value": plain(value),
    }
    if cap.lacking is None:
        told |= {"at_most": plain(at_most), "slack": plain(max(Fraction(0), at_most - value))}
    else:
        told |= {"at_most": None, "slack": None, "lacking": cap.lacking.what}
    return told | {"cost": credits_text(max(0, cost))}


def _set_aside(answered: Answer) -> list[dict[str, str]]:
    ground = answered.building.ground
    found = {
        (ground.achievement(each.achievement).id, each.family, ground.achievement(each.better).id): None
        for each in answered.building.possible.aside
    }
    return [{"achievement": own, "family": family, "for": better} for own, family, better in found]


def _without_use(answered: Answer) -> list[str]:
    """Return the achievements that nothing in these books could use, whatever is chosen, oldest first."""
    building = answered.building
    used = {number for grant in (*building.grants, *building.closed) for number in grant.uses}
    used |= {number for grant in building.grants for number, _ in grant.pour}
    used |= {each.achievement for each in building.possible.aside} | set(building.ground.used_before)
    return [each.id for number, each in enumerate(building.ground.held.achievements) if number not in used]


def _none(answered: Answer) -> list[dict[str, Any]]:
    """Return the courses of the programme that an owner says on purpose nothing frees."""
    ground = answered.building.ground
    return [
        {"id": each.id, "course": each.course, "reason": {"zh": each.reason.zh, "en": each.reason.en}}
        for ready in ground.prepared.books
        for each in ready.book.none
        if ground.silent[ready.number] is None and ground.courses.find(each.course) is not None
    ]


def _one_more(prices: Prices, unused: Unused) -> list[dict[str, Any]]:
    """Return what one more achievement would bring through each rule that lacks just one, the greatest gain first."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    ground = prices.answer.building.ground
    for position, near in unused.near.items():
        rule = ground.prepared.rules[position]
        added = None if len(near.places) != 1 else _witness(prices.answer, rule, near)
        if added is None:
            continue
        value = prices.value(build(ground.plus(added)).model)
        gain = (value or 0) - prices.answer.worth
        if gain > 0:
            shown = added.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=_HIDDEN)
            shown = {key: value for key, value in shown.items() if value is not None}
            entry = {"achievement": shown, "through": rule.id, "gain": credits_text(gain)}
            found.append((-gain, position, entry))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])[:ONE_MORE_MAX]]


def _witness(answered: Answer, rule: ReadyRule, near: Near) -> Achievement | None:
    """Return the weakest achievement that fills the one open place; of a pool, one that brings what it lacks."""
    ground = answered.building.ground
    offers = ground.offering.of(rule)
    if not offers:
        return None
    name = f"{LAST}{rule.id}"
    made = witness(
        near.places[0].conditions,
        ground.situations[rule.book],
        targets=_free_offer(answered, offers).courses,
        name=name,
    )
    if made is None or not near.short:
        return made
    tree = rule.tree
    if not isinstance(tree, Poured) or tree.measure == "count":
        return made
    lacking = Quantity.model_validate({"value": plain(near.short), "unit": tree.unit})
    return made.model_copy(update={tree.measure: lacking}) if "/" not in plain(near.short) else None


def _free_offer(answered: Answer, offers: tuple[Offer, ...]) -> Offer:
    """Return the weightiest way to give of those that free nothing the plan frees already."""
    ground = answered.building.ground
    taken = ground.courses.done | ground.granted_roots
    taken |= {ground.courses.root(line.target) for grant in answered.grants for line in grant.lines}
    return max(offers, key=lambda offer: (taken.isdisjoint(offer.roots), offer.weight))


def _wishes(prices: Prices) -> Iterator[dict[str, Any]]:
    """Yield every wish with its price: the value without it, less the value with all of them."""
    ground = prices.answer.building.ground
    wishes = ground.problem.wishes
    impossible = set(prices.answer.building.unmet_wishes)
    for how, wish in (("keep", wishes.keep), ("avoid", wishes.avoid)):
        for kind, names in (("achievements", wish.achievements), ("rules", wish.rules), ("targets", wish.targets)):
            for name in dict.fromkeys(names):
                entry: dict[str, Any] = {"wish": how, "of": kind, "id": name}
                if how == "keep" and (kind, name) in impossible:
                    yield entry | {"possible": False, "price": "0"}
                    continue
                value = prices.value(build(Ground(ground.prepared, _without(ground.problem, how, kind, name))).model)
                price = max(0, (value or 0) - prices.answer.worth)
                yield entry | {"possible": True, "price": credits_text(price)}


def _without(problem: Problem, how: str, kind: str, name: str) -> Problem:
    wish: Wish = getattr(problem.wishes, how)
    left = tuple(each for each in getattr(wish, kind) if each != name)
    wishes = problem.wishes.model_copy(update={how: wish.model_copy(update={kind: left})})
    return problem.model_copy(update={"wishes": wishes})
