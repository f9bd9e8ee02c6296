"""Rules looked at from either end: what frees a course, what a certificate frees, all that leads into a programme."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from creditbank.catalogue import queries as catalogue
from creditbank.conversion import queries
from creditbank.conversion.errors import PlanTooHard, TooManyMatches
from creditbank.conversion.types import BookKind, Named
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

WORDS_MAX: Final = 60
FOUND_MAX: Final = 5


@require_safe
def ways(request: BankRequest) -> HttpResponse:
    """Show what the asked name frees and what frees it, in every book in force."""
    day = timezone.localdate(request.now)
    target = request.GET.get("target", "").strip()[:WORDS_MAX]
    words = target or request.GET.get("q", "").strip()[:WORDS_MAX]
    context = {
        "words": words,
        "gives": () if target else _binding_first(queries.from_source(words, day=day)),
        "takes": _binding_first(queries.to_target(words, day=day)),
        "found": found_named(words)[:FOUND_MAX],
    }
    return render(request, "public/ways.html", context)


def found_named(words: str) -> list[tuple[Named, Text]]:
    """Return what the catalogue has under these words, each with the name of its issuer, which tells courses apart."""
    found = catalogue.search(words) if words else ()
    issuers = organizations.by_ids({each.issuer_id for each in found})
    return [(queries.named(each), issuers[each.issuer_id].name) for each in found]


def _binding_first(found: Iterable[queries.Way]) -> tuple[queries.Way, ...]:
    """Return ways in their order, those of guidance, which binds nobody until it is adopted, behind the others."""
    return tuple(sorted(found, key=lambda way: way.rule.edition.book.kind is BookKind.GUIDANCE))


@require_safe
def pathways(request: BankRequest) -> HttpResponse:
    """Show what leads into a programme as a picture and as a table; a learner's own things stand out."""
    day = timezone.localdate(request.now)
    offered = catalogue.programmes_on_offer(day)
    chosen = request.GET.get("programme", "") or (offered[0].public_id if offered else "")
    shown = queries.pathways(chosen, day=day) if chosen else None
    audit = None
    if shown is not None and request.actor.kind is ActorKind.LEARNER and request.actor.learner_id is not None:
        with suppress(PlanTooHard, TooManyMatches):
            audit = queries.audit(request.actor, request.actor.learner_id, chosen, day=day)
    states = {each.named.code: each.state for part in audit.parts for each in part.courses} if audit else {}
    context = {
        "programmes": offered,
        "schools": {
            key: each.name for key, each in organizations.by_ids({one.organization_id for one in offered}).items()
        },
        "chosen": chosen,
        "shown": shown,
        "states": states,
        "picture": json.dumps(_picture(shown, request.lang), ensure_ascii=False) if shown else "",
    }
    return render(request, "public/pathways.html", context)


def _picture(shown: queries.Pathways, language: str) -> dict[str, object]:
    """Return nodes and links of the picture: sources, courses, the programme. Widths are credits."""
    freed = {link.target.code for link in shown.links}
    credited = {each.named.code: each.credits for _, states in shown.groups for each in states}
    names: dict[str, str] = {}
    for link in shown.links:
        names[f"s {link.source.title.zh}"] = link.source.title.in_language(language)[0]
        names[f"c {link.target.code}"] = link.target.title.in_language(language)[0]
    whole = shown.programme.in_language(language)[0]
    shares = {code: sum(link.target.code == code for link in shown.links) for code in freed}
    links = [
        {
            "source": f"s {link.source.title.zh}",
            "target": f"c {link.target.code}",
            "value": round(credited[link.target.code] / 100 / shares[link.target.code], 4),
        }
        for link in shown.links
    ]
    links += [{"source": f"c {code}", "target": "p", "value": credited[code] / 100} for code in sorted(freed)]
    nodes = [{"name": key, "label": name, "depth": 0 if key[0] == "s" else 1} for key, name in names.items()]
    return {"nodes": [*nodes, {"name": "p", "label": whole, "depth": 2}], "links": links}
