"""The demonstration data as typed rows: what lies in demo_data, read, and nothing decided."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from creditbank.kernel.text import Text

FOLDER: Final = Path(__file__).parent / "demo_data"
#: No school code has province part 99, and the bank refuses one that has; the invented school goes by another here.
INVENTED_SCHOOL: Final = {"4299050001": "YJ-OPEN"}
INVENTED_PROVINCE: Final = "99"
EXAMINERS: Final = "YJ-EXAM"


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """One organization; its parent stands before it."""

    code: str
    kind: str
    name: Text
    parent: str | None
    region: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff and the one role they hold."""

    login: str
    name: str
    organization: str
    role: str
    reach: str
    post: Text


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course of one school; credits and hours as people write them."""

    school: str
    code: str
    name: Text
    credits: str
    hours: str
    category: str


@dataclass(frozen=True, slots=True)
class Names:
    """The parts that names and identity numbers of invented people are made of."""

    surnames: Sequence[str]
    characters: Sequence[str]
    whole: Sequence[str]
    areas: Sequence[str]


def hundredths(text: str) -> int:
    """Return a decimal text in hundredths."""
    return int(Decimal(text) * 100)


def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _code(code: str) -> str:
    return INVENTED_SCHOOL.get(code, code)


def _organization(row: Mapping[str, Any]) -> OrganizationRow:
    region = row.get("region", INVENTED_PROVINCE)
    return OrganizationRow(
        code=_code(row["code"]),
        kind=row["kind"],
        name=Text(row["name_zh"], row["name_en"]),
        parent=row.get("parent"),
        region="" if region.startswith(INVENTED_PROVINCE) else region,
    )


def organizations() -> list[OrganizationRow]:
    """Return the tree, parents first, and then the issuers of certificates that it lacks, below the centre."""
    tree = [_organization(row) for row in _document("organizations.json")["organizations"]]
    issuers = [
        {**row, "parent": "YJ-CENTRE"} for row in _document("certificates.json")["issuers"] if not row["in_tree"]
    ]
    return tree + [_organization(row) for row in issuers]


def staff() -> list[StaffRow]:
    """Return the people in every role."""
    return [
        StaffRow(
            login=row["login"],
            name=row["name"],
            organization=_code(row["organization"]),
            role=row["role"],
            reach=row["reach"],
            post=Text(row["post_zh"], row["post_en"]),
        )
        for row in _document("people.json")["people"]
    ]


def courses() -> list[CourseRow]:
    """Return what each school offers, with the English names and categories of the common list."""
    common = {row["name_zh"]: row for row in _rows("courses.csv")}
    return [
        CourseRow(
            school=_code(row["school"]),
            code=row["code"],
            name=Text(row["name_zh"], common.get(row["name_zh"], {}).get("name_en", "")),
            credits=row["credits"],
            hours=row["hours"],
            category=common.get(row["name_zh"], {}).get("category", ""),
        )
        for row in _rows("school_courses.csv")
    ]


def self_study_courses() -> list[CourseRow]:
    """Return the courses that one passes by examination alone."""
    return [
        CourseRow(
            school=EXAMINERS,
            code=row["code"],
            name=Text(row["name_zh"], row["name_en"]),
            credits=row["credits"],
            hours=row["hours"],
            category=row["category"],
        )
        for row in _rows("self_study_courses.csv")
    ]


def programmes() -> list[dict[str, Any]]:
    """Return the programmes as they stand, but with the names of their majors and the codes that schools go by here."""
    majors = {row["code"]: row["name_zh"] for row in _rows("majors.csv")}
    found = _document("programmes.json")["programmes"]
    return [{**row, "school": _code(row["school"]), "major": majors[row["major"]]} for row in found]


def certificates() -> list[dict[str, Any]]:
    """Return the certificates, examinations, prizes and rights as they stand."""
    found: list[dict[str, Any]] = _document("certificates.json")["certificates"]
    return found


def certification_units() -> list[dict[str, Any]]:
    """Return the certification units; each of their parts as issuer and code."""
    found = _document("certification_units.json")["certification_units"]
    return [{**row, "parts": [(_code(issuer), code) for issuer, code in row["parts"]]} for row in found]


def occupations() -> list[dict[str, Any]]:
    """Return the occupations as they stand, but with the codes that schools go by here."""
    found = _document("occupations.json")["occupations"]
    for need in (need for row in found for route in row["routes"] for need in route["needs"] if "school" in need):
        need["school"] = _code(need["school"])
    return [dict(row) for row in found]


def names() -> Names:
    """Return the parts of names."""
    parts = _document("names.json")
    return Names(
        surnames=[part["zh"] for part in parts["surnames"]],
        characters=[part["zh"] for part in parts["given_characters"]],
        whole=[part["zh"] for part in parts["whole_names"]],
        areas=[part["code"] for part in parts["areas"]],
    )
