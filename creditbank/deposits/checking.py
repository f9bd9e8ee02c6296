"""From a file to a dry-run report, in two passes and bounded memory: nothing enters the book, no account is opened.

The first pass goes through the file block by block and judges each row alone; rows are put apart by whom they are
about. The second goes through the parts of the people: their other rows, their accounts, the catalogue, the book.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import polars as pl

from creditbank.database.ahead import Behind, ahead, ahead_in_the_database
from creditbank.deposits import conflicting, converting, files, matching, parts, profile_queries
from creditbank.deposits.intake import checks, frames, items, layouts, reading, templates
from creditbank.deposits.intake.registry import CHECKS
from creditbank.deposits.narrow import Narrow
from creditbank.deposits.people import DOCUMENT, People
from creditbank.deposits.rules import fresh_since
from creditbank.deposits.types import Counts, Renaming, Step
from creditbank.kernel.sheets.source import Source
from creditbank.organizations.types import Organization

#: What of a person is put against other rows and accounts, or told of a row that is refused.
_COMPARED: Final = ("person_name", "name_key", *DOCUMENT, "digest", "student_number")
Watch = Callable[[Step, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; the rows lie with the batch by parts: `staged`, `refused` (checks.FAILING) and `named`.

    `staged` are new rows and corrections, ready to be posted; `waiting` are those of people without an account where
    the institution's deposits open none. `kinds` says how many rows each check refused.
    """

    template: str
    encoding: str
    title: str | None
    counts: Counts
    kinds: Mapping[str, int]


@dataclass(slots=True)
class _Found:
    """What the first pass has come upon so far."""

    rows: int = 0
    first: int = 0
    current: int = 0
    speaks: layouts.GenerationCounts = field(default_factory=layouts.GenerationCounts)
    courses: list[pl.DataFrame] = field(default_factory=list)

    def add(self, block: pl.DataFrame, judged: checks.Judged, *, coded: bool) -> None:
        """Count another block; of rows that are all `coded`, which has which codes matters where the block has both."""
        self.rows += block.height
        self.first, self.current = self.first + judged.first, self.current + judged.current
        self.speaks += (
            layouts.generation_counts(block)
            if not coded or (judged.first and judged.current)
            else layouts.GenerationCounts(
                first=block.height if judged.first else 0, current=block.height if judged.current else 0
            )
        )
        worths = converting.told(judged.kept.rows).group_by("what", "credits").len()
        self.courses.append(worths.select(judged.kept.courses["course_key"].gather(worths["what"]), "credits", "len"))


@dataclass(frozen=True, slots=True)
class _Matched:
    """The rows of some people, by which digests these are `known`, and what was found."""

    rows: Narrow
    known: pl.DataFrame
    found: converting.Found


def nobody_watches(step: Step, done: int, total: int) -> None:
    """Watch nothing."""


def check(
    source: Source, *, batch: str, institution: Organization, today: date, watch: Watch = nobody_watches
) -> Report:
    """Return the report on a file for an institution; the working frames are kept under the id of the batch.

    Refused as a whole: what `reading.opened` refuses. Every row of the file is counted once: new, correction,
    duplicate, refused, or waiting for an account; a row that stands for several achievements counts as so many.
    """
    files.drop_working(batch)  # whatever an earlier try left
    watch(Step.READING, 0, 0)
    sheet = reading.opened(source, renamings=profile_queries.renamings(institution.id))
    with Behind() as behind:
        return _checked(sheet, behind, batch=batch, institution=institution, today=today, watch=watch)


