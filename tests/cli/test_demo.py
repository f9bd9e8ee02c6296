"""A tiny demonstration bank, built once through the real operations, and everything that must add up in it."""

import json
from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.db import transaction

from creditbank.archive import queries as archive
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries import occupations
from creditbank.catalogue.types import CertificationUnitFilters, SpecificationKind
from creditbank.cli import (
    demo_bank,
    demo_house,
    demo_invented,
    demo_occupations,
    demo_studies,
    demo_tables,
    demonstrating,
)
from creditbank.cli.demo_studies import FIRST_SCHOOL, Fate
from creditbank.cli.engine_account import EngineProblem
from creditbank.conversion import queries as conversion
from creditbank.deposits import operations as deposits, queries as batches
from creditbank.deposits.types import BatchStage
from creditbank.evidence import queries as evidence
from creditbank.identity import queries as identity
from creditbank.kernel import documents
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import SignIn, Status
from creditbank.organizations import queries as organizations
from tests.conftest import NOW
from tests.rooms.deposits.test_pipeline import FORMATS

LEARNERS = 30
SEED = 7
ALL = system("test")
NOBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")

# What a test writes is taken back; what `built` wrote lasts to the end of this file.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo_bank.build(learners=LEARNERS, seed=SEED, now=NOW)
        transaction.set_rollback(True)


def posted(built):
    return [(sheet, batch) for sheet, batch in built.batches if sheet.fate is Fate.POST]


def learner_ids():
    first = accounts.listing(actor=ALL, now=NOW)
    pages = [accounts.listing(actor=ALL, page=page, now=NOW) for page in range(1, first.pages + 1)]
    return [line.learner_id for page in pages for line in page.lines]


def entries():
    return [entry for learner_id in learner_ids() for entry in archive.entries(learner_id)]


def deposited():
    """What came in files; certificates belong to no enrolment."""
    return [entry for entry in entries() if entry.enrolment]


def clerk(login):
    user = identity.user_by_login(login)
    grants = organizations.grants_of(user.id, on=NOW.date())
    return Actor(kind=ActorKind.STAFF, id=user.id, name=user.name, grants=grants)


def written(seed):
    return list(demo_studies.sheets(demo_studies.plan(learners=LEARNERS, outside=3, seed=seed)))


def test_the_same_seed_writes_the_same_files_and_another_seed_others():
    assert written(SEED) == written(SEED)
    assert [sheet.content for sheet in written(SEED)] != [sheet.content for sheet in written(SEED + 1)]


def test_two_thousand_learners_have_about_forty_thousand_entries():
    sheets = demo_studies.sheets(demo_studies.plan(learners=2000, outside=3, seed=SEED))
    assert 38_000 < sum(sheet.clean for sheet in sheets if sheet.fate is Fate.POST) < 42_000


def test_invented_people_have_valid_numbers_of_no_place_and_are_all_different():
    people = demo_invented.people(3000, rng=demo_studies.Random(SEED))
    for person in people:
        read = documents.read(DocumentKind.RESIDENT_ID, person.number, today=date(2026, 11, 22))
        assert (read, person.number[4:6]) == (person.document, "99")
    assert len({person.number for person in people} | demo_invented.OF_THE_SAMPLES) == 3000 + 12


def test_the_bank_has_the_accounts_that_were_asked_for(built):
    assert len(learner_ids()) == LEARNERS
    facts = [stored.fact for stored in evidence.facts()]
    in_bulk = sum(fact.body["opened"] for fact in facts if fact.name == "learners.accounts_opened.v1")
    one_by_one = sum(fact.name == "learners.account_opened.v1" for fact in facts)
    assert (in_bulk, one_by_one) == (LEARNERS - 2, 2)


def test_every_clean_row_is_kept_and_every_kept_row_is_an_entry(built):
    for sheet, batch in posted(built):
        assert batch.stage is BatchStage.POSTED
        assert (batch.counts.rows, batch.counts.kept) == (sheet.rows, sheet.clean)
    kept = sum(batch.counts.kept for _, batch in posted(built))
    assert kept == len(deposited())
    assert kept + built.certificates == len(entries()) == archive.figures().entries


def test_the_credits_of_the_book_are_those_of_the_files(built):
    assert sum(entry.credits for entry in deposited()) == sum(sheet.credits for sheet, _ in posted(built))


def test_each_batch_has_the_root_of_its_leaves_and_so_says_its_fact(built):
    told = {
        stored.fact.body["batch"]: (stored.fact.body["rows"], stored.fact.body["root"])
        for stored in evidence.facts(name="archive.batch_posted.v1")
    }
    for _, batch in posted(built):
        leaves = archive.leaves(archive.posting(batch.public_id).id)
        root = evidence.merkle_root(leaves).hex()
        assert batch.root == root
        assert told.pop(batch.public_id) == (len(leaves), root)
    # What is left was posted by those who issue certificates, without a file.
    assert sum(rows for rows, _ in told.values()) == built.certificates > LEARNERS // 2


def test_every_entry_is_committed_to_in_the_root_of_its_batch(built):
    found = entries()[::5]
    assert found
    for entry in found:
        proof = archive.entry_proof(actor=ALL, key=entry.key)
        leaf = evidence.commitments(proof.salt, [proof.form.encode()])[0]
        root = evidence.root_of_proof(leaf=leaf, index=proof.index, size=proof.size, proof=proof.path)
        assert (leaf, root) == (proof.commitment, proof.root)


