"""Writing and confirming enrolments set-wise; the storage half of `operations.confirm_many`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL

from creditbank.catalogue.types import Programme
from creditbank.enrolments import models, rules
from creditbank.enrolments.rules import Study
from creditbank.enrolments.types import Enrolment, EnrolmentRow, Key, Status

T = TypeVar("T")
BLOCK: Final = 10_000
ROUNDS_MAX: Final = 20
LOCK_CLASS: Final = 0x5EC1  # keeps this advisory lock apart from those of other rooms
# In the order of learners, so that two schools that write at once wait for each other and never in a ring.
INSERT: Final = """
    INSERT INTO enrolments_enrolment (
        learner_id, number, organization_id, student_number, major, level_code, category_code, cohort,
        outcome_code, season_code, class_name, entry_year, programme_id, status, source)
    SELECT learner_id, number, %s, student_number, major, level_code, category_code, cohort,
           outcome_code, season_code, class_name, entry_year, programme_id, status, %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[],
                %s::text[], %s::text[], %s::text[], %s::smallint[], %s::integer[], %s::text[])
      AS fresh(learner_id, number, student_number, major, level_code, category_code, cohort,
               outcome_code, season_code, class_name, entry_year, programme_id, status)
    ON CONFLICT DO NOTHING RETURNING learner_id, number"""
UPDATE: Final = """
    UPDATE enrolments_enrolment AS e
    SET cohort = n.cohort, outcome_code = n.outcome_code, season_code = n.season_code, class_name = n.class_name,
        entry_year = n.entry_year, programme_id = n.programme_id, status = n.status, source = %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::smallint[],
                %s::integer[], %s::text[])
      AS n(learner_id, number, cohort, outcome_code, season_code, class_name, entry_year, programme_id, status)
    WHERE e.learner_id = n.learner_id AND e.number = n.number"""
STEPS: Final = """
    INSERT INTO enrolments_status (learner_id, number, step, status, since, source)
    SELECT n.learner_id, n.number, 1 + (SELECT count(*) FROM enrolments_status AS s
           WHERE s.learner_id = n.learner_id AND s.number = n.number), n.status, %s, %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) AS n(learner_id, number, status)"""


@dataclass(frozen=True, slots=True)
class Telling:
    """Which school tells something, from where, on which day, and the programmes that it has."""

    organization_id: int
    source: str
    day: date
    programmes: Sequence[Programme]


def lock_school(organization_id: int) -> None:
    """Let one bulk of a school go at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, organization_id])


def confirm_block(rows: Sequence[EnrolmentRow], telling: Telling) -> tuple[dict[Key, int], int, int]:
    """Return the number of each enrolment, how many were new, and how many changed; keys come once."""
    present = _present(rows, telling.organization_id)
    numbers = {key: enrolment.number for key, enrolment in present.items()}
    fresh = {row.key: row for row in rows if row.key not in present}
    written = _insert(fresh, telling)
    changed = _change([row for row in rows if row.key in present], present, telling)
    return numbers | written, len(written), changed


