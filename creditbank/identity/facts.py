"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain


def staff_created(*, user: int, organization: int, actor: str, at: datetime) -> Fact:
    """A member of staff can sign in."""
    body: dict[str, Plain] = {"user": user, "organization": organization, "actor": actor}
    return Fact(name="identity.staff_created.v1", at=at, body=body)


def learner_login_created(*, user: int, learner: int, actor: str, at: datetime) -> Fact:
    """A learner can sign in."""
    body: dict[str, Plain] = {"user": user, "learner": learner, "actor": actor}
    return Fact(name="identity.learner_login_created.v1", at=at, body=body)


def reset_issued(*, user: int, organization: int, actor: str, at: datetime) -> Fact:
    """A one-time code was handed to a person who cannot sign in."""
    body: dict[str, Plain] = {"user": user, "organization": organization, "actor": actor}
    return Fact(name="identity.reset_issued.v1", at=at, body=body)


def reset_used(*, user: int, at: datetime) -> Fact:
    """A password was set by a one-time code."""
    return Fact(name="identity.reset_used.v1", at=at, body={"user": user})


def user_deactivated(*, user: int, organization: int, cause: str, actor: str, at: datetime) -> Fact:
    """A sign-in was closed."""
    body: dict[str, Plain] = {"user": user, "organization": organization, "cause": cause, "actor": actor}
    return Fact(name="identity.user_deactivated.v2", at=at, body=body)


def user_activated(*, user: int, organization: int, cause: str, actor: str, at: datetime) -> Fact:
    """A closed sign-in was opened again."""
    body: dict[str, Plain] = {"user": user, "organization": organization, "cause": cause, "actor": actor}
    return Fact(name="identity.user_activated.v2", at=at, body=body)


def factors_cleared(*, user: int, organization: int, cause: str, actor: str, at: datetime) -> Fact:
    """The second factor of a person who lost it was taken away by somebody else."""
    body: dict[str, Plain] = {"user": user, "organization": organization, "cause": cause, "actor": actor}
    return Fact(name="identity.factors_cleared.v2", at=at, body=body)


def sign_in_name_changed(*, user: int, actor: str, at: datetime) -> Fact:
    """A learner signs in by another phone number from now on; the number itself stays with the sign-in."""
    return Fact(name="identity.sign_in_name_changed.v1", at=at, body={"user": user, "actor": actor})


def mailbox_changed(*, user: int, given: bool, actor: str, at: datetime) -> Fact:
    """A person gave the bank a mail address, or took it back (`given` is false)."""
    return Fact(name="identity.mailbox_changed.v1", at=at, body={"user": user, "given": given, "actor": actor})


def sessions_ended(*, user: int, sessions: int, at: datetime) -> Fact:
    """A person signed out everywhere else."""
    return Fact(name="identity.sessions_ended.v1", at=at, body={"user": user, "sessions": sessions})


def client_created(*, client: int, organization: int, actor: str, at: datetime) -> Fact:
    """A program of an organization got a key."""
    body: dict[str, Plain] = {"client": client, "organization": organization, "actor": actor}
    return Fact(name="identity.client_created.v1", at=at, body=body)


def client_reads_worth(*, client: int, organization: int, actor: str, at: datetime) -> Fact:
    """A program was let ask what the archives of its organization's learners are worth."""
    body: dict[str, Plain] = {"client": client, "organization": organization, "actor": actor}
    return Fact(name="identity.client_reads_worth.v1", at=at, body=body)


def client_hands_in(*, client: int, organization: int, actor: str, at: datetime) -> Fact:
    """A program was let hand in its organization's deposit files."""
    body: dict[str, Plain] = {"client": client, "organization": organization, "actor": actor}
    return Fact(name="identity.client_hands_in.v1", at=at, body=body)


def client_revoked(*, client: int, organization: int, actor: str, at: datetime) -> Fact:
    """A key stopped working, for good."""
    body: dict[str, Plain] = {"client": client, "organization": organization, "actor": actor}
    return Fact(name="identity.client_revoked.v1", at=at, body=body)


def signed_in(*, user: int, second_factor: bool, at: datetime) -> Fact:
    """A person signed in."""
    return Fact(name="identity.signed_in.v1", at=at, body={"user": user, "second_factor": second_factor})


def sign_in_failed(*, user: int | None, at: datetime) -> Fact:
    """Name and password did not match; `user` is None where the name is nobody's. The name itself is not kept."""
    return Fact(name="identity.sign_in_failed.v1", at=at, body={"user": user})


def signed_out(*, user: int, at: datetime) -> Fact:
    """A person signed out."""
    return Fact(name="identity.signed_out.v1", at=at, body={"user": user})


def password_changed(*, user: int, at: datetime) -> Fact:
    """A person who knew the old password set a new one."""
    return Fact(name="identity.password_changed.v1", at=at, body={"user": user})


def factor_added(*, user: int, factor: str, at: datetime) -> Fact:
    """A second factor was set up; `factor` is totp or recovery_codes."""
    return Fact(name="identity.factor_added.v1", at=at, body={"user": user, "factor": factor})


def factor_removed(*, user: int, factor: str, at: datetime) -> Fact:
    """A person took a second factor away."""
    return Fact(name="identity.factor_removed.v1", at=at, body={"user": user, "factor": factor})


def factor_renewed(*, user: int, factor: str, at: datetime) -> Fact:
    """Recovery codes were made anew; the earlier ones no longer work."""
    return Fact(name="identity.factor_renewed.v1", at=at, body={"user": user, "factor": factor})


def factor_used(*, user: int, factor: str, at: datetime) -> Fact:
    """A second factor was shown."""
    return Fact(name="identity.factor_used.v1", at=at, body={"user": user, "factor": factor})


def factor_failed(*, user: int, factor: str, at: datetime) -> Fact:
    """A wrong code was entered."""
    return Fact(name="identity.factor_failed.v1", at=at, body={"user": user, "factor": factor})