def test_facts_replayed_give_the_figures_of_the_bank(built):
    facts = [stored.fact for stored in evidence.facts()]
    rows = sum(fact.body["rows"] for fact in facts if fact.name == "deposits.batch_entered.v1")
    corrections = sum(batch.counts.corrections for _, batch in posted(built))
    assert rows + built.certificates == archive.figures().entries + corrections
    claimed = {fact.body["learner"] for fact in facts if fact.name == "learners.account_claimed.v1"}
    assert claimed == {number for number in learner_ids() if accounts.by_id(number).status is Status.ACTIVE}
    assert len(claimed) == 3


def test_corrections_and_rows_sent_again_are_told_apart(built):
    again = next(batch for sheet, batch in built.batches if sheet.title == "2023届成绩更正")
    assert (again.counts.kept, again.counts.corrections, again.counts.refused_rows) == (0, 3, 0)
    assert again.counts.duplicates == again.counts.rows - 3


def test_batches_wait_at_every_desk(built):
    stages = batches.stages(ALL)
    assert {stages[stage] for stage in (BatchStage.REPORTED, BatchStage.SUBMITTED, BatchStage.UNREADABLE)} == {1}
    assert batches.waiting_for(clerk("lu.siyuan")) == 1
    assert len(accounts.open_applications(actor=clerk("wu.meihua"))) == 1
    assert len(accounts.open_repairs(actor=clerk("wu.meihua"))) == 1


def test_refused_rows_show_several_reasons(built):
    dirty = next(batch for sheet, batch in built.batches if sheet.clean and sheet.rows > sheet.clean)
    assert dirty.counts.refused_rows > 0
    assert len(batches.kinds_of_refusal(dirty)) == min(8, dirty.counts.refused_rows)


def test_everybody_on_the_sign_in_page_can_sign_in(built):
    for person in built.people:
        assert authenticate(None, username=person.login, password=person.password) is not None, person.login


def test_the_first_learner_on_the_sign_in_page_has_achievements_of_two_schools_and_three_issuers(built):
    login = demo_bank.LEARNER_LOGINS[0]
    assert login in {person.login for person in built.people}
    user = identity.user_by_login(login)
    learner = Actor(kind=ActorKind.LEARNER, id=user.id, name=user.name, learner_id=user.learner_id)
    found = archive.archive_of(actor=learner, learner_id=user.learner_id)
    assert len(found) > 25
    assert len({achievement.source.zh for achievement in found}) == 5


def test_the_printed_code_claims_its_account(built):
    document = Document(DocumentKind.RESIDENT_ID, built.slip.document)
    claimed = learners.claim_with_code(
        actor=NOBODY,
        code=built.slip.code,
        name=built.slip.name,
        document=document,
        sign_in=SignIn("00055519999", demo_house.PASSWORD),
        now=NOW,
    )
    assert (claimed.account_number, claimed.status) == (built.slip.account_number, Status.ACTIVE)


@pytest.mark.parametrize("name", ["gen1_courses.xlsx", "gen2_courses.xlsx", "gen2_courses_gb18030.csv"])
def test_the_sample_files_can_be_deposited_and_their_people_are_new(built, name):
    report = deposits.dry_run(
        actor=ALL,
        organization_id=organizations.by_code(FIRST_SCHOOL).id,
        file_name=name,
        content=(FORMATS / name).read_bytes(),
        today=NOW.date(),
    )
    assert (report.report.counts.refused_rows, report.report.counts.accounts_opened) == (0, 12)


def test_the_catalogue_has_the_first_certificates_in_three_levels(built):
    found = catalogue.search("建筑信息模型", kind=SpecificationKind.CERTIFICATE)
    assert {each.level for each in found} == {"初级", "中级", "高级"}
    assert len(catalogue.programmes_of(organizations.by_code(FIRST_SCHOOL).id)) == 2
    units = catalogue.certification_units(CertificationUnitFilters(), 1).rows
    assert (len(units), {each.owner.zh for each in units}) == (8, {organizations.by_code("YJ-CENTRE").name.zh})


def test_a_bank_that_is_not_empty_is_not_filled(built):
    assert not demo_bank.is_empty(now=NOW)
    with pytest.raises(EngineProblem, match="empty"):
        demo_bank.build(learners=LEARNERS, seed=SEED, now=NOW)


def test_a_bank_of_fewer_than_ten_learners_is_refused():
    with pytest.raises(EngineProblem, match="at least 10"):
        demo_bank.build(learners=9, seed=SEED, now=NOW)


def test_a_demo_that_was_broken_off_is_told_from_a_whole_one(tmp_path):
    mark = tmp_path / demonstrating.MARK
    demonstrating.check_whole(tmp_path)
    mark.write_text(json.dumps({"finished": True}))
    demonstrating.check_whole(tmp_path)
    mark.write_text(json.dumps({"finished": False}))
    with pytest.raises(EngineProblem, match="not finished"):
        demonstrating.check_whole(tmp_path)


def test_a_learner_works_towards_a_job_whose_ways_are_all_on_offer(built):
    graduate = identity.user_by_login(demo_bank.LEARNER_LOGINS[1]).learner_id
    told = conversion.worth_document(ALL, graduate, day=NOW.date())["goal"]
    assert (told["kind"], told["target"]) == ("occupation", demo_occupations.WANTED)
    listed = occupations.listing("", current_on=NOW.date(), page=1)
    assert listed.total == len(demo_tables.occupations())
    offered = {each.target for each in conversion.awards_on_offer(NOW.date())}
    needs = [need for row in listed.rows for route in row.routes for need in route.needs]
    assert {need.award for need in needs if need.award} <= offered
