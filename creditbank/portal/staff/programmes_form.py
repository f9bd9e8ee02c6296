"""The form of a programme: from texts to a typed value, with what is wrong, by field."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _, gettext_noop

from creditbank.catalogue import queries
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewProgramme,
    Programme,
    ProgrammeCourse,
    RequirementGroup,
    Specification,
)
from creditbank.enrolments.types import CATEGORY_NAMES, LEVEL_NAMES
from creditbank.kernel.credits import Amount, Unit, plain
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text, fold
from creditbank.organizations import queries as organizations
from creditbank.portal.staff.catalogue_form import Reader

FIELDS: Final = (
    "school", "code", "name_zh", "name_en", "level", "category", "credits_required", "unit_id", "starts",
)  # fmt: skip
GROUP_FIELDS: Final = ("group_code", "group_zh", "group_en", "credits_min", "courses")
GROUPS: Final = 3
GROUPS_MAX: Final = 30
LINES_TOLD: Final = 5
NATURES: Final = {
    Nature.REQUIRED: gettext_noop("必修"),
    Nature.ELECTIVE: gettext_noop("选修"),
    Nature.PRACTICE: gettext_noop("集中实践"),
}
KINDS: Final = {
    CourseKind.FOUNDATION: gettext_noop("基础"),
    CourseKind.CORE: gettext_noop("核心"),
    CourseKind.OTHER: gettext_noop("其他"),
}
_SAID_AS: Final[dict[str, Nature | CourseKind]] = (
    {each.value: each for each in (*Nature, *CourseKind)}
    | {word: nature for nature, word in NATURES.items()}
    | {word: kind for kind, word in KINDS.items()}
    | {"必修课": Nature.REQUIRED, "选修课": Nature.ELECTIVE, "实践": Nature.PRACTICE}
    | {"专业基础": CourseKind.FOUNDATION, "专业核心": CourseKind.CORE}
)
#: One space separates nothing: names have some, and end in numbers (大学英语 2).
_SEPARATORS: Final = re.compile(r"\s*[\t|,;]\s*|\s{2,}")
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, group by group, what is wrong with it, and what it means where nothing is."""

    values: dict[str, str]
    groups: tuple[dict[str, str], ...]
    errors: dict[str, str]
    new: NewProgramme | None

    @property
    def filled(self) -> tuple[int, ...]:
        """Return the places of the groups in which anything is filled in; the others are not read."""
        return _filled(self.groups)


