"""Rule books as files: check, diff, simulate and replay, without a database."""

import json
import re
from pathlib import Path

import pytest

from creditbank.cli.files import BYTES_MAX, FileIsFolder, FileMissing, FileTooLarge, FileUnreadable
from creditbank.cli.main import parser
from creditbank.conversion.errors import ReplayFaulty

RULES = Path(__file__).parents[1] / "data" / "rules"
CAPS = str(RULES / "07_caps_guidance.json")


def run(capsys, *arguments):
    options = parser().parse_args([str(each) for each in arguments])
    code = options.act(options)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def problem(tmp_path, monkeypatch):
    monkeypatch.setenv("CREDITBANK_DATA", str(tmp_path / "no-bank"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = tmp_path / "problem.json"
    case = json.loads(Path(CAPS).read_text(encoding="utf-8"))["cases"][0]
    path.write_text(json.dumps(case["given"]), encoding="utf-8")
    return path


def test_a_book_whose_cases_pass_may_be_published(capsys):
    code, out, _ = run(capsys, "rules", "check", CAPS, "--json")
    report = json.loads(out)
    assert code == 0
    assert report["publishable"]
    assert all(case["passes"] for case in report["cases"])
    assert report["book"]["digest"].startswith("sha256:")


def test_a_book_with_a_case_that_differs_may_not(capsys, tmp_path):
    document = json.loads(Path(CAPS).read_text(encoding="utf-8"))
    document["cases"][0]["expect"]["credits"] = "11"
    path = tmp_path / "book.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run(capsys, "rules", "check", path)
    assert code == 1
    assert "credits: 11 ≠ 10" in out


def test_a_text_that_is_no_book_is_told_place_by_place(capsys, tmp_path):
    path = tmp_path / "book.yaml"
    path.write_text("format: creditbank-rules/1\nid: x\n", encoding="utf-8")
    code, out, _ = run(capsys, "rules", "check", path, "--json")
    assert code == 1
    assert {fault["code"] for fault in json.loads(out)["faults"]} >= {"missing_field"}


def test_two_editions_are_compared_in_words(capsys, tmp_path):
    document = json.loads(Path(CAPS).read_text(encoding="utf-8"))
    document["caps"][0]["at_most"]["share"] = "40"
    path = tmp_path / "new.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run(capsys, "rules", "diff", CAPS, path, "--json")
    assert code == 0
    assert [(x["code"], x["subject"]) for x in json.loads(out)] == [("changed", "total-50")]
    assert "total-50" in run(capsys, "rules", "diff", CAPS, path)[1]


def test_a_diff_of_a_text_with_itself_says_so(capsys):
    assert "nothing differs" in run(capsys, "rules", "diff", CAPS, CAPS)[1]


@pytest.mark.parametrize("words", [("diff", CAPS), ("publish", CAPS), ("check", CAPS, CAPS), ("burn", CAPS)])
def test_what_is_left_out_or_too_much_is_told_by_the_usage(capsys, words):
    with pytest.raises(SystemExit) as ended:
        run(capsys, "rules", *words)
    assert ended.value.code == 2
    assert "usage: creditbank" in capsys.readouterr().err


def test_a_plan_is_simulated_and_replayed_from_files(capsys, problem, tmp_path):
    code, out, _ = run(capsys, "simulate", "--book", CAPS, "--problem", problem, "--explain", "--json")
    assert code == 0
    assert json.loads(out)["plan"]["credits"] == "10"
    plan = tmp_path / "plan.json"
    plan.write_text(out, encoding="utf-8")
    assert run(capsys, "replay", plan, "--book", CAPS)[0] == 0
    code, out, _ = run(capsys, "replay", plan, "--book", CAPS, "--json")
    [edition] = json.loads(out)["editions"]
    assert (code, edition["id"], edition["found"]) == (0, "cn-gd/recognition-caps", CAPS)
    (tmp_path / "book.json").write_bytes(Path(CAPS).read_bytes())
    code, out, _ = run(capsys, "replay", plan)
    assert (code, out.splitlines()[0].endswith(str(tmp_path / "book.json"))) == (0, True)
    code, _, err = run(capsys, "replay", plan, "--book", RULES / "01_postal_courses.json")
    assert code == 1
    assert "cn-gd/recognition-caps" in err


@pytest.mark.parametrize("command", [("simulate", "--problem"), ("replay",)], ids=lambda command: command[0])
def test_books_named_one_by_one_are_all_taken(capsys, problem, tmp_path, command):
    plan = tmp_path / "plan.json"
    plan.write_text(run(capsys, "simulate", "--book", CAPS, "--problem", problem, "--json")[1], encoding="utf-8")
    given = problem if command[0] == "simulate" else plan
    other = RULES / "01_postal_courses.json"
    code, out, _ = run(capsys, *command, given, "--book", CAPS, "--book", other, "--json")
    assert (code, json.loads(out)["editions"][0]["id"]) == (0, "cn-gd/recognition-caps")
    if command[0] == "simulate":
        assert [each["id"] for each in json.loads(out)["editions"]] == [
            "cn-gd/recognition-caps",
            "cn-ouc/postal-logistics",
        ]


def test_a_fault_of_the_whole_text_has_a_place(capsys, tmp_path):
    (tmp_path / "p.json").write_text("", encoding="utf-8")
    _, _, err = run(capsys, "simulate", "--book", CAPS, "--problem", tmp_path / "p.json")
    assert "The first is at /: " in err


def test_a_plan_is_told_in_words(capsys, problem):
    _, out, _ = run(capsys, "simulate", "--book", CAPS, "--problem", problem, "--explain")
    assert out.splitlines()[:2] == ["10 cn-course-credit", "  online: o1 → K1 5"]


def test_an_award_is_told_in_words(capsys, tmp_path):
    path = RULES / "11_rqf_combination.json"
    given = json.loads(path.read_text(encoding="utf-8"))["cases"][0]["given"]
    (tmp_path / "p.json").write_text(json.dumps(given), encoding="utf-8")
    _, out, _ = run(capsys, "simulate", "--book", path, "--problem", tmp_path / "p.json", "--award", "certificate")
    assert "certificate: 未达到 not attained" in out


def test_a_problem_that_cannot_be_read_is_refused(capsys, tmp_path):
    (tmp_path / "p.json").write_text("{}", encoding="utf-8")
    code, _, err = run(capsys, "simulate", "--book", CAPS, "--problem", tmp_path / "p.json")
    assert code == 1
    assert "as_of" in err


@pytest.mark.parametrize(
    "words",
    [
        ("rules", "check", "{}"),
        ("rules", "diff", CAPS, "{}"),
        ("simulate", "--book", "{}", "--problem", CAPS),
        ("simulate", "--book", CAPS, "--problem", "{}"),
        ("replay", "{}"),
        ("replay", CAPS, "--book", "{}"),
    ],
)
def test_a_file_that_cannot_be_opened_is_said_so(capsys, tmp_path, words):
    missing = str(tmp_path / "none.json")
    code, out, err = run(capsys, *(word.format(missing) for word in words))
    assert code == 2
    assert out == ""
    assert err.count(missing) == 2


@pytest.mark.parametrize("text", ["", "[]", "\x00", "[" * 100_000, "{}", '{"editions": [1]}', '{"editions": []}'])
def test_what_is_no_stored_plan_is_refused(capsys, tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "replay", path, "--book", CAPS)
    assert code == 1
    assert ReplayFaulty.en.split(":")[0] in err


COMMANDS = {
    "check": ("rules", "check", "{}"),
    "older": ("rules", "diff", "{}", CAPS),
    "newer": ("rules", "diff", CAPS, "{}"),
    "book": ("simulate", "--problem", CAPS, "--book", "{}"),
    "problem": ("simulate", "--book", CAPS, "--problem", "{}"),
    "plan": ("replay", "{}", "--book", CAPS),
    "publish": ("rules", "publish", "{}", "--owner", "4131012044"),
}
#: By name: the content of a file that is none of what is asked for, and the code of a document that is read as one.
WRONG = {
    "empty": b"",
    "list": b"[1, 2]",
    "types": b'{"as_of": 5, "achievements": {"a": 1}, "editions": {"a": 1}, "format": 7, "rules": "x"}',
    "yaml": b"a: [1,\n b: {",
    "bytes": b"\xff\xfe\x00bad",
    "deep": b"[" * 100_000,
    "deep-inside": b'{"editions": [], "problem": {"as_of": "2026-01-01"}, "x": ' + b"[" * 900 + b"]" * 900 + b"}",
    "not-a-number": b'{"editions": [], "problem": {"as_of": "2026-01-01"}, "x": NaN}',
    "half-a-sign": b'{"editions": [], "problem": {"as_of": "2026-01-01"}, "x": "\\ud800"}',
    "great-number": b'{"editions": [], "problem": {"as_of": "2026-01-01"}, "x": 123456789012345678901234567890}',
    "large": b"x" * 3_000_000,
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "publish"])
def test_a_file_that_is_something_else_is_refused_with_a_code_in_both_languages(capsys, tmp_path, command, name):
    (tmp_path / "file").write_bytes(WRONG[name])
    words = [word.format(tmp_path / "file") for word in COMMANDS[command]]
    code, out, err = run(capsys, *words)
    assert code == 1
    said = err or out
    assert re.search("[\u4e00-\u9fff]", said)
    assert re.search("[a-z]{3} [a-z]{2}", said)
    code, out, err = run(capsys, *words, "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert told.get("code", "").startswith("conversion.") or told["faults"]


def refused_files(tmp_path):
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(BYTES_MAX + 1)
    return {
        FileMissing.code: tmp_path / "none",
        FileIsFolder.code: tmp_path,
        FileTooLarge.code: huge,
        FileUnreadable.code: "no\0where",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_cannot_be_read_is_refused_with_its_own_code(capsys, tmp_path, command):
    for expected, path in refused_files(tmp_path).items():
        words = [word.format(path) for word in COMMANDS[command]]
        code, out, err = run(capsys, *words, "--json")
        assert (code, json.loads(out)["code"], err) == (2, expected, "")
        code, out, err = run(capsys, *words)
        assert (code, out, err.splitlines()[2]) == (2, "", f"（{expected}）")


def test_a_problem_stored_with_a_plan_must_be_one(capsys, tmp_path, problem):
    code, out, _ = run(capsys, "simulate", "--book", CAPS, "--problem", problem, "--json")
    document = json.loads(out)
    document["problem"]["achievements"] *= 2
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    code, _, err = run(capsys, "replay", tmp_path / "plan.json", "--book", CAPS)
    assert code == 1
    assert ReplayFaulty.code in err
