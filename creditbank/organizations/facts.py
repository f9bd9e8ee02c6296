"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain
from creditbank.kernel.actor import Actor
from creditbank.organizations.types import Membership, Organization


def organization_opened(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """An organization joined the tree."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "organization": organization.id,
        "code": organization.code,
        "kind": organization.kind.value,
        "parent": organization.parent_id,
    }
    return Fact(name="organizations.organization_opened.v1", at=at, body=body)


def organization_renamed(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """An organization has another name; the name itself is public and stands here."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "organization": organization.id,
        "name_zh": organization.name.zh,
        "name_en": organization.name.en,
    }
    return Fact(name="organizations.organization_renamed.v1", at=at, body=body)


def depositing_set(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """How files of an organization are taken from now on."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "credits_tolerance": organization.credits_tolerance,
        "opens_accounts": organization.opens_accounts,
        "organization": organization.id,
        "registers_courses": organization.registers_courses,
    }
    return Fact(name="organizations.depositing_set.v1", at=at, body=body)


def organization_suspended(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """An organization and all below it may not act for now."""
    body: dict[str, Plain] = {"actor": actor.reference, "organization": organization.id}
    return Fact(name="organizations.organization_suspended.v1", at=at, body=body)


def organization_reopened(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """A suspended organization acts again."""
    body: dict[str, Plain] = {"actor": actor.reference, "organization": organization.id}
    return Fact(name="organizations.organization_reopened.v1", at=at, body=body)


def organization_closed(*, actor: Actor, organization: Organization, at: datetime) -> Fact:
    """An organization acts no more."""
    body: dict[str, Plain] = {"actor": actor.reference, "organization": organization.id}
    return Fact(name="organizations.organization_closed.v1", at=at, body=body)


def member_appointed(*, actor: Actor, membership: Membership, at: datetime) -> Fact:
    """A person was given a role at an organization; the person is named by the id of the user only."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "membership": membership.id,
        "organization": membership.organization_id,
        "user": membership.user_id,
        "role": membership.role.value,
        "reach": membership.extent.value,
        "starts": membership.starts.isoformat(),
        "ends": membership.ends.isoformat() if membership.ends else None,
    }
    return Fact(name="organizations.member_appointed.v1", at=at, body=body)


def membership_ended(*, actor: Actor, membership: Membership, at: datetime) -> Fact:
    """A role was taken back before its own end, or without one."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "membership": membership.id,
        "organization": membership.organization_id,
    }
    return Fact(name="organizations.membership_ended.v1", at=at, body=body)
