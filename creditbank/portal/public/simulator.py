"""The simulator for everybody: supposed achievements and a programme in the address, the plan on the page."""

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import Specification
from creditbank.conversion import queries
from creditbank.conversion.types import Supposed
from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.errors import Refusal
from creditbank.kernel.grades import parse
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.portal.public.ways import found_named

CHOSEN_MAX: Final = 40
TEXT_MAX: Final = 60
_MONTH: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One supposed achievement as the address has it; `problem` says what is wrong with its grade or date."""

    specification: Specification
    grade: str
    obtained: str
    day: date | None
    problem: str

    @property
    def title(self) -> Text:
        """What is supposed, with its level."""
        return queries.named(self.specification).title

    @property
    def supposed(self) -> Supposed:
        """The same for the planner."""
        return Supposed(self.specification.public_id, self.grade, self.day)


@require_safe
def simulator(request: BankRequest) -> HttpResponse:
    """Choose achievements and a programme; show the same plan page that a learner sees.

    What is added or dropped comes with all that is filled in, and ends in an address that says it plainly.
    """
    day = timezone.localdate(request.now)
    lines, programme = _lines(request, day), request.GET.get("p", "")
    if "add" in request.GET or "drop" in request.GET:
        return redirect(f"{request.path}{_address(lines, programme)}#choose")
    offered = catalogue.programmes_on_offer(day)
    sound = bool(lines) and not any(line.problem for line in lines)
    words = request.GET.get("q", "").strip()[:TEXT_MAX]
    if sound and programme:
        attempt(request, Gate.SIMULATE, "")
    context = {
        "lines": lines,
        "chosen": programme,
        "programmes": offered,
        "schools": {
            key: each.name for key, each in organizations.by_ids({one.organization_id for one in offered}).items()
        },
        "words": words,
        "found": found_named(words),
        "answer": queries.simulated(programme, [each.supposed for each in lines], day=day)
        if sound and programme
        else None,
    }
    return render(request, "public/simulator.html", context)


@require_safe
def simulator_file(request: BankRequest) -> HttpResponse:
    """Return the plan of the same address as a document that `creditbank replay` runs again."""
    day = timezone.localdate(request.now)
    lines = [each.supposed for each in _lines(request, day)]
    attempt(request, Gate.SIMULATE, "")
    answer = queries.simulated(request.GET.get("p", ""), lines, day=day)
    response = HttpResponse(json.dumps(answer.document, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="plan.json"'
    return response


def _lines(request: BankRequest, day: date) -> list[Line]:
    """Return what the address supposes; what the catalogue does not have is left out."""
    asked = [*request.GET.getlist("a"), *request.GET.getlist("add")][:CHOSEN_MAX]
    grades, dates = request.GET.getlist("g"), request.GET.getlist("d")
    named = catalogue.named(asked, courses_of=None, on=day) if asked else {}
    dropped = request.GET.get("drop", "")
    lines = []
    for number, public_id in enumerate(asked):
        found = next((each for each in named[public_id] if each.public_id == public_id), None)
        if found is not None and dropped != str(number):
            lines.append(_line(found, *(_at(texts, number) for texts in (grades, dates))))
    return lines


def _at(texts: list[str], number: int) -> str:
    return texts[number].strip()[:TEXT_MAX] if number < len(texts) else ""


def _line(specification: Specification, grade: str, obtained: str) -> Line:
    day, problem = _day(obtained), ""
    if obtained and day is None:
        problem = _("时间“%(text)s”读不出来，请写成2025-09。") % {"text": obtained}
    try:
        parse(grade)
    except Refusal:
        problem = _("成绩“%(text)s”读不出来，请写分数，或优秀、合格等。") % {"text": grade}
    return Line(specification, grade, obtained, day, problem)


def _day(text: str) -> date | None:
    """Return the day a text means: a day, or the last day of a month."""
    try:
        if text.count("-") < _MONTH:
            year, month = (int(part) for part in text.split("-"))
            return date(year, month, monthrange(year, month)[1])
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _address(lines: list[Line], programme: str) -> str:
    """Return the part of the address that stands for what is chosen."""
    pairs = [("p", programme)] if programme else []
    for each in lines:
        pairs += [("a", each.specification.public_id), ("g", each.grade), ("d", each.obtained)]
    return f"?{urlencode(pairs)}"
