"""What a report says of the file itself: its rows beside the achievements they tell, and the codes it is written in."""

import pytest

from creditbank.cli import depositing
from creditbank.deposits import operations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_sheets import accredited as accredited, at_once, example  # noqa: PLC0414  # a fixture

pytestmark = pytest.mark.django_db


def test_rows_and_achievements_are_told_apart_where_they_differ(school, accredited, capsys):
    report = at_once(school, example("certificates-2"))
    counts = report.batch.counts
    assert (counts.file_rows, counts.rows, counts.kept, counts.duplicates, counts.several) == (2, 4, 3, 1, True)
    depositing._print(report.as_json(), as_json=False)  # noqa: SLF001  # what the command says at its end
    said = {line.split("/")[0].strip(): line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert (said["文件里的行"], said["成果"]) == ("2", "4")


def test_a_file_of_one_achievement_a_row_has_one_number(school):
    counts = at_once(school, sheet(Row(), Row(person=2)), "a.csv").batch.counts
    assert (counts.file_rows, counts.rows, counts.several) == (2, 2, False)


def test_rows_are_told_by_the_generation_of_their_codes(school):
    new, mixed, old = (sheet(Row(person=number)).splitlines()[1] for number in (1, 2, 3))
    head = sheet().splitlines()[0]
    mixed = mixed.replace(b",86,321,", b",23,34,")
    old = old.replace(b",86,321,", b",23,34,").replace(b",1261,1321,", b",41,51,")
    batch = operations.upload(
        actor=SYSTEM,
        organization_id=school.id,
        file_name="a.csv",
        content=b"\r\n".join([head, new, mixed, old, b""]),
        now=NOW,
    )
    counts = operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts
    assert (counts.file_rows, counts.old_codes, counts.new_codes, counts.mixed_codes) == (3, 1, 1, 1)
    assert counts.refused_rows == 0


@pytest.mark.parametrize("code", ["23", "86"])
def test_a_file_of_one_generation_is_of_that(school, code):
    one = sheet(Row(), Row(person=2))
    if code == "23":
        one = one.replace(b",86,321,", b",23,34,").replace(b",1261,1321,", b",41,51,")
    counts = at_once(school, one, "a.csv").batch.counts
    told = (counts.old_codes, counts.new_codes, counts.mixed_codes)
    assert told == ((2, 0, 0) if code == "23" else (0, 2, 0))
