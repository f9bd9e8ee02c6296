"""What a learner's archive is worth: all programmes and awards, the plan in one, the goal, and the same as a file."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from creditbank.catalogue.errors import OccupationNotFound
from creditbank.catalogue.queries import occupations
from creditbank.conversion import operations, queries
from creditbank.conversion.types import AwardWorth, Goal, GoalKind, Worth
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal, RefusalKind

WISHES_MAX: Final = 60
#: Codes of courses and addresses of entries are shorter.
WISH_LENGTH_MAX: Final = 120
#: How an occupation is named in goals; no programme and no award is named so.
OCCUPATION: Final = re.compile(r"[0-9](-[0-9]{2}){3}")


def learner_of(request: BankRequest) -> int:
    """Return the learner who asks. Refused: everybody else."""
    need_kind(request, ActorKind.LEARNER)
    assert request.actor.learner_id is not None, "learners have an archive"
    return request.actor.learner_id


def today(request: BankRequest) -> date:
    """Return the day of the request in the bank's zone."""
    return timezone.localdate(request.now)


@require_safe
def worth(request: BankRequest) -> HttpResponse:
    """Show every programme and award within reach, ranked, with what is missing."""
    learner, day = learner_of(request), today(request)
    context = {
        "programmes": queries.worth(request.actor, learner, day=day),
        "awards": queries.awards(request.actor, learner, day=day),
        "goal": queries.goal(learner),
    }
    return render(request, "learner/worth.html", context)


@require_safe
def plan(request: BankRequest, public_id: str) -> HttpResponse:
    """Show the one best plan in a programme, under the wishes of the address or, without any, of the goal."""
    learner, day = learner_of(request), today(request)
    goal = queries.goal(learner)
    aimed = _leads_through(goal, public_id, day)
    keep, avoid = _wishes(request, goal if aimed else None)
    collision = None
    try:
        answer = queries.answer(request.actor, learner, public_id, day=day, keep=keep, avoid=avoid)
    except Refusal as refusal:
        if refusal.code != "conversion.plan.wishes_collide":
            raise
        collision = refusal
        answer = queries.answer(request.actor, learner, public_id, day=day)
    context = {
        "answer": answer,
        "aimed": aimed,
        "target": goal.target if aimed and goal is not None else public_id,
        "keep": keep,
        "avoid": avoid,
        "collision": collision,
    }
    return render(request, "learner/plan.html", context)


