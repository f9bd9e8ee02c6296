"""Users, reset codes and clients, tried from every side: Li manages here, Wang manages elsewhere, Zhao nowhere."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial, update_wrapper

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction

from creditbank.evidence import queries as evidence
from creditbank.identity import errors, models, operations, queries, rules
from creditbank.identity.types import Cause, UserKind
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HERE, ELSEWHERE = 31, 44
PASSWORD = "willow-bridge-42"
MANAGING = (Permission.IDENTITY_USER_MANAGE, Permission.IDENTITY_CLIENT_MANAGE, Permission.LEARNERS_ACCOUNT_CORRECT)


def member(number: int, *at: int) -> Actor:
    reach = Reach(organizations=frozenset(at))
    return Actor(
        kind=ActorKind.STAFF, id=number, name="", grants=tuple(Grant(p, reach) for p in MANAGING) if at else ()
    )


LI, WANG, ZHAO = member(9001, HERE), member(9002, ELSEWHERE), member(9003)
pytestmark = pytest.mark.django_db


def staff(login="li.min", *, at=HERE, actor=LI, **more):
    return operations.create_staff(
        actor=actor, organization_id=at, login=login, name="李敏", password=PASSWORD, now=NOW, **more
    )


def learner(login="13800004417", learner_id=7):
    return operations.create_learner_login(
        actor=system("claim"), learner_id=learner_id, login=login, name="林晓岚", password=PASSWORD, now=NOW
    )


def holder():
    return Actor(ActorKind.LEARNER, learner().id, "林晓岚", learner_id=7)


def last_fact():
    return [stored.fact for stored in evidence.facts()][-1]


def test_staff_can_sign_in_and_must_change_the_password_they_were_given():
    user = staff(login=" Li.Min ")
    assert (user.login, user.kind, user.organization_id, user.must_change_password) == ("li.min", "staff", HERE, True)
    assert queries.user(user.id) == user
    assert last_fact().name == "identity.staff_created.v1"
    assert last_fact().body == {"user": user.id, "organization": HERE, "actor": "staff:9001"}
    assert authenticate(None, username="LI.MIN", password=PASSWORD).pk == user.id


@pytest.mark.parametrize("typed", ["138 0000 4417", "+86 138-0000-4417", "１３８００００４４１７", "+8613800004417"])
def test_a_phone_is_the_same_name_however_it_is_typed(typed):
    user = learner()
    assert authenticate(None, username=typed, password=PASSWORD).pk == user.id


def test_nobody_signs_in_with_a_wrong_password_or_a_closed_sign_in():
    user = staff()
    assert authenticate(None, username="li.min", password="wrong") is None
    assert authenticate(None, username="nobody", password=PASSWORD) is None
    operations.deactivate(actor=LI, user_id=user.id, organization_id=HERE, cause=Cause.LEFT, now=NOW)
    assert authenticate(None, username="li.min", password=PASSWORD) is None


def test_a_name_that_is_nobodys_costs_a_hash_too(monkeypatch):
    hashed = []
    monkeypatch.setattr(models.User, "set_password", lambda self, password: hashed.append(password))
    authenticate(None, username="nobody", password=PASSWORD)
    assert hashed == [PASSWORD]


@pytest.mark.parametrize("actor", [WANG, ZHAO])
def test_who_does_not_manage_here_creates_nobody_and_no_client(actor):
    with pytest.raises(NotPermitted):
        staff(actor=actor)
    with pytest.raises(NotPermitted):
        operations.create_client(actor=actor, organization_id=HERE, name="教务系统", now=NOW)
    assert not models.User.objects.exists()
    assert not list(evidence.facts())


def test_one_name_belongs_to_one_person():
    staff()
    with pytest.raises(errors.LoginTaken) as refused:
        staff(login="LI.MIN")
    assert "li.min" in refused.value.sentence("en")
    assert models.User.objects.count() == 1


def test_one_learner_has_one_sign_in():
    user = learner()
    assert (user.kind, user.must_change_password) == (UserKind.LEARNER, False)
    with pytest.raises(errors.LearnerHasLogin):
        learner(login="13800004418")
    assert queries.learner_user(7) == user
    assert queries.learner_user(8) is None


@pytest.mark.parametrize("login", ["", "ab", "李敏", "a/b", "x" * 65, "-li"])
def test_a_name_nobody_could_type_twice_alike_is_refused(login):
    with pytest.raises(errors.LoginInvalid):
        staff(login=login)


@pytest.mark.parametrize("password", ["", "short-9ch", "1234567890123", "password123"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(errors.PasswordWeak):
        operations.create_staff(actor=LI, organization_id=HERE, login="li.min", name="李敏", password=password, now=NOW)


def test_the_table_itself_refuses_a_learner_at_an_organization():
    with pytest.raises(IntegrityError), transaction.atomic():
        models.User.objects.create(
            public_id="x", login="abc", name="", kind="learner", organization_id=1, learner_id=None
        )


def test_a_reset_code_works_once_and_ends_the_old_password():
    user = staff()
    slip = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    assert len(slip.code) == 14
    assert slip.code.replace("-", "") not in repr(list(models.ResetCode.objects.values()))
    changed = operations.use_reset(
        login="Li.Min", code=slip.code.lower().replace("-", " "), password="harbour-lantern-7", now=NOW
    )
    assert not changed.must_change_password
    assert last_fact().name == "identity.reset_used.v1"
    assert authenticate(None, username="li.min", password="harbour-lantern-7") is not None
    assert authenticate(None, username="li.min", password=PASSWORD) is None
    with pytest.raises(errors.ResetCodeInvalid):
        operations.use_reset(login="li.min", code=slip.code, password="harbour-lantern-8", now=NOW)


def test_a_reset_code_ends_after_a_day_and_when_another_is_issued():
    user = staff()
    first = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    second = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    for code, when in [(first.code, NOW), (second.code, NOW + timedelta(hours=24)), ("2222-2222-2222", NOW)]:
        with pytest.raises(errors.ResetCodeInvalid):
            operations.use_reset(login="li.min", code=code, password="harbour-lantern-7", now=when)
    last_minute = NOW + timedelta(hours=23, minutes=59)
    operations.use_reset(login="li.min", code=second.code, password="harbour-lantern-7", now=last_minute)


def test_one_persons_code_does_not_open_anothers_sign_in():
    user, other = staff(), staff(login="wang.lei")
    slip = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    for login in (other.login, "nobody"):
        with pytest.raises(errors.ResetCodeInvalid):
            operations.use_reset(login=login, code=slip.code, password="harbour-lantern-7", now=NOW)


def test_a_weak_password_leaves_the_code_unused():
    user = staff()
    slip = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    with pytest.raises(errors.PasswordWeak):
        operations.use_reset(login="li.min", code=slip.code, password="short", now=NOW)
    operations.use_reset(login="li.min", code=slip.code, password="harbour-lantern-7", now=NOW)


ON_A_USER = [
    operations.issue_reset,
    *(
        update_wrapper(partial(operation, cause=Cause.LEFT), operation)
        for operation in (operations.deactivate, operations.activate, operations.clear_second_factor)
    ),
]


@pytest.mark.parametrize("operation", ON_A_USER)
def test_staff_are_managed_where_they_belong_whatever_place_is_named(operation):
    user = staff()
    for actor, place in [(WANG, ELSEWHERE), (WANG, HERE), (ZHAO, HERE)]:
        with pytest.raises(errors.UserNotFound):
            operation(actor=actor, user_id=user.id, organization_id=place, now=NOW)


@pytest.mark.parametrize("operation", ON_A_USER)
def test_nobody_does_it_to_themselves(operation):
    user = staff()
    myself = member(user.id, HERE)
    with pytest.raises(errors.UserIsActor):
        operation(actor=myself, user_id=user.id, organization_id=HERE, now=NOW)


def test_any_outlet_serves_a_learner_but_only_in_its_own_name():
    user = learner()
    assert (
        operations.clear_second_factor(
            actor=WANG, user_id=user.id, organization_id=ELSEWHERE, cause=Cause.DEVICE_LOST, now=NOW
        )
        == user
    )
    with pytest.raises(NotPermitted):
        operations.clear_second_factor(
            actor=WANG, user_id=user.id, organization_id=HERE, cause=Cause.DEVICE_LOST, now=NOW
        )


def test_a_learner_gets_a_code_only_from_the_room_that_compares_the_document():
    user = learner()
    with pytest.raises(errors.UserNotFound):
        operations.issue_reset(actor=WANG, user_id=user.id, organization_id=ELSEWHERE, now=NOW)
    slip = operations.issue_learner_reset(actor=WANG, learner_id=user.learner_id, organization_id=ELSEWHERE, now=NOW)
    assert slip.login == user.login
    with pytest.raises(errors.UserNotFound):
        operations.issue_learner_reset(actor=WANG, learner_id=10**9, organization_id=ELSEWHERE, now=NOW)


def test_a_closed_sign_in_gets_no_code_and_can_be_opened_again():
    user = staff()
    assert not operations.deactivate(
        actor=LI, user_id=user.id, organization_id=HERE, cause=Cause.LEFT, now=NOW
    ).is_active
    with pytest.raises(errors.UserInactive):
        operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    assert operations.activate(actor=LI, user_id=user.id, organization_id=HERE, cause=Cause.LEFT, now=NOW).is_active
    assert last_fact().name == "identity.user_activated.v2"


def test_what_is_so_already_is_no_fact():
    user = staff()
    before = len(list(evidence.facts()))
    operations.activate(actor=LI, user_id=user.id, organization_id=HERE, cause=Cause.LEFT, now=NOW)
    assert len(list(evidence.facts())) == before


def test_a_client_is_known_by_its_key_until_it_is_revoked():
    client, key = operations.create_client(actor=LI, organization_id=HERE, name=" 教务系统 ", now=NOW)
    assert (client.name, key.startswith(client.prefix), len(key) > 43) == ("教务系统", True, True)
    assert queries.client_by_key(key) == client
    assert queries.client_by_key(key[:-1]) is None
    assert key not in repr(list(models.Client.objects.values()))
    assert queries.clients_of(LI, HERE) == (client,)
    assert queries.clients_of(WANG, HERE) == ()
    with pytest.raises(errors.ClientNotFound):
        operations.revoke_client(actor=WANG, client_id=client.id, now=NOW)
    assert operations.revoke_client(actor=LI, client_id=client.id, now=NOW).revoked_at == NOW
    assert last_fact().body == {"client": client.id, "organization": HERE, "actor": "staff:9001"}
    assert queries.client_by_key(key) is None
    with pytest.raises(errors.ClientRevoked):
        operations.revoke_client(actor=LI, client_id=client.id, now=NOW)


def test_a_learner_changes_phone_and_mail_and_facts_tell_neither():
    other = learner("13800004499", learner_id=8)
    actor = holder()
    assert operations.change_phone(actor=actor, phone="138 0000 4418", now=NOW).login == "13800004418"
    assert last_fact().body == {"user": actor.id, "actor": actor.reference}
    assert operations.change_email(actor=actor, email=" lin@example.org ", now=NOW).email == "lin@example.org"
    assert not operations.change_email(actor=actor, email="", now=NOW).email
    assert last_fact().body["given"] is False
    for phone, refusal in [("12345", errors.PhoneInvalid), (other.login, errors.LoginTaken)]:
        with pytest.raises(refusal):
            operations.change_phone(actor=actor, phone=phone, now=NOW)
    for email in ("lin", f"{'l' * 250}@example.org", "a@b@example.org"):
        with pytest.raises(errors.EmailInvalid):
            operations.change_email(actor=actor, email=email, now=NOW)
    with pytest.raises(errors.UserNotFound):
        operations.change_phone(actor=LI, phone="13800004420", now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "长" * (rules.CLIENT_NAME_MAX + 1)])
def test_a_client_has_a_name(name):
    with pytest.raises(errors.ClientNameMissing):
        operations.create_client(actor=LI, organization_id=HERE, name=name, now=NOW)


def attempts():
    user, client_ = staff(), operations.create_client(actor=LI, organization_id=HERE, name="教务系统", now=NOW)[0]
    closed = staff(login="closed")
    operations.deactivate(actor=LI, user_id=closed.id, organization_id=HERE, cause=Cause.LEFT, now=NOW)
    slip = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    at_user = {"actor": LI, "user_id": user.id, "organization_id": HERE, "now": NOW}
    return {
        "create_staff": lambda: staff(login="new"),
        "create_learner_login": learner,
        "issue_reset": lambda: operations.issue_reset(**at_user),
        "issue_learner_reset": lambda: operations.issue_learner_reset(
            actor=LI, learner_id=learner().learner_id, organization_id=HERE, now=NOW
        ),
        "use_reset": lambda: operations.use_reset(
            login=user.login, code=slip.code, password="harbour-lantern-7", now=NOW
        ),
        "deactivate": lambda: operations.deactivate(**at_user, cause=Cause.LEFT),
        "activate": lambda: operations.activate(**{**at_user, "user_id": closed.id}, cause=Cause.BACK),
        "clear_second_factor": lambda: operations.clear_second_factor(**at_user, cause=Cause.DEVICE_LOST),
        "change_phone": lambda: operations.change_phone(actor=holder(), phone="13800004418", now=NOW),
        "change_email": lambda: operations.change_email(actor=holder(), email="lin@example.org", now=NOW),
        "end_other_sessions": lambda: operations.end_other_sessions(user_id=user.id, session_key="", now=NOW),
        "create_client": lambda: operations.create_client(actor=LI, organization_id=HERE, name="新", now=NOW),
        "revoke_client": lambda: operations.revoke_client(actor=LI, client_id=client_.id, now=NOW),
    }


def rows():
    return [list(m.objects.order_by("pk").values()) for m in (models.User, models.Client, models.ResetCode)]


OPERATIONS = sorted(n for n, f in vars(operations).items() if getattr(f, "__module__", "") == operations.__name__)
# `delete_rows` is the eraser's hand, whose fact is another room's: tests/rooms/journeys/test_erasing.py. Attempts are
# counted without a fact: tests/rooms/identity/test_limits.py.
WITHOUT_FACT = {"delete_rows", "count_attempt", "forgive_attempt"}
PUBLIC = [name for name in OPERATIONS if not name.startswith("_") and name not in WITHOUT_FACT]


def test_every_operation_is_tried():
    assert sorted(attempts()) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_an_operation_stands_or_falls_with_its_fact(name, monkeypatch):
    attempt = attempts()[name]
    before = rows()

    def broken(fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        attempt()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_a_code_once():
    user = staff()
    slip = operations.issue_reset(actor=LI, user_id=user.id, organization_id=HERE, now=NOW)
    answers = []

    def use(password):
        try:
            operations.use_reset(login="li.min", code=slip.code, password=password, now=NOW)
            answers.append("done")
        except errors.ResetCodeInvalid:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(f"harbour-lantern-{n}",)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(answers) == ["done", "refused", "refused", "refused"]
