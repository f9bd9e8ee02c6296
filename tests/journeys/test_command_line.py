"""The command line on a running bank."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rooms.deposits.sheets import Row, sheet

FORMATS = Path(__file__).parents[1] / "data" / "formats"


def surrounded(bank):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "PYTEST_"))}
    return {**kept, "CREDITBANK_DATA": str(bank.data), "CREDITBANK_NOTICE_DAYS": "0"}


def command(bank, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "creditbank", *arguments],
        env=surrounded(bank),
        capture_output=True,
        text=True,
        check=False,
    )


def deposit(bank, file, *more, institution="4131012044"):
    done = command(bank, "deposit", str(file), "--institution", institution, "--json", *more)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    counted = report["kept"] + report["corrections"] + report["duplicates"] + report["refused_rows"]
    assert report["rows"] == counted
    assert len(report["refused"]) == report["refused_rows"]
    return report


def test_all_or_nothing_posts_not_a_row_while_one_is_refused(bank, tmp_path):
    file = tmp_path / "all.csv"
    file.write_bytes(sheet(Row(person=870), Row(person=871, grade="x")))
    held = deposit(bank, file, "--all-or-nothing")
    assert (held["kept"], held["refused_rows"], held["posted"]) == (1, 1, False)


def test_the_sample_file_in_gb18030_is_read_row_by_row(bank):
    report = deposit(bank, FORMATS / "gen2_courses_gb18030.csv", "--dry-run")
    assert (report["rows"], report["refused_rows"], report["posted"]) == (60, 0, False)


def test_a_dry_run_then_the_deposit_then_again(bank, tmp_path):
    file = tmp_path / "dirty.csv"
    rows = [Row(person=number) for number in range(800, 820)]
    file.write_bytes(sheet(Row(person=820, obtained="201913"), *rows).decode().encode("gb18030"))
    dry = deposit(bank, file, "--dry-run")
    assert (dry["rows"], dry["kept"], dry["refused_rows"], dry["posted"]) == (21, 20, 1, False)
    (refused,) = dry["refused"]
    assert refused["code"] == "deposits.row.obtained_malformed"
    assert (refused["row"], refused["column"]) == (2, "获得时间")
    assert "201913" in refused["message"]
    first = deposit(bank, file)
    assert (first["kept"], first["accounts_opened"], first["posted"]) == (20, 20, True)
    done = command(bank, "deposit", str(file), "--institution", "4131012044", "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "deposits.file.twice")
    file.write_bytes(file.read_bytes() + b"\r\n")
    again = deposit(bank, file)
    assert (again["kept"], again["duplicates"], again["posted"]) == (0, 20, False)


def test_an_institution_that_is_not_there_is_a_sentence(bank):
    file = FORMATS / "gen1_courses.xlsx"
    done = command(bank, "deposit", str(file), "--institution", "4131099999")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "4131099999" in done.stderr or done.stderr.strip()


def test_a_file_that_is_not_there_is_a_sentence(bank):
    done = command(bank, "deposit", "nowhere.xlsx", "--institution", "4131012044")
    assert done.returncode == 2
    assert "nowhere.xlsx" in done.stderr


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_file_that_is_no_sheet_is_refused_as_a_whole(bank, tmp_path, more):
    file = tmp_path / "letter.csv"
    file.write_text(f"尊敬的老师：{more}\n", "utf-8")
    words = ("deposit", str(file), "--institution", "4131012044", *more)
    done = command(bank, *words, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["posted"], told["code"]) == (1, False, "deposits.file.no_header")
    assert "rows" not in told
    done = command(bank, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert told["message"] in done.stderr


def test_a_file_that_may_not_be_opened_is_a_sentence(bank):
    done = command(bank, "deposit", "/proc/self/mem", "--institution", "4131012044")
    assert done.returncode == 2
    assert "/proc/self/mem" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_are_rotated_and_everything_still_opens(bank):
    before = command(bank, "keys", "show")
    assert before.returncode == 0, before.stderr
    done = command(bank, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert command(bank, "keys", "rotate").returncode == 0


def test_a_second_bank_on_the_same_folder_is_refused(bank):
    done = command(bank, "run")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


RULES = Path(__file__).parents[2] / "creditbank" / "cli" / "demo_data" / "rules"
OWNER = "4131012044"
READING = """
import sys
from datetime import UTC, datetime
from creditbank.cli import surroundings
with surroundings.bank():
    from creditbank.conversion import operations
    from creditbank.conversion.types import Verdict
    from tests.journeys.learning import house, now
    here = house()
    for login in ("luo.min", "yuan.qing"):
        reader = here.actor(login, now=now())
        operations.read_edition(
            actor=reader, public_id=sys.argv[1], verdict=Verdict.APPROVE, remarks="", now=now()
        )
