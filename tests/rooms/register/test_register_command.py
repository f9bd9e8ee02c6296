"""`creditbank register`: what it prints, with which exit code."""

import json
from contextlib import nullcontext

import pytest

from creditbank.cli import main, surroundings
from creditbank.register import models
from tests.rooms.register.issuing import sheet


@pytest.fixture
def register(issuer, monkeypatch, tmp_path, capsys):
    """Run the command on a list, in the bank of the test, and return its exit code and what it printed."""
    monkeypatch.setattr(surroundings, "bank", nullcontext)

    def run(content, *options, code="YJ-CARE"):
        file = tmp_path / "list.csv"
        file.write_bytes(content)
        with pytest.raises(SystemExit) as ended:
            main.main(["register", str(file), "--issuer", code, *options])
        return ended.value.code, capsys.readouterr()

    return run


def test_list_enters_at_once_and_says_what_was_refused(register):
    ended, told = register(sheet({}, {"number": "YJ0002", "issued": "201913"}), "--json")
    report = json.loads(told.out)
    assert (ended, report["stage"], report["new"], report["refused"]) == (0, "entered", 1, 1)
    assert report["reasons"][0]["code"] == "kernel.dates.not_a_date"
    assert models.Certificate.objects.count() == 1
    ended, told = register(sheet({}, {"number": "YJ0002", "issued": "201913"}))
    assert (ended, "登记过 / same" in told.out, "不是日期" in told.out) == (0, True, True)


def test_unreadable_list_and_unknown_issuer_are_refused(register):
    ended, told = register("学号,姓名\n1,林晓岚\n".encode(), "--json")
    assert (ended, json.loads(told.out)["stage"]) == (1, "unreadable")
    ended, told = register(sheet({}), code="YJ-NOBODY")
    assert (ended, told.out, bool(told.err)) == (1, "", True)


def test_file_that_is_not_there_is_told(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main.main(["register", str(tmp_path / "none.csv"), "--issuer", "YJ-CARE"])
    assert (ended.value.code, "没有这个文件" in capsys.readouterr().err) == (2, True)
