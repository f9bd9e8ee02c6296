"""Every check refuses its row, says why without telling an identity number, and nothing else is refused."""

import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from polars.testing import assert_frame_equal

from creditbank.deposits.intake import checks, codes, columns, frames, reading
from creditbank.deposits.intake.registry import CHECKS, RANK, Check
from tests.rooms.deposits.intake.sheets import (
    FORMATS,
    GOOD,
    TODAY,
    as_csv,
    check,
    check_rows,
    codes_of,
    read,
    resident,
    sheet,
    table,
)

BAD: dict[str, dict[str, str | None]] = {
    "formula": {"remark": '=HYPERLINK("http://x")'},
    "control_character": {"major": "物流\x07管理"},
    "name_missing": {"person_name": None},
    "name_malformed": {"person_name": "张辉2"},
    "not_of_a_student": {"document": None, "student_number": None, "course": None},
    "document_missing": {"document": None},
    "document_scientific": {"document": "1.10199E+17"},
    "document_malformed": {"document": "11019919690721050"},
    "document_region": {"document": resident("00019919690721050")},
    "document_birth_date": {"document": resident("11019919690231050")},
    "document_check_digit": {"document": "110199196907210508"},
    "student_number_missing": {"student_number": None},
    "student_number_scientific": {"student_number": "2.02406E+15"},
    "student_number_too_long": {"student_number": "9" * 41},
    "major_missing": {"major": None},
    "major_too_long": {"major": "护" * 101},
    "course_missing": {"course": None},
    "course_too_long": {"course": "课" * 101},
    "level_unknown": {"level_code": "99"},
    "category_unknown": {"category_code": None},
    "credits_missing": {"credits": None},
    "credits_malformed": {"credits": "2.555"},
    "credits_out_of_range": {"credits": "60.01"},
    "hours_malformed": {"hours": "四十"},
    "grade_missing": {"grade": None},
    "grade_malformed": {"grade": "优良"},
    "grade_not_given": {"grade": "缺考"},
    "grade_not_passed": {"grade": "59.99"},
    "obtained_missing": {"obtained": None},
    "obtained_malformed": {"obtained": "201913"},
    "obtained_future": {"obtained": "202712"},
    "cohort_malformed": {"cohort": "26"},
    "outcome_unknown": {"outcome_code": "7"},
    "season_unknown": {"season_code": "7"},
}
ELSEWHERE = {"too_many_cells", "same_person_two_names", "contradicts_row"}
#: Those that only sheets of other layouts can fail: test_sheets.
OTHER_SHEETS = {
    *("kind_unknown", "unit_unknown", "account_unknown", "not_accredited", "number_needed", "number_unclear"),
    *("number_scientific", "certificate_revoked"),
}
# These compare with what the bank knows; the tests of the room raise them.
WITH_THE_BANK = {"account_closed", "name_differs_from_account", "course_unknown", "credits_differ"}


def test_every_check_is_raised_by_a_test() -> None:
    assert {entry.code for entry in CHECKS} == {
        f"deposits.row.{code}" for code in BAD.keys() | ELSEWHERE | OTHER_SHEETS | WITH_THE_BANK
    }


@pytest.mark.parametrize("code", BAD)
def test_each_check_refuses_its_row_and_only_that(code: str) -> None:
    found = check({}, BAD[code] | ({"course": "另一门"} if "course" not in BAD[code] else {}))

    assert codes_of(found.refused) == [code]
    line = found.refused.row(0, named=True)
    assert (line["row"], line["more"]) == (3, 0)
    assert line["column"]
    assert "{" not in "".join(str(line[name]) for name in ("message_zh", "message_en", "remedy_zh", "remedy_en"))
    assert found.kept["row"].to_list() == [2]


@pytest.mark.parametrize("entry", CHECKS, ids=lambda entry: entry.code)
def test_each_check_says_the_fact_and_the_remedy_in_both_languages(entry: Check) -> None:
    assert all((entry.name_zh, entry.name_en, entry.zh, entry.en, entry.remedy_zh, entry.remedy_en))
    assert not any(text.isascii() for text in (entry.name_zh, entry.zh, entry.remedy_zh))
    assert not re.search(r"[\u4e00-\u9fff]", entry.name_en + entry.en)


