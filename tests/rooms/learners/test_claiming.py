"""Claiming: by code, at the counter, by a provider; what does not fit is counted and mended; two at once are one."""

from datetime import timedelta

import pytest

from creditbank.evidence import queries as evidence
from creditbank.identity import queries as sign_ins
from creditbank.identity.errors import LoginTaken, PhoneInvalid
from creditbank.kernel.errors import NotPermitted
from creditbank.learners import errors, models, operations, queries
from creditbank.learners.types import AccessKind, ClaimedThrough, SignIn, Status
from tests.rooms.learners.people import ANYBODY, ELSEWHERE, HERE, LI, PASSWORD, WANG, document, sign_in
from tests.rooms.learners.test_opening import at_once, facts


@pytest.fixture
def slip(opened, now):
    return operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=opened.learner_id, now=now)


def claim(code, now, name="林晓岚", shown=None, sign=None):
    return operations.claim_with_code(
        actor=ANYBODY, code=code, name=name, document=shown or document(1), sign_in=sign or sign_in(), now=now
    )


def test_code_name_and_number_together_claim_the_account(slip, now):
    claimed = claim(slip.code.lower().replace("-", " "), now, name=" 林 晓岚 ")
    assert claimed.status is Status.ACTIVE
    assert claimed.claimed_through is ClaimedThrough.CODE
    assert sign_ins.learner_user(claimed.learner_id).is_active
    assert facts("learners.account_claimed.v1") == [
        {"learner": claimed.learner_id, "through": "code", "organization": HERE, "actor": "anonymous:0"}
    ]


def test_the_code_itself_is_not_stored(slip):
    stored = models.ClaimCode.objects.get()
    assert slip.code.replace("-", "").encode() not in bytes(stored.digest)
    assert len(bytes(stored.digest)) == 32


def test_a_code_works_once(slip, now):
    claim(slip.code, now)
    with pytest.raises(errors.AlreadyClaimed):
        claim(slip.code, now)


def test_a_newer_code_ends_the_older(slip, opened, now):
    newer = operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=opened.learner_id, now=now)
    with pytest.raises(errors.CodeExpired):
        claim(slip.code, now)
    assert claim(newer.code, now).status is Status.ACTIVE


def test_a_code_ends_after_90_days(slip, now):
    with pytest.raises(errors.CodeExpired):
        claim(slip.code, now + timedelta(days=90))
    assert claim(slip.code, now + timedelta(days=89)).status is Status.ACTIVE


def test_an_unknown_person_and_a_wrong_code_get_the_same_answer(slip, now):
    with pytest.raises(errors.ClaimMismatch):
        claim("AAAA-AAAA-AAAA", now, shown=document(77))
    with pytest.raises(errors.ClaimMismatch):
        claim("AAAA-AAAA-AAAA", now)


def test_whoever_knows_a_document_only_cannot_lock_its_holder_out_and_one_case_is_opened(slip, opened, now):
    for _ in range(6):
        with pytest.raises(errors.ClaimMismatch) as refused:
            claim("AAAA-AAAA-AAAA", now)
    assert "网点" in refused.value.sentence("zh")
    ((case, account),) = queries.open_repairs(actor=LI)
    assert (case.cause, account.learner_id) == ("code-differs", opened.learner_id)
    assert queries.by_id(opened.learner_id).claim_failures == 0
    assert [f["locked"] for f in facts("learners.claim_failed.v1")] == [False] * 6
    assert claim(slip.code, now).status is Status.ACTIVE
    assert queries.open_repairs(actor=LI) == ()


def test_a_case_of_a_wrong_code_is_settled_without_changing_the_account(opened, now):
    with pytest.raises(errors.ClaimMismatch):
        claim("AAAA-AAAA-AAAA", now, name="王海")
    ((case, _),) = queries.open_repairs(actor=LI)
    operations.resolve_repair(actor=LI, public_id=case.public_id, resolution="看过原件", now=now)
    profile = queries.profile(actor=LI, learner_id=opened.learner_id, now=now)
    assert (profile.learner.name, profile.former_names, len(profile.documents)) == ("林晓岚", (), 1)


def test_five_failures_with_the_slip_lock_for_24_hours_and_no_longer(slip, opened, now):
    for _ in range(5):
        with pytest.raises(errors.ClaimNeedsRepair):
            claim(slip.code, now, name="王海")
    with pytest.raises(errors.ClaimLocked):
        claim(slip.code, now)
    with pytest.raises(errors.ClaimLocked):
        claim(slip.code, now + timedelta(hours=23, minutes=59))
    failed = facts("learners.claim_failed.v1")
    assert [(f["failures"], f["locked"]) for f in failed] == [(n, n == 5) for n in range(1, 6)]
    assert claim(slip.code, now + timedelta(hours=24)).status is Status.ACTIVE


