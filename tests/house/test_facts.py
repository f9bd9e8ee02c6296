"""Every fact has one versioned name, a flat body without personal data, and canonical bytes that never change."""

import ast
import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785

from creditbank.evidence import canonical
from creditbank.evidence.types import Fact
from tests.house.reading import HOUSE, VECTORS, rooms, sources
from tools import vectors

FROZEN: dict[str, dict[str, Any]] = json.loads((VECTORS / "facts.json").read_text("utf-8"))
FUNCTIONS = dict(vectors.functions())
NAME = re.compile(r"[a-z_]+\.[a-z_]+\.v[1-9][0-9]*")
#: What a key of a body may not even sound like: personal data, and words that people typed.
SUSPICIOUS = re.compile(
    r"(^|_)(name|names|document|phone|email|login|password|birth|born|address|contact|gender|sex|"
    r"title|reason|note|purpose|text|message|id_number|student_number|grade|mark)($|_)"
)

#: Names of organizations are public.
PUBLIC = {("organizations.organization_renamed.v1", "name_zh"), ("organizations.organization_renamed.v1", "name_en")}


def test_every_room_that_writes_has_facts() -> None:
    writing = {path.relative_to(HOUSE).parts[0] for path in sources() if "evidence.append(" in path.read_text("utf-8")}
    assert writing <= {name.split(".")[1] for name in FUNCTIONS} | {"evidence"}
    assert writing <= set(rooms())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_fact_is_versioned_and_of_its_room(name: str) -> None:
    fact = vectors.spoken(FUNCTIONS[name], empty=False)
    assert NAME.fullmatch(fact["name"])
    assert fact["name"].split(".")[0] == name.split(".")[1]
    assert fact["name"].split(".")[1] == name.rsplit(".", maxsplit=1)[-1]


def test_no_name_is_written_by_two_functions() -> None:
    names = Counter(vectors.spoken(function, empty=False)["name"] for function in FUNCTIONS.values())
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_body_is_flat_and_tells_nothing_of_people(name: str) -> None:
    for empty in (False, True):
        fact = vectors.spoken(FUNCTIONS[name], empty=empty)
        body = fact["body"]
        assert [key for key in body if SUSPICIOUS.search(key) and (fact["name"], key) not in PUBLIC] == []
        assert [key for key, value in body.items() if not isinstance(value, int | str | bool | None)] == []


@pytest.mark.parametrize("key", ["name", "former_name", "phone", "birth_date", "document", "reason"])
def test_personal_keys_are_seen(key: str) -> None:
    assert SUSPICIOUS.search(key)


def test_facts_are_made_in_their_files_only() -> None:
    elsewhere = [
        f"{path}:{node.lineno}"
        for path in sources()
        if path.name != "facts.py" and path.relative_to(HOUSE).parts[0] != "evidence"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fact"
    ]
    assert elsewhere == []


def test_every_fact_has_its_vector_and_no_vector_is_left_over() -> None:
    assert vectors.vectors() == FROZEN, "run: .venv/bin/python -m tools.vectors"


@pytest.mark.parametrize("name", FROZEN)
def test_frozen_bytes_are_reached_from_the_body(name: str) -> None:
    vector = FROZEN[name]
    at = datetime.strptime(vector["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    text = canonical.fact_bytes(Fact(name=vector["name"], at=at, body=vector["body"]))
    assert text.decode() == vector["canonical"]
    assert canonical.leaf(bytes.fromhex(vector["salt"]), text).hex() == vector["leaf"]


@pytest.mark.parametrize("name", FROZEN)
def test_frozen_bytes_are_reached_by_another_path(name: str) -> None:
    vector = FROZEN[name]
    text = rfc8785.dumps({"name": vector["name"], "body": vector["body"], "at": vector["at"]})
    assert text.decode() == vector["canonical"]
    digest = hashlib.sha256(bytes.fromhex(vector["salt"]) + text).hexdigest()
    assert vector["leaf"] == "01" + digest
