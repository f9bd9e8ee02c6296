"""Dirty files by seed, each with the exact report that the bank must give, worked out from what was done to it."""

import random
from dataclasses import dataclass, field
from typing import Final

from tests.dirty import files, kinds, school
from tests.dirty.kinds import World
from tests.dirty.school import Line, School

EVERY_KIND: Final = len(kinds.CELLS) + len(kinds.OTHERS)


@dataclass(frozen=True, slots=True)
class Case:
    """A file, what the bank must have before it comes, and what the bank must say of it.

    `courses` stand in the catalogue beforehand, `earlier` is deposited, then the accounts of `closed` are closed
    and how the institution deposits is set.
    `refused` are row, column and reason. `book` is what the archive holds of each document afterwards: course,
    date, hundredths of credits.
    """

    seed: int
    name: str
    content: bytes = field(repr=False)
    courses: tuple[school.Course, ...] = field(repr=False)
    earlier: bytes = field(repr=False)
    closed: tuple[str, ...]
    depositing: dict[str, bool | int]
    counts: dict[str, int]
    refused: list[tuple[int, str, str]]
    book: dict[str, list[tuple[str, int, int]]] = field(repr=False)
    done: tuple[str, ...]


def case(seed: int, *, people: int = 8, courses: int = 6, each: int = 4, dirt: int = 14) -> Case:
    """Return the case of a seed: so many people with so many courses each, soiled so many times."""
    chance = random.Random(seed)
    drawn = school.drawn(chance, people=people, courses=courses)
    registers = chance.random() < 0.25
    earlier = _earlier(drawn, each) if chance.random() < 0.6 else []
    layout = files.drawn(chance, may_drop_hours=not earlier)
    before = {(line.person, line.course) for line in earlier}
    opens = not earlier or chance.random() < 0.7
    world = World(
        school=drawn,
        lines=_lines(drawn, each, before),
        earlier=earlier,
        columns=layout.columns,
        is_text=layout.kind == "csv",
        plain_end=not layout.strange,
        registers=registers,
        tolerance=chance.choice((0, 0, 50)),
    )
    _soil(world, dirt)
    if not opens:
        _let_newcomers_wait(world)
    last = [line for line in world.lines if line.shape == "last"]
    rest = [line for line in world.lines if line.shape != "last"]
    chance.shuffle(rest)
    content, placed = files.written(layout, rest + last, chance)
    return Case(
        seed=seed,
        name=layout.name,
        content=content,
        courses=tuple(drawn.courses) if registers else (),
        earlier=files.written(_plain(), earlier, chance)[0] if earlier else b"",
        closed=tuple(drawn.people[person].document for person in sorted(world.closed)),
        depositing={"opens_accounts": opens, "registers_courses": registers, "credits_tolerance": world.tolerance},
        counts=_counts(world),
        refused=[(row, line.column, line.code) for row, line in placed.items() if line.fate == "refused"],
        book=_book(world),
        done=(f"{layout.kind} {layout.encoding} {layout.separator!r}", *world.done),
    )


def _plain() -> files.Layout:
    """Return the template as it is printed."""
    headings = tuple(kinds.HEADINGS[name] for name in school.COLUMNS)
    return files.Layout(school.COLUMNS, headings, (), False, "csv", False, "utf-8", ",", "\n", 0)  # noqa: FBT003


def _lines(drawn: School, each: int, without: set[tuple[int, int]]) -> list[Line]:
    """Return clean rows, of everybody some courses that are not in the earlier file."""
    rows = []
    for person in range(len(drawn.people)):
        open_to = [course for course in range(len(drawn.courses)) if (person, course) not in without]
        taken = drawn.chance.sample(open_to, min(each, len(open_to)))
        rows += [drawn.line(person, course) for course in taken]
    return rows


def _earlier(drawn: School, each: int) -> list[Line]:
    """Return the clean rows that came in an earlier file, of half of the people."""
    known = drawn.chance.sample(range(len(drawn.people)), len(drawn.people) // 2)
    few = max(1, each // 2)
    return [
        drawn.line(person, course)
        for person in known
        for course in drawn.chance.sample(range(len(drawn.courses)), min(few, len(drawn.courses)))
    ]


def _soil(world: World, dirt: int) -> None:
    """Do kinds of dirt by chance; those that find nothing to be done to are passed over."""
    chance = world.school.chance
    for _ in range(dirt):
        if chance.random() < 0.5:
            reason, column, texts = chance.choice(kinds.CELLS)
            if kinds.one_cell(world, reason, column, texts):
                world.done.append(reason)
        else:
            act = chance.choice(kinds.OTHERS)
            if act(world):
                world.done.append(act.__name__)


def _let_newcomers_wait(world: World) -> None:
    """Where deposits open no accounts, good rows of people without one are kept until there is one."""
    known = {line.person for line in world.earlier}
    for line in world.lines:
        if line.fate == "kept" and line.person not in known:
            line.fate = "waiting"


def _worth(world: World, line: Line) -> int:
    return line.credits or world.school.courses[line.course].credits


def _counts(world: World) -> dict[str, int]:
    fates = [line.fate for line in world.lines]
    taken = [line for line in world.lines if line.fate in {"kept", "correction"}]
    before = {line.person for line in world.earlier}
    return {
        "rows": len(fates),
        "kept": fates.count("kept"),
        "corrections": fates.count("correction"),
        "duplicates": fates.count("duplicate"),
        "refused_rows": fates.count("refused"),
        "mapped": sum(line.old_codes for line in taken),
        "people": len({line.person for line in taken}),
        "accounts_opened": len({line.person for line in taken} - before),
        "courses_proposed": len({line.course for line in taken} - world.known_courses),
        "credits_hundredths": sum(_worth(world, line) for line in taken),
        "waiting": fates.count("waiting"),
        "differently": world.differently,
        "tolerated": world.tolerated,
    }


def _book(world: World) -> dict[str, list[tuple[str, int, int]]]:
    """Return what the archive holds once the file is posted: corrections take the place of what they correct."""
    found: dict[str, set[tuple[str, int, int]]] = {}
    for line in [*world.earlier, *world.lines]:
        if line.fate in {"kept", "correction"}:
            mine = found.setdefault(world.school.people[line.person].document, set())
            mine.add((world.school.courses[line.course].name, line.obtained, _worth(world, line)))
    return {number: sorted(entries) for number, entries in found.items()}
