"""Clients and reset slips as an administrator sees them: what is secret is shown once, and only where it may be."""

import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import translation

from creditbank.evidence import queries as evidence
from creditbank.identity import operations, queries
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.errors import CauseMissing
from creditbank.kernel.actor import system
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind as Kind, Role

PASSWORD = "willow-bridge-42"
SYSTEM = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_the_demo(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda self: False))


def opened(code, kind, name, parent=None):
    return organizations.open_organization(
        actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=datetime.now(UTC)
    )


def staff(login, place, role):
    now = datetime.now(UTC)
    user = operations.create_staff(
        actor=SYSTEM,
        organization_id=place.id,
        login=login,
        name="李敏",
        password=PASSWORD,
        must_change_password=False,
        now=now,
    )
    organizations.appoint(actor=SYSTEM, organization_id=place.id, user_id=user.id, role=role, now=now)
    return user


@pytest.fixture
def places():
    centre = opened("YJ-CENTRE", Kind.CENTRE, "云江学分银行管理中心")
    school = opened("4131012044", Kind.INSTITUTION, "云江第二工业大学", centre.id)
    other = opened("4131010251", Kind.INSTITUTION, "云江理工大学", centre.id)
    outlet = opened("YJ-B1-O1", Kind.OUTLET, "临江社区学校", opened("YJ-B1", Kind.BRANCH, "临江分部", centre.id).id)
    return school, other, outlet


def signed_in(client, login):
    client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    return client


def test_an_administrator_creates_a_client_sees_its_key_once_and_revokes_it(client, places):
    school, _, _ = places
    staff("li.min", school, Role.INSTITUTION_ADMINISTRATOR)
    page = reverse("clients", kwargs={"organization": school.public_id})
    assert "0个接口客户端在用" in signed_in(client, "li.min").get(page).content.decode()
    made = client.post(page, {"name": "教务系统"})
    key = re.search(r"cbk_[\w-]{43}", made.content.decode())[0]
    found = queries.client_by_key(key)
    assert found.organization_id == school.id
    assert "no-store" in made["Cache-Control"]
    assert key not in client.get(page).content.decode()
    revoke = reverse("client_revoke", kwargs={"organization": school.public_id, "client": found.public_id})
    assert "撤销“教务系统”的密钥？" in client.get(revoke).content.decode()
    assert client.post(revoke).url == page
    assert queries.client_by_key(key) is None
    assert "已撤销" in client.get(page).content.decode()


def test_a_client_without_a_name_is_refused_at_the_field(client, places):
    school, _, _ = places
    staff("li.min", school, Role.INSTITUTION_ADMINISTRATOR)
    page = reverse("clients", kwargs={"organization": school.public_id})
    refused = signed_in(client, "li.min").post(page, {"name": " "})
    assert refused.status_code == 422
    assert re.search(r'id="name-error">.*?要有名称', refused.content.decode(), re.DOTALL)


def test_nobody_else_sees_or_makes_clients(client, places):
    school, other, _ = places
    wang = staff("wang.lei", other, Role.INSTITUTION_ADMINISTRATOR)
    staff("zhao", school, Role.DEPOSIT_OFFICER)
    page = reverse("clients", kwargs={"organization": school.public_id})
    assert client.get(page).status_code == 302
    for login in (wang.login, "zhao"):
        signed_in(client, login)
        assert client.get(page).status_code in {403, 404}
        assert client.post(page, {"name": "教务系统"}).status_code in {403, 404}
        client.logout()


def test_a_slip_is_printed_for_a_colleague_and_not_for_a_stranger(client, places):
    school, other, _ = places
    staff("li.min", school, Role.INSTITUTION_ADMINISTRATOR)
    colleague = staff("zhao", school, Role.DEPOSIT_OFFICER)
    stranger = staff("wang.lei", other, Role.DEPOSIT_OFFICER)
    signed_in(client, "li.min")
    page = reverse("user_reset", kwargs={"user": colleague.public_id})
    assert "先核对本人身份证件" in client.get(page).content.decode()
    slip = client.post(page)
    assert re.search(r">([2-9A-Z]{4}-){2}[2-9A-Z]{4}<", slip.content.decode())
    assert "no-store" in slip["Cache-Control"]
    assert client.post(reverse("user_reset", kwargs={"user": stranger.public_id})).status_code == 404


def test_no_slip_for_a_colleague_whose_roles_reach_further(client, places):
    school, other, _ = places
    staff("li.min", school, Role.INSTITUTION_ADMINISTRATOR)
    colleague = staff("zhao", school, Role.DEPOSIT_OFFICER)
    organizations.appoint(
        actor=SYSTEM, organization_id=other.id, user_id=colleague.id, role=Role.AUDITOR, now=datetime.now(UTC)
    )
    page = reverse("user_reset", kwargs={"user": colleague.public_id})
    assert signed_in(client, "li.min").post(page).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_administrator_frees_a_colleague_of_a_lost_factor_and_closes_and_opens_the_sign_in(client, places, language):
    school, other, _ = places
    staff("li.min", school, Role.INSTITUTION_ADMINISTRATOR)
    colleague = staff("zhao", school, Role.DEPOSIT_OFFICER)
    stranger = staff("wang.lei", other, Role.DEPOSIT_OFFICER)
    Authenticator.objects.create(user_id=colleague.id, type=Authenticator.Type.TOTP, data={})
    signed_in(client, "li.min")
    with translation.override(language):
        page = reverse("user_sign_in", kwargs={"user": colleague.public_id})
        away = reverse("user_sign_in", kwargs={"user": stranger.public_id})
    assert client.get(page).status_code == 200
    refused = client.post(page, {"act": "clear"})
    assert refused.status_code == 422
    assert CauseMissing(field="").sentence(language) in refused.content.decode()
    assert client.post(page, {"act": "clear", "cause": "left"}).status_code == 422
    assert client.post(page, {"act": "x", "cause": "left"}).status_code == 404
    assert client.post(away, {"act": "clear", "cause": "device-lost"}).status_code == 404
    assert queries.has_second_factor(colleague.id)
    assert client.post(page, {"act": "clear", "cause": "device-lost"}).url == page
    assert not queries.has_second_factor(colleague.id)
    client.post(page, {"act": "deactivate", "cause": "left"})
    assert not queries.user(colleague.id).is_active
    client.post(page, {"act": "activate", "cause": "back"})
    assert queries.user(colleague.id).is_active
    told = [stored.fact.body["cause"] for stored in evidence.facts() if "cause" in stored.fact.body]
    assert told == ["device-lost", "left", "back"]


def test_nobody_prints_a_slip_for_a_learner_by_the_sign_in_alone(client, places):
    school, _, outlet = places
    learner = operations.create_learner_login(
        actor=SYSTEM, learner_id=7, login="13800004417", name="林晓岚", password=PASSWORD, now=datetime.now(UTC)
    )
    staff("clerk", outlet, Role.OUTLET_CLERK)
    staff("zhao", school, Role.REGISTRAR)
    page = reverse("user_reset", kwargs={"user": learner.public_id})
    for login in ("clerk", "zhao"):
        assert signed_in(client, login).get(page).status_code == 404
        assert client.post(page).status_code == 404
        client.logout()
