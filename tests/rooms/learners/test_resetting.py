"""A forgotten password at the counter: number and document together, and what happens when they do not fit."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from creditbank.identity import operations as identity, queries as sign_ins
from creditbank.identity.errors import UserNotFound
from creditbank.kernel.errors import NotPermitted
from creditbank.learners import errors, operations, queries
from creditbank.learners.types import AccessKind
from tests.rooms.learners.people import ELSEWHERE, HERE, LI, PASSWORD, WANG, ZHAO, document, sign_in
from tests.rooms.learners.test_account_pages import account, address, text, world  # noqa: F401  # fixtures
from tests.rooms.learners.test_opening import facts

NEW = "harbour-lantern-7"


@pytest.fixture
def claimed(opened, now):
    return operations.claim_at_counter(
        actor=LI,
        organization_id=HERE,
        learner_id=opened.learner_id,
        name="林晓岚",
        document=document(1),
        sign_in=sign_in(),
        now=now,
    )


def reset(number, now, *, shown=None, actor=WANG, place=ELSEWHERE):
    return operations.reset_at_counter(
        actor=actor, organization_id=place, account_number=number, document=shown or document(1), now=now
    )


def test_number_and_document_together_give_a_code_at_any_counter_and_the_holder_reads_of_it(claimed, now):
    slip = reset(claimed.account_number, now)
    user = identity.use_reset(login=slip.login, code=slip.code, password=NEW, now=now)
    assert user.learner_id == claimed.learner_id
    seen = queries.profile(actor=LI, learner_id=claimed.learner_id, now=now).accesses[0]
    assert (seen.what, seen.organization_id, seen.actor) == (AccessKind.RESET, ELSEWHERE, WANG.reference)
    assert [fact["organization"] for fact in facts("identity.reset_issued.v1")] == [ELSEWHERE]


def test_a_code_does_not_open_the_account_page_to_a_counter_elsewhere(claimed, now):
    reset(claimed.account_number, now)
    with pytest.raises(errors.LearnerNotFound):
        queries.profile(actor=WANG, learner_id=claimed.learner_id, now=now)


def test_a_document_of_somebody_else_opens_a_case_and_is_a_fact(claimed, now):
    with pytest.raises(errors.ResetDocumentDiffers) as refused:
        reset(claimed.account_number, now, shown=document(2))
    ((case, _),) = queries.open_repairs(actor=LI)
    assert refused.value.details["repair"] == case.public_id
    assert case.cause == "document-differs"
    assert facts("learners.reset_failed.v1") == [
        {
            "learner": claimed.learner_id,
            "organization": ELSEWHERE,
            "failures": 1,
            "locked": False,
            "actor": WANG.reference,
        }
    ]
    assert facts("identity.reset_issued.v1") == []


def test_a_number_of_nobody_is_a_fact_too_and_opens_nothing(claimed, now):
    with pytest.raises(errors.ResetMismatch):
        reset("004300000000000", now)
    assert [fact["learner"] for fact in facts("learners.reset_failed.v1")] == [None]
    assert queries.open_repairs(actor=LI) == ()


def test_five_mismatches_lock_even_for_the_right_document_and_settling_the_case_opens(claimed, now):
    for _ in range(5):
        with pytest.raises(errors.ResetDocumentDiffers) as refused:
            reset(claimed.account_number, now, shown=document(2))
    with pytest.raises(errors.ResetLocked):
        reset(claimed.account_number, now)
    with pytest.raises(errors.ResetLocked):
        reset(claimed.account_number, now + timedelta(hours=23, minutes=59))
    failed = facts("learners.reset_failed.v1")
    assert [fact["locked"] for fact in failed] == [False] * 4 + [True] * 3
    operations.resolve_repair(
        actor=LI, public_id=refused.value.details["repair"], resolution="新领的身份证原件", now=now
    )
    assert reset(claimed.account_number, now, shown=document(2)).code


def test_a_lock_ends_after_24_hours_and_a_success_counts_anew(claimed, now):
    for _ in range(5):
        with pytest.raises(errors.ResetDocumentDiffers):
            reset(claimed.account_number, now, shown=document(2))
    later = now + timedelta(hours=24)
    assert reset(claimed.account_number, later).code
    assert queries.by_id(claimed.learner_id).claim_failures == 0


def test_only_a_counter_that_sees_documents_does_it_and_in_its_own_name(claimed, now):
    for actor, place in [(ZHAO, HERE), (WANG, HERE)]:
        with pytest.raises(NotPermitted):
            reset(claimed.account_number, now, actor=actor, place=place)
    user = sign_ins.learner_user(claimed.learner_id)
    with pytest.raises(UserNotFound):
        identity.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=now)
    assert facts("identity.reset_issued.v1") == []


def test_an_account_without_a_holder_has_no_password_and_a_closed_one_gets_no_code(opened, now):
    with pytest.raises(errors.AccountUnclaimed):
        reset(opened.account_number, now)
    assert queries.by_id(opened.learner_id).claim_failures == 0
    operations.suspend(actor=LI, organization_id=HERE, learner_id=opened.learner_id, reason="待查", now=now)
    with pytest.raises(errors.AccountNotOpen):
        reset(opened.account_number, now)


@pytest.mark.django_db(transaction=True)
def test_the_page_prints_a_code_for_the_document_shown_and_for_no_other(world, account):  # noqa: F811
    form = {"name": "林晓岚", "kind": "resident-id", "number": document(1).number}
    signing = {"login": "13900000001", "password1": PASSWORD, "password2": PASSWORD}
    number = account.account_number
    assert address("sign_in_reset") not in text(world.li.get(address("account", number=number)))
    world.li.post(address("account_claim", number=number), form | signing)
    linked = f"{address('sign_in_reset')}?account={number}"
    assert linked in text(world.li.get(address("account", number=number)))
    assert f'value="{number}"' in text(world.li.get(linked))
    page = address("sign_in_reset")
    assert world.registrar.get(page).status_code == 403
    assert world.registrar.post(page, form | {"account": number}).status_code == 403
    differs = world.wang.post(page, form | {"account": number, "number": document(2).number})
    assert differs.status_code == 422
    assert "核对件" in text(differs)
    assert address("repairs") in text(differs)
    slip = world.wang.post(page, form | {"account": number})
    code = re.search(r">((?:[2-9A-Z]{4}-){2}[2-9A-Z]{4})<", text(slip))[1]
    assert "no-store" in slip["Cache-Control"]
    done = world.li.post(
        reverse("account_reset_password"), {"login": "13900000001", "code": code, "password1": NEW, "password2": NEW}
    )
    assert done.status_code == 302
    english = text(world.wang.get(address("sign_in_reset", "en"))).split("<main")[1].split("</main")[0]
    assert re.findall(r"[\u4e00-\u9fff]", re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", english)) == []
