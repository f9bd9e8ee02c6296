"""The form of an occupation: from texts to a typed value, with what is wrong, by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from creditbank.catalogue import queries
from creditbank.catalogue.queries import occupations
from creditbank.catalogue.types import NewOccupation, Occupation, ProgrammeFilters, Route, RouteNeed
from creditbank.conversion import queries as conversion
from creditbank.kernel.text import Text, fold
from creditbank.organizations.types import Organization
from creditbank.portal.staff.catalogue_form import Reader, chosen_owner

FIELDS: Final = (
    "owner", "code", "name_zh", "name_en", "about_zh", "about_en", "note_zh", "note_en", "starts", "ends",
)  # fmt: skip
ROUTE_FIELDS: Final = ("route_zh", "route_en", "needs")
ROUTES: Final = 2
ROUTES_MAX: Final = 12
LINES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, way by way, what is wrong with it, and what it means where nothing is."""

    values: dict[str, str]
    routes: tuple[dict[str, str], ...]
    errors: dict[str, str]
    new: NewOccupation | None

    @property
    def filled(self) -> tuple[int, ...]:
        """Return the places of the ways in which anything is filled in; the others are not read."""
        return tuple(place for place, route in enumerate(self.routes) if any(route.values()))


class _Known:
    """What a line may name on a day: an entry of the catalogue, a programme on offer, an award of a rule book."""

    def __init__(self, lines: Iterable[str], on: date) -> None:
        self._entries = queries.named(lines, courses_of=None, on=on)
        self._programmes: dict[str, set[str]] = {}
        for head in queries.every_programme(ProgrammeFilters(current_on=on)):
            for text in (head.public_id, head.name.zh, f"{head.name.zh}，{head.organization.zh}"):
                self._programmes.setdefault(fold(text), set()).add(head.public_id)
        self._awards: dict[str, set[str]] = {}
        for award in conversion.awards_on_offer(on):
            for text in (award.target, award.title.zh):
                self._awards.setdefault(fold(text), set()).add(award.target)

    def needs(self, line: str) -> tuple[RouteNeed, ...]:
        """Return everything that a line names."""
        programmes = sorted(self._programmes.get(fold(line), ()))
        return (
            *(RouteNeed(specification_id=each.id) for each in self._entries[line]),
            *(RouteNeed(programme_id=queries.programme(each).id) for each in programmes),
            *(RouteNeed(award=each) for each in sorted(self._awards.get(fold(line), ()))),
        )


def blank() -> Form:
    """Return the form of a first edition before anything is filled in."""
    return Form(dict.fromkeys(FIELDS, ""), (dict.fromkeys(ROUTE_FIELDS, ""),) * ROUTES, {}, None)


def form_of(occupation: Occupation, on: date) -> Form:
    """Return the form with which the next edition begins: the last edition, in texts."""
    one = occupation
    values = dict.fromkeys(FIELDS, "") | {
        "code": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "about_zh": one.about.zh,
        "about_en": one.about.en,
        "note_zh": one.note.zh,
        "note_en": one.note.en,
    }
    said = _said(one, on)
    routes = tuple(
        {
            "route_zh": route.name.zh,
            "route_en": route.name.en,
            "needs": "\n".join(said[need] for need in route.needs),
        }
        for route in one.routes
    )
    return Form(values, routes, {}, None)


def _said(occupation: Occupation, on: date) -> dict[RouteNeed, str]:
    """Return how each need is best written: by its name as long as that names nothing else, else by its number."""
    needs = {need for route in occupation.routes for need in route.needs}
    found = occupations.details(occupation.public_id)
    titles = {each.target: each.title.zh for each in conversion.awards_on_offer(on)}
    texts: dict[RouteNeed, tuple[str, str]] = {}
    for need in needs:
        if need.specification_id is not None:
            one = found.specifications[need.specification_id].specification
            texts[need] = (f"{one.name.zh} {one.level}".strip(), one.public_id)
        elif need.programme_id is not None:
            head = found.programmes[need.programme_id]
            texts[need] = (f"{head.name.zh}，{head.organization.zh}", head.public_id)
        else:
            texts[need] = (titles.get(need.award, need.award), need.award)
    known = _Known({name for name, _ in texts.values()}, on)
    return {need: name if known.needs(name) == (need,) else number for need, (name, number) in texts.items()}


def read(
    post: Mapping[str, str], owners: Sequence[Organization], earlier: Occupation | None, language: str, on: date
) -> Form:
    """Read the form; an edition that follows keeps owner and code of the one before."""
    values = {name: post.get(name, "").strip() for name in FIELDS} | ({"code": earlier.code} if earlier else {})
    routes = tuple(_routes(post))
    reader = Reader(values, language)
    owner_id = earlier.owner_id if earlier else chosen_owner(values["owner"], owners)
    starts, ends = reader.day("starts"), reader.day("ends")
    if owner_id is None:
        reader.errors["owner"] = _("请选由谁维护。")
    made = _read_routes(reader, routes, on)
    if reader.errors or owner_id is None:
        return Form(values, routes, reader.errors, None)
    new = NewOccupation(
        owner_id=owner_id,
        code=values["code"],
        name=Text(values["name_zh"], values["name_en"]),
        about=Text(values["about_zh"], values["about_en"]),
        note=Text(values["note_zh"], values["note_en"]),
        routes=made,
        starts=starts,
        ends=ends,
    )
    return Form(values, routes, {}, new)


def _routes(post: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the ways as they were filled in, and one more if the person asked for it."""
    count = post.get("routes", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < len("100") else ROUTES
    for place in range(min(max(number, 1) + ("more" in post), ROUTES_MAX)):
        yield {name: post.get(f"{name}-{place}", "").strip() for name in ROUTE_FIELDS}


def _read_routes(reader: Reader, routes: Sequence[Mapping[str, str]], on: date) -> tuple[Route, ...]:
    """Return the ways in which anything is filled in; what is wrong goes to the reader."""
    lines = {place: list(_lines(route["needs"])) for place, route in enumerate(routes)}
    known = _Known({line for each in lines.values() for _number, line in each}, on)
    made = []
    for place, route in enumerate(routes):
        if not any(route.values()):
            continue
        if not route["route_zh"]:
            reader.errors[f"route_zh-{place}"] = _("请填这条途径的名称。")
        needs: list[RouteNeed] = []
        wrong = [] if lines[place] else [_("请填这条途径的要求，一行一项。")]
        for number, line in lines[place]:
            found = known.needs(line)
            if len(found) == 1:
                needs.append(found[0])
            else:
                wrong.append(_faulty(number, line, len(found)))
        if wrong:
            reader.errors[f"needs-{place}"] = " ".join(wrong[:LINES_TOLD])
        made.append(Route(Text(route["route_zh"], route["route_en"]), tuple(needs)))
    return tuple(made)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def _faulty(number: int, line: str, found: int) -> str:
    told = {"n": number, "name": line[:40], "found": found}
    if found:
        return _("第%(n)s行：“%(name)s”指的有%(found)s项。请改写它的编号。") % told
    return _("第%(n)s行：没有找到“%(name)s”。请写证书加等级、培养方案或学历的全名，或它的编号。") % told
