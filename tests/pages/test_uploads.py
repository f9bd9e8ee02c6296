"""Files on their way in through the doors: in pieces by page and by program, and a large form's file, sealed."""

import errno
import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from creditbank.deposits import files, queries
from creditbank.deposits.errors import DiskFull
from creditbank.entrance.refusals import Refusals
from creditbank.entrance.uploads import OTHERS_BYTES_MAX, SealingHandler
from creditbank.kernel.actor import Actor, ActorKind
from tests.pages.asking import Asker
from tests.pages.test_programs import program
from tests.pages.world import SYSTEM
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_uploads import files_of_at_most

pytestmark = pytest.mark.django_db
FILE = sheet(*(Row(person=n) for n in range(81, 86)))
OFFICER, COLLEAGUE, STRANGER = "deposit-officer s", "deposit-officer s+", "deposit-officer S"
LINE = b"3101991990,"
STAFF = Actor(ActorKind.STAFF, 1, "经办人")


@pytest.fixture(autouse=True)
def untouched(ask: Asker):
    """What a test writes is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def place(ask: Asker, letter: str = "s") -> str:
    return next(str(each.ids["public_id"]) for each in ask.world.of("organization") if each.place == letter)


def begun(client: Client, address: str, **words: object):
    given = {"name": "cj.csv", "size": len(FILE), **words}
    return client.post(address, json.dumps(given), content_type="application/json")


def piece(client: Client, address: str, offset: int | None, content: bytes):
    headers = {} if offset is None else {"Upload-Offset": str(offset)}
    return client.patch(address, content, content_type="application/octet-stream", headers=headers)


def test_a_program_hands_a_file_in_by_pieces(ask: Asker) -> None:
    client = program(ask, "s")
    begin = begun(client, reverse("api_uploads"), title="autumn")
    assert (begin.status_code, begin["Upload-Offset"], begin["Cache-Control"]) == (201, "0", "no-store")
    where = begin["Location"]
    assert piece(client, where, 0, FILE[:200]).json()["offset"] == 200
    wrong = piece(client, where, 0, FILE[:200])
    assert (wrong.status_code, wrong["Upload-Offset"], wrong.json()["code"]) == (409, "200", "deposits.upload.offset")
    assert piece(client, where, None, FILE[200:]).status_code == 409
    early = client.post(f"{where}/finish")
    assert (early.status_code, early["Upload-Offset"]) == (409, "200")
    asked = client.get(where)
    assert (asked.json()["offset"], asked["Upload-Offset"]) == (200, "200")
    assert piece(client, where, 200, FILE[200:]).json()["offset"] == len(FILE)
    done = client.post(f"{where}/finish")
    assert (done.status_code, done.json()["stage"], done.json()["file"]) == (202, "received", "cj.csv")
    assert client.get(done["Location"]).json() == done.json() == client.post(f"{where}/finish").json()
    assert files.read(done.json()["id"], files.UPLOAD) == FILE
    assert client.get(where).status_code == 404


def test_a_program_finds_its_upload_again_by_the_digest_and_may_drop_it(ask: Asker) -> None:
    client = program(ask, "s")
    first, again = (begun(client, reverse("api_uploads"), sha256="a" * 64) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert client.delete(first["Location"]).status_code == 204
    assert client.delete(first["Location"]).status_code == 404


def test_an_upload_of_another_schools_program_is_not_there(ask: Asker) -> None:
    where = begun(program(ask, "s"), reverse("api_uploads"))["Location"]
    stranger = program(ask, "S")
    answers = [stranger.get(where), piece(stranger, where, 0, FILE), stranger.post(f"{where}/finish")]
    assert {answer.status_code for answer in answers} == {404}
    nobody = Client()
    assert {nobody.get(where).status_code, piece(nobody, where, 0, FILE).status_code} == {403}


@pytest.mark.parametrize("words", [{"size": -1}, {"size": "x"}, {"sha256": "x"}, {"name": ""}, {"more": 1}])
def test_what_is_not_of_the_documented_form_is_refused(ask: Asker, words: dict[str, object]) -> None:
    answer = begun(program(ask, "s"), reverse("api_uploads"), **words)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.request.faulty")


def test_a_body_that_is_shorter_than_announced_is_no_file(ask: Asker) -> None:
    client = program(ask, "s")
    given = {"CONTENT_LENGTH": len(FILE) + 9, "wsgi.input": BytesIO(FILE)}
    cut = client.generic("POST", f"{reverse('api_deposits')}?name=a.csv", FILE, "text/csv", **given)
    assert (cut.status_code, cut.json()["code"]) == (422, "deposits.file.cut")


def start(ask: Asker, who: str = OFFICER, **words: object):
    given = {"place": place(ask), "name": "cj.csv", "size": len(FILE), "mark": "ends", "title": "", **words}
    return ask.world.people[who].post(reverse("upload_start"), given, headers={"accept": "application/json"})


def test_the_pages_script_sends_a_file_by_pieces(ask: Asker) -> None:
    browser = ask.world.people[OFFICER]
    told = start(ask).json()
    assert piece(browser, told["piece"], 0, FILE[:300]).json()["offset"] == 300
    assert start(ask).json()["offset"] == 300
    page = browser.get(reverse("batch_upload")).content.decode()
    assert "没传完：cj.csv" in page
    assert piece(browser, told["piece"], 300, FILE[300:]).json()["offset"] == len(FILE)
    done = browser.post(told["finish"], headers={"accept": "application/json"}).json()
    assert browser.get(done["batch"]).status_code == 200
    second = start(ask).json()
    piece(browser, second["piece"], 0, FILE)
    twice = browser.post(second["finish"], headers={"accept": "application/json"})
    assert (twice.status_code, twice.json()["code"], twice["Location"]) == (409, "deposits.file.twice", done["batch"])


@pytest.mark.parametrize("who", [COLLEAGUE, STRANGER])
def test_an_upload_that_a_colleague_or_a_stranger_began_is_not_there(ask: Asker, who: str) -> None:
    told = start(ask).json()
    other = ask.world.people[who]
    assert other.get(told["piece"]).status_code == 404
    assert piece(other, told["piece"], 0, FILE).status_code == 404
    assert other.post(told["finish"]).status_code == 404
    assert other.post(reverse("upload_drop", args=[told["piece"].rsplit("/", 1)[1]])).status_code == 404
    assert "没传完" not in other.get(reverse("batch_upload")).content.decode()


def test_nobody_begins_an_upload_for_another_school(ask: Asker) -> None:
    assert start(ask, STRANGER).status_code == 403
    assert start(ask, size="x").status_code == 422


def test_an_unfinished_upload_is_dropped_from_the_page(ask: Asker) -> None:
    browser = ask.world.people[OFFICER]
    told = start(ask).json()
    back = browser.post(reverse("upload_drop", args=[told["piece"].rsplit("/", 1)[1]]), follow=True)
    assert (back.status_code, "没传完" in back.content.decode()) == (200, False)


def form(ask: Asker, content: bytes, who: str = OFFICER):
    file = SimpleUploadedFile("large.csv", content)
    return ask.world.people[who].post(reverse("batch_upload"), {"place": place(ask), "file": file})


def test_a_large_file_comes_with_the_form_and_lies_nowhere_in_the_clear(ask: Asker) -> None:
    content = LINE * 500_000
    answer = form(ask, content)
    assert answer.status_code == 302
    public_id = answer["Location"].rsplit("/", 1)[1]
    assert queries.batch(actor=SYSTEM, public_id=public_id).file_size == len(content)
    assert files.read(public_id, files.UPLOAD) == content


def handled(actor: object, *chunks: bytes):
    request = HttpRequest()
    request.actor = actor  # type: ignore[attr-defined]  # as the entrance does
    handler = SealingHandler(request)
    handler.new_file("file", "a.csv", "text/csv", None)
    at = 0
    for chunk in chunks:
        assert handler.receive_data_chunk(chunk, at) is None
        at += len(chunk)
    return handler, at


def test_while_a_request_is_read_its_file_is_sealed() -> None:
    handler, size = handled(STAFF, LINE * 900_000)
    assert handler._file is not None  # noqa: SLF001  # what lies on the disk
    handler._file.seek(0)  # noqa: SLF001
    assert LINE not in handler._file.read()  # noqa: SLF001
    with handler.file_complete(size) as file:
        assert (file.size, file.read(20), file.read()[-20:]) == (size, (LINE * 2)[:20], (LINE * 2)[-20:])


def test_what_goes_past_the_limit_is_counted_and_not_kept() -> None:
    block = bytes(1024**2)
    handler, size = handled(None, *[block] * (OTHERS_BYTES_MAX // len(block) + 3))
    with handler.file_complete(size) as file:
        assert file.size == OTHERS_BYTES_MAX + 3 * len(block)
        assert len(file.read()) == OTHERS_BYTES_MAX


def test_a_connection_that_breaks_leaves_no_file() -> None:
    handler, _ = handled(STAFF, LINE)
    handler.upload_interrupted()
    assert handler._file is not None  # noqa: SLF001
    assert handler._file.closed  # noqa: SLF001
    SealingHandler(HttpRequest()).upload_interrupted()
    assert SealingHandler(HttpRequest()).file_complete(0) is None


def test_the_form_says_what_is_wrong_with_a_file_that_is_too_large(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditbank.deposits.operations.uploading.FILE_BYTES_MAX", 5 * 1024**2)
    answer = form(ask, LINE * 600_000)
    assert (answer.status_code, "一次最多5 MB" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_disk_that_is_full_while_a_form_is_read_is_told_in_words_and_keeps_nothing(ask: Asker, language: str) -> None:
    before = {name for name, _ in files.batches()}
    prefix = "/en" if language == "en" else ""
    file = SimpleUploadedFile("large.csv", LINE * 500_000)
    with files_of_at_most(1_000_000):
        answer = ask.world.people[OFFICER].post(prefix + reverse("batch_upload"), {"place": place(ask), "file": file})
    assert answer.status_code == 507
    assert getattr(DiskFull, language) in answer.content.decode()
    assert {name for name, _ in files.batches()} == before


def test_a_disk_that_is_full_wherever_a_request_writes_is_told_by_its_code(ask: Asker) -> None:
    told = start(ask, name="large.csv", size=3_000_000).json()
    with files_of_at_most(1_000_000):
        refused = ask.world.people[OFFICER].patch(
            told["piece"],
            LINE * 200_000,
            content_type="application/octet-stream",
            headers={"Upload-Offset": "0", "accept": "application/json"},
        )
    assert (refused.status_code, refused.json()["code"]) == (507, "deposits.file.no_room")
    request = HttpRequest()
    request.actor, request.lang, request.number = STAFF, "zh", "0"  # type: ignore[attr-defined]  # as the entrance does
    request.path = "/api/v1/deposits"
    answer = Refusals(lambda _: HttpResponse()).process_exception(request, OSError(errno.ENOSPC, "full"))  # type: ignore[arg-type]
    assert answer is not None
    assert (answer.status_code, json.loads(answer.content)["code"]) == (507, "deposits.file.no_room")
    assert Refusals(lambda _: HttpResponse()).process_exception(request, OSError(errno.EIO, "?")) is None  # type: ignore[arg-type]
