"""The command line on a running bank."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.rooms.deposits.sheets import Row, sheet

FORMATS = Path(__file__).parents[1] / "data" / "formats"


def command(bank, *arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "creditbank", *arguments],
        env={**kept, "CREDITBANK_DATA": str(bank.data)},
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