@require_safe
def plan_file(request: BankRequest, public_id: str) -> HttpResponse:
    """Return the plan as a document that `creditbank replay` runs again."""
    learner = learner_of(request)
    goal, day = queries.goal(learner), today(request)
    keep, avoid = _wishes(request, goal if _leads_through(goal, public_id, day) else None)
    answer = queries.answer(request.actor, learner, public_id, day=day, keep=keep, avoid=avoid)
    response = HttpResponse(json.dumps(answer.document, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="plan-{public_id}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _leads_through(goal: Goal | None, public_id: str, day: date) -> bool:
    """Say whether a programme is the goal, or one that a way into the occupation of the goal names."""
    if goal is None or goal.kind is GoalKind.AWARD:
        return False
    through = queries.aims(goal.kind, goal.target, day=day) or ()
    return goal.target == public_id or any(each.public_id == public_id for each in through)


def _wishes(request: BankRequest, goal: Goal | None) -> tuple[list[str], list[str]]:
    """Return what is pinned and held back: as the address says, else as the goal does."""
    if goal is not None and "wishes" not in request.GET:
        return list(goal.keep), list(goal.avoid)
    keep, avoid = (request.GET.getlist(name)[:WISHES_MAX] for name in ("keep", "avoid"))
    return [each[:WISH_LENGTH_MAX] for each in keep], [each[:WISH_LENGTH_MAX] for each in avoid]


@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: BankRequest) -> HttpResponse:
    """Show the goal beside the programme that most credits count in; set it, change it, give it up.

    For an occupation every way into it, and the plan for what the nearest way still lacks.
    """
    learner, day = learner_of(request), today(request)
    if request.method == "POST":
        return _set_goal(request, learner)
    mine, programmes = queries.goal(learner), queries.worth(request.actor, learner, day=day)
    awards = queries.awards(request.actor, learner, day=day)
    best = max((each for each in programmes if each.credits), key=lambda each: each.credits or 0, default=None)
    job = job_of(request, mine, programmes, awards)
    programme, award = aimed_at(mine, job)
    answer, collided = _answer_of(request, mine, programme) if mine is not None and programme else (None, False)
    context = {
        "goal": mine,
        "job": job,
        "programmes": programmes,
        "awards": awards,
        "occupations": occupations.listing("", current_on=day, page=1),
        "best": best and solved(request, learner, best.programme_public_id),
        "answer": answer,
        "collided": collided,
        "award": next((each for each in awards if each.target == award), None),
    }
    return render(request, "learner/goal.html", context)


def job_of(
    request: BankRequest, goal: Goal | None, programmes: Sequence[Worth], awards: Sequence[AwardWorth]
) -> queries.Job | None:
    """Return the occupation of a goal with how far the archive has come, or None where the goal is none on offer."""
    if goal is None or goal.kind is not GoalKind.OCCUPATION:
        return None
    day = today(request)
    try:
        return queries.job(request.actor, goal.learner_id, goal.target, day=day, programmes=programmes, awards=awards)
    except OccupationNotFound:
        return None


def aimed_at(goal: Goal | None, job: queries.Job | None) -> tuple[str, str]:
    """Return the programme and the award that a goal comes down to; of an occupation, those its nearest way lacks."""
    if job is not None:
        return job.programme, job.aimed_award
    if goal is None or goal.kind is GoalKind.OCCUPATION:
        return "", ""
    return (goal.target, "") if goal.kind is GoalKind.PROGRAMME else ("", goal.target)


def solved(request: BankRequest, learner: int, public_id: str) -> queries.Answer | None:
    """Return the best plan in a programme, or None where it is too hard to work out: the rest of the page stays."""
    try:
        return queries.answer(request.actor, learner, public_id, day=today(request))
    except Refusal as refusal:
        if refusal.kind is not RefusalKind.LIMITED:
            raise
        return None


def _answer_of(request: BankRequest, goal: Goal, programme: str) -> tuple[queries.Answer | None, bool]:
    """Return the plan towards the goal under its wishes, or without them and True where they have come to collide."""
    learner, wishes = goal.learner_id, {"keep": goal.keep, "avoid": goal.avoid}
    try:
        return queries.answer(request.actor, learner, programme, day=today(request), **wishes), False
    except Refusal as refusal:
        return solved(request, learner, programme), refusal.code == "conversion.plan.wishes_collide"


def _set_goal(request: BankRequest, learner: int) -> HttpResponse:
    target = request.POST.get("target", "")
    if not target:
        operations.clear_goal(actor=request.actor, learner_id=learner, now=request.now)
        messages.success(request, _("目标已放下。"))
        return redirect("goal")
    keep, avoid = (tuple(request.POST.getlist(name)[:WISHES_MAX]) for name in ("keep", "avoid"))
    before = queries.goal(learner)
    if "wishes" not in request.POST and not keep and not avoid and before is not None and before.target == target:
        # The list of goals does not show what is pinned, so that choosing the same one again does not let go of it.
        keep, avoid = before.keep, before.avoid
    kind = GoalKind.AWARD if "#" in target else GoalKind.PROGRAMME
    kind = GoalKind.OCCUPATION if OCCUPATION.fullmatch(target) else kind
    chosen = Goal(learner_id=learner, kind=kind, target=target, keep=keep, avoid=avoid)
    operations.set_goal(actor=request.actor, goal=chosen, now=request.now)
    messages.success(request, _("目标已定下，每次来都按它算给您看。"))
    return redirect("goal")