def _filled(groups: Sequence[Mapping[str, str]]) -> tuple[int, ...]:
    said = (any(value for name, value in group.items() if name != "group_code") for group in groups)
    return tuple(place for place, is_said in enumerate(said) if is_said)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a group: which course, and what is said of it."""

    number: int
    course: str
    nature: Nature
    kind: CourseKind
    credits: str


def blank() -> Form:
    """Return the form of a first edition before anything is filled in."""
    return Form(dict.fromkeys(FIELDS, ""), (dict.fromkeys(GROUP_FIELDS, ""),) * GROUPS, {}, None)


def form_of(programme: Programme, on: date) -> Form:
    """Return the form with which the next edition begins: the last edition, in texts."""
    one = programme
    values = _kept(one) | {
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "level": one.level_code,
        "category": one.category_code,
        "credits_required": plain(one.credits_required),
        "unit_id": str(one.unit_id),
        "starts": "",
    }
    courses = queries.by_ids(course.specification_id for group in one.groups for course in group.courses)
    named = queries.named({each.name.zh for each in courses.values()}, courses_of=one.organization_id, on=on)

    def line(course: ProgrammeCourse) -> str:
        found = courses[course.specification_id]
        # The name says it best, as long as it names one course and no other.
        name = found.name.zh if len(named[found.name.zh]) == 1 else found.public_id
        return " | ".join((name, _(NATURES[course.nature]), _(KINDS[course.kind]), plain(course.credits)))

    groups = tuple(
        {
            "group_code": group.code,
            "group_zh": group.name.zh,
            "group_en": group.name.en,
            "credits_min": "" if group.credits_min is None else plain(group.credits_min),
            "courses": "\n".join(line(course) for course in group.courses),
        }
        for group in one.groups
    )
    return Form(values, groups, {}, None)


def _kept(programme: Programme) -> dict[str, str]:
    """Return the texts that every edition of a programme shares."""
    return {"school": organizations.by_id(programme.organization_id).code, "code": programme.code}


def read(post: Mapping[str, str], earlier: Programme | None, language: str, on: date) -> Form:
    """Read the form; an edition that follows keeps institution and code of the one before."""
    values = {name: post.get(name, "").strip() for name in FIELDS} | (_kept(earlier) if earlier else {})
    groups = tuple(_groups(post))
    reader = Reader(values, language)
    unit = reader.unit()
    school = reader.answered("school", organizations.by_code)
    required = reader.amount("credits_required", unit) if unit else None
    starts = reader.day("starts")
    told = {
        "school": (values["school"], _("请填学校的代码。")),
        "level": (values["level"] in LEVEL_NAMES, _("请选层次。")),
        "category": (values["category"] in CATEGORY_NAMES, _("请选教育类别。")),
        "unit_id": (unit, _("请选计量单位。")),
        "credits_required": (values["credits_required"], _("请填应修学分，例如80。")),
    }
    reader.errors |= {field: wrong for field, (given, wrong) in told.items() if not given}
    if unit and school:
        made = _Groups(reader, unit, school.id, on).read(groups)
        if not reader.errors and required is not None:
            new = NewProgramme(
                organization_id=school.id,
                code=values["code"],
                name=Text(values["name_zh"], values["name_en"]),
                credits_required=required,
                unit_id=unit.id,
                level_code=values["level"],
                category_code=values["category"],
                groups=made,
                starts=starts,
            )
            return Form(values, groups, {}, new)
    return Form(values, groups, reader.errors, None)


def _groups(post: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the groups as they were filled in, and one more if the person asked for it."""
    count = post.get("groups", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < len("100") else GROUPS
    for place in range(min(max(number, 1) + ("more" in post), GROUPS_MAX)):
        yield {name: post.get(f"{name}-{place}", "").strip() for name in GROUP_FIELDS}


class _Groups:
    """Reads groups one after another; what is wrong goes to the reader of the whole form."""

    def __init__(self, reader: Reader, unit: Unit, organization_id: int, on: date) -> None:
        self.reader = reader
        self.unit = unit
        self.organization_id = organization_id
        self.on = on

    def read(self, groups: tuple[dict[str, str], ...]) -> tuple[RequirementGroup, ...]:
        """Return the groups in which anything is filled in."""
        lines = {place: list(_lines(group["courses"])) for place, group in enumerate(groups)}
        wanted = {line.course for each in lines.values() for line in each}
        named = queries.named(wanted, courses_of=self.organization_id, on=self.on)
        codes = {group["group_code"] for group in groups}
        fresh = (code for code in (f"group-{number}" for number in range(1, len(groups) + 1)) if code not in codes)
        made = []
        for place in _filled(groups):
            group = groups[place]
            if not group["group_zh"]:
                self.reader.errors[f"group_zh-{place}"] = _("请填课程组的名称。")
            made.append(
                RequirementGroup(
                    code=group["group_code"] or next(fresh),
                    name=Text(group["group_zh"], group["group_en"]),
                    credits_min=self._least(place, group["credits_min"]),
                    courses=self._courses(place, lines[place], named),
                )
            )
        return tuple(made)

    def _least(self, place: int, text: str) -> int | None:
        try:
            return Amount.parse(text, self.unit).hundredths if text else None
        except Refusal as refusal:
            self.reader.errors[f"credits_min-{place}"] = refusal.sentence(self.reader.language)
            return None

    def _courses(
        self, place: int, lines: list[_Line], named: Mapping[str, tuple[Specification, ...]]
    ) -> tuple[ProgrammeCourse, ...]:
        made: dict[int, ProgrammeCourse] = {}
        wrong: list[str] = []
        for line in lines:
            found = named[line.course]
            problem = _choice(line, found) or _twice(line, found, made)
            worth = self._worth(line, found)
            if worth is None and not problem:
                problem = _("第%(n)s行：请写学分，例如3或2.5。") % {"n": line.number}
            if problem or worth is None:
                wrong.append(problem)
            else:
                made[found[0].id] = ProgrammeCourse(found[0].id, line.nature, line.kind, worth)
        if not lines:
            wrong.append(_("请填这一组的课程，一行一门。"))
        if wrong:
            self.reader.errors[f"courses-{place}"] = " ".join(wrong[:LINES_TOLD])
        return tuple(made.values())

    def _worth(self, line: _Line, found: tuple[Specification, ...]) -> int | None:
        """Return the credits as written, or else those of the catalogue where they count in the same unit."""
        if not line.credits:
            return found[0].credits if found and found[0].unit_id == self.unit.id else None
        try:
            return Amount.parse(line.credits, self.unit).hundredths
        except Refusal:
            return None


def _choice(line: _Line, found: tuple[Specification, ...]) -> str:
    """Return what is wrong with which course a line names, or nothing."""
    told = {"n": line.number, "course": line.course[:40]}
    if not found:
        return _("第%(n)s行：学校在名录里没有“%(course)s”。请写课程代码或全名。") % told
    if len(found) > 1:
        return _("第%(n)s行：“%(course)s”在名录里不止一项。请改写它的编号。") % told
    return ""


def _twice(line: _Line, found: tuple[Specification, ...], made: Mapping[int, ProgrammeCourse]) -> str:
    told = {"n": line.number, "course": line.course[:40]}
    return _("第%(n)s行：“%(course)s”在这一组里写了两次。请删去一行。") % told if found[0].id in made else ""


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines in which something stands, cut as a spreadsheet pastes them or as people type them."""
    for number, written in enumerate(text.splitlines(), start=1):
        rest = [cell for cell in _SEPARATORS.split(unicodedata.normalize("NFKC", written).strip()) if cell]
        if not rest:
            continue
        nature, kind, worth = Nature.REQUIRED, CourseKind.OTHER, ""
        while len(rest) > 1:
            cell = rest[-1]
            said = _SAID_AS.get(cell) or _SAID_AS.get(fold(cell)) or _spoken(cell)
            if isinstance(said, Nature):
                nature = said
            elif isinstance(said, CourseKind):
                kind = said
            elif _NUMBER.fullmatch(cell) and not worth:
                worth = cell
            else:
                break
            rest.pop()
        yield _Line(number, " ".join(rest), nature, kind, worth)


def _spoken(cell: str) -> Nature | CourseKind | None:
    """Return what a word of the page's language says."""
    words: dict[str, Nature | CourseKind] = {_(word): each for each, word in NATURES.items()}
    words |= {_(word): each for each, word in KINDS.items()}
    return words.get(cell)
