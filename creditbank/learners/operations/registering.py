"""Setting up accounts set-wise: digests are taken first, so that of two who open at once one finds the other's."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from django.apps import apps
from django.db import connection

from creditbank.kernel.documents import birth_date, masked
from creditbank.kernel.ids import account_number
from creditbank.kernel.text import name_key, person_name
from creditbank.learners import models
from creditbank.learners.operations.rows import document_place
from creditbank.learners.rules import bank_day
from creditbank.learners.types import NewPerson, OpenedThrough, Status
from creditbank.learners.vault import vault

T = TypeVar("T")
BLOCK: Final = 20_000
RANDOM_DIGITS: Final = 10
RESERVE: Final = "SELECT nextval(pg_get_serial_sequence('learners_learner', 'learner_id')) FROM generate_series(1, %s)"
# In the order of digests, so that two bulks wait for each other and never in a ring.
TAKE_DIGESTS: Final = """
    INSERT INTO learners_key (digest, learner_id) SELECT * FROM unnest(%s::bytea[], %s::bigint[])
    ON CONFLICT (digest) DO NOTHING RETURNING digest, learner_id"""
TAKE_NUMBERS: Final = """
    INSERT INTO learners_number (number, learner_id, kind, bank_code)
    SELECT number, learner_id, 'own', %s FROM unnest(%s::text[], %s::bigint[]) AS fresh(number, learner_id)
    ON CONFLICT (number) DO NOTHING RETURNING learner_id, number"""
LEARNERS: Final = """
    COPY learners_learner (learner_id, account_number, name, name_key, birth_date, status, opened_at, opened_by,
    opened_through, claimed_through, claim_failures) FROM STDIN"""
DOCUMENTS: Final = """
    COPY learners_document (learner_id, number, kind, ciphertext, key_id, masked, since, reason) FROM STDIN"""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where, how and when accounts are opened."""

    organization_id: int
    through: OpenedThrough
    now: datetime


def register(people: Mapping[bytes, NewPerson], *, opening: Opening) -> dict[bytes, int]:
    """Open an account for each digest that is still free, and return the new learners by digest.

    Digests that somebody else holds, or takes at this moment, are left out: look them up again.
    Call it once in a transaction, so that bulks at the same time cannot wait for each other in a ring.
    """
    digests = sorted(people)
    won = _taken(digests, _reserved(len(digests)))
    numbers = _numbered(sorted(won.values()))
    fresh = {learner_id: people[digest] for digest, learner_id in won.items()}
    with connection.cursor() as cursor:
        with cursor.copy(LEARNERS) as copy:
            for row in _learner_rows(fresh, numbers, opening):
                copy.write_row(row)
        with cursor.copy(DOCUMENTS) as copy:
            for row in _document_rows(fresh, opening):
                copy.write_row(row)
    return won


def _blocks(values: Iterable[T]) -> Iterator[list[T]]:
    source = iter(values)
    while block := list(islice(source, BLOCK)):
        yield block


def _reserved(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(RESERVE, [count])
        return [learner_id for (learner_id,) in cursor]


def _taken(digests: Sequence[bytes], ids: Sequence[int]) -> dict[bytes, int]:
    won: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        for block in _blocks(zip(digests, ids, strict=True)):
            cursor.execute(TAKE_DIGESTS, [[digest for digest, _ in block], [learner_id for _, learner_id in block]])
            won.update((bytes(digest), learner_id) for digest, learner_id in cursor)
    return won


def _numbered(learner_ids: Sequence[int]) -> dict[int, str]:
    """Draw an account number for each; whoever drew a taken one draws again."""
    bank_code = apps.get_app_config("learners").bank_code  # type: ignore[attr-defined]  # our own LearnersConfig
    numbers: dict[int, str] = {}
    while waiting := [learner_id for learner_id in learner_ids if learner_id not in numbers]:
        drawn = dict(zip(_draw(bank_code, len(waiting)), waiting, strict=True))
        with connection.cursor() as cursor:
            for block in _blocks(sorted(drawn)):
                cursor.execute(TAKE_NUMBERS, [bank_code, block, [drawn[number] for number in block]])
                numbers.update((learner_id, number) for learner_id, number in cursor)
    return numbers


def _draw(bank_code: str, count: int) -> list[str]:
    drawn: set[str] = set()
    while len(drawn) < count:
        digits = str(secrets.randbelow(10**RANDOM_DIGITS)).zfill(RANDOM_DIGITS)
        drawn.add(account_number(bank_code, digits))
    return list(drawn)


def _learner_rows(
    people: Mapping[int, NewPerson], numbers: Mapping[int, str], opening: Opening
) -> Iterator[tuple[object, ...]]:
    status = Status.UNCLAIMED.value
    for learner_id, person in people.items():
        shown = person_name(person.name)
        born = birth_date(person.document)
        opened = (opening.now, opening.organization_id, opening.through.value, "", 0)
        yield (learner_id, numbers[learner_id], shown, name_key(shown), born, status, *opened)


def _document_rows(people: Mapping[int, NewPerson], opening: Opening) -> Iterator[tuple[object, ...]]:
    ring, since = vault(), bank_day(opening.now)
    for learner_id, person in people.items():
        number = person.document.number
        sealed = ring.seal(number, place=document_place(learner_id, 1))
        kind = person.document.kind.value
        yield (learner_id, 1, kind, sealed.ciphertext, sealed.key_id, masked(number), since, "")


def account_of(digest: bytes) -> models.Learner:
    """Return the account that a held digest leads to."""
    key = models.LearnerKey.objects.get(digest=digest)
    return models.Learner.objects.get(learner_id=key.learner_id)
