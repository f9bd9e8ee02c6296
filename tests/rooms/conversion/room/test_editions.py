"""The life of an edition: drafted, checked, read, noticed, published, succeeded or withdrawn; and every refusal."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from creditbank.conversion import errors, operations, queries
from creditbank.conversion.types import EditionStage as Stage, Filters, Verdict
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import AFTER_NOTICE, NOBODY, NOW, SYSTEM
from tests.rooms.conversion.room.steps import experts, noticed, published, reads, submitted


def written(name):
    return [stored.fact.body for stored in evidence.facts(name=f"conversion.{name}.v1")]


def start(bank, people, **parts):
    return operations.start_draft(actor=people.li, owner_id=bank.school, document=documents.book() | parts, now=NOW)


def test_a_book_goes_from_draft_to_publication(bank, people):
    draft = start(bank, people)
    assert (draft.stage, draft.rules, draft.cases, draft.starts) == (Stage.DRAFT, 1, 2, date(2026, 1, 1))
    edition = operations.submit_edition(actor=people.li, public_id=draft.public_id, now=NOW)
    assert edition.stage is Stage.READING
    assert reads(people.wang, edition).stage is Stage.READING
    on_notice = reads(people.chen, edition, remarks="同意")
    assert (on_notice.stage, on_notice.notice_until) == (Stage.NOTICE, date(2026, 11, 29))
    done = operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)
    assert (done.stage, done.published_at) == (Stage.PUBLISHED, AFTER_NOTICE)
    ruling = queries.in_force(date(2026, 12, 1))
    assert [(each.edition.public_id, each.book.rules[0].id) for each in ruling] == [(done.public_id, "E1")]
    digests = {
        body["digest"] for name in ("edition_submitted", "edition_read", "edition_published") for body in written(name)
    }
    assert digests == {done.digest}
    assert [body["stage"] for body in written("edition_read")] == ["reading", "notice"]


def test_what_is_public_is_public(bank, people):
    edition = submitted(bank, people, documents.book())
    assert queries.listing(NOBODY, Filters(), 1).total == 0
    with pytest.raises(errors.BookNotFound):
        queries.details(NOBODY, edition.public_id)
    assert [each.public_id for each in queries.waiting(people.wang)] == [edition.public_id]
    assert queries.waiting(people.li) == ()
    reads(people.wang, edition)
    assert queries.waiting(people.wang) == ()
    reads(people.chen, edition)
    details = queries.details(NOBODY, edition.public_id)
    assert [each.reader_name for each in details.readings] == ["王芳", "陈静"]
    assert queries.listing(NOBODY, Filters(text="计算机"), 1).rows[0].owner.zh == "云江第二工业大学"
    assert queries.listing(NOBODY, Filters(text="英语"), 1).total == 0


def test_a_draft_is_saved_only_over_the_text_that_was_seen(bank, people):
    draft = start(bank, people)
    changed = documents.book(title={"zh": "新标题"})
    saved = operations.save_draft(
        actor=people.li, public_id=draft.public_id, seen=draft.digest, document=changed, now=NOW
    )
    assert saved.digest != draft.digest
    assert queries.details(people.li, draft.public_id).document["title"] == {"zh": "新标题"}
    assert queries.details(people.li, draft.public_id).edition.book.title.zh == "新标题"
    with pytest.raises(errors.DraftChanged):
        operations.save_draft(actor=people.li, public_id=draft.public_id, seen=draft.digest, document=changed, now=NOW)
    with pytest.raises(errors.BookExists):
        operations.save_draft(
            actor=people.li, public_id=draft.public_id, seen=saved.digest, document=documents.book("yj/x"), now=NOW
        )
    edition = operations.submit_edition(actor=people.li, public_id=draft.public_id, now=NOW)
    with pytest.raises(errors.EditionNotThere):
        operations.save_draft(
            actor=people.li, public_id=draft.public_id, seen=edition.digest, document=changed, now=NOW
        )


@pytest.mark.parametrize("field", ["id", "edition", "kind", "title"])
def test_even_a_draft_has_a_head(bank, people, field):
    with pytest.raises(errors.BookHeadMissing):
        start(bank, people, **{field: ""})


@pytest.mark.parametrize(
    "parts",
    [
        {"id": "x" * 121},
        {"edition": "x" * 41},
        {"title": {"zh": "名" * 201}},
        {"title": {"zh": 7}},
        {"kind": "wish"},
        {"kind": ["institutional"]},
        {"id": {"a": "b"}},
        {"effective": "soon"},
        {"rules": "none"},
    ],
)
def test_a_strange_draft_is_kept_or_refused_and_never_breaks(bank, people, parts):
    try:
        draft = start(bank, people, **parts)
    except errors.BookHeadMissing:
        return
    assert queries.review(queries.details(people.li, draft.public_id).document, day=NOW.date()).refusals


def test_a_draft_belongs_to_who_writes_it(bank, people):
    with pytest.raises(errors.BookNotOwned):
        start(bank, people, owner={"name": {"zh": "别处"}, "code": "4131010251"})
    with pytest.raises(NotPermitted):
        operations.start_draft(actor=people.li, owner_id=bank.other_school, document=documents.book(), now=NOW)
    start(bank, people)
    with pytest.raises(errors.BookExists):
        start(bank, people)
    start(bank, people, edition="2027")
    stolen = documents.book(owner={"name": {"zh": "云江理工大学"}, "code": "4131010251"}, edition="2028")
    with pytest.raises(errors.BookExists):
        operations.start_draft(actor=SYSTEM, owner_id=bank.other_school, document=stolen, now=NOW)


def test_what_is_not_green_goes_to_no_reader(bank, people):
    wrong_case = start(bank, people, cases=[documents.case("wrong", gives="9")])
    with pytest.raises(errors.EditionNotReady) as refused:
        operations.submit_edition(actor=people.li, public_id=wrong_case.public_id, now=NOW)
    assert refused.value.details == {"findings": 0, "cases": 1}
    faulty = start(bank, people, edition="2027", rules=[{"id": "E1"}])
    with pytest.raises(errors.EditionNotReady) as refused:
        operations.submit_edition(actor=people.li, public_id=faulty.public_id, now=NOW)
    assert refused.value.details["findings"] >= 3
    assert written("edition_submitted") == []


def test_nobody_reads_what_they_drafted_nor_twice(bank, people):
    edition = submitted(bank, people, documents.book())
    with pytest.raises(errors.ReaderMayNot):
        reads(people.li, edition)
    reads(people.wang, edition)
    with pytest.raises(errors.ReaderMayNot):
        reads(people.wang, edition)
    with pytest.raises(errors.BookNotFound):
        reads(people.sun, edition)
    with pytest.raises(NotPermitted):
        reads(people.zhao, edition)


def test_nobody_reads_what_they_changed(bank, people):
    """Who saved the draft has written it too, whoever began it."""
    draft = start(bank, people)
    wang = replace(people.wang, grants=(*people.wang.grants, *people.li.grants))
    changed = documents.book(title={"zh": "改过"})
    operations.save_draft(actor=wang, public_id=draft.public_id, seen=draft.digest, document=changed, now=NOW)
    edition = operations.submit_edition(actor=people.li, public_id=draft.public_id, now=NOW)
    with pytest.raises(errors.ReaderMayNot):
        reads(wang, edition)


def test_a_return_goes_back_to_the_writer_and_asks_for_all_readings_anew(bank, people):
    edition = submitted(bank, people, documents.book())
    reads(people.wang, edition)
    with pytest.raises(errors.RemarksMissing):
        reads(people.chen, edition, Verdict.RETURN, "  ")
    returned = reads(people.chen, edition, Verdict.RETURN, "请写明依据")
    assert returned.stage is Stage.DRAFT
    mended = documents.book(title={"zh": "改好的规则"})
    operations.save_draft(actor=people.li, public_id=edition.public_id, seen=returned.digest, document=mended, now=NOW)
    again = operations.submit_edition(actor=people.li, public_id=edition.public_id, now=NOW)
    assert reads(people.wang, again).stage is Stage.READING
    assert reads(people.chen, again).stage is Stage.NOTICE
    details = queries.details(people.li, edition.public_id)
    assert [each.remarks for each in details.earlier] == ["", "请写明依据"]
    assert [each.round for each in details.readings] == [2, 2]


def test_a_returned_text_that_comes_unchanged_is_read_again(bank, people):
    edition = submitted(bank, people, documents.book())
    reads(people.wang, edition)
    reads(people.chen, edition, Verdict.RETURN, "请再想想")
    operations.submit_edition(actor=people.li, public_id=edition.public_id, now=NOW)
    assert reads(people.wang, edition).stage is Stage.READING
    assert reads(people.chen, edition).stage is Stage.NOTICE


def test_one_refusal_ends_the_edition(bank, people):
    edition = submitted(bank, people, documents.book())
    reads(people.wang, edition)
    assert reads(people.chen, edition, Verdict.REFUSE, "学分过高").stage is Stage.REFUSED
    with pytest.raises(errors.EditionNotThere):
        operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)
    with pytest.raises(errors.EditionNotThere):
        operations.submit_edition(actor=people.li, public_id=edition.public_id, now=NOW)


def test_the_notice_runs_to_its_end(bank, people):
    edition = noticed(bank, people, documents.book())
    with pytest.raises(errors.NoticeRunning):
        operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=NOW + timedelta(days=6))
    with pytest.raises(NotPermitted):
        operations.publish_edition(actor=people.li, public_id=edition.public_id, now=AFTER_NOTICE)
    with pytest.raises(NotPermitted):
        operations.publish_edition(actor=NOBODY, public_id=edition.public_id, now=AFTER_NOTICE)


def test_the_next_edition_ends_the_one_before(bank, people):
    first = published(bank, people, documents.book())
    with pytest.raises(errors.PeriodOverlaps):
        published(bank, people, documents.book(edition="2026-2"))
    document = queries.next_edition(people.li, first.public_id, edition="2027", day=date(2027, 1, 1))
    second = published(bank, people, document)
    before = queries.details(NOBODY, first.public_id).edition
    assert (before.stage, before.ends) == (Stage.SUCCEEDED, date(2026, 12, 31))
    assert [each.edition.edition for each in queries.in_force(date(2026, 12, 31))] == ["2026"]
    assert [each.edition.edition for each in queries.in_force(date(2027, 1, 1))] == ["2027"]
    assert written("edition_published")[-1]["succeeds"] == "2026"
    assert [each.edition for each in queries.details(NOBODY, second.public_id).editions] == ["2027", "2026-2", "2026"]


def test_a_withdrawn_edition_rules_to_the_end_of_its_day(bank, people):
    edition = published(bank, people, documents.book())
    with pytest.raises(NotPermitted):
        operations.withdraw_edition(actor=people.li, public_id=edition.public_id, now=AFTER_NOTICE)
    gone = operations.withdraw_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)
    assert (gone.stage, gone.ends) == (Stage.WITHDRAWN, date(2026, 11, 29))
    assert len(queries.in_force(date(2026, 11, 29))) == 1
    assert queries.in_force(date(2026, 11, 30)) == ()
    with pytest.raises(errors.EditionNotThere):
        operations.withdraw_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)


def test_a_draft_is_given_up_by_its_writer(bank, people):
    draft = start(bank, people)
    gone = operations.withdraw_edition(actor=people.li, public_id=draft.public_id, now=NOW)
    assert gone.stage is Stage.WITHDRAWN
    # It never was public and does not become so.
    with pytest.raises(errors.BookNotFound):
        queries.details(NOBODY, draft.public_id)
    assert queries.listing(NOBODY, Filters(), 1).total == 0


def test_guidance_needs_five_experts_and_three_readers(bank):
    first, *_others = experts(bank, 4)
    draft = operations.start_draft(actor=first, owner_id=bank.group, document=documents.guidance(), now=NOW)
    with pytest.raises(errors.GroupTooSmall) as refused:
        operations.submit_edition(actor=first, public_id=draft.public_id, now=NOW)
    assert refused.value.details["experts"] == 4


def test_guidance_is_read_by_three_and_adopted_with_a_deviation(bank, people):
    writer, *readers = experts(bank, 5)
    draft = operations.start_draft(actor=writer, owner_id=bank.group, document=documents.guidance(), now=NOW)
    edition = operations.submit_edition(actor=writer, public_id=draft.public_id, now=NOW)
    assert [reads(each, edition).stage for each in readers[:3]] == [Stage.READING, Stage.READING, Stage.NOTICE]
    with pytest.raises(errors.NotGuidance):
        queries.adoption(people.li, bank.school, edition.public_id, day=NOW.date())
    guidance = operations.publish_edition(actor=SYSTEM, public_id=edition.public_id, now=AFTER_NOTICE)

    document = queries.adoption(people.li, bank.school, guidance.public_id, day=AFTER_NOTICE.date())
    document["adopts"]["deviations"] = [
        {
            "op": "add",
            "with": documents.rule("E2", spec="数据库系统工程师", course="数据库"),
            "reason": {"zh": "本校开设"},
        }
    ]
    document["cases"] = [
        *documents.book()["cases"],
        documents.case("more", spec="数据库系统工程师", gives="3", uses_rules=["E2"]),
    ]
    mine = operations.start_draft(actor=people.li, owner_id=bank.school, document=document, now=AFTER_NOTICE)
    ready = operations.submit_edition(actor=people.li, public_id=mine.public_id, now=AFTER_NOTICE)
    assert [each.id for each in queries.parsed(ready.id, ready.digest).rules] == ["E1", "E2"]
    wrong = document | {"edition": "2", "adopts": document["adopts"] | {"edition": "1999"}}
    other = operations.start_draft(actor=people.li, owner_id=bank.school, document=wrong, now=AFTER_NOTICE)
    assert queries.review(wrong, day=AFTER_NOTICE.date()).refusals == 1
    with pytest.raises(errors.EditionNotReady):
        operations.submit_edition(actor=people.li, public_id=other.public_id, now=AFTER_NOTICE)


def test_both_sides_approve_an_agreement(bank, people):
    edition = submitted(bank, people, documents.agreement())
    assert reads(people.wang, edition).stage is Stage.READING
    assert reads(people.sun, edition).stage is Stage.NOTICE
    assert [each.side.value for each in queries.details(NOBODY, edition.public_id).readings] == ["owner", "partner"]


def test_a_side_reports_a_rule_and_settles_it(bank, people):
    edition = submitted(bank, people, documents.agreement())
    reads(people.wang, edition)
    reads(people.sun, edition)
    report = {"public_id": edition.public_id, "rule": "E1", "reason": "课程已停开", "now": NOW}
    with pytest.raises(errors.EditionNotThere):
        operations.report_rule(actor=people.sun, **report)
    operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)
    with pytest.raises(errors.RuleNotFound):
        operations.report_rule(actor=people.sun, **report | {"rule": "E9"})
    with pytest.raises(errors.RemarksMissing):
        operations.report_rule(actor=people.sun, **report | {"reason": ""})
    operations.report_rule(actor=people.sun, **report)
    assert queries.in_force(AFTER_NOTICE.date())[0].book.rules == ()
    assert [each.rule for each in queries.details(NOBODY, edition.public_id).reports] == ["E1"]
    with pytest.raises(errors.ProblemNotOpen):
        operations.report_rule(actor=people.sun, **report)
    with pytest.raises(errors.ProblemNotOpen):
        operations.settle_rule(actor=people.wang, public_id=edition.public_id, rule="E1", now=NOW)
    operations.settle_rule(actor=people.sun, public_id=edition.public_id, rule="E1", now=NOW)
    assert len(queries.in_force(AFTER_NOTICE.date())[0].book.rules) == 1
    assert [body["side"] for body in written("rule_reported") + written("rule_settled")] == ["partner"] * 2


def test_an_agreement_names_a_receiver_that_there_is(bank, people):
    with pytest.raises(errors.BookHeadMissing):
        start(bank, people, kind="agreement")


def test_the_system_publishes_what_was_decided_elsewhere(bank, people):
    edition = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    assert edition.stage is Stage.PUBLISHED
    assert [name for name in ("draft_started", "edition_published") if len(written(name)) == 1] == [
        "draft_started",
        "edition_published",
    ]
    with pytest.raises(NotPermitted):
        operations.import_edition(
            actor=people.zhao, owner_id=bank.school, document=documents.book(edition="2"), now=NOW
        )
    with pytest.raises(errors.EditionNotReady):
        operations.import_edition(
            actor=SYSTEM,
            owner_id=bank.school,
            document=documents.book(edition="3", cases=[]) | {"rules": [{}]},
            now=NOW,
        )
    assert queries.listing(SYSTEM, Filters(), 1).total == 1
