"""Every write stands or falls with its fact: with an outbox that takes nothing, no operation changes a row.

A new operation is one line in `CASES`; one without a line fails `test_every_operation_is_tried`.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection

from creditbank.archive import operations as archive
from creditbank.catalogue import (
    occupation_operations as occupations,
    operations as catalogue,
    programme_operations as programmes,
)
from creditbank.catalogue.types import Filters, NewCourse
from creditbank.deposits import operations as deposits
from creditbank.deposits.types import ConflictState, Renaming
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.confirming import frame_of
from creditbank.enrolments.types import ListKind, Status, StatusChange
from creditbank.framework import examples, operations as framework
from creditbank.identity import operations as identity
from creditbank.identity.types import Cause
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners
from creditbank.learners.operations.describing import frame_of as people
from creditbank.learners.types import NewPerson, PriorityGroup
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind, Role
from tests.house.reading import rooms
from tests.properties import registers, rule_books
from tests.properties.world import FILE, PASSWORD, WANG, Act, World, ready
from tests.rooms.archive.conftest import NOW, SYSTEM
from tests.rooms.learners.people import ANYBODY, document, sign_in


def accredit(world: World) -> Act:
    course, day = world.bank.courses[0], NOW.date()
    given = {"specification_id": course, "starts": day, "ends": None, "decision": "2026年第1号"}
    return partial(catalogue.accredit, actor=SYSTEM, **given, now=NOW)


COLUMN_NAMES: dict[str, Any] = {
    "renaming": Renaming(
        layout="creditbank-1",
        names={"种": "kind", "人": "person_name", "项": "course", "时": "obtained"},
        name="导出",
    ),
    "headings": ("种", "人", "项", "时"),
}
CASES: dict[str, Callable[[World], Act]] = {
    **rule_books.CASES,
    **registers.CASES,
    "archive.finish_posting": lambda w: w.finish(),
    "archive.hold": lambda w: w.claim(archive.hold),
    "archive.use": lambda w: w.claim(archive.use),
    "archive.release": lambda w: w.claim(archive.hold, archive.release),
    "archive.reverse": lambda w: w.claim(archive.use, archive.reverse),
    "archive.withdraw_posting": lambda w: partial(
        archive.withdraw_posting, actor=SYSTEM, reference="first", reason="取错了学期", now=NOW
    ),
    "archive.end_entries": lambda w: w.ending(),
    "archive.reinstate_entry": lambda w: w.ended(archive.reinstate_entry),
    "archive.prepare_erasure": lambda w: partial(archive.prepare_erasure, **w.here, learner_ids=w.bank.learners[:1]),
    "archive.move_account": lambda w: partial(
        archive.move_account,
        **w.here,
        survivor_id=w.bank.learners[1],
        other_id=w.bank.learners[0],
        enrolments={},
    ),
    "deposits.upload": lambda w: partial(deposits.upload, **w.here, file_name="a.csv", content=FILE),
    "deposits.finish_upload": lambda w: w.upload(deposits.finish_upload),
    "deposits.submit": lambda w: w.batch(deposits.check, deposits.submit),
    "deposits.review": lambda w: w.batch(
        deposits.check, deposits.submit, partial(deposits.review, actor=WANG, verdict=Verdict.APPROVE)
    ),
    "deposits.retry_waiting": lambda w: w.batch(deposits.check, deposits.retry_waiting),
    "deposits.drop_waiting": lambda w: w.waiting(partial(deposits.drop_waiting, rows=[], reason="不等了")),
    "deposits.decide_conflict": lambda w: w.conflict(
        partial(deposits.decide_conflict, outcome=ConflictState.FIRST, reason="看过原件")
    ),
    "deposits.cancel": lambda w: w.batch(deposits.cancel),
    "deposits.choose": lambda w: w.batch(deposits.check, partial(deposits.choose, all_or_nothing=True)),
    "deposits.ask_original": lambda w: w.batch(
        deposits.check, deposits.submit, partial(deposits.ask_original, actor=WANG, row=2, question="请给成绩单")
    ),
    "deposits.ask_withdrawal": lambda w: w.batch(*w.entering, partial(deposits.ask_withdrawal, reason="取错了学期")),
    "deposits.decide_withdrawal": lambda w: w.batch(
        *w.entering,
        partial(deposits.ask_withdrawal, reason="取错了学期"),
        partial(deposits.decide_withdrawal, actor=WANG, verdict=Verdict.APPROVE),
    ),
    "deposits.save_profile": lambda w: partial(deposits.save_profile, **w.here, **COLUMN_NAMES),
    "deposits.end_profile": lambda w: partial(
        deposits.end_profile,
        actor=SYSTEM,
        public_id=deposits.save_profile(**w.here, **COLUMN_NAMES).public_id,
        now=NOW,
    ),
    "deposits.prepare_erasure": lambda w: ready(
        w.batch(deposits.check, deposits.submit),
        partial(deposits.prepare_erasure, **w.here, traces=w.traces()),
    ),
    "catalogue.add_alias": lambda w: partial(
        catalogue.add_alias, **w.here, specification_id=w.bank.courses[0], alias="护理学（一）"
    ),
    "catalogue.remove_alias": lambda w: partial(
        catalogue.remove_alias,
        actor=SYSTEM,
        alias_id=catalogue.add_alias(**w.here, specification_id=w.bank.courses[0], alias="护理学（一）"),
        now=NOW,
    ),
    "catalogue.set_tolerance": lambda w: partial(
        catalogue.set_tolerance, actor=SYSTEM, specification_id=w.bank.courses[0], hundredths=50, now=NOW
    ),
    "catalogue.accredit": accredit,
    "catalogue.end_accreditation": lambda w: partial(
        catalogue.end_accreditation,
        actor=SYSTEM,
        accreditation_id=accredit(w)(),
        on=NOW.date(),
        now=NOW,
    ),
    "catalogue.define_specification": lambda w: partial(
        catalogue.define_specification, actor=SYSTEM, new=w.specification(), now=NOW
    ),
    "catalogue.define_many": lambda w: partial(catalogue.define_many, actor=SYSTEM, new=[w.specification()], now=NOW),
    "catalogue.propose_courses": lambda w: partial(
        catalogue.propose_courses, **w.here, courses=[NewCourse(name="社区护理", credits=200)]
    ),
    "catalogue.recognise_proposed": lambda w: partial(
        catalogue.recognise_proposed, actor=SYSTEM, specification_ids=w.bank.courses, now=NOW
    ),
    "catalogue.recognise_matching": lambda w: partial(
        catalogue.recognise_matching, actor=SYSTEM, filters=Filters(), now=NOW
    ),
    "catalogue.withdraw": lambda w: partial(
        catalogue.withdraw, actor=SYSTEM, specification_id=w.bank.courses[0], now=NOW
    ),
    "catalogue.define_programme": lambda w: partial(
        programmes.define_programme, actor=SYSTEM, new=w.programme(), now=NOW
    ),
    "catalogue.define_certification_unit": lambda w: partial(
        programmes.define_certification_unit, actor=SYSTEM, new=w.certification_unit(), now=NOW
    ),
    "catalogue.define_occupation": lambda w: partial(
        occupations.define_occupation, actor=SYSTEM, new=w.occupation(), now=NOW
    ),
    "framework.publish_edition": lambda _: partial(
        framework.publish_edition, actor=SYSTEM, new=examples.ten_levels(), now=NOW
    ),
    "framework.publish_examples": lambda _: partial(framework.publish_examples, actor=SYSTEM, now=NOW),
    "enrolments.confirm_many": lambda w: partial(
        enrolments.confirm_many, **w.here, rows=[w.enrolment_row()], source="batch"
    ),
    "enrolments.confirm_frame": lambda w: partial(
        enrolments.confirm_frame, **w.here, frame=frame_of([w.enrolment_row()]), source="batch"
    ),
    "enrolments.hand_in": lambda w: partial(
        enrolments.hand_in, **w.here, kind=ListKind.STUDENTS, file_name="a.csv", content=b"a"
    ),
    "enrolments.stop_list": lambda w: partial(
        enrolments.stop_list,
        actor=SYSTEM,
        public_id=enrolments.hand_in(**w.here, kind=ListKind.STUDENTS, file_name="a.csv", content=b"a").public_id,
        now=NOW,
    ),
    "enrolments.change_status": lambda w: w.enrolment(
        partial(enrolments.change_status, change=StatusChange(Status.SUSPENDED, NOW.date()))
    ),
    "enrolments.move_enrolments": lambda w: ready(
        w.enrolment(lambda **_: None),
        partial(enrolments.move_enrolments, **w.here, survivor_id=w.bank.learners[1], other_id=w.bank.learners[0]),
    ),
    "enrolments.print_claim_codes": lambda w: ready(
        w.enrolment(lambda **_: None), partial(enrolments.print_claim_codes, **w.here, class_name="护理2403")
    ),
    "organizations.open_organization": lambda w: partial(
        organizations.open_organization,
        actor=SYSTEM,
        parent_id=w.bank.school,
        code="YJ-NEW",
        kind=OrganizationKind.OUTLET,
        name=Text("新网点"),
        now=NOW,
    ),
    "organizations.rename": lambda w: w.organization(partial(organizations.rename, name=Text("新名"))),
    "organizations.set_depositing": lambda w: w.organization(
        partial(organizations.set_depositing, opens_accounts=False, registers_courses=False, credits_tolerance=50)
    ),
    "organizations.suspend": lambda w: w.organization(organizations.suspend),
    "organizations.reopen": lambda w: w.organization(organizations.suspend, organizations.reopen),
    "organizations.close": lambda w: w.organization(organizations.close),
    "organizations.appoint": lambda w: w.user(partial(organizations.appoint, role=Role.AUDITOR)),
    "organizations.appoint_by_login": lambda w: partial(
        organizations.appoint_by_login, **w.here, login="wang.fang", name="王芳", is_new=True, role=Role.AUDITOR
    ),
    "organizations.end_membership": lambda w: partial(
        organizations.end_membership,
        actor=SYSTEM,
        membership_id=w.user(partial(organizations.appoint, role=Role.AUDITOR))().id,
        now=NOW,
    ),
    "identity.create_staff": lambda w: partial(
        identity.create_staff, **w.here, login="li.ming", name="李明", password=PASSWORD
    ),
    "identity.create_learner_login": lambda w: partial(
        identity.create_learner_login,
        actor=SYSTEM,
        learner_id=w.bank.learners[0],
        login="13900000000",
        name="张三",
        password=PASSWORD,
        now=NOW,
    ),
    "identity.issue_reset": lambda w: w.user(identity.issue_reset),
    "identity.issue_learner_reset": lambda w: partial(
        identity.issue_learner_reset, **w.here, learner_id=w.sign_in_of(identity.create_learner_login)
    ),
    "identity.use_reset": lambda w: partial(
        identity.use_reset,
        login="li.ming",
        code=w.user(identity.issue_reset)().code,
        password="other-river-42",
        now=NOW,
    ),
    "identity.deactivate": lambda w: w.user(partial(identity.deactivate, cause=Cause.LEFT)),
    "identity.activate": lambda w: w.user(
        partial(identity.deactivate, cause=Cause.LEFT), partial(identity.activate, cause=Cause.BACK)
    ),
    "identity.clear_second_factor": lambda w: w.user(partial(identity.clear_second_factor, cause=Cause.DEVICE_LOST)),
    "identity.change_phone": lambda w: partial(
        identity.change_phone, actor=w.holder(identity.create_learner_login), phone="13900000010", now=NOW
    ),
    "identity.change_email": lambda w: partial(
        identity.change_email, actor=w.holder(identity.create_learner_login), email="a@example.org", now=NOW
    ),
    "identity.end_other_sessions": lambda w: partial(
        identity.end_other_sessions, user_id=w.staff(), session_key="", now=NOW
    ),
    "identity.create_client": lambda w: partial(identity.create_client, **w.here, name="教务系统"),
    "identity.revoke_client": lambda w: partial(
        identity.revoke_client,
        actor=SYSTEM,
        client_id=identity.create_client(**w.here, name="教务系统")[0].id,
        now=NOW,
    ),
    "learners.open_account": lambda w: partial(learners.open_account, **w.here, name="林晓岚", document=document(9)),
    "learners.open_frame": lambda w: partial(
        learners.open_frame, **w.here, frame=people([NewPerson("林晓岚", document(9))])
    ),
    "learners.take_over": lambda w: partial(
        learners.take_over,
        **w.here,
        bank_code="SH-31",
        frame=people([NewPerson("林晓岚", document(9))]).with_columns(
            number=pl.lit("SH0001"), since=pl.lit(None, pl.Date)
        ),
    ),
    "learners.open_many": lambda w: partial(learners.open_many, **w.here, people=[NewPerson("林晓岚", document(9))]),
    "learners.apply_for_account": lambda w: partial(
        learners.apply_for_account,
        organization_id=w.bank.school,
        name="林晓岚",
        document=document(9),
        contact="13900000000",
        now=NOW,
    ),
    "learners.accept_application": lambda w: w.application(learners.accept_application),
    "learners.refuse_application": lambda w: w.application(partial(learners.refuse_application, reason="材料不全")),
    "learners.issue_claim_code": lambda w: partial(learners.issue_claim_code, **w.one),
    "learners.issue_claim_codes": lambda w: partial(
        learners.issue_claim_codes, **w.here, learner_ids=list(w.bank.learners), known=w.bank.learners
    ),
    "learners.set_attribute": lambda w: partial(learners.set_attribute, **w.one, group=PriorityGroup.VETERAN),
    "learners.withdraw_attribute": lambda w: w.acts(
        learners.set_attribute, learners.withdraw_attribute, **w.one, group=PriorityGroup.VETERAN
    ),
    "learners.correct_name": lambda w: partial(learners.correct_name, **w.one, name="张珊", reason="更名"),
    "learners.replace_document": lambda w: partial(
        learners.replace_document, **w.one, document=document(9), reason="换证"
    ),
    "learners.add_alias": lambda w: partial(learners.add_alias, **w.one, number="SH-1", bank_code="0031"),
    "learners.find_person": lambda w: partial(learners.find_person, **w.here, name="林晓岚", document=w.opened()),
    "learners.open_page": lambda w: partial(learners.open_page, **w.one),
    "learners.read_repair": lambda w: w.repair(learners.read_repair),
    "learners.resolve_repair": lambda w: w.repair(partial(learners.resolve_repair, resolution="看过原件")),
    "learners.dismiss_repair": lambda w: w.repair(partial(learners.dismiss_repair, resolution="看过原件")),
    "learners.unmask": lambda w: partial(learners.unmask, **w.one, document_number=1, purpose="核对证件"),
    "learners.merge": lambda w: partial(
        learners.merge, **w.here, survivor_id=w.bank.learners[0], other_id=w.bank.learners[1]
    ),
    "learners.prepare_erasure": lambda w: partial(learners.prepare_erasure, **w.one, reason="本人要求"),
    "learners.suspend": lambda w: partial(learners.suspend, **w.one, reason="本人要求"),
    "learners.close": lambda w: partial(learners.close, **w.one, reason="本人要求"),
    "learners.reopen": lambda w: w.acts(learners.suspend, learners.reopen, **w.one, reason="本人要求"),
    "learners.claim_with_code": lambda w: partial(
        learners.claim_with_code,
        actor=ANYBODY,
        name="林晓岚",
        document=w.opened(),
        code=w.code(),
        sign_in=sign_in(),
        now=NOW,
    ),
    "learners.claim_with_provider": lambda w: partial(
        learners.claim_with_provider, actor=ANYBODY, vouching=w.vouching(), sign_in=sign_in(), now=NOW
    ),
    "learners.reset_at_counter": lambda w: partial(
        learners.reset_at_counter, **w.here, account_number=w.claimed(), document=document(9)
    ),
    "learners.claim_at_counter": lambda w: partial(
        learners.claim_at_counter, **w.newcomer(), name="林晓岚", document=document(9), sign_in=sign_in()
    ),
}
#: Operations that this test cannot ask, and what does.
ELSEWHERE = {
    **rule_books.ELSEWHERE,
    **registers.ELSEWHERE,
    "archive.begin_posting": "opens a posting, which is nothing yet: no entry of it is seen before its fact",
    "archive.post_many": "its entries are invisible until the batch's fact: test_archive_posting",
    "archive.post_provenance": "invisible until the batch's fact, as its entries are: test_archive_provenance",
    "archive.lead_provenance": "a part of settling a case: tests/rooms/deposits/test_conflicts_ending.py",
    "archive.delete_rows": "a part of erasing: tests/rooms/journeys/test_erasing.py",
    "enrolments.work_list": "block by block, each in a transaction: tests/rooms/enrolments/test_working.py",
    "enrolments.take_list_at_once": "hand_in and work_list in turn",
    "enrolments.forget_lists": "deletes files, and says so beside them: tests/rooms/enrolments/test_working.py",
    "enrolments.forget_person": "a part of erasing: tests/rooms/enrolments/test_working.py",
    "enrolments.delete_rows": "a part of merging and erasing: tests/rooms/journeys",
    "identity.delete_rows": "a part of erasing: tests/rooms/journeys/test_erasing.py",
    "learners.delete_rows": "a part of erasing: tests/rooms/journeys/test_erasing.py",
    "deposits.dry_run": "reads",
    "deposits.give_original": "needs the number of a request: tests/rooms/deposits/test_sampling.py",
    "deposits.start_upload": "nothing is handed in before finish_upload: tests/rooms/deposits/test_uploads.py",
    "deposits.add_piece": "as start_upload",
    "deposits.drop_upload": "as start_upload",
    "deposits.forget_old": "a transaction for each batch: tests/rooms/deposits/test_forgetting.py",
    "deposits.enter_waiting": "a transaction for each batch: tests/rooms/deposits/test_waiting.py",
    "deposits.settle_conflicts": "a transaction for each case: tests/rooms/deposits/test_conflicts.py",
    "deposits.check": "tests/properties/test_facts_or_nothing.py, below: a failure is itself recorded",
    "deposits.reopen": "a batch that failed three times: tests/rooms/deposits/test_failing.py",
    "deposits.post": "in resumable steps: below, and tests/rooms/deposits/test_crashes.py",
    "deposits.deposit_at_once": "upload, check and post in turn",
    "learners.rotate": "in blocks, each with its fact: tests/rooms/learners/test_changing.py stops one before it",
    "learners.hold_vouching": "writes nothing: what it returns lies sealed in a browser's session",
    "identity.count_attempt": "counts without a fact: tests/rooms/identity/test_limits.py",
    "identity.forgive_attempt": "counts without a fact: tests/rooms/identity/test_limits.py",
}
BREAK = """
CREATE FUNCTION outbox_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'outbox is full'; END $$;
CREATE TRIGGER outbox_is_full BEFORE INSERT ON evidence_outbox EXECUTE FUNCTION outbox_is_full();
"""


def operations() -> Iterator[str]:
    """Yield room and name of every operation of the house."""
    for room in rooms():
        for file in (
            "operations",
            "programme_operations",
            "occupation_operations",
            "matching_operations",
            "goal_operations",
            "preview_operations",
        ):
            try:
                module = import_module(f"creditbank.{room}.{file}")
            except ModuleNotFoundError:
                continue
            for name, function in inspect.getmembers(module, inspect.isfunction):
                ours = function.__module__.startswith(module.__name__)
                if ours and room != "evidence" and not name.startswith("_"):
                    yield f"{room}.{name}"


def contents() -> dict[str, object]:
    """Return a digest of every table of the database."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t")
            found[table] = cursor.fetchone()
        return found


