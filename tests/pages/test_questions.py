"""What many open at once asks the database as few questions as it can, and none to learn that the database is there."""

from importlib import import_module

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from creditbank.identity import backends, operations as identity
from creditbank.identity.backends import SessionStore
from creditbank.portal.learner import archive
from creditbank.project import timeline
from tests.rooms.archive.conftest import NOW, SYSTEM, posted, small_bank

labels = import_module("creditbank.catalogue.queries.labels")  # the function in the package bears its name
PASSWORD = "slow-river-41"


@pytest.fixture
def learner(db, client):
    """A learner with two courses, signed in."""
    bank = small_bank()
    posted(bank, [bank.row(), bank.row(0, 1)])
    words = {"learner_id": bank.learners[0], "login": "13900000001", "name": "张三", "password": PASSWORD}
    user = identity.create_learner_login(actor=SYSTEM, **words, now=NOW)
    client.force_login(get_user_model().objects.get(pk=user.id))
    client.get("/archive/export.json")
    return client


@pytest.mark.parametrize(
    ("path", "questions"),
    [("/archive/export.json", 2), ("/archive/export.csv", 2), ("/archive/", 2)],
    ids=["json", "csv", "page"],
)
def test_an_archive_is_asked_for_by_a_session_with_its_user_and_the_lines_with_their_holder(
    learner, django_assert_num_queries, path, questions
):
    with django_assert_num_queries(questions):
        assert learner.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/archive/export.json", "/archive/export.csv", "/archive/"])
def test_a_process_that_knows_no_course_yet_asks_once_for_all_of_an_archive(
    learner, monkeypatch, django_assert_num_queries, path
):
    monkeypatch.setattr(labels, "_KNOWN", {})
    vars(archive)["_NAMES"].clear()
    vars(timeline)["_timeline"].cache_clear()
    with django_assert_num_queries(3):
        assert learner.get(path).status_code == 200


def test_what_was_done_is_told_once_by_the_next_page_that_tells_anything(learner):
    learner.post("/my-data/groups", {})
    assert learner.get("/archive/export.json").status_code == 200
    assert "还没有选人群" in learner.get("/archive/").content.decode()
    assert "还没有选人群" not in learner.get("/archive/").content.decode()


def test_who_is_signed_out_elsewhere_is_so_at_once(learner):
    get_user_model().objects.update(is_active=False)
    assert learner.get("/archive/").status_code == 302


def test_who_has_a_new_password_is_signed_out_elsewhere_at_once(learner):
    user = get_user_model().objects.get()
    user.set_password("another-river-42")
    user.save()
    assert learner.get("/archive/").status_code == 302


def test_whose_a_session_is_the_session_says_whatever_a_process_remembers(learner, monkeypatch):
    words = {"learner_id": 987654, "login": "13900000002", "name": "李四", "password": PASSWORD}
    other = identity.create_learner_login(actor=SYSTEM, **words, now=NOW)
    monkeypatch.setitem(SessionStore.hints, learner.session.session_key, other.id)
    assert "张三" in learner.get("/archive/").content.decode()
    monkeypatch.setattr(backends, "HINTS", 0)
    assert "张三" in learner.get("/archive/").content.decode()


def test_a_session_that_ran_out_is_none(learner):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_session SET expire_date = now() - interval '1 second'")
    assert learner.get("/archive/").status_code == 302


def test_a_connection_that_the_server_ended_is_seen_without_a_question(db, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [number] = cursor.fetchone()
        with monkeypatch.context() as asking:
            asking.setattr(DatabaseWrapper, "is_usable", lambda _: pytest.fail("a question was asked"))
            assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        assert not other.is_usable()
    finally:
        other.close()
