"""Appending: a fact stands or falls with the caller's transaction, salted, in canonical bytes."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from django.db import IntegrityError, transaction

from creditbank.evidence import canonical, operations, queries
from creditbank.evidence.types import Fact

NOW = datetime(2026, 11, 22, 2, 0, 0, 120000, tzinfo=UTC)


def fact(name="rooms.thing_done.v1", **body):
    return Fact(name=name, at=NOW, body={"actor": "staff:12", **body})


@pytest.mark.django_db
def test_appended_fact_comes_back_as_it_went_in():
    operations.append(fact(institution=7, file_sha256=None, dry=True))
    [stored] = queries.facts()
    assert stored.fact == fact(institution=7, file_sha256=None, dry=True)


@pytest.mark.django_db
def test_leaf_is_the_profile_and_the_hash_of_salt_and_canonical_bytes():
    operations.append(fact(institution=7))
    [stored] = queries.facts()
    document = {"at": "2026-11-22T02:00:00.120000Z", "body": {"actor": "staff:12", "institution": 7}}
    text = rfc8785.dumps({**document, "name": "rooms.thing_done.v1"})
    assert len(stored.salt) == canonical.SALT_BYTES
    assert stored.leaf == b"\x01" + hashlib.sha256(stored.salt + text).digest()


@pytest.mark.django_db
def test_same_fact_twice_gives_two_leaves():
    operations.append(fact())
    operations.append(fact())
    first, second = queries.facts()
    assert first.fact == second.fact
    assert first.leaf != second.leaf
    assert first.salt != second.salt


@pytest.mark.django_db
def test_facts_are_read_in_order_by_name_and_behind_a_number():
    for number in range(3):
        operations.append(fact(number=number))
    operations.append(fact("rooms.other_done.v1"))
    numbers = [stored.fact.body.get("number") for stored in queries.facts(name="rooms.thing_done.v1")]
    assert numbers == [0, 1, 2]
    ids = [stored.id for stored in queries.facts()]
    assert ids == sorted(ids)
    assert [stored.id for stored in queries.facts(after=ids[1])] == ids[2:]


@pytest.mark.django_db
def test_fact_falls_with_its_transaction():
    class CrashError(Exception): ...

    def crash():
        with transaction.atomic():
            operations.append(fact())
            raise CrashError

    with pytest.raises(CrashError):
        crash()
    assert list(queries.facts()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["rooms.thing_done", "Rooms.thing.v1", "thing.v1", "rooms.thing_done.vx"])
def test_name_without_version_is_refused_by_the_database(name):
    with pytest.raises(IntegrityError, match="outbox_name_versioned"):
        operations.append(fact(name))


def test_instant_is_utc_whatever_zone_it_came_in():
    shanghai = timezone(timedelta(hours=8))
    there = Fact(name="rooms.thing_done.v1", at=NOW.astimezone(shanghai), body={"actor": "staff:12"})
    assert canonical.fact_bytes(there) == canonical.fact_bytes(fact())
    assert b'"at":"2026-11-22T02:00:00.120000Z"' in canonical.fact_bytes(fact())


def test_order_of_members_does_not_matter():
    forwards, backwards = {"a": 1, "b": "学分"}, {"b": "学分", "a": 1}
    assert canonical.canonical_bytes(forwards) == canonical.canonical_bytes(backwards)
    assert canonical.canonical_bytes(forwards) == '{"a":1,"b":"学分"}'.encode()
