"""A list on its way into the register: what is taken, what is refused and why, and what a crash leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from openpyxl import Workbook

from creditbank.evidence.models import OutboxFact
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import SameReaderTwice, Verdict
from creditbank.register import errors, files, lists, locks, models, operations, queries
from creditbank.register.operations import entering, loading
from creditbank.register.told import COLUMNS
from creditbank.register.types import Counts, LoadStage, Status
from tests.conftest import NOW
from tests.rooms.learners.people import document
from tests.rooms.register.issuing import SYSTEM, entered, good, sheet, small_issuer


class Crash(Exception):  # noqa: N818  # no error of the bank
    """A fault of ours in the middle."""


def handed_in(actor, issuer, content, *, name="证书.csv"):
    load = operations.hand_in(
        actor=actor, organization_id=issuer.id, file_name=name, content=[content[:50], content[50:]], now=NOW
    )
    return operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW)


def reasons(actor, load):
    page = queries.refused_rows(load.public_id, actor=actor)
    return [(row.row, row.column, row.code) for row in page.rows]


def test_list_waits_for_a_second_person_and_then_enters(issuer, li, wang):
    load = handed_in(li, issuer, sheet({}, {"number": "YJ0002", "document": document(8).number, "name": "周敏"}))
    assert (load.stage, load.counts) == (LoadStage.REPORTED, Counts(rows=2, new=2))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    assert models.Certificate.objects.count() == 0
    with pytest.raises(SameReaderTwice):
        operations.review(actor=li, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
    operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
    load = operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert (load.stage, load.counts) == (LoadStage.ENTERED, Counts(rows=2, new=2))
    assert models.Certificate.objects.count() == 2
    assert models.Staged.objects.count() == 0


def test_nothing_of_a_person_lies_in_the_clear(issuer, li, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        load = handed_in(li, issuer, sheet({}, {"number": "YJ0002", "issued": "201913"}))
    stored = [
        repr(row) for table in (models.Staged, models.RefusedRow, models.Load) for row in table.objects.values_list()
    ]
    assert not [row for row in stored if document(9).number in row or "林晓岚" in row]
    assert [name for name, _ in files.lying() if name == load.public_id] == []


def test_file_that_waits_for_its_check_is_sealed(issuer, li):
    load = operations.hand_in(actor=li, organization_id=issuer.id, file_name="a.csv", content=[sheet({})], now=NOW)
    raw = files.LISTS.path(load.public_id, files.LIST).read_bytes()
    assert document(9).number.encode() not in raw
    operations.cancel(actor=li, public_id=load.public_id, now=NOW)


def test_same_list_again_changes_nothing(issuer, li):
    entered(issuer, {}, {"number": "YJ0002"})
    load = handed_in(li, issuer, sheet({}, {"number": "YJ0002"}))
    assert load.counts == Counts(rows=2, same=2)
    with pytest.raises(errors.NothingToEnter):
        operations.submit(actor=li, public_id=load.public_id, now=NOW)


def test_changed_rows_replace_what_was_there_and_leave_an_event(issuer):
    entered(issuer, {}, {"number": "YJ0002"})
    load = entered(issuer, {"document": document(8).number}, {"number": "YJ0002", "status": "撤销", "note": "替考"})
    assert load.counts == Counts(rows=2, changed=2, ended=1)
    assert models.Certificate.objects.count() == 2
    revoked = models.Certificate.objects.get(number="YJ0002")
    assert revoked.status == Status.REVOKED
    event = models.Event.objects.get(number="YJ0002")
    assert (event.status_before, event.status, event.note) == (Status.VALID, Status.REVOKED, "替考")


def test_list_does_not_restore_what_is_revoked(issuer, li):
    entered(issuer, {"status": "撤销"})
    load = handed_in(li, issuer, sheet({}))
    assert reasons(li, load) == [(2, "status", "register.row.revoked_stays")]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"number": ""}, "number", "register.row.number_missing"),
        ({"number": "Y" * 41}, "number", "register.row.number_long"),
        ({"number": "1.23456789012E+17"}, "number", "register.row.damaged"),
        ({"name": ""}, "name", "register.row.name_missing"),
        ({"name": "林1"}, "name", "kernel.text.not_a_name"),
        ({"document": ""}, "document", "register.row.document_missing"),
        ({"document": document(9).number[:-1] + "0"}, "document", "documents.number.check_digit"),
        ({"document": "1.10199196907210E+17"}, "document", "register.row.damaged"),
        ({"certificate": ""}, "certificate", "register.row.certificate_missing"),
        ({"certificate": "大学英语九级"}, "certificate", "register.row.certificate_unknown"),
        ({"certificate": "老年照护"}, "level", "register.row.level_unknown"),
        ({"certificate": "老年照护", "level": "高级"}, "level", "register.row.level_unknown"),
        ({"issued": ""}, "issued", "register.row.issued_missing"),
        ({"issued": "201913"}, "issued", "kernel.dates.not_a_date"),
        ({"issued": "2026-11-23"}, "issued", "register.row.issued_future"),
        ({"until": "2025-12-31"}, "until", "register.row.until_early"),
        ({"until": "到退休"}, "until", "kernel.dates.not_a_date"),
        ({"number": "合计", "name": "", "document": "", "issued": ""}, "", "register.row.no_certificate"),
        ({"status": "作废"}, "status", "register.row.status_unknown"),
        ({"note": "字" * 201}, "note", "register.row.note_long"),
    ],
)
def test_dirty_row_is_refused_with_its_column_and_reason(issuer, li, change, column, code):
    load = handed_in(li, issuer, sheet(change, {"number": "YJ0002"}))
    assert load.counts == Counts(rows=2, new=1, refused=1)
    assert reasons(li, load) == [(2, column, code)]
    [kind] = queries.refused_kinds(load.public_id, actor=li)
    assert kind.sentence.zh
    assert kind.sentence.en


def test_headings_with_a_star_or_a_note_in_brackets_are_known_and_a_certificate_may_have_no_end(issuer, li):
    headings = [COLUMNS[column].zh for column in COLUMNS]
    starred = [f"*{headings[0]}", f"{headings[1]}*", f"{headings[2]}（18位）", *headings[3:]]
    load = handed_in(li, issuer, sheet({"until": "长期"}, headings=starred))
    assert load.counts == Counts(rows=1, new=1)


def test_number_twice_in_a_list_is_refused_where_it_says_something_else(issuer, li):
    load = handed_in(li, issuer, sheet({}, {}, {"document": document(8).number}))
    assert load.counts == Counts(rows=3, new=1, same=1, refused=1)
    assert reasons(li, load) == [(4, "number", "register.row.twice")]


def test_number_twice_is_found_across_blocks(issuer, li, monkeypatch):
    monkeypatch.setattr(loading, "BLOCK_ROWS", 1)
    load = handed_in(li, issuer, sheet({}, {}, {"document": document(8).number}))
    assert load.counts == Counts(rows=3, new=1, same=1, refused=1)


@pytest.mark.parametrize(
    "change",
    [
        {"number": " yj 0001 "},
        {"number": "ＹＪ０００１"},  # full width is what is tried
        {"certificate": "cet-4"},
        {"issued": "2026年6月28日"},
        {"status": "有效"},
    ],
)
def test_spelling_makes_no_difference(issuer, li, change):
    entered(issuer, {})
    assert handed_in(li, issuer, sheet(change)).counts == Counts(rows=1, same=1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_of_any_usual_encoding_is_read(issuer, li, encoding, separator):
    content = sheet({}, separator=separator).decode().encode(encoding)
    assert handed_in(li, issuer, content).counts.new == 1


def test_workbook_is_read_and_refused_rows_come_back_as_one(issuer, li):
    book = Workbook()
    page = book.active
    page.append(["云江照护评价中心证书名单"])
    page.append([name.en for name in COLUMNS.values()])
    page.append(list(good().values()))
    page.append(list({**good(), "number": "YJ0002", "level": "高级"}.values()))
    content = BytesIO()
    book.save(content)
    load = handed_in(li, issuer, content.getvalue(), name="证书.xlsx")
    assert load.counts == Counts(rows=2, new=1, refused=1)
    name, pieces = queries.refused_file(load.public_id, actor=li, language="en")
    assert name == "证书_refused.xlsx"
    assert handed_in(li, issuer, b"".join(pieces), name=name).counts == Counts(rows=1, refused=1)


def test_refused_rows_come_back_as_a_list_that_can_be_mended(issuer, li):
    load = handed_in(li, issuer, sheet({"issued": "201913"}, {"number": "YJ0002"}))
    _, pieces = queries.refused_file(load.public_id, actor=li, language="zh")
    content = b"".join(pieces)
    assert "“201913”不是日期" in content.decode()
    again = handed_in(li, issuer, content.replace(b"2019-13", b"").replace(b"201913,", b"201912,"))
    assert again.counts == Counts(rows=1, new=1)


def test_refused_rows_of_many_blocks_come_back_in_order(monkeypatch):
    monkeypatch.setattr(lists, "BLOCK_ROWS", 2)
    rows = (([f"N{n}", "x"], "why") for n in range(5))
    pieces = lists.refused_file(["编号", "姓名"], rows, language="zh", as_workbook=False)
    assert [line.split(",")[0] for line in b"".join(pieces).decode("utf-8-sig").splitlines()] == [
        "编号",
        "N0",
        "N1",
        "N2",
        "N3",
        "N4",
    ]


def test_template_can_be_filled_and_loaded(issuer, li):
    for language in ("zh", "en"):
        text = queries.template(language).decode().replace(",,,2026", ",CET-4,,2026")
        assert handed_in(li, issuer, text.encode()).counts == Counts(rows=1, new=1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", "kernel.sheets.not_a_spreadsheet"),
        ("学号,姓名\n1,林晓岚\n".encode(), "register.list.unreadable"),
        ('证书编号,"姓名\n'.encode(), "kernel.sheets.cells_unreadable"),
    ],
)
def test_file_that_is_no_list_is_told_so(issuer, li, content, code):
    load = handed_in(li, issuer, content)
    assert load.stage is LoadStage.UNREADABLE
    assert load.refusal.zh
    fact = models.Load.objects.get(id=load.id)
    assert fact.closed_at == NOW
    assert code in str(_last_fact("register.list_unreadable.v1"))


def _last_fact(name):
    return OutboxFact.objects.filter(name=name).latest("id").body


def test_list_with_too_many_rows_is_refused(issuer, li, monkeypatch):
    monkeypatch.setattr(loading, "ROWS_MAX", 2)
    load = handed_in(li, issuer, sheet({}, {"number": "YJ0002"}, {"number": "YJ0003"}))
    assert load.stage is LoadStage.UNREADABLE
    assert _last_fact("register.list_unreadable.v1")["code"] == errors.ListTooLong.code


def test_empty_and_huge_files_are_refused(issuer, li, monkeypatch):
    given = {"actor": li, "organization_id": issuer.id, "file_name": "a.csv", "now": NOW}
    with pytest.raises(errors.FileEmpty):
        operations.hand_in(content=[], **given)
    monkeypatch.setattr(loading, "FILE_BYTES_MAX", 10)
    with pytest.raises(errors.FileTooLarge):
        operations.hand_in(content=[b"x" * 11], **given)


def test_check_that_crashed_goes_on_behind_the_last_block(issuer, li, monkeypatch):
    monkeypatch.setattr(loading, "BLOCK_ROWS", 2)
    rows = [{"number": f"YJ{number:04d}"} for number in range(5)]
    load = operations.hand_in(actor=li, organization_id=issuer.id, file_name="a.csv", content=[sheet(*rows)], now=NOW)
    keep, calls = loading._keep_block, []  # noqa: SLF001  # where the crash is put

    def failing(*given):
        calls.append(given)
        if len(calls) == 2:
            raise Crash
        keep(*given)

    monkeypatch.setattr(loading, "_keep_block", failing)
    with pytest.raises(Crash):
        operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert queries.load(actor=li, public_id=load.public_id).read == 3
    load = operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert (load.stage, load.counts) == (LoadStage.REPORTED, Counts(rows=5, new=5))
    assert len(calls) == 4


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_list_do_not_meet():
    issuer = small_issuer()
    load = operations.hand_in(actor=SYSTEM, organization_id=issuer.id, file_name="a.csv", content=[sheet({})], now=NOW)

    def other():
        try:
            with pytest.raises(errors.LoadBusy):
                operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW)
        finally:
            connection.close()

    with locks.working_on(load.id), ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(other).result()
    assert operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW).counts.new == 1


def test_check_that_fails_three_times_is_told(issuer, li, monkeypatch):
    load = operations.hand_in(actor=li, organization_id=issuer.id, file_name="a.csv", content=[sheet({})], now=NOW)

    def failing(*_):
        raise Crash

    monkeypatch.setattr(loading, "_keep_block", failing)
    for _ in range(3):
        with pytest.raises(Crash):
            operations.check(actor=SYSTEM, public_id=load.public_id, now=NOW)
    found = queries.load(actor=li, public_id=load.public_id)
    assert (found.stage, found.refusal.en) == (LoadStage.UNREADABLE, errors.CheckFailed.en)


def test_entering_that_crashed_goes_on_where_it_stopped(issuer, li, wang, monkeypatch):
    monkeypatch.setattr(entering, "STEP_ROWS", 2)
    entered(issuer, {"number": "YJ0001"})
    rows = [{"number": f"YJ{number:04d}", "document": document(8).number} for number in range(5)]
    load = handed_in(li, issuer, sheet(*rows))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
    step, calls = entering._step, []  # noqa: SLF001  # where the crash is put

    def failing(**given):
        calls.append(given)
        if len(calls) == 2:
            raise Crash
        return step(**given)

    monkeypatch.setattr(entering, "_step", failing)
    with pytest.raises(Crash):
        operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW)
    load = operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert (load.stage, load.counts) == (LoadStage.ENTERED, Counts(rows=5, new=4, changed=1))
    assert models.Certificate.objects.count() == 5


def test_entering_that_fails_three_times_rests_until_somebody_tries_again(issuer, li, wang, monkeypatch):
    load = handed_in(li, issuer, sheet({}))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
    with monkeypatch.context() as broken:

        def failing(**_):
            raise Crash

        broken.setattr(entering, "_step", failing)
        for _ in range(3):
            with pytest.raises(Crash):
                operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert queries.load(actor=li, public_id=load.public_id).stage is LoadStage.FAILED
    operations.reopen(actor=wang, public_id=load.public_id, now=NOW)
    assert operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW).stage is LoadStage.ENTERED


def test_what_another_list_brought_meanwhile_is_counted_as_it_came_out(issuer, li, wang):
    load = handed_in(li, issuer, sheet({}, {"number": "YJ0002"}))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.APPROVE, now=NOW)
    entered(issuer, {})
    load = operations.enter(actor=SYSTEM, public_id=load.public_id, now=NOW)
    assert load.counts == Counts(rows=2, new=1, same=1)


def test_returned_list_can_be_submitted_again_or_dropped(issuer, li, wang):
    load = handed_in(li, issuer, sheet({}))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    back = operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.RETURN, note="核对", now=NOW)
    assert (back.stage, back.note) == (LoadStage.RETURNED, "核对")
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    assert operations.cancel(actor=li, public_id=load.public_id, now=NOW).stage is LoadStage.CANCELLED
    assert models.Staged.objects.count() == 0
    with pytest.raises(errors.LoadNotThere):
        operations.submit(actor=li, public_id=load.public_id, now=NOW)


def test_others_neither_load_nor_see(issuer, li, zhao):
    given = {"organization_id": issuer.id, "file_name": "a.csv", "content": [sheet({})], "now": NOW}
    with pytest.raises(NotPermitted):
        operations.hand_in(actor=zhao, **given)
    with pytest.raises(NotPermitted):
        operations.load_at_once(actor=li, **given)
    load = handed_in(li, issuer, sheet({}))
    with pytest.raises(errors.LoadNotFound):
        operations.submit(actor=zhao, public_id=load.public_id, now=NOW)
    with pytest.raises(errors.LoadNotFound):
        queries.refused_file(load.public_id, actor=zhao, language="zh")


def test_refused_rows_are_forgotten_after_half_a_year(issuer, li):
    load = handed_in(li, issuer, sheet({"issued": "201913"}, {"number": "YJ0002"}))
    operations.cancel(actor=li, public_id=load.public_id, now=NOW)
    assert operations.forget_old(actor=SYSTEM, now=NOW) == 0
    later = NOW.replace(year=2027)
    assert operations.forget_old(actor=SYSTEM, now=later) == 1
    assert models.RefusedRow.objects.count() == 0
    assert queries.load(actor=li, public_id=load.public_id).refused_forgotten
    with pytest.raises(NotPermitted):
        operations.forget_old(actor=li, now=later)


@pytest.mark.parametrize("again", [False, True])
def test_list_that_was_submitted_late_waits_as_long_from_then_on(issuer, li, wang, again):
    load = handed_in(li, issuer, sheet({}))
    if again:
        operations.submit(actor=li, public_id=load.public_id, now=NOW)
        operations.review(actor=wang, public_id=load.public_id, verdict=Verdict.RETURN, note="请核对", now=NOW)
    operations.submit(actor=li, public_id=load.public_id, now=NOW + timedelta(days=170))
    assert operations.forget_old(actor=SYSTEM, now=NOW + timedelta(days=349)) == 0
    assert queries.load(actor=li, public_id=load.public_id).stage is LoadStage.SUBMITTED
    assert operations.forget_old(actor=SYSTEM, now=NOW + timedelta(days=351)) == 1


def test_list_that_nobody_decides_is_dropped_after_half_a_year(issuer, li):
    load = handed_in(li, issuer, sheet({}, {"number": "YJ0002", "issued": "201913"}))
    operations.submit(actor=li, public_id=load.public_id, now=NOW)
    assert operations.forget_old(actor=SYSTEM, now=NOW + timedelta(days=179)) == 0
    assert operations.forget_old(actor=SYSTEM, now=NOW + timedelta(days=181)) == 1
    assert queries.load(actor=li, public_id=load.public_id).stage is LoadStage.CANCELLED
    assert models.Staged.objects.count() == models.RefusedRow.objects.count() == 0


def test_file_of_a_request_that_failed_is_deleted_after_a_day(issuer, li):
    waiting = operations.hand_in(actor=li, organization_id=issuer.id, file_name="a.csv", content=[sheet({})], now=NOW)
    files.write("lost", [b"x"])
    for day, left in ((0, {"lost", waiting.public_id}), (2, {waiting.public_id})):
        operations.forget_old(actor=SYSTEM, now=datetime.now(tz=UTC) + timedelta(days=day))
        assert {name for name, _ in files.lying()} & {"lost", waiting.public_id} == left
    files.drop(waiting.public_id)
