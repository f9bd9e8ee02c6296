"""A learner's own archive: the list by years, the same as a file, one entry, and its proof."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from pydantic_core import to_json

from creditbank.archive import queries
from creditbank.archive.queries import EVERYTHING, ArchiveFilters, Line, Row
from creditbank.archive.types import grade_in_words
from creditbank.catalogue import queries as catalogue
from creditbank.deposits import queries as deposits
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.framework import queries as framework
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.credits import plain
from creditbank.kernel.dates import YEAR_MAX, YEAR_MIN, PartialDate
from creditbank.kernel.ids import grouped
from creditbank.kernel.kept import Kept
from creditbank.organizations import queries as organizations
from creditbank.organizations.queries import NOWHERE, Label
from creditbank.register.queries import taken

WORDS_MAX: Final = 60


def _year(text: str) -> int | None:
    """Return a year, or None where the text is none; a filter narrows or it does not, it refuses nothing."""
    spelled = text.strip()
    year = int(spelled) if len(spelled) == len(str(YEAR_MAX)) and spelled.isascii() and spelled.isdigit() else 0
    return year if YEAR_MIN <= year <= YEAR_MAX else None


def _filters(request: BankRequest) -> ArchiveFilters:
    if not request.META.get("QUERY_STRING"):
        return EVERYTHING
    asked = request.GET
    return ArchiveFilters(
        kind=asked.get("kind", ""),
        level=asked.get("level", ""),
        source=asked.get("source", ""),
        words=asked.get("q", "")[:WORDS_MAX].strip(),
        year_from=_year(asked.get("from", "")),
        year_to=_year(asked.get("to", "")),
    )


def _reasons(references: list[str]) -> dict[str, object]:
    """Return why achievements were taken back: by a school its batch, or by the issuer a certificate: `revoked`."""
    if not references:
        return {"reasons": {}, "revoked": {}}
    words = _("颁发机构撤销、补发或更正了证书。%(reason)s")
    revoked = {key: words % {"reason": reason} for key, reason in taken.reasons(references).items()}
    return {"reasons": {**deposits.withdrawal_reasons(references), **revoked}, "revoked": revoked}


@require_safe
def archive(request: BankRequest) -> HttpResponse:
    """Show the archive by years."""
    need_kind(request, ActorKind.LEARNER)
    filters = _filters(request)
    view = queries.own_archive(actor=request.actor, filters=filters)
    context = {"view": view, "filters": filters, "account_number": grouped(view.holder.account_number)}
    context |= _reasons([each.reference for each in view.withdrawn])
    return render(request, "learner/archive.html", context)


@require_safe
def export(request: BankRequest) -> HttpResponse:
    """Return the same list as a CSV file."""
    need_kind(request, ActorKind.LEARNER)
    _account, rows = queries.own_rows(actor=request.actor, filters=_filters(request))
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [_("成果"), _("种类"), _("存入机构"), _("取得时间"), _("成绩"), _("学分"), _("单位"), _("学时")]
    heads += [_("更正次数"), _("存入时间"), _("成果编号")]
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_safe(cell) for cell in _cells(Line.of(row), request.lang)])
    return _download("archive.csv", "\ufeff" + text.getvalue(), "text/csv; charset=utf-8")


@require_safe
def export_document(request: BankRequest) -> HttpResponse:
    """Return the same list as JSON, for programs: names are pairs, amounts exact texts, dates as far as known."""
    need_kind(request, ActorKind.LEARNER)
    account, rows = queries.own_rows(actor=request.actor, filters=_filters(request))
    return _download("archive.json", _document(account, rows), "application/json")


def _document(account: str, rows: Sequence[Row]) -> bytes:
    """Return the document, put together from pieces that are made once: archives have many lines and much in common."""
    made: list[bytes] = []
    at, school = 0, NOWHERE
    for (
        place, course, obtained, part, revision, posting, scale, grade, credited, hours, unit,
        _ends, _claimed, _number, _holder, _renamed,
    ) in rows:  # fmt: skip
        if place != at:
            at, school = place, organizations.label(place)
        address, names = _NAMES[school, course]
        key, day = _WHEN[obtained, part]
        made += (address, key, names, day, _WORTH[scale, grade, credited, hours, unit], _TOLD[revision, posting])
    return b'{%b,"achievements":[%b]}' % (_members(account=account), b"".join(made)[:-1])


def _members(**values: object) -> bytes:
    """Return the members of an object, without its braces."""
    return to_json(values)[1:-1]


def _names(key: tuple[Label, int]) -> tuple[bytes, bytes]:
    """Return the beginning of a line and of its id, which the date goes on with, and all the names."""
    (code, zh, en), specification_id = key
    course = catalogue.label(specification_id)
    name, source = {"zh": course.name_zh, "en": course.name_en}, {"zh": zh, "en": en, "code": code}
    names = _members(name=name, kind=course.kind, level=course.level, source=source)
    return b"{" + _members(id=f"{code}-{course.public_id}-")[:-1], b'",%b,' % names


def _when(key: tuple[int, int]) -> tuple[bytes, bytes]:
    """Return the end of an id, and the date."""
    obtained, part = key
    return b"%08d-%d" % (obtained, part), _members(obtained=PartialDate(obtained).iso)


def _worth(key: tuple[int, int, int | None, int | None, int]) -> bytes:
    """Return the grade and what counts."""
    scale, value, credited, hours, unit = key
    words = grade_in_words(scale, value)
    grade = {"zh": words.zh, "en": words.en}
    code = framework.units_by_id()[unit].unit.code
    return b",%b," % _members(grade=grade, credits=_plain(credited), unit=code, hours=_plain(hours))


def _told(key: tuple[int, int]) -> bytes:
    """Return the end of a line: how often it was corrected, and when it was posted, which never changes."""
    revision, posting_id = key
    return _members(revision=revision, posted_at=queries.posted_at(posting_id).isoformat()) + b"},"


_NAMES, _WHEN, _WORTH, _TOLD = Kept(_names), Kept(_when), Kept(_worth), Kept(_told)


def _plain(hundredths: int | None) -> str | None:
    return None if hundredths is None else plain(hundredths)


def _cells(line: Line, language: str) -> list[str]:
    return [
        line.name.in_language(language)[0],
        line.kind_name.in_language(language)[0],
        line.source.in_language(language)[0],
        PartialDate(line.obtained).iso,
        line.grade.in_language(language)[0],
        _plain(line.credits) or "",
        framework.units_by_id()[line.unit_id].name.in_language(language)[0],
        _plain(line.hours) or "",
        str(line.revision),
        queries.posted_at(line.posting_id).isoformat(),
        line.address,
    ]


def _safe(cell: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def _download(name: str, content: str | bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def entry(request: BankRequest, key: str) -> HttpResponse:
    """Show one achievement with all its revisions."""
    need_kind(request, ActorKind.LEARNER)
    view = queries.own_entry(actor=request.actor, address=key)
    reasons = _reasons([each.reference for each in view.revisions if each.withdrawn_at])
    return render(request, "learner/entry.html", {"view": view, **reasons})


@require_safe
def proof(request: BankRequest, key: str) -> HttpResponse:
    """Show what proves one achievement, and how to check it by hand."""
    need_kind(request, ActorKind.LEARNER)
    view = queries.own_proof(actor=request.actor, address=key)
    return render(request, "learner/proof.html", {"view": view, **_reasons([view.proof.batch])})


@require_safe
def proof_file(request: BankRequest, key: str) -> HttpResponse:
    """Return the same as a JSON file."""
    need_kind(request, ActorKind.LEARNER)
    view = queries.own_proof(actor=request.actor, address=key)
    content = json.dumps(view.proof.document, ensure_ascii=False, indent=1)
    return _download(f"proof-{view.achievement.address}.json", content, "application/json")