@pytest.mark.parametrize("name", ["gen1_courses.xlsx", "gen2_courses.xlsx", "gen2_courses_gb18030.csv"])
def test_files_of_the_field_pass_whole(name: str) -> None:
    found = read((FORMATS / name).read_bytes(), name=name)
    checked = check_rows(found.frame)

    assert checked.refused.height == 0
    assert checked.kept.height == found.rows
    assert checked.kept["mapped"].all() is name.startswith("gen1")
    assert set(checked.kept["level_code"]) <= {code.current for code in codes.LEVELS}


def test_a_row_that_passes_is_typed() -> None:
    assert check({}).kept.row(0, named=True) == {
        "row": 2,
        "person_name": "张辉",
        "name_key": "张辉",
        "document_kind": "resident-id",
        "document_number": "110199196907210509",
        "student_number": "2024060816",
        "major": "物流管理",
        "course": "物流管理基础",
        "course_key": "物流管理基础",
        "level_code": "86",
        "category_code": "321",
        "credits": 250,
        "hours": 4000,
        "grade_scale": 1,
        "grade": 8550,
        "obtained": 20260600,
        "cohort": 2026,
        "outcome_code": "1261",
        "season_code": "1321",
        "mapped": False,
    }


def test_codes_of_both_generations_may_stand_in_one_file() -> None:
    old = {"level_code": "23", "category_code": "34", "outcome_code": "41", "season_code": "51", "course": "旧"}
    kept = check({}, old).kept

    assert kept["mapped"].to_list() == [False, True]
    assert kept.select("level_code", "category_code", "outcome_code", "season_code").row(1) == (
        "784",
        "1421",
        "1262",
        "1322",
    )


def test_full_width_digits_are_folded_and_not_refused() -> None:
    wide = {
        "document": "１１０１９９１９６９０７２１０５０９",
        "credits": "２．５",
        "hours": "４０",
        "grade": "８５．５",
        "level_code": "８６",
        "obtained": "２０２６０６",
        "cohort": "２０２６届",
        "student_number": "２０２４０６０８１６",
    }
    assert check(wide).kept.equals(check({}).kept)


def test_what_may_be_empty_may_be_empty() -> None:
    empty = dict.fromkeys(("hours", "cohort", "outcome_code", "season_code", "remark"))
    kept = check(empty).kept
    assert kept.select(name for name in empty if name != "remark").row(0) == (None,) * 4


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (resident("81000019900101001"), "hk-macau-taiwan-residence"),
        (resident("91115619900101001"), "foreign-residence"),
        ("H12345678", "hk-macau-permit"),
        ("12345678", "taiwan-permit"),
        ("E12345678", "passport"),
        ("110199690721050", "resident-id"),
    ],
)
def test_kind_of_document_follows_from_its_number(number: str, kind: str) -> None:
    assert check({"document": number}).kept["document_kind"].to_list() == [kind]


def test_the_month_that_is_running_is_no_future() -> None:
    assert codes_of(check({"obtained": "202611"}, {"obtained": "202612"}).refused) == ["obtained_future"]


def test_identity_numbers_are_masked_wherever_they_stand() -> None:
    number = "110199196907210508"
    found = check({"document": number}, {"person_name": number}, {"grade": f"x{number}"}).refused
    said = " ".join(found["message_zh"].to_list() + found["message_en"].to_list())

    assert "19690721" not in said
    assert "11********0508" in said


def test_first_reason_counts_and_the_others_are_counted() -> None:
    found = check({"person_name": None, "credits": "x", "grade": "0"}).refused
    assert codes_of(found) == ["name_missing"]
    assert found["more"].to_list() == [2]


def test_a_shifted_row_is_refused_for_its_cells_without_headings() -> None:
    lines = table({}, {})
    lines[1].insert(3, "")
    found = check_rows(read(as_csv(lines), name="t").frame)
    assert codes_of(found.refused) == ["too_many_cells"]


def test_two_names_for_one_document_refuse_all_its_rows() -> None:
    found = check(
        {}, {"course": "b"}, {"course": "c", "person_name": "张晖"}, {"document": resident("11019919700101001")}
    )

    assert codes_of(found.refused) == ["same_person_two_names"] * 3
    assert "张晖、张辉" in found.refused["message_zh"][0] or "张辉、张晖" in found.refused["message_zh"][0]
    assert found.kept.height == 1