def blocks(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield the rows in blocks that a statement can carry."""
    source = iter(rows)
    while block := list(islice(source, BLOCK)):
        yield block


def _present(rows: Sequence[EnrolmentRow], organization_id: int) -> dict[Key, Enrolment]:
    # As one array: an IN list of ten thousand parameters takes longer to write than to answer.
    learners = RawSQL("SELECT unnest(%s::bigint[])", [sorted({row.learner_id for row in rows})])
    found = models.Enrolment.objects.filter(organization_id=organization_id, learner_id__in=learners)
    return {value.key: value for value in (row.as_value() for row in found.order_by("learner_id", "number"))}


def _highest(learner_ids: Sequence[int]) -> dict[int, int]:
    statement = "SELECT learner_id, max(number) FROM enrolments_enrolment WHERE learner_id = ANY(%s) GROUP BY 1"
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(learner_ids)])
        return dict(cursor.fetchall())


def _insert(fresh: Mapping[Key, EnrolmentRow], telling: Telling) -> dict[Key, int]:
    """Insert new enrolments; one that lost its number to another school meanwhile gets the next."""
    written: dict[Key, int] = {}
    for _ in range(ROUNDS_MAX):
        waiting = sorted(key for key in fresh if key not in written)
        if not waiting:
            break
        written |= _insert_round([fresh[key] for key in waiting], telling)
    assert len(written) == len(fresh), "numbers of enrolments were contended without end"
    steps = [(key[0], number, _first_status(fresh[key])) for key, number in written.items()]
    _write_steps(steps, telling)
    return written


def _first_status(row: EnrolmentRow) -> Status:
    return rules.told_status(row.outcome_code, row.status) or Status.REGISTERED


def _insert_round(rows: Sequence[EnrolmentRow], telling: Telling) -> dict[Key, int]:
    highest = _highest(sorted({row.learner_id for row in rows}))
    numbered: dict[tuple[int, int], EnrolmentRow] = {}
    for row in rows:
        number = highest.get(row.learner_id, 0) + 1
        highest[row.learner_id] = number
        numbered[row.learner_id, number] = row
    editions = _editions(((row, row.entry_year) for row in numbered.values()), telling)
    columns: list[list[Any]] = [
        [learner_id for learner_id, _ in numbered],
        [number for _, number in numbered],
        [row.student_number for row in numbered.values()],
        [row.major for row in numbered.values()],
        [row.level_code for row in numbered.values()],
        [row.category_code for row in numbered.values()],
        [row.cohort for row in numbered.values()],
        [row.outcome_code or "" for row in numbered.values()],
        [row.season_code or "" for row in numbered.values()],
        [row.class_name for row in numbered.values()],
        [row.entry_year for row in numbered.values()],
        editions,
        [_first_status(row).value for row in numbered.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [telling.organization_id, telling.source, *columns])
        return {numbered[learner_id, number].key: number for learner_id, number in cursor}


def _editions(rows: Iterable[tuple[EnrolmentRow, int | None]], telling: Telling) -> list[int | None]:
    """Return the edition of the programme for each row with its year of entry; each study is sought once."""
    studies = [Study(row.major, row.level_code, row.category_code, year) for row, year in rows]
    chosen = {study: rules.edition(telling.programmes, study) for study in set(studies)}
    return [chosen[study] for study in studies]


def _told(row: EnrolmentRow, present: Enrolment, edition: int | None) -> tuple[object, ...]:
    """Return the columns that a row may change, as they should be: what it does not tell stays."""
    return (
        row.cohort if row.cohort is not None else present.cohort,
        row.outcome_code or present.outcome_code,
        row.season_code or present.season_code,
        row.class_name or present.class_name,
        row.entry_year if row.entry_year is not None else present.entry_year,
        present.programme_id if present.programme_id is not None else edition,
        rules.after(present.status, rules.told_status(row.outcome_code, row.status)),
    )


def _change(rows: Sequence[EnrolmentRow], present: Mapping[Key, Enrolment], telling: Telling) -> int:
    changes: list[tuple[Enrolment, tuple[object, ...]]] = []
    years = ((row, row.entry_year if row.entry_year is not None else present[row.key].entry_year) for row in rows)
    for row, edition in zip(rows, _editions(years, telling), strict=True):
        was = present[row.key]
        told = _told(row, was, edition)
        stood = (was.cohort, was.outcome_code, was.season_code, was.class_name, was.entry_year, was.programme_id)
        if told != (*stood, was.status):
            changes.append((was, told))
    if not changes:
        return 0
    columns: list[list[Any]] = [[was.learner_id for was, _ in changes], [was.number for was, _ in changes]]
    told_columns: list[list[Any]] = [list(column) for column in zip(*(told for _, told in changes), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [telling.source, *columns, *told_columns])
    steps = [
        (was.learner_id, was.number, status)
        for was, (*_, status) in changes
        if isinstance(status, Status) and status is not was.status
    ]
    _write_steps(steps, telling)
    return len(changes)


def _write_steps(steps: Sequence[tuple[int, int, Status]], telling: Telling) -> None:
    if not steps:
        return
    columns: list[list[Any]] = [
        [step[0] for step in steps],
        [step[1] for step in steps],
        [step[2].value for step in steps],
    ]
    with connection.cursor() as cursor:
        cursor.execute(STEPS, [telling.day, telling.source, *columns])