def test_a_lock_never_closes_the_counter(slip, opened, now):
    for _ in range(5):
        with pytest.raises(errors.ClaimNeedsRepair):
            claim(slip.code, now, name="王海")
    claimed = at_counter(LI, HERE, opened.learner_id, now)
    assert claimed.claimed_through is ClaimedThrough.COUNTER
    assert claimed.claim_failures == 0


def at_counter(actor, organization_id, learner_id, now, *, shown=None):
    return operations.claim_at_counter(
        actor=actor,
        organization_id=organization_id,
        learner_id=learner_id,
        name="林晓岚",
        document=shown or document(1),
        sign_in=sign_in(),
        now=now,
    )


def test_a_differing_name_opens_a_repair_case_once_and_resolving_it_lets_the_person_in(slip, opened, now):
    for _ in range(2):
        with pytest.raises(errors.ClaimNeedsRepair) as refused:
            claim(slip.code, now, name="林晓兰")
    ((case, account),) = queries.open_repairs(actor=LI)
    assert refused.value.details["repair"] == case.public_id
    assert account.learner_id == opened.learner_id
    seen = operations.read_repair(actor=LI, public_id=case.public_id, now=now)
    assert (seen.stated.name, seen.name) == ("林晓兰", "林晓岚")
    assert seen.stated.document == seen.masked

    operations.resolve_repair(actor=LI, public_id=case.public_id, resolution="户口簿为林晓兰", now=now)
    assert claim(slip.code, now, name="林晓兰").name == "林晓兰"
    profile = queries.profile(actor=LI, learner_id=opened.learner_id, now=now)
    assert [former.name for former in profile.former_names] == ["林晓岚"]
    with pytest.raises(errors.RepairClosed):
        operations.dismiss_repair(actor=LI, public_id=case.public_id, resolution="重复", now=now)


def test_a_differing_document_is_mended_by_taking_it_over(slip, opened, now):
    with pytest.raises(errors.ClaimNeedsRepair) as refused:
        claim(slip.code, now, shown=document(2))
    operations.resolve_repair(actor=LI, public_id=refused.value.details["repair"], resolution="证件换号", now=now)
    assert claim(slip.code, now, shown=document(2)).learner_id == opened.learner_id
    assert queries.find_by_documents([document(1)])[document(1)].learner_id == opened.learner_id


def test_a_repair_case_elsewhere_does_not_even_exist(slip, now):
    with pytest.raises(errors.ClaimNeedsRepair) as refused:
        claim(slip.code, now, name="林晓兰")
    assert queries.open_repairs(actor=WANG) == ()
    with pytest.raises(errors.RepairNotFound):
        operations.resolve_repair(actor=WANG, public_id=refused.value.details["repair"], resolution="看过证件", now=now)


def test_what_was_stated_is_not_on_disk_in_the_clear(slip, now):
    with pytest.raises(errors.ClaimNeedsRepair):
        claim(slip.code, now, name="林晓兰", shown=document(2))
    stored = bytes(models.Repair.objects.get().ciphertext)
    assert "林晓兰".encode() not in stored
    assert document(2).number.encode() not in stored


def test_a_counter_elsewhere_claims_only_whom_it_found_by_a_document(opened, now):
    with pytest.raises(errors.LearnerNotFound):
        at_counter(WANG, ELSEWHERE, opened.learner_id, now)
    operations.find_person(actor=WANG, organization_id=ELSEWHERE, name="林晓岚", document=document(1), now=now)
    with pytest.raises(errors.LearnerNotFound):
        at_counter(WANG, ELSEWHERE, opened.learner_id, now + timedelta(hours=25))
    with pytest.raises(NotPermitted):
        at_counter(WANG, HERE, opened.learner_id, now)
    assert at_counter(WANG, ELSEWHERE, opened.learner_id, now).status is Status.ACTIVE


def test_at_the_counter_a_document_of_somebody_else_opens_a_case(opened, now):
    with pytest.raises(errors.ShownDocumentDiffers):
        at_counter(LI, HERE, opened.learner_id, now, shown=document(3))
    assert queries.by_id(opened.learner_id).status is Status.UNCLAIMED
    assert len(queries.open_repairs(actor=LI)) == 1


