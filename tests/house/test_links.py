"""Every file of docs/ that code or documents name is there, and every link of a document leads to a file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import CHECKOUT

WRITTEN = {".py", ".md", ".html", ".toml", ".sql"}
READ = ("creditbank", "docs", "tools", "bench", "tests")
NAMED = re.compile(r"(?<![\w/.-])docs/[\w./-]*\w")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def documents() -> Iterator[Path]:
    yield from (path for path in CHECKOUT.iterdir() if path.suffix == ".md" or path.name in {"Makefile", "NOTICE"})
    for folder in READ:
        yield from (path for path in (CHECKOUT / folder).rglob("*") if path.suffix in WRITTEN)


def broken(path: Path, text: str) -> Iterator[str]:
    yield from (f"{path}: {named}" for named in NAMED.findall(text) if not (CHECKOUT / named).exists())
    if path.suffix == ".md":
        links = (link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:"))
        yield from (f"{path}: {link}" for link in links if not (path.parent / link).exists())


def test_every_file_of_the_documents_that_is_named_is_there() -> None:
    read = sorted(path for path in documents() if path != Path(__file__))
    assert [each for path in read for each in broken(path, path.read_text("utf-8"))] == []


@pytest.mark.parametrize("text", ["docs/adr/0002-entry-key.md", "[plans](nowhere.md)", "[plans](nowhere.md#part)"])
def test_a_link_to_nowhere_would_be_found(text: str) -> None:
    assert list(broken(CHECKOUT / "README.md", f"see {text}"))
    assert not list(broken(CHECKOUT / "README.md", "see docs/adr/ and [elsewhere](https://example.org/docs/x.md)"))
