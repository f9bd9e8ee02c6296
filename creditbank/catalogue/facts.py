"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from creditbank.catalogue.types import CertificationUnit, Occupation, Programme, Specification
from creditbank.evidence.types import Fact, Plain
from creditbank.kernel.actor import Actor


def ids_digest(ids: Iterable[int]) -> str:
    """Return the SHA-256 over ids in rising order, each in decimal with a line feed: names many in one fact."""
    return sha256("".join(f"{number}\n" for number in sorted(ids)).encode()).hexdigest()


def specification_defined(*, actor: Actor, specification: Specification, at: datetime) -> Fact:
    """A specification was put into the catalogue as recognised."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "specification": specification.id,
        "kind": specification.kind.value,
        "owner": specification.owner_id,
        "issuer": specification.issuer_id,
        "edition": specification.edition,
        "supersedes": specification.supersedes,
        "credits": specification.credits,
        "unit": specification.unit_id,
    }
    return Fact(name="catalogue.specification_defined.v1", at=at, body=body)


def specifications_defined(*, actor: Actor, ids: list[int], at: datetime) -> Fact:
    """Many specifications were put into the catalogue at once."""
    body: dict[str, Plain] = {"actor": actor.reference, "specifications": len(ids), "ids_sha256": ids_digest(ids)}
    return Fact(name="catalogue.specifications_defined.v1", at=at, body=body)


def courses_proposed(*, actor: Actor, organization_id: int, ids: list[int], at: datetime) -> Fact:
    """An institution proposed courses that the catalogue did not have."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "organization": organization_id,
        "specifications": len(ids),
        "ids_sha256": ids_digest(ids),
    }
    return Fact(name="catalogue.courses_proposed.v1", at=at, body=body)


def specifications_recognised(*, actor: Actor, ids: list[int], at: datetime) -> Fact:
    """Proposed specifications were recognised."""
    body: dict[str, Plain] = {"actor": actor.reference, "specifications": len(ids), "ids_sha256": ids_digest(ids)}
    return Fact(name="catalogue.specifications_recognised.v1", at=at, body=body)


def specification_withdrawn(*, actor: Actor, specification: Specification, at: datetime) -> Fact:
    """A specification left the catalogue; entries that name it stay as they are."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "specification": specification.id,
        "owner": specification.owner_id,
    }
    return Fact(name="catalogue.specification_withdrawn.v1", at=at, body=body)


def programme_defined(*, actor: Actor, programme: Programme, at: datetime) -> Fact:
    """An edition of a programme was published."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "programme": programme.id,
        "organization": programme.organization_id,
        "code": programme.code,
        "edition": programme.edition,
        "credits_required": programme.credits_required,
    }
    return Fact(name="catalogue.programme_defined.v1", at=at, body=body)


def certification_unit_defined(*, actor: Actor, unit: CertificationUnit, at: datetime) -> Fact:
    """An edition of a certification unit was published."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "certification_unit": unit.id,
        "owner": unit.owner_id,
        "code": unit.code,
        "edition": unit.edition,
        "specifications": len(unit.specification_ids),
        "ids_sha256": ids_digest(unit.specification_ids),
    }
    return Fact(name="catalogue.certification_unit_defined.v1", at=at, body=body)


def occupation_defined(*, actor: Actor, occupation: Occupation, at: datetime) -> Fact:
    """An edition of an occupation was published, with the ways into it."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "occupation": occupation.id,
        "owner": occupation.owner_id,
        "code": occupation.code,
        "edition": occupation.edition,
        "routes": len(occupation.routes),
        "needs": sum(len(route.needs) for route in occupation.routes),
    }
    return Fact(name="catalogue.occupation_defined.v1", at=at, body=body)


def alias_added(*, actor: Actor, alias: int, specification: int, organization_id: int, key: str, at: datetime) -> Fact:
    """A name in the files of an institution stands for a specification; the name itself is in the catalogue."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "alias": alias,
        "key_sha256": sha256(key.encode()).hexdigest(),
        "organization": organization_id,
        "specification": specification,
    }
    return Fact(name="catalogue.alias_added.v1", at=at, body=body)


def alias_removed(*, actor: Actor, alias: int, specification: int, organization_id: int, at: datetime) -> Fact:
    """A name in the files of an institution stands for nothing again."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "alias": alias,
        "organization": organization_id,
        "specification": specification,
    }
    return Fact(name="catalogue.alias_removed.v1", at=at, body=body)


def tolerance_set(*, actor: Actor, specification: int, hundredths: int, at: datetime) -> Fact:
    """The credits of files may differ from a course's by so much; 0 is not at all."""
    body: dict[str, Plain] = {"actor": actor.reference, "hundredths": hundredths, "specification": specification}
    return Fact(name="catalogue.tolerance_set.v1", at=at, body=body)


def specification_accredited(
    *,
    actor: Actor,
    accreditation: int,
    specification: int,
    starts: date,
    ends: date | None,
    decision: str,
    at: datetime,
) -> Fact:
    """The bank accepts what is obtained from a day on and before another."""
    body: dict[str, Plain] = {
        "accreditation": accreditation,
        "actor": actor.reference,
        "decision_sha256": sha256(decision.encode()).hexdigest(),
        "ends": ends.isoformat() if ends else None,
        "specification": specification,
        "starts": starts.isoformat(),
    }
    return Fact(name="catalogue.specification_accredited.v1", at=at, body=body)


def accreditation_ended(*, actor: Actor, accreditation: int, specification: int, on: date, at: datetime) -> Fact:
    """The bank accepts nothing more that is obtained from a day on."""
    body: dict[str, Plain] = {
        "accreditation": accreditation,
        "actor": actor.reference,
        "on": on.isoformat(),
        "specification": specification,
    }
    return Fact(name="catalogue.accreditation_ended.v1", at=at, body=body)
