"""What programs send: the forms of their requests, and the refusal of what is of another form."""

import json
from datetime import date
from typing import Any, TypeVar

from django.http import HttpRequest, JsonResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from creditbank.kernel.errors import Refusal

ACHIEVEMENTS_MAX = 60
EDITIONS_MAX = 60
STATED_MAX = 200
M = TypeVar("M", bound=BaseModel)


class RequestFaulty(Refusal):
    """The body of a request is not of the form that the reference gives."""

    code = "api.request.faulty"
    zh = "请求的内容不合格式：{place}。请照接口说明改。"
    en = "The request is not of the documented form at {place}. Mend it by the reference."


class Achievement(BaseModel):
    """A supposed achievement: a specification by its public id, a grade as one writes it, the day it was obtained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    specification: str = Field(min_length=1, max_length=40)
    grade: str = Field("", max_length=60)
    obtained: date | None = None


class Simulation(BaseModel):
    """What is to be simulated: achievements in a programme, by its public id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str = Field(min_length=1, max_length=40)
    achievements: tuple[Achievement, ...] = Field((), max_length=ACHIEVEMENTS_MAX)


class Named(BaseModel):
    """An edition, named beyond doubt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(max_length=200)
    edition: str = Field(max_length=100)
    digest: str = Field(max_length=100)


class Stated(BaseModel):
    """A whole problem, as `creditbank simulate --problem` reads one, under editions of this bank."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: dict[str, Any]
    editions: tuple[Named, ...] = Field(max_length=EDITIONS_MAX)
    award: str | None = Field(None, max_length=120)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that a request carries. Refused: what is none, and texts that no database can hold."""
    try:
        tree = json.loads(request.body)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict) or _holds_null_sign(tree):
        raise RequestFaulty(place="/")
    return tree


def check_few(tree: dict[str, Any]) -> None:
    """Refuse a whole problem with more achievements than a page may think about."""
    problem = tree.get("problem")
    achievements = problem.get("achievements") if isinstance(problem, dict) else None
    if isinstance(achievements, list) and len(achievements) > STATED_MAX:
        raise RequestFaulty(place=f"problem/achievements/{STATED_MAX}")


def _holds_null_sign(tree: dict[str, Any]) -> bool:
    return "\\u0000" in json.dumps(tree).replace("\\\\", "")  # without pairs of backslashes the sign alone is left


def form_of(kind: type[M], tree: dict[str, Any]) -> M:
    """Return what an object states. Refused: an object of another form, by the first place that is."""
    try:
        return kind.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        raise RequestFaulty(place="/".join(str(each) for each in error.errors()[0]["loc"]) or "/") from error


def said(document: object, *, kept: bool = True) -> JsonResponse:
    """Return an answer; one about a person is `kept` nowhere on its way."""
    response = JsonResponse(document, safe=False, json_dumps_params={"ensure_ascii": False})
    if not kept:
        response["Cache-Control"] = "no-store"
    return response
