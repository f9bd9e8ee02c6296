"""Lists as files: they come in the language of the page that gives them."""

import csv
import io
import json
import re
import zipfile

import pytest
from django.urls import reverse

from tests.pages.addresses import PLAIN, PUBLIC, SEEN, STATIC
from tests.pages.asking import Asker

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3400-\u9fff]")
ADMINISTRATOR, LEARNER = "bank-administrator k*", "learner a"
BOOK = {each.name for each in SEEN} | set(PLAIN) | set(PUBLIC) | set(STATIC)
TABLES = sorted(name for name in BOOK if name.endswith("_export") and name != "my_data_export")
#: Where the bank's own words stand, in the first row of each list, in either language.
WORDS = {
    "archive_export": {"种类": "课程", "Kind": "Course"},
    "batches_export": {"状态": "已存入", "Status": "Deposited"},
    "enrolments_export": {"层次": "本科", "Level": "Bachelor's programme"},
    "organizations_export": {"状态": "正常", "Status": "Active"},
    "people_export": {"范围": "全行", "Reach": "The whole bank"},
}


def got(ask: Asker, name: str, language: str) -> bytes:
    browser = ask.world.people[
        LEARNER if name in {"archive_document", "archive_export", "my_data_export"} else ADMINISTRATOR
    ]
    response = browser.get(f"{language}{reverse(name)}")
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def table(ask: Asker, name: str, language: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(got(ask, name, language).decode("utf-8-sig"))))


@pytest.mark.parametrize("name", TABLES)
def test_headings_of_a_list_are_in_the_language_of_the_page(ask: Asker, name: str) -> None:
    chinese, english = table(ask, name, "")[0], table(ask, name, "/en")[0]
    assert len(chinese) == len(english) == len(set(english))
    assert [heading for heading in chinese if not HAN.search(heading)] == []
    assert [heading for heading in english if HAN.search(heading)] == []


@pytest.mark.parametrize("name", WORDS)
def test_words_of_the_bank_in_a_list_are_in_the_language_of_the_page(ask: Asker, name: str) -> None:
    for language in ("", "/en"):
        head, *rows = table(ask, name, language)
        ((heading, word),) = [(each, WORDS[name][each]) for each in head if each in WORDS[name]]
        assert word in {row[head.index(heading)] for row in rows}


def test_names_of_what_a_learner_takes_along_are_one_for_programs_and_hold_both_languages(ask: Asker) -> None:
    documents = []
    for language in ("", "/en"):
        with zipfile.ZipFile(io.BytesIO(got(ask, "my_data_export", language))) as file:
            documents.append(json.loads(file.read("my-data.json")) | {"made_at": ""})
    assert documents[0] | {"accesses": []} == documents[1] | {"accesses": []}
    assert {*documents[0]["account"]["opened_by"]} == {"zh", "en"}
    assert [name for name in documents[0] if HAN.search(name)] == []


def test_an_archive_for_programs_is_one_in_both_languages_and_its_amounts_are_exact_texts(ask: Asker) -> None:
    chinese, english = (json.loads(got(ask, "archive_document", language)) for language in ("", "/en"))
    assert chinese == english
    first = chinese["achievements"][0]
    assert {*first["name"]} == {*first["grade"]} == {"zh", "en"}
    assert re.fullmatch(r"\d+(\.\d+)?", first["credits"])
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", first["obtained"])
