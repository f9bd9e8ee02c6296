"""An address that only a button leads to, opened as a page: words and the way back, and nothing is done."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("prefix", "words"), [("", "回到上一页"), ("/en", "Go back to that page")])
def test_the_page_says_what_to_do(prefix: str, words: str) -> None:
    answer = Client().get(prefix + reverse("batch_reopen", args=["0" * 20]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert words in answer.content.decode()
    assert "entrance.method" in answer.content.decode()


def test_a_program_gets_a_problem_document_of_that_status() -> None:
    answer = Client().delete(reverse("api_rules"))
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (405, 405, "entrance.method")