def test_spellings_of_one_name_are_one_name() -> None:
    assert (
        check({"person_name": "买买提江·吐尔逊"}, {"person_name": "买买提江•吐尔逊", "course": "b"}).refused.height == 0
    )


def test_equal_rows_are_kept_once_and_the_uppermost_stays() -> None:
    split = check({}, {"course": "b"}, {"course": " 物流管理基础"}, {})

    assert split.kept["row"].to_list() == [2, 3]
    assert split.duplicates["row"].to_list() == [4, 5]
    assert split.refused.height == 0


def test_rows_that_contradict_each_other_are_all_refused() -> None:
    split = check({}, {}, {"credits": "3"}, {"course": "b"})

    assert split.kept["row"].to_list() == [5]
    assert split.duplicates.height == 0
    assert codes_of(split.refused) == ["contradicts_row"] * 3
    assert [message[:4] for message in split.refused["message_zh"]] == ["与第4行", "与第4行", "与第2行"]


def test_a_value_of_two_parts_is_told_in_two_places() -> None:
    rows = pl.DataFrame(
        {"row": [7], "rank": [RANK["credits_differ"]], "column": ["credits"], "value": ["3.5|3"], "more": [0]}
    )
    line = checks.refusals(rows).row(0, named=True)
    assert (line["heading"], line["message_zh"]) == ("学分", "表中3.5，标准是3")
    assert line["message_en"] == "The file says 3.5, the standard says 3"


VARIED = st.lists(
    st.one_of(
        st.sampled_from(list(BAD.values())),
        st.fixed_dictionaries(
            {
                "course": st.sampled_from(["a", "Ａ", "b"]),
                "credits": st.sampled_from(["1", "1.0", "2"]),
                "hours": st.sampled_from([None, "40"]),
                "person_name": st.sampled_from(["张辉", "张辉", "张晖"]),
                "document": st.sampled_from([GOOD["document"], resident("11019919700101001")]),
            }
        ),
    ),
    min_size=1,
    max_size=12,
)


def outcome(frame: pl.DataFrame) -> tuple[list[tuple[Any, ...]], ...]:
    checked = check_rows(frame)
    parts = (checked.kept, checked.duplicates, checked.refused)
    assert sum(part.height for part in parts) == frame.height
    return tuple(part.sort("row").rows() for part in parts)


@settings(deadline=None, max_examples=25)
@given(rows=VARIED, data=st.data())
def test_every_row_goes_one_way_whatever_the_order(rows: list[dict[str, str | None]], data: st.DataObject) -> None:
    frame = sheet(*rows).frame
    shuffled = frame[data.draw(st.permutations(range(frame.height)))]
    assert outcome(frame) == outcome(shuffled)


ROWS = st.lists(
    st.sampled_from([{}, *BAD.values(), {"level_code": "20"}, {"person_name": " 张 辉 ", "grade": "８０"}]), max_size=30
)


@settings(deadline=None, max_examples=30)
@given(rows=ROWS, size=st.integers(1, 7), most=st.sampled_from([1, 5, 100_000]))
def test_rows_are_judged_alike_whatever_block_they_are_in(
    rows: list[dict[str, str | None]], size: int, most: int
) -> None:
    whole = sheet({}, *rows)
    alone = checks.judge(whole.frame, today=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK_ROWS", size)
        patch.setattr(columns, "TEXTS_KNOWN_MAX", most)
        readings = frames.readings(TODAY)
        judged = [checks.judge(block, today=TODAY, readings=readings) for block in whole.sheet.blocks()]

    assert_frame_equal(pl.concat([each.kept.wide() for each in judged]), alone.kept.wide())
    assert_frame_equal(pl.concat([each.failing for each in judged]), alone.failing)
    assert sum(each.first for each in judged) == alone.first
    assert sum(each.current for each in judged) == alone.current


def test_rows_that_are_not_in_the_order_of_the_file_come_back_in_it() -> None:
    rows = checks.judge(sheet({}, {"course": "另一门"}).frame, today=TODAY).kept.wide()

    assert checks.settle(rows.reverse(), pl.DataFrame(schema=checks.FAILING)).kept["row"].to_list() == [2, 3]
