"""Two people act at the same moment, on two real connections."""

import threading

import pytest
from django.db import connection

from creditbank.kernel.errors import Refusal
from creditbank.organizations import errors, operations, queries
from creditbank.organizations.types import OrganizationKind as Kind, Role, Status
from tests.rooms.organizations.conftest import NOW, SYSTEM, appointed, opened, small_bank, staff


def at_once(*acts):
    """Run the acts in threads that start together; return what each returned or was refused with."""
    barrier = threading.Barrier(len(acts))
    answers = [None] * len(acts)

    def run(place, act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            answers[place] = act()
        except Refusal as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert all(answer is not None for answer in answers)
    return answers


@pytest.fixture
def stored_bank(transactional_db):
    return small_bank()


def test_one_of_two_equal_appointments_is_refused(stored_bank):
    user = staff("chen", stored_bank.school)
    answers = at_once(*[lambda: appointed(user, stored_bank.school, Role.REGISTRAR)] * 4)
    assert sum(isinstance(answer, errors.AlreadyAppointed) for answer in answers) == 3
    assert len(queries.memberships_of(user)) == 1


def test_a_code_is_given_once(stored_bank):
    # Below two parents, so that no row lock puts them in order: only the unique code does.
    answers = at_once(
        lambda: opened("NEW-1", Kind.OUTLET, "新网点", stored_bank.branch),
        lambda: opened("NEW-1", Kind.INSTITUTION, "新学校", stored_bank.school),
    )
    assert sum(isinstance(answer, errors.CodeTaken) for answer in answers) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_nothing_opens_below_what_closes(stored_bank, attempt):
    opened_child, closed = at_once(
        lambda: opened(f"NEW-{attempt}", Kind.OUTLET, "新网点", stored_bank.outlet),
        lambda: operations.close(actor=SYSTEM, organization_id=stored_bank.outlet, now=NOW),
    )
    refusals = [answer for answer in (opened_child, closed) if isinstance(answer, Refusal)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], errors.ParentNotActive | errors.ChildrenOpen)
    is_open = queries.by_id(stored_bank.outlet).status is not Status.CLOSED
    assert is_open == bool(queries.children(stored_bank.outlet))
