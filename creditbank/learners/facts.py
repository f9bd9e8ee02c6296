"""What this room writes to the evidence log. Names are public and never reused; no personal data enters."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain


def account_opened(*, learner_id: int, organization_id: int, through: str, actor: str, at: datetime) -> Fact:
    """One account was opened."""
    body: dict[str, Plain] = {
        "learner": learner_id,
        "organization": organization_id,
        "through": through,
        "actor": actor,
    }
    return Fact(name="learners.account_opened.v1", at=at, body=body)


def accounts_opened(*, organization_id: int, opened: int, found: int, actor: str, at: datetime) -> Fact:
    """Accounts were opened in bulk; `found` had one before."""
    body: dict[str, Plain] = {"organization": organization_id, "opened": opened, "found": found, "actor": actor}
    return Fact(name="learners.accounts_opened.v1", at=at, body=body)


def accounts_taken_over(
    *, organization_id: int, bank_code: str, aliases: int, opened: int, actor: str, at: datetime
) -> Fact:
    """Accounts of another bank go on here: `aliases` of its numbers lead to accounts, `opened` of these are new."""
    body: dict[str, Plain] = {
        "organization": organization_id,
        "bank": bank_code,
        "aliases": aliases,
        "opened": opened,
        "actor": actor,
    }
    return Fact(name="learners.accounts_taken_over.v1", at=at, body=body)


def application_submitted(*, application: str, organization_id: int, at: datetime) -> Fact:
    """Somebody asked an outlet for an account."""
    body: dict[str, Plain] = {"application": application, "organization": organization_id}
    return Fact(name="learners.application_submitted.v1", at=at, body=body)


def application_accepted(*, application: str, learner_id: int, actor: str, at: datetime) -> Fact:
    """An outlet accepted an application; the account has a fact of its own."""
    body: dict[str, Plain] = {"application": application, "learner": learner_id, "actor": actor}
    return Fact(name="learners.application_accepted.v1", at=at, body=body)


def application_refused(*, application: str, actor: str, at: datetime) -> Fact:
    """An outlet declined an application."""
    return Fact(name="learners.application_refused.v1", at=at, body={"application": application, "actor": actor})


def claim_codes_issued(*, organization_id: int, count: int, actor: str, at: datetime) -> Fact:
    """Claim codes were printed; earlier ones of the same accounts ended with it."""
    body: dict[str, Plain] = {"organization": organization_id, "count": count, "actor": actor}
    return Fact(name="learners.claim_codes_issued.v1", at=at, body=body)


def account_claimed(*, learner_id: int, through: str, organization_id: int | None, actor: str, at: datetime) -> Fact:
    """A person took possession of the account."""
    body: dict[str, Plain] = {
        "learner": learner_id,
        "through": through,
        "organization": organization_id,
        "actor": actor,
    }
    return Fact(name="learners.account_claimed.v1", at=at, body=body)


def claim_failed(*, learner_id: int, failures: int, locked: bool, at: datetime) -> Fact:
    """What was stated did not fit the account."""
    body: dict[str, Plain] = {"learner": learner_id, "failures": failures, "locked": locked}
    return Fact(name="learners.claim_failed.v1", at=at, body=body)


def reset_failed(
    *, learner_id: int | None, organization_id: int, failures: int, locked: bool, actor: str, at: datetime
) -> Fact:
    """At a counter a document did not fit the account whose password was forgotten; None: there is no such account."""
    body: dict[str, Plain] = {
        "learner": learner_id,
        "organization": organization_id,
        "failures": failures,
        "locked": locked,
        "actor": actor,
    }
    return Fact(name="learners.reset_failed.v1", at=at, body=body)


def repair_opened(*, learner_id: int, repair: int, cause: str, at: datetime) -> Fact:
    """A case of differing data was opened."""
    body: dict[str, Plain] = {"learner": learner_id, "repair": repair, "cause": cause}
    return Fact(name="learners.repair_opened.v1", at=at, body=body)


def repair_closed(*, learner_id: int, repair: int, state: str, actor: str, at: datetime) -> Fact:
    """A case of differing data ended."""
    body: dict[str, Plain] = {"learner": learner_id, "repair": repair, "state": state, "actor": actor}
    return Fact(name="learners.repair_closed.v1", at=at, body=body)


def person_found(*, learner_id: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """An outlet found a person by what that person showed."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "actor": actor}
    return Fact(name="learners.person_found.v1", at=at, body=body)


def page_opened(*, learner_id: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """A member of staff opened a page with the person's name, the first time on a day."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "actor": actor}
    return Fact(name="learners.page_opened.v1", at=at, body=body)


def document_unmasked(*, learner_id: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """Somebody saw a full document number; the purpose lies with the account."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "actor": actor}
    return Fact(name="learners.document_unmasked.v1", at=at, body=body)


def name_corrected(*, learner_id: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """The name of an account changed; the former one is kept."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "actor": actor}
    return Fact(name="learners.name_corrected.v1", at=at, body=body)


def document_replaced(*, learner_id: int, organization_id: int, kind: str, actor: str, at: datetime) -> Fact:
    """Another document took its place; the former one is kept and still leads to the account."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "kind": kind, "actor": actor}
    return Fact(name="learners.document_replaced.v1", at=at, body=body)


def accounts_merged(*, survivor_id: int, other_id: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """Two accounts of one person became one."""
    body: dict[str, Plain] = {
        "survivor": survivor_id,
        "other": other_id,
        "organization": organization_id,
        "actor": actor,
    }
    return Fact(name="learners.accounts_merged.v1", at=at, body=body)


def account_erased(*, learner_id: int, merged: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """An account was erased with the accounts merged into it; the number leads to nobody from now on."""
    body: dict[str, Plain] = {
        "learner": learner_id,
        "merged": merged,
        "organization": organization_id,
        "actor": actor,
    }
    return Fact(name="learners.account_erased.v1", at=at, body=body)


def account_standing_changed(*, learner_id: int, move: str, status: str, actor: str, at: datetime) -> Fact:
    """An account was suspended, closed or reopened."""
    body: dict[str, Plain] = {"learner": learner_id, "move": move, "status": status, "actor": actor}
    return Fact(name="learners.account_standing_changed.v1", at=at, body=body)


def attribute_consented(*, learner_id: int, number: int, actor: str, at: datetime) -> Fact:
    """The holder consented to be counted in a group; which one stays with the account."""
    body: dict[str, Plain] = {"learner": learner_id, "attribute": number, "actor": actor}
    return Fact(name="learners.attribute_consented.v1", at=at, body=body)


def attribute_withdrawn(*, learner_id: int, number: int, actor: str, at: datetime) -> Fact:
    """The consent to be counted in a group ended."""
    body: dict[str, Plain] = {"learner": learner_id, "attribute": number, "actor": actor}
    return Fact(name="learners.attribute_withdrawn.v1", at=at, body=body)


def alias_added(*, learner_id: int, bank_code: str, actor: str, at: datetime) -> Fact:
    """The number of an account at another bank was put on record."""
    body: dict[str, Plain] = {"learner": learner_id, "bank": bank_code, "actor": actor}
    return Fact(name="learners.alias_added.v1", at=at, body=body)


def rows_resealed(*, table: str, rows: int, key_id: int, actor: str, at: datetime) -> Fact:
    """Sealed rows were sealed again with a newer key."""
    body: dict[str, Plain] = {"table": table, "rows": rows, "key": key_id, "actor": actor}
    return Fact(name="learners.rows_resealed.v1", at=at, body=body)
