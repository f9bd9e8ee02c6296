"""A school's program hands files in and follows them; people approve, and nobody hands in for another school."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from creditbank.deposits import operations, queries
from creditbank.deposits.types import BatchStage
from creditbank.identity import operations as identity
from creditbank.kernel.review import Verdict
from tests.pages.asking import Asker
from tests.pages.test_programs import program
from tests.pages.world import NOW, SYSTEM
from tests.rooms.deposits.sheets import Row, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def untouched(ask: Asker):
    """What a test writes is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def handed_in(client: Client, *rows: Row, query: str = "?name=cj-2026.csv&title=autumn"):
    return client.post(reverse("api_deposits") + query, sheet(*rows), content_type="text/csv")


@pytest.mark.parametrize("more", [b"\n" * 5 * 1024**2, b"&" * 2000, b"\0"], ids=["large", "ampersands", "nul"])
def test_what_curl_calls_a_form_is_taken_as_a_file(ask: Asker, more: bytes) -> None:
    where, form = reverse("api_deposits") + "?name=cj.csv", "application/x-www-form-urlencoded"
    taken = program(ask, "s").generic("POST", where, sheet(Row(person=73)) + more, form)
    assert (taken.status_code, taken.json().get("stage")) == (202, "received")


def test_a_file_goes_from_the_program_to_the_person_who_approves(ask: Asker) -> None:
    client = program(ask, "s")
    taken = handed_in(client, Row(person=71), Row(person=72, grade="x"))
    assert taken.status_code == 202
    told = taken.json()
    assert (told["stage"], told["file"], told["counts"], told["refusal"]) == ("received", "cj-2026.csv", None, None)
    where = taken["Location"]
    operations.check(actor=SYSTEM, public_id=told["id"], now=NOW)
    checked = client.get(where).json()
    assert (checked["stage"], checked["counts"]["kept"], checked["counts"]["refused_rows"]) == ("reported", 1, 1)
    refused = client.get(f"{where}/refused")
    assert "attachment" in refused["Content-Disposition"]
    assert len(refused.getvalue().decode().strip().splitlines()) == 2
    assert client.post(f"{where}/submit").json()["stage"] == "submitted"
    again = client.post(f"{where}/submit")
    assert (again.status_code, again.json()["code"]) == (409, "deposits.batch.stage")
    done = operations.review(actor=SYSTEM, public_id=told["id"], verdict=Verdict.APPROVE, now=NOW)
    assert done.stage is BatchStage.APPROVED
    assert client.get(f"{where}/receipt").status_code == 404
    posted = operations.post(actor=SYSTEM, public_id=told["id"], now=NOW)
    receipt = client.get(f"{where}/receipt").json()
    assert (receipt["form"], receipt["counts"]["kept"], receipt["root"]["value"]) == (
        "creditbank-receipt-1",
        1,
        posted.root,
    )
    assert receipt["root"]["check_at"].endswith(f"{reverse('root')}?root={posted.root}")


def test_a_program_may_want_all_rows_or_none(ask: Asker) -> None:
    client = program(ask, "s")
    told = handed_in(client, Row(person=81), Row(person=82, grade="x"), query="?name=a.csv&all_or_nothing=1").json()
    assert (told["all_or_nothing"], told["withdrawn_at"]) == (True, None)
    operations.check(actor=SYSTEM, public_id=told["id"], now=NOW)
    refused = client.post(reverse("api_deposit_submit", args=[told["id"]]))
    assert (refused.status_code, refused.json()["code"]) == (409, "deposits.batch.all_or_nothing")


def test_its_batch_names_the_program_where_people_read_it(ask: Asker) -> None:
    taken = handed_in(program(ask, "s"), Row(person=73)).json()
    view = queries.view(actor=SYSTEM, public_id=taken["id"])
    assert view.person(view.batch.uploaded_by) == next(
        each.marks[0] for each in ask.world.of("client") if each.place == "s"
    )


def test_the_same_file_is_not_taken_twice(ask: Asker) -> None:
    client = program(ask, "s")
    assert handed_in(client, Row(person=74)).status_code == 202
    twice = handed_in(client, Row(person=74))
    assert (twice.status_code, twice.json()["code"]) == (409, "deposits.file.twice")


def test_an_empty_body_and_one_too_large_are_refused(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    client = program(ask, "s")
    empty = client.post(reverse("api_deposits"), b"", content_type="text/csv")
    assert (empty.status_code, empty.json()["code"]) == (422, "deposits.file.missing")
    monkeypatch.setattr("creditbank.deposits.operations.uploading.FILE_BYTES_MAX", 50)
    large = handed_in(client, Row(person=75))
    assert (large.status_code, large.json()["code"]) == (422, "deposits.file.too_large")


def test_a_file_that_cannot_be_read_says_why(ask: Asker) -> None:
    client = program(ask, "s")
    taken = client.post(reverse("api_deposits") + "?name=a.csv", b"nothing,of,ours\n1,2,3\n", content_type="text/csv")
    operations.check(actor=SYSTEM, public_id=taken.json()["id"], now=NOW)
    told = client.get(taken["Location"]).json()
    assert told["stage"] == "unreadable"
    assert told["refusal"]["code"].startswith("deposits.")


def test_a_program_without_the_permission_and_no_program_at_all_hand_in_nothing(ask: Asker) -> None:
    place = ask.world.places["s"].id
    _, key = identity.create_client(actor=SYSTEM, organization_id=place, name="只读", now=NOW)
    for client in (Client(HTTP_AUTHORIZATION=f"Bearer {key}"), Client()):
        response = handed_in(client, Row(person=76))
        assert response.status_code == 403
