"""Forms of codes, and which change of status may follow which: pure, no database."""

import pytest

from creditbank.kernel.permissions import Permission
from creditbank.organizations import errors, rules
from creditbank.organizations.types import PLACES, ROLES, OrganizationKind, Role, Status

SCHOOL = OrganizationKind.INSTITUTION


@pytest.mark.parametrize("code", ["4131012044", "4211010001", "3631012044", " yj-01 ", "913100001322"])
def test_these_are_codes(code):
    assert rules.check_code(SCHOOL, code) == code.strip().upper()


@pytest.mark.parametrize("code", ["4031012044", "4199012044", "4310012044"])
def test_ten_digits_of_an_institution_must_be_of_the_ministrys_form(code):
    with pytest.raises(errors.SchoolCodeMalformed):
        rules.check_code(SCHOOL, code)


def test_ten_digits_of_another_kind_are_its_own_affair():
    assert rules.check_code(OrganizationKind.ISSUER, "9999999999") == "9999999999"


@pytest.mark.parametrize("code", ["", "X", "-A1", "A_1", "学校", "A" * 31, "A 1"])
def test_these_are_no_codes(code):
    with pytest.raises(errors.CodeMalformed):
        rules.check_code(SCHOOL, code)


@pytest.mark.parametrize("text", ["", "31", "3101", "310101"])
def test_these_are_regions(text):
    assert rules.check_region(text) == text


@pytest.mark.parametrize("text", ["3", "99", "310", "31010", "3101011", "xx"])
def test_these_are_no_regions(text):
    with pytest.raises(errors.RegionCodeMalformed):
        rules.check_region(text)


@pytest.mark.parametrize("text", ["", "  ", "校" * 101])
def test_a_name_is_needed(text):
    with pytest.raises(errors.NameMissing):
        rules.check_name(text)


def test_offices_are_never_suspended():
    with pytest.raises(errors.OfficeStaysOpen):
        rules.check_may_suspend(OrganizationKind.CENTRE, Status.ACTIVE)


def test_only_the_active_are_suspended_and_only_the_suspended_reopened():
    for status in (Status.SUSPENDED, Status.CLOSED):
        with pytest.raises(errors.StatusDiffers):
            rules.check_may_suspend(SCHOOL, status)
    for status in (Status.ACTIVE, Status.CLOSED):
        with pytest.raises(errors.StatusDiffers):
            rules.check_may_reopen(status)


def test_closing_waits_for_the_children():
    rules.check_may_close(Status.SUSPENDED, open_children=0)
    with pytest.raises(errors.ChildrenOpen):
        rules.check_may_close(Status.ACTIVE, open_children=1)
    with pytest.raises(errors.StatusDiffers):
        rules.check_may_close(Status.CLOSED, open_children=0)


def test_every_role_has_permissions_and_a_place():
    assert set(ROLES) == set(PLACES) == set(Role)
    assert all(ROLES.values())
    assert all(PLACES.values())


def test_an_english_name_that_no_column_takes_is_refused():
    assert rules.check_english_name(" Yunjiang   Open University ") == "Yunjiang Open University"
    with pytest.raises(errors.EnglishNameTooLong):
        rules.check_english_name("A" * 201)


def test_every_permission_is_in_a_role_beside_the_administrators():
    others = frozenset().union(*(held for role, held in ROLES.items() if role is not Role.BANK_ADMINISTRATOR))
    only_the_administrator = {Permission.LEARNERS_ACCOUNT_ERASE, Permission.ORGANIZATIONS_ORGANIZATION_MANAGE}
    assert set(Permission) - others <= only_the_administrator


def test_who_uploads_does_not_approve():
    both = {Permission.DEPOSITS_BATCH_UPLOAD, Permission.DEPOSITS_BATCH_APPROVE}
    holding_both = {role for role, held in ROLES.items() if both <= held}
    assert holding_both == {Role.BANK_ADMINISTRATOR}


def test_the_administrator_of_a_school_cannot_appoint_into_the_offices_of_the_bank():
    schools_roles = {role for role, kinds in PLACES.items() if OrganizationKind.INSTITUTION in kinds}
    assert Role.BANK_ADMINISTRATOR not in schools_roles
    assert Role.CENTRE_REVIEWER not in schools_roles
    assert Role.OUTLET_CLERK not in schools_roles