def break_outbox() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BREAK)


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_operation_is_tried() -> None:
    assert sorted(set(operations()) - set(CASES) - set(ELSEWHERE)) == []
    assert sorted((set(CASES) | set(ELSEWHERE)) - set(operations())) == []


@pytest.mark.parametrize("name", CASES)
def test_operation_writes_nothing_without_its_fact(world: World, name: str) -> None:
    act = CASES[name](world)
    before = contents()
    break_outbox()
    with pytest.raises(DatabaseError, match="outbox is full"):
        act()
    after = contents()
    assert {table for table in before if before[table] != after[table]} == set()


@pytest.mark.parametrize("name", CASES)
def test_operation_writes_with_its_fact(world: World, name: str) -> None:
    act = CASES[name](world)
    before = contents()
    act()
    after = contents()
    assert before["evidence_outbox"] != after["evidence_outbox"]


def test_posting_shows_nothing_without_its_fact(world: World) -> None:
    approve = partial(deposits.review, actor=WANG, verdict=Verdict.APPROVE)
    act = world.batch(deposits.check, deposits.submit, approve, deposits.post)
    before = contents()
    break_outbox()
    with pytest.raises(DatabaseError, match="outbox is full"):
        act()
    after = contents()
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"archive_posting", "deposits_batch", "deposits_run"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM archive_posting WHERE posted_at IS NULL")
        assert cursor.fetchone() == (1,)


def test_check_reports_nothing_without_its_fact(world: World) -> None:
    act = world.batch(deposits.check)
    before = contents()
    break_outbox()
    with pytest.raises(DatabaseError, match="outbox is full"):
        act()
    after = contents()
    assert {table for table in before if before[table] != after[table]} <= {"deposits_batch", "deposits_run"}
