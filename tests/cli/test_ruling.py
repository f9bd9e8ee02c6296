"""Rule books as files: check, diff, simulate and replay, without a database."""

import json
from pathlib import Path

import pytest

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
def problem(tmp_path):
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


def test_a_diff_without_the_newer_edition_is_refused(capsys):
    code, _, err = run(capsys, "rules", "diff", CAPS)
    assert code == 1
    assert "NEWER" in err


def test_a_plan_is_simulated_and_replayed_from_files(capsys, problem, tmp_path):
    code, out, _ = run(capsys, "simulate", "--book", CAPS, "--problem", problem, "--explain", "--json")
    assert code == 0
    assert json.loads(out)["plan"]["credits"] == "10"
    plan = tmp_path / "plan.json"
    plan.write_text(out, encoding="utf-8")
    assert run(capsys, "replay", plan, "--book", CAPS)[0] == 0
    (tmp_path / "book.json").write_bytes(Path(CAPS).read_bytes())
    assert run(capsys, "replay", plan)[0] == 0
    code, _, err = run(capsys, "replay", plan, "--book", RULES / "01_postal_courses.json")
    assert code == 1
    assert "cn-gd/recognition-caps" in err


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