def test_a_case_ends_when_the_counter_corrects_and_claims(slip, opened, now):
    with pytest.raises(errors.ClaimNeedsRepair):
        claim(slip.code, now, name="林晓兰")
    operations.correct_name(
        actor=LI, organization_id=HERE, learner_id=opened.learner_id, name="林晓兰", reason="户口簿", now=now
    )
    assert claim(slip.code, now, name="林晓兰").status is Status.ACTIVE
    assert queries.open_repairs(actor=LI) == ()
    assert [fact["state"] for fact in facts("learners.repair_closed.v1")] == ["resolved"]


def test_a_taken_sign_in_name_leaves_account_and_code_untouched(slip, opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(9), now=now)
    taken = SignIn("13912345678", PASSWORD)
    code = operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=other.learner_id, now=now).code
    claim(code, now, name="王海", shown=document(9), sign=taken)
    with pytest.raises(LoginTaken):
        claim(slip.code, now, sign=taken)
    assert queries.by_id(opened.learner_id).status is Status.UNCLAIMED
    assert claim(slip.code, now).status is Status.ACTIVE


def test_a_suspended_account_is_not_claimed(slip, opened, now):
    operations.suspend(actor=LI, organization_id=HERE, learner_id=opened.learner_id, reason="待查", now=now)
    with pytest.raises(errors.AccountNotOpen):
        claim(slip.code, now)


def test_codes_of_a_class_skip_who_has_claimed(slip, opened, now):
    other = operations.open_account(actor=LI, organization_id=HERE, name="王海", document=document(9), now=now)
    claim(slip.code, now)
    issued = operations.issue_claim_codes(
        actor=LI, organization_id=HERE, learner_ids=[opened.learner_id, other.learner_id], known=(), now=now
    )
    assert [code.learner_id for code in issued] == [other.learner_id]
    looked = queries.profile(actor=LI, learner_id=other.learner_id, now=now).accesses
    assert [(seen.what, seen.organization_id) for seen in looked] == [(AccessKind.CODE, HERE)]
    with pytest.raises(errors.AlreadyClaimed):
        operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=opened.learner_id, now=now)


def test_an_account_opened_elsewhere_gets_a_code_in_bulk_only_where_it_is_known_and_other_slips_still_work(
    slip, opened, now
):
    asked = {"actor": WANG, "organization_id": ELSEWHERE, "learner_ids": [opened.learner_id], "now": now}
    assert operations.issue_claim_codes(**asked, known=()) == ()
    assert queries.profile(actor=LI, learner_id=opened.learner_id, now=now).accesses[0].organization_id == HERE
    assert len(operations.issue_claim_codes(**asked, known=[opened.learner_id])) == 1
    assert claim(slip.code, now).status is Status.ACTIVE


def test_one_signs_in_by_phone_or_by_account_number_however_typed(slip, opened, now):
    claim(slip.code, now, sign=SignIn("139 1234 5678", PASSWORD))
    number = opened.account_number
    for typed in ("13912345678", "+86 139-1234-5678", number, f"{number[:4]} {number[4:8]} {number[8:]}"):
        assert sign_ins.user_by_login(typed).learner_id == opened.learner_id


@pytest.mark.parametrize("login", ["lin.xiaolan", "004399999999999", "12345678901", "a@example.org", "+8610"])
def test_a_learner_takes_no_name_that_is_neither_a_phone_nor_the_own_account(slip, opened, now, login):
    with pytest.raises(PhoneInvalid):
        claim(slip.code, now, sign=SignIn(login, PASSWORD))


def test_without_a_phone_the_own_account_number_is_the_name(slip, opened, now):
    claim(slip.code, now, sign=SignIn(opened.account_number, PASSWORD))
    assert sign_ins.learner_user(opened.learner_id).login == opened.account_number


@pytest.mark.django_db(transaction=True)
def test_a_code_used_twice_at_once_is_used_once(now):
    account = operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    slip = operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=account.learner_id, now=now)
    answers = at_once(*[lambda: claim(slip.code, now).status] * 4)
    assert answers.count(Status.ACTIVE) == 1
    assert answers.count(errors.AlreadyClaimed) == 3
    assert len(list(evidence.facts(name="learners.account_claimed.v1"))) == 1


@pytest.mark.django_db(transaction=True)
def test_failures_at_once_are_all_counted(now):
    account = operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    slip = operations.issue_claim_code(actor=LI, organization_id=HERE, learner_id=account.learner_id, now=now)
    at_once(*[lambda: claim(slip.code, now, name="王海")] * 4)
    assert queries.by_id(account.learner_id).claim_failures == 4