"""


def book(folder, name, **parts):
    document = json.loads((RULES / "05-polytechnic-computing.json").read_text("utf-8"))
    file = folder / f"{name}.json"
    file.write_text(json.dumps(copy.deepcopy(document) | {"id": "sspu/by-file", "edition": "1"} | parts), "utf-8")
    return str(file)


def publish(bank, file, *more, owner=OWNER):
    done = command(bank, "rules", "publish", file, "--owner", owner, "--json", *more)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_rule_book_from_a_file_waits_for_its_readers_and_is_published_after_them(bank, tmp_path):
    file = book(tmp_path, "new")
    code, told = publish(bank, file)
    assert (code, told["stage"], told["readings"], told["readings_needed"]) == (3, "reading", 0, 2)
    again, waiting = publish(bank, file)
    assert (again, waiting["public_id"], waiting["stage"]) == (3, told["public_id"], "reading")
    other, refused = publish(bank, book(tmp_path, "other", title={"zh": "别的规则"}))
    assert (other, refused["code"]) == (1, "conversion.book.exists")
    reading = subprocess.run(
        [sys.executable, "-c", READING, told["public_id"]], env=surrounded(bank), capture_output=True, check=False
    )
    assert reading.returncode == 0, reading.stderr.decode()
    code, told = publish(bank, file)  # the notice of this bank takes no day
    assert (code, told["stage"], told["readings"]) == (0, "published", 2)
    assert publish(bank, file)[0] == 0


def test_a_regulation_decided_elsewhere_comes_into_force_at_once(bank, tmp_path):
    code, told = publish(bank, book(tmp_path, "enacted", id="sspu/enacted"), "--enacted")
    assert (code, told["stage"], told["readings"]) == (0, "published", 0)


def test_a_rule_book_that_may_not_go_out_leaves_nothing_behind(bank, tmp_path):
    cases = json.loads((RULES / "05-polytechnic-computing.json").read_text("utf-8"))["cases"]
    cases[0]["expect"]["credits"] = "99"
    code, report = publish(bank, book(tmp_path, "failing", id="sspu/failing", cases=cases), "--enacted")
    assert (code, report["publishable"], report["cases"][0]["passes"]) == (1, False, False)
    code, report = publish(bank, book(tmp_path, "faulty", id="sspu/failing", rules="none"))
    assert (code, report["faults"][0]["path"]) == (1, "/rules")
    assert publish(bank, book(tmp_path, "now", id="sspu/failing"))[0] == 3


def test_a_rule_book_of_another_or_of_nobody_is_refused(bank, tmp_path):
    file = book(tmp_path, "foreign", id="sspu/foreign")
    assert publish(bank, file, owner="4131099999")[1]["code"] == "organizations.organization.not_found"
    assert publish(bank, file, owner="4131010856")[1]["code"] == "conversion.book.not_owned"
    assert publish(bank, book(tmp_path, "headless", edition=7))[1]["code"] == "conversion.book.head_missing"


def test_an_account_that_is_not_there_has_no_worth(bank):
    for number in ("中文\t", "9" * 500):
        done = command(bank, "worth", number, "--json")
        assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "learners.account.not_found")


def test_a_stored_plan_replays_with_the_books_of_the_bank_and_says_which_edition_it_found(bank, tmp_path):
    book_file, plan = str(RULES / "05-polytechnic-computing.json"), tmp_path / "alone" / "plan.json"
    plan.parent.mkdir()
    problem = tmp_path / "problem.json"
    given = json.loads(Path(book_file).read_text("utf-8"))["cases"][1]["given"]
    problem.write_text(json.dumps(given), "utf-8")
    made = command(bank, "simulate", "--book", book_file, "--problem", str(problem), "--explain", "--json")
    plan.write_text(made.stdout, "utf-8")
    done = command(bank, "replay", str(plan), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["same"]) == (0, True), told
    [edition] = told["editions"]
    assert (edition["id"], edition["found"].split("/")[1]) == ("sspu/computing", "rules")
    changed = plan.read_text("utf-8").replace('"edition": "2026-1"', '"edition": "2019-1"')
    plan.write_text(changed, "utf-8")
    done = command(bank, "replay", str(plan), "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "conversion.replay.book_changed")
