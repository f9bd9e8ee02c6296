"""A NUL in a form: nothing is done, nothing that was typed is lost, and the next try goes through."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"code": "AAAA\x00-AAAA-AAAA", "name": "林晓岚\x00", "kind": "resident-id", "number": "310199199503080010"}
SECRETS = {"login": "13900000001", "password1": "tide-and-lantern-7", "password2": "tide-and-lantern-7"}


def fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.split("<main")[1])
    return {unescape(name): unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize(("prefix", "title"), [("", "看不见的字符"), ("/en", "invisible character")])
def test_the_form_comes_back_without_the_character_and_can_be_sent_again(prefix: str, title: str) -> None:
    client = Client()
    page = client.post(f"{prefix}{reverse('claim')}", FORM | SECRETS)
    text = page.content.decode()
    assert page.status_code == 422
    assert title in text
    assert "\x00" not in text
    assert "tide-and-lantern-7" not in text
    assert "no-store" in page["Cache-Control"]
    kept = fields(text)
    assert kept == {name: value.replace("\x00", "") for name, value in (FORM | {"login": SECRETS["login"]}).items()}
    again = client.post(f"{prefix}{reverse('claim')}", kept).content.decode()
    assert 'value="林晓岚"' in again
    assert 'id="password1-error"' in again


def test_a_program_gets_a_problem_document() -> None:
    answer = Client().post(reverse("claim"), FORM, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "entrance.text.unreadable")


def test_a_name_of_a_field_or_a_file_is_looked_at_too() -> None:
    assert "看不见的字符" in Client().post(reverse("claim"), {"na\x00me": "x"}).content.decode()
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="r\x00.csv"\r\n\r\nb\r\n--x--\r\n'
    sent = Client().post(reverse("claim"), body, content_type="multipart/form-data; boundary=x")
    assert "\x00" not in sent.content.decode()
    file = SimpleUploadedFile("rows.csv", b"a")
    page = Client().post(reverse("claim"), {"file": file, "name": "林晓岚\x00"}).content.decode()
    assert "文件要重新选" in page


def test_an_address_with_one_leads_nowhere() -> None:
    assert Client().get(reverse("catalogue"), {"q": "\x00"}).status_code == 404