def _checked(
    sheet: reading.Sheet, behind: Behind, *, batch: str, institution: Organization, today: date, watch: Watch
) -> Report:
    number = parts.parts_for(sheet.rows_expected)
    kept, failing = (parts.Sorter(batch, name, parts=number, behind=behind) for name in ("kept", "failing"))
    found = _first_pass(sheet, kept, failing, number=number, today=today, watch=watch)
    behind.wait()
    tables = _tables(institution, sheet.layout, told=pl.concat(found.courses))
    watch(Step.CATALOGUE, 0, found.rows)
    counts, kinds, since = Counts(), Counter[str](), fresh_since(today)
    proposed: set[str] = set()
    people = _matched_people(kept, failing, tables, number=number)
    with closing(ahead_in_the_database(people)) as matched:
        for part, some in enumerate(matched):
            part_counts, new_courses = _check_part(
                batch, part, some, behind=behind, institution=institution, since=since, kinds=kinds
            )
            counts = counts.plus(part_counts)
            proposed |= new_courses
            watch(Step.CATALOGUE, min(found.rows, found.rows * (part + 1) // number), found.rows)
    assert counts.rows == found.rows or sheet.layout is not layouts.OWN_COURSES
    return Report(
        template=_template(sheet, found),
        encoding=sheet.encoding or sheet.kind,
        title=sheet.title,
        counts=replace(counts, courses_proposed=len(proposed), **_of_file(found)),
        kinds=kinds,
    )


def _first_pass(
    sheet: reading.Sheet, kept: parts.Sorter, failing: parts.Sorter, *, number: int, today: date, watch: Watch
) -> _Found:
    """Judge each row alone, and put the rows apart by whom they are about."""
    watch(Step.CHECKING, 0, sheet.rows_expected)
    found, people, readings = _Found(), People(number), frames.readings(today)
    for block in ahead(sheet.blocks()):
        judged = _judged(block, sheet.layout, today=today, readings=readings)
        for sorter, rows in zip((kept, failing), people.joined(judged), strict=True):
            sorter.put(rows)
        found.add(block, judged, coded=sheet.layout is layouts.OWN_COURSES)
        watch(Step.CHECKING, found.rows, max(found.rows, sheet.rows_expected))
    return found


def refused(batch: str) -> Iterator[pl.DataFrame]:
    """Yield the refused rows that a check left, part by part, with their sentences: see `checks.refusals`."""
    return (checks.refusals(rows) for rows in parts.each(batch, parts.REFUSED))


def people_of(source: Source, *, today: date, renamings: Sequence[Renaming] = ()) -> Iterator[pl.DataFrame]:
    """Yield row and digest of every row whose person can be told, block by block. Refused: as `check`."""
    sheet = reading.opened(source, renamings=renamings)
    people, readings = People(1), frames.readings(today)
    for block in sheet.blocks():
        judged = _judged(block, sheet.layout, today=today, readings=readings)
        rows = pl.concat([rows.wide().select("row", "digest") for rows in people.joined(judged)])
        yield rows.drop_nulls()


def _tables(
    institution: Organization, layout: layouts.Layout, *, told: pl.DataFrame
) -> matching.Tables | converting.Tables:
    courses = matching.tables(institution.id, told=told, may_propose=not institution.registers_courses)
    if layout is layouts.OWN_COURSES:
        return courses
    return converting.tables(courses)


def _judged(block: pl.DataFrame, layout: layouts.Layout, *, today: date, readings: frames.Readings) -> checks.Judged:
    if layout is layouts.OWN_COURSES:
        return checks.judge(block, today=today, readings=readings)
    judged = items.judge(block, layout, today=today, readings=readings)
    return replace(judged, kept=Narrow.of(converting.with_keys(judged.kept.rows)))


def _template(sheet: reading.Sheet, found: _Found) -> str:
    if sheet.layout is layouts.OWN_COURSES:
        return templates.generation(sheet.names, first_codes=found.first, current_codes=found.current).code
    return templates.of_layout(sheet.layout, first_codes=found.first, current_codes=found.current)


def _of_file(found: _Found) -> dict[str, int]:
    """Return what is counted in rows of the file, whatever these tell."""
    speaks = found.speaks
    return {
        "file_rows": found.rows,
        "old_codes": speaks.first,
        "new_codes": speaks.current,
        "mixed_codes": speaks.both,
    }


def _matched_people(
    kept: parts.Sorter, failing: parts.Sorter, tables: matching.Tables | converting.Tables, *, number: int
) -> Generator[_Matched]:
    for part in range(number):
        rows, bad = kept.get(part), failing.get(part)
        known = pl.concat([each.people.select(*DOCUMENT, "digest") for each in (rows, bad)]).drop_nulls().unique()
        yield _Matched(rows, known, _matched(rows, bad.wide().select(list(checks.FAILING)), tables))


def _check_part(
    batch: str,
    part: int,
    people: _Matched,
    *,
    behind: Behind,
    institution: Organization,
    since: int,
    kinds: Counter[str],
) -> tuple[Counts, set[str]]:
    """Judge the rows of some people by what is stored of them, and keep what was found."""
    rows, known, found, opens_accounts = people.rows, people.known, people.found, institution.opens_accounts
    ready = found.ready if opens_accounts else found.ready.filter(pl.col("learner_id").is_not_null())
    # Who has no account waits with all that the row says: what of it is repeated in other rows is told again then.
    strangers = found.ready.filter(pl.col("learner_id").is_null() & pl.lit(not opens_accounts))
    strangers = strangers.join(found.failing, on="row", how="anti")
    waiting = rows.only(rows.rows.join(strangers, on="row", how="semi")).wide()
    repeated = found.duplicates - (waiting.height - strangers.height)
    compared = matching.against_book(ready, organization_id=institution.id)
    # What the institution has stored itself is compared with that only: it was decided once that both stand.
    new, others = conflicting.of_others(compared.new, organization_id=institution.id)
    compared = replace(compared, new=new)
    refused = found.failing
    staged = pl.concat([compared.new, compared.corrections]).sort("row")
    told = refused.join(known, on=DOCUMENT, how="left", maintain_order="left")
    behind.do(parts.stage, batch, part, rows.again(staged))
    for name, frame in {parts.WAITING: waiting, parts.CONFLICTS: rows.completed(others.conflicting)}.items():
        behind.do(parts.put, batch, name, part, frame)
    behind.do(conflicting.mark, batch, part, staged, organization_id=institution.id)
    for name, frame in {parts.REFUSED: told, parts.NAMED: known.select("digest").unique()}.items():
        behind.do(parts.put, batch, name, part, frame, lasting=False)
    kinds.update({CHECKS[rank].code: rows for rank, rows in refused["rank"].value_counts().iter_rows()})
    if found.links is not None:
        behind.do(parts.put, batch, parts.LINKS, part, found.links)
    duplicates = repeated + others.duplicates.height + compared.duplicates.height
    counts, proposed = _counts(compared, staged, duplicates=duplicates, refused=refused.height, since=since)
    waits = waiting["row"].n_unique()
    aside = Counts(
        rows=waits + others.conflicting.height,
        waiting=waits,
        conflicts=others.conflicting.height,
        differently=found.noticed,
        tolerated=found.tolerated,
    )
    return counts.plus(aside), proposed


def _matched(rows: Narrow, bad: pl.DataFrame, tables: matching.Tables | converting.Tables) -> converting.Found:
    """Put rows against each other, the accounts and the catalogue."""
    if isinstance(tables, converting.Tables):
        return converting.judge(rows.wide(), bad, tables)
    settled = checks.settle(rows.told(*_COMPARED), bad)
    people = matching.with_people(settled.kept)
    courses = matching.with_courses(people.kept, tables)
    again = checks.once(courses.kept)
    return converting.Found(
        ready=again.kept,
        duplicates=settled.duplicates.height + again.duplicates.height,
        failing=pl.concat([settled.failing, people.failing, courses.failing, again.failing]).sort("row"),
        links=None,
        noticed=people.noticed,
        tolerated=courses.noticed,
    )


def _counts(
    compared: matching.Compared, staged: pl.DataFrame, *, duplicates: int, refused: int, since: int
) -> tuple[Counts, set[str]]:
    newcomers = staged.filter(pl.col("learner_id").is_null())
    counts = Counts(
        rows=staged.height + duplicates + refused,
        kept=compared.new.height,
        corrections=compared.corrections.height,
        duplicates=duplicates,
        refused_rows=refused,
        mapped=int(staged["mapped"].sum()),
        people=staged["digest"].n_unique() if staged.height else 0,
        accounts_opened=newcomers["digest"].n_unique() if newcomers.height else 0,
        credits_hundredths=int(staged["credits"].sum()),
        fresh=_fresh(staged["obtained"], since),
    )
    return counts, set(staged.filter(pl.col("specification_id").is_null())["course_key"].unique())


def _fresh(obtained: pl.Series, since: int) -> int:
    """Return how many dates lie on or after a day; one without month or day counts by its last."""
    month, day = obtained // 100 % 100, obtained % 100
    latest = obtained + (month == 0).cast(pl.Int32) * 1200 + (day == 0).cast(pl.Int32) * 31
    return int((latest >= since).sum())
