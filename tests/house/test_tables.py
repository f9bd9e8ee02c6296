"""What the database itself promises: the learner in every key of people, no key across rooms, Chinese in its locale."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import UniqueConstraint

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.queries import search
from tests.rooms.archive.conftest import NOW, SYSTEM, small_bank

#: Tables that are found by a digest or a number before the learner is known; they are distributed by that.
FOUND_BY_DIGEST = {"learners_key", "learners_number", "learners_claim_code"}
#: Tables of the rooms of people that do not grow with people's rows: batches, and requests of nobody yet.
LOCAL = {"archive_posting", "enrolments_list", "learners_application"}
#: What erasing leaves leads to nobody, so it has no learner at all.
OF_NOBODY = {"archive_erased"}
ROOMS_OF_PEOPLE = ("archive", "enrolments", "learners")


def tables(*rooms: str) -> list[type[models.Model]]:
    return [table for table in apps.get_models() if table._meta.app_label in rooms]  # noqa: SLF001  # public in Django


def name(table: type[models.Model]) -> str:
    return table._meta.db_table  # noqa: SLF001


def of_people() -> list[type[models.Model]]:
    return [table for table in tables(*ROOMS_OF_PEOPLE) if name(table) not in FOUND_BY_DIGEST | LOCAL | OF_NOBODY]


def ask(statement: str, *values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def keys_of(table: str) -> dict[str, list[str]]:
    """Return the columns of every unique index of a table, as the database has them."""
    rows = ask(
        """SELECT c.relname, array_agg(a.attname::text ORDER BY k.place)
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE i.indrelid = %s::regclass AND i.indisunique GROUP BY c.relname""",
        table,
    )
    return dict(rows)


def test_rooms_of_people_have_tables() -> None:
    known = {name(table) for table in of_people()}
    assert known >= {"archive_entry", "archive_journal", "archive_claim", "learners_learner", "learners_document"}
    assert {name(table) for table in tables(*ROOMS_OF_PEOPLE)} >= FOUND_BY_DIGEST | LOCAL


@pytest.mark.django_db
@pytest.mark.parametrize("table", of_people(), ids=name)
def test_learner_is_in_every_key_of_people(table: type[models.Model]) -> None:
    keys = keys_of(name(table))
    assert keys
    assert [index for index, columns in keys.items() if "learner_id" not in columns] == []
    primary = keys[f"{name(table)}_pkey"]
    assert primary[0] == "learner_id"
    stated = [each for each in table._meta.constraints if isinstance(each, UniqueConstraint)]  # noqa: SLF001
    assert all("learner_id" in constraint.fields for constraint in stated)


@pytest.mark.parametrize("table", [table for table in tables("archive") if name(table) in OF_NOBODY], ids=name)
def test_what_erasing_leaves_names_no_learner(table: type[models.Model]) -> None:
    assert [field.name for field in table._meta.get_fields() if "learner" in field.name] == []  # noqa: SLF001


@pytest.mark.django_db
@pytest.mark.parametrize("table", tables(*ROOMS_OF_PEOPLE), ids=name)
def test_tables_of_people_have_no_foreign_keys(table: type[models.Model]) -> None:
    assert ask("SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", name(table)) == []
    pointing = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass"
    assert ask(pointing, name(table)) == []


@pytest.mark.django_db
def test_no_foreign_key_leads_into_another_room() -> None:
    labels = {name(table): table._meta.app_label for table in apps.get_models()}  # noqa: SLF001
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("creditbank.")}
    rows = ask("SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
    crossing = [
        (source, target)
        for source, target in rows
        if labels.get(source) in ours and labels.get(target) in ours and labels[source] != labels[target]
    ]
    assert crossing == []


@pytest.mark.django_db
def test_constraints_have_names_of_our_own() -> None:
    ours = {name(table) for table in apps.get_models() if table.__module__.startswith("creditbank.")}
    rows = ask("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'")
    # Django names only the checks that belong to a kind of column, such as a positive integer.
    assert [(table, check) for table, check in rows if table in ours and check.endswith("_check")] == []


@pytest.mark.django_db
def test_database_sorts_and_searches_as_c_utf8() -> None:
    statement = """SELECT datlocprovider::text, datlocale, datctype, pg_encoding_to_char(encoding)
                     FROM pg_database WHERE datname = current_database()"""
    assert ask(statement) == [("b", "C.UTF-8", "C.UTF-8", "UTF8")]


@pytest.mark.django_db
def test_chinese_has_trigrams() -> None:
    [(trigrams,)] = ask("SELECT show_trgm('老年护理')")
    assert len(trigrams) > 1


@pytest.mark.django_db
def test_two_characters_find() -> None:
    bank = small_bank()
    catalogue.recognise_proposed(actor=SYSTEM, specification_ids=bank.courses, now=NOW)
    found = {text: [each.name.zh for each in search(text)] for text in ("护理", "照护", "理照")}
    assert found == {"护理": ["护理学基础"], "照护": ["老年照护"], "理照": []}
