"""Looking, correcting, consenting, standing, merging, applying, and sealing anew."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps

from creditbank.identity import queries as sign_ins
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.documents import DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import StageClosed
from creditbank.learners import errors, models, operations, queries, vault
from creditbank.learners.types import PriorityGroup, Status
from tests.rooms.learners.people import ELSEWHERE, HERE, LI, WANG, ZHAO, document, sign_in
from tests.rooms.learners.test_claiming import at_counter
from tests.rooms.learners.test_opening import facts


def profile(learner_id, now, actor=LI):
    return queries.profile(actor=actor, learner_id=learner_id, now=now)


def unmask(actor, organization_id, learner_id, now, purpose="核对毕业证"):
    return operations.unmask(
        actor=actor,
        organization_id=organization_id,
        learner_id=learner_id,
        document_number=1,
        purpose=purpose,
        now=now,
    )


def test_the_full_number_is_shown_for_a_purpose_that_the_holder_reads(opened, now):
    with pytest.raises(errors.PurposeMissing):
        unmask(LI, HERE, opened.learner_id, now, purpose=" ")
    assert unmask(LI, HERE, opened.learner_id, now) == document(1).number
    holder = Actor(kind=ActorKind.LEARNER, id=5, name="", learner_id=opened.learner_id)
    (access,) = profile(opened.learner_id, now, actor=holder).accesses
    assert (access.actor, access.organization_id, access.purpose) == ("staff:1", HERE, "核对毕业证")
    assert facts("learners.document_unmasked.v1") == [
        {"learner": opened.learner_id, "organization": HERE, "actor": "staff:1"}
    ]


def test_who_works_elsewhere_or_nowhere_does_not_know_of_the_account(opened, now):
    for actor in (WANG, ZHAO):
        with pytest.raises(errors.LearnerNotFound):
            profile(opened.learner_id, now, actor=actor)
        assert queries.listing(actor=actor, now=now).total == 0
    with pytest.raises(errors.LearnerNotFound):
        unmask(WANG, ELSEWHERE, opened.learner_id, now)
    other = Actor(kind=ActorKind.LEARNER, id=6, name="", learner_id=opened.learner_id + 1)
    with pytest.raises(errors.LearnerNotFound):
        profile(opened.learner_id, now, actor=other)


def test_a_person_is_found_at_any_counter_and_the_finding_is_on_record(opened, now):
    found = operations.find_person(actor=WANG, organization_id=ELSEWHERE, name="林晓岚", document=document(1), now=now)
    assert found.name_fits
    assert found.line.masked.startswith("31********")
    assert profile(opened.learner_id, now, actor=WANG).accesses[0].organization_id == ELSEWHERE
    with pytest.raises(errors.LearnerNotFound):
        profile(opened.learner_id, now + timedelta(hours=24), actor=WANG)
    with pytest.raises(NotPermitted):
        operations.find_person(actor=ZHAO, organization_id=HERE, account_number=opened.account_number, now=now)
    with pytest.raises(errors.LearnerNotFound):
        operations.find_person(actor=WANG, organization_id=ELSEWHERE, name="林晓岚", document=document(8), now=now)


def test_another_name_typed_is_found_and_said(opened, now):
    found = operations.find_person(actor=LI, organization_id=HERE, name="林小兰", document=document(1), now=now)
    assert not found.name_fits


def test_a_list_is_narrowed_by_name_and_status(opened, now):
    operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(9), now=now)
    assert [line.name for line in queries.listing(actor=LI, now=now).lines] == ["王海", "林晓岚"]
    assert [line.name for line in queries.listing(actor=LI, name="林", now=now).lines] == ["林晓岚"]
    assert queries.listing(actor=LI, status="active", now=now).lines == ()
    assert queries.listing(actor=LI, status="no such status", now=now).lines == ()


def test_a_corrected_name_keeps_the_former_one(opened, now):
    def correct(name, reason="户口簿"):
        return operations.correct_name(
            actor=LI, organization_id=HERE, learner_id=opened.learner_id, name=name, reason=reason, now=now
        )

    with pytest.raises(errors.NameUnchanged):
        correct("林晓岚")
    with pytest.raises(errors.ReasonMissing):
        correct("林晓兰", reason="")
    assert correct("林晓兰").name == "林晓兰"
    (former,) = profile(opened.learner_id, now).former_names
    assert (former.name, former.reason) == ("林晓岚", "户口簿")


def replace(learner_id, shown, now):
    return operations.replace_document(
        actor=LI, organization_id=HERE, learner_id=learner_id, document=shown, reason="换证", now=now
    )


def test_a_replaced_document_still_leads_to_the_account_and_belongs_to_nobody_else(opened, now):
    replace(opened.learner_id, document(2), now)
    found = queries.find_by_documents([document(1), document(2)])
    assert {account.learner_id for account in found.values()} == {opened.learner_id}
    new, old = profile(opened.learner_id, now).documents
    assert (new.until, old.until) == (None, now.date())
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(9), now=now)
    with pytest.raises(errors.AccountExists):
        replace(other.learner_id, document(1), now)
    assert not models.Document.objects.filter(learner_id=other.learner_id).exists()


def test_a_second_kind_of_document_stands_beside_the_first(opened, now):
    replace(opened.learner_id, document(2, kind=DocumentKind.PASSPORT), now)
    assert [row.until for row in profile(opened.learner_id, now).documents] == [None, None]


def test_an_alias_of_another_bank_leads_to_the_account(opened, now):
    operations.add_alias(
        actor=LI, organization_id=HERE, learner_id=opened.learner_id, number="311234567890", bank_code="3100", now=now
    )
    assert queries.by_account_number("311234567890").learner_id == opened.learner_id


@pytest.mark.parametrize(
    ("number", "bank_code"), [("", "3100"), ("三一一", "3100"), ("1" * 33, "3100"), ("311", ""), ("311", "3" * 17)]
)
def test_what_no_bank_gives_out_is_no_alias(opened, now, number, bank_code):
    with pytest.raises(errors.AliasInvalid):
        operations.add_alias(
            actor=LI,
            organization_id=HERE,
            learner_id=opened.learner_id,
            number=number,
            bank_code=bank_code,
            now=now,
        )


def test_a_group_counts_while_its_consent_stands(opened, now):
    act = {"organization_id": HERE, "learner_id": opened.learner_id, "group": PriorityGroup.VETERAN, "now": now}
    holder = Actor(kind=ActorKind.LEARNER, id=5, name="", learner_id=opened.learner_id)
    stranger = Actor(kind=ActorKind.LEARNER, id=6, name="", learner_id=opened.learner_id + 1)
    with pytest.raises(NotPermitted):
        operations.set_attribute(actor=stranger, **act)
    operations.set_attribute(actor=holder, **act)
    with pytest.raises(errors.GroupAlreadySet):
        operations.set_attribute(actor=LI, **act)
    assert operations.withdraw_attribute(actor=LI, **act).withdrawn_on == now.date()
    with pytest.raises(errors.AttributeNotFound):
        operations.withdraw_attribute(actor=LI, **act)
    assert operations.set_attribute(actor=LI, **act).number == 2


def test_an_account_goes_through_its_standing_and_no_other_way(opened, now):
    act = {"actor": LI, "organization_id": HERE, "learner_id": opened.learner_id, "reason": "本人申请", "now": now}
    with pytest.raises(errors.StatusUnchanged):
        operations.reopen(**act)
    assert operations.suspend(**act).status is Status.SUSPENDED
    assert operations.close(**act).status is Status.CLOSED
    with pytest.raises(errors.StatusUnchanged):
        operations.suspend(**act)
    assert operations.reopen(**act).status is Status.UNCLAIMED
    assert [f["move"] for f in facts("learners.account_standing_changed.v1")] == ["suspend", "close", "reopen"]


def test_merged_accounts_are_one_person_with_two_numbers(opened, now):
    passport = document(2, kind=DocumentKind.PASSPORT)
    other = operations.open_account(actor=LI, organization_id=HERE, name="LIN Xiaolan", document=passport, now=now)
    unmask(LI, HERE, other.learner_id, now)
    at_counter(LI, HERE, opened.learner_id, now)
    merge = {"actor": LI, "organization_id": HERE, "now": now}
    with pytest.raises(errors.SameAccount):
        operations.merge(survivor_id=opened.learner_id, other_id=opened.learner_id, **merge)
    with pytest.raises(errors.MergeKeepsTheClaimed):
        operations.merge(survivor_id=other.learner_id, other_id=opened.learner_id, **merge)
    operations.merge(survivor_id=opened.learner_id, other_id=other.learner_id, **merge)

    assert queries.find_by_documents([passport])[passport].learner_id == opened.learner_id
    assert queries.by_account_number(other.account_number).learner_id == opened.learner_id
    gone = queries.by_id(other.learner_id)
    assert (gone.status, gone.merged_into) == (Status.MERGED, opened.learner_id)
    known = profile(opened.learner_id, now)
    assert set(known.numbers) == {opened.account_number, other.account_number}
    assert [access.purpose for access in known.accesses] == ["核对毕业证"]
    assert [former.name for former in known.former_names] == ["LIN Xiaolan"]
    number = next(row.number for row in known.documents if row.kind == "passport")
    assert (
        operations.unmask(
            actor=LI,
            organization_id=HERE,
            learner_id=opened.learner_id,
            document_number=number,
            purpose="核对",
            now=now,
        )
        == passport.number
    )
    with pytest.raises(errors.AccountNotOpen):
        operations.merge(survivor_id=opened.learner_id, other_id=other.learner_id, **merge)


def test_merging_two_claimed_accounts_ends_one_sign_in(opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(2), now=now)
    for account, shown in ((opened, document(1)), (other, document(2))):
        at_counter(LI, HERE, account.learner_id, now, shown=shown)
    operations.merge(actor=LI, organization_id=HERE, survivor_id=opened.learner_id, other_id=other.learner_id, now=now)
    assert not sign_ins.learner_user(other.learner_id).is_active
    assert sign_ins.learner_user(opened.learner_id).is_active
    current = [row for row in profile(opened.learner_id, now).documents if row.until is None]
    assert len(current) == 1


@pytest.fixture
def application(db, now):
    return operations.apply_for_account(
        organization_id=HERE, name="赵雪", document=document(4), contact="13900000000", now=now
    )


def test_an_application_is_accepted_by_its_outlet_only_and_once(application, now):
    with pytest.raises(errors.ApplicationPending):
        operations.apply_for_account(organization_id=ELSEWHERE, name="赵雪", document=document(4), contact="", now=now)
    assert queries.open_applications(actor=WANG) == ()
    with pytest.raises(errors.ApplicationNotFound):
        operations.accept_application(actor=WANG, public_id=application.public_id, now=now)
    learner = operations.accept_application(actor=LI, public_id=application.public_id, now=now)
    assert (learner.name, learner.opened_through.value) == ("赵雪", "application")
    assert queries.application(actor=LI, public_id=application.public_id).stage == "accepted"
    assert models.Application.objects.get().ciphertext is None
    with pytest.raises(StageClosed):
        operations.accept_application(actor=LI, public_id=application.public_id, now=now)


def test_a_refused_application_says_why_and_may_be_sent_again(application, now):
    with pytest.raises(errors.ReasonMissing):
        operations.refuse_application(actor=LI, public_id=application.public_id, reason="", now=now)
    operations.refuse_application(actor=LI, public_id=application.public_id, reason="照片不清", now=now)
    assert queries.application(actor=LI, public_id=application.public_id).reason == "照片不清"
    operations.apply_for_account(organization_id=HERE, name="赵雪", document=document(4), contact="", now=now)


def test_accepting_somebody_who_has_an_account_is_refused(application, now):
    operations.open_account(actor=LI, organization_id=HERE, name="赵雪", document=document(4), now=now)
    with pytest.raises(errors.AccountExists):
        operations.accept_application(actor=LI, public_id=application.public_id, now=now)
    assert queries.application(actor=LI, public_id=application.public_id).stage == "reading"


@pytest.fixture
def own_ring(tmp_path):
    path = tmp_path / "keys" / "keys.json"
    assert vault.ensure_keys(path)
    assert not vault.ensure_keys(path)
    shared = vault.place()
    vault.use(path)
    yield path
    vault.use(shared)


def test_a_key_ring_is_for_its_owner_only(own_ring):
    assert own_ring.stat().st_mode & 0o777 == 0o600
    assert list(own_ring.parent.iterdir()) == [own_ring]


def test_rotation_seals_everything_anew_and_is_resumed_where_it_stopped(
    own_ring, opened, application, now, monkeypatch
):
    for sequence in range(20, 30):
        operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(sequence), now=now)
    key_id = vault.add_key(own_ring)
    assert own_ring.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr("creditbank.learners.operations.resealing.BLOCK", 4)
    with pytest.raises(NotPermitted):
        operations.rotate(actor=LI, now=now)

    crash = iter([None, None])
    append = operations.resealing.evidence.append
    with monkeypatch.context() as broken:
        broken.setattr("creditbank.evidence.operations.append", lambda fact: (next(crash), append(fact)))
        with pytest.raises(StopIteration):
            operations.rotate(actor=system("command-line"), now=now)
    assert models.Learner.objects.filter(document_key_id=key_id).count() == 8
    assert operations.rotate(actor=system("command-line"), now=now) == 4
    assert not models.Learner.objects.exclude(document_key_id=key_id).exists()
    assert operations.rotate(actor=system("command-line"), now=now) == 0
    assert unmask(LI, HERE, opened.learner_id, now) == document(1).number
    assert operations.accept_application(actor=LI, public_id=application.public_id, now=now).name == "赵雪"


def test_a_ciphertext_opens_in_its_own_row_only(opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(9), now=now)
    moved = models.Learner.objects.get(learner_id=other.learner_id).document_ciphertext
    models.Learner.objects.filter(learner_id=opened.learner_id).update(document_ciphertext=moved)
    with pytest.raises(InvalidTag):
        unmask(LI, HERE, opened.learner_id, now)


def test_the_configuration_names_bank_and_keys():
    config = apps.get_app_config("learners")
    assert config.bank_code == "0043"
    assert Path(vault.place()).name == "keys.json"


def test_an_attempt_at_claiming_leaves_a_claimed_account_alone(opened, now):
    at_counter(LI, HERE, opened.learner_id, now)
    with pytest.raises(errors.AlreadyClaimed):
        at_counter(LI, HERE, opened.learner_id, now)
    with pytest.raises(errors.ClaimMismatch):
        operations.claim_with_code(
            actor=ZHAO, code="AAAA", name="林晓岚", document=document(1), sign_in=sign_in(), now=now
        )
    assert queries.by_id(opened.learner_id).claim_failures == 0
