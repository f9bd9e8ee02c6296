"""Everything that changes the catalogue. One function, one transaction, one fact."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from creditbank.catalogue import errors, facts, models, permissions, queries, rules
from creditbank.catalogue.matching_operations import (
    accredit,
    add_alias,
    end_accreditation,
    remove_alias,
    set_tolerance,
)
from creditbank.catalogue.occupation_operations import define_occupation
from creditbank.catalogue.programme_operations import define_certification_unit, define_programme
from creditbank.catalogue.types import Filters, NewCourse, NewSpecification, Specification, SpecificationKind, Status
from creditbank.evidence import operations as evidence
from creditbank.framework import queries as framework
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.periods import Period
from creditbank.kernel.text import Text, fold, pinyin_key
from creditbank.organizations import queries as organizations

__all__ = [
    "accredit",
    "add_alias",
    "define_certification_unit",
    "define_many",
    "define_occupation",
    "define_programme",
    "define_specification",
    "end_accreditation",
    "propose_courses",
    "recognise_matching",
    "recognise_proposed",
    "remove_alias",
    "set_tolerance",
    "withdraw",
]

ROWS_PER_STATEMENT = 1000
COURSE_CREDIT = "cn.he.credit"


@transaction.atomic
def define_specification(*, actor: Actor, new: NewSpecification, now: datetime) -> Specification:
    """Put a recognised specification, or the next edition of one, into the catalogue and return it.

    Refused: no permission at its owner, values out of range, an unknown unit or issuer, one that exists,
    days that cannot be meant, an edition that another one follows already or that starts before it.
    """
    permissions.check_may_edit(actor, new.owner_id)
    organizations.by_id(new.issuer_id)
    rules.check_values(new, units=framework.units_by_id().keys())
    today = timezone.localdate(now)
    row = _row(new, today)
    before = _locked(actor, new.supersedes) if new.supersedes is not None else None
    rules.check_days(starts=row.starts, ends=row.ends, before=before.starts if before else None, today=today)
    if before:
        permissions.check_may_edit(actor, before.owner_id)
        row.edition = before.edition + 1
        before.record_end(on=row.starts)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "specification_superseded_once" in str(error):
            raise errors.EditionSuperseded from error
        if "specification_once" in str(error):
            raise errors.SpecificationExists(name=row.name_zh, field="name_zh") from error
        raise
    specification = row.as_value()
    evidence.append(facts.specification_defined(actor=actor, specification=specification, at=now))
    return specification


@transaction.atomic
def define_many(*, actor: Actor, new: Sequence[NewSpecification], now: datetime) -> tuple[Specification, ...]:
    """Put many recognised specifications into the catalogue at once, all or none, and return them in order.

    Refused as `define_specification`; editions that follow others are defined one by one.
    """
    assert all(each.supersedes is None for each in new), "editions follow one by one"
    for owner in {each.owner_id for each in new}:
        permissions.check_may_edit(actor, owner)
    issuers = {each.issuer_id for each in new}
    for unknown in sorted(issuers - organizations.by_ids(issuers).keys()):
        organizations.by_id(unknown)
    units = framework.units_by_id().keys()
    for each in new:
        rules.check_values(each, units=units)
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            rows = models.Specification.objects.bulk_create(
                [_row(each, today) for each in new], batch_size=ROWS_PER_STATEMENT
            )
    except IntegrityError as error:
        if "specification_once" not in str(error):
            raise
        raise errors.SpecificationExists(name="…") from error
    evidence.append(facts.specifications_defined(actor=actor, ids=[row.id for row in rows], at=now))
    return tuple(row.as_value() for row in rows)


@transaction.atomic
def propose_courses(
    *, actor: Actor, organization_id: int, courses: Sequence[NewCourse], now: datetime
) -> dict[str, int]:
    """Return the id of each course by its name key, and propose to the catalogue those it did not have.

    Called twice, or by two batches at once, a course gets one row; what exists in any status keeps its own
    values and answers with its newest edition. Refused: no permission there, a course without a name.
    """
    permissions.check_may_propose(actor, organization_id)
    wanted = {fold(course.name): course for course in courses}
    have = _course_ids(organization_id, wanted.keys())
    missing = {key: course for key, course in wanted.items() if key not in have}
    if not missing:
        return have
    unit = framework.units()[COURSE_CREDIT]
    today = timezone.localdate(now)
    # In the order of the key: two batches then wait for each other in one direction only, and cannot lock up.
    rows = [
        _row(
            NewSpecification(
                kind=SpecificationKind.COURSE,
                name=Text(missing[key].name),
                owner_id=organization_id,
                issuer_id=organization_id,
                credits=missing[key].credits,
                unit_id=unit.id,
                hours=missing[key].hours,
            ),
            today,
            Status.PROPOSED,
        )
        for key in sorted(missing)
    ]
    models.Specification.objects.bulk_create(rows, batch_size=ROWS_PER_STATEMENT, ignore_conflicts=True)
    mine = models.Specification.objects.filter(public_id__in=[row.public_id for row in rows])
    added = list(mine.order_by("id").values_list("id", flat=True))
    if added:
        evidence.append(facts.courses_proposed(actor=actor, organization_id=organization_id, ids=added, at=now))
    return have | _course_ids(organization_id, missing.keys())


@transaction.atomic
def recognise_proposed(*, actor: Actor, specification_ids: Sequence[int], now: datetime) -> int:
    """Recognise proposed specifications and return how many became so; those that are recognised already count not.

    Refused: one that the actor may not edit, or that does not exist; then none is recognised.
    """
    wanted = set(specification_ids)
    editable = models.Specification.objects.filter(permissions.editable_by(actor), id__in=wanted)
    found = dict(editable.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id", "status"))
    if wanted - found.keys():
        raise errors.SpecificationNotFound
    open_ids = [number for number, status in found.items() if status == Status.PROPOSED]
    if not open_ids:
        return 0
    models.Specification.objects.filter(id__in=open_ids).update(status=Status.RECOGNISED)
    evidence.append(facts.specifications_recognised(actor=actor, ids=open_ids, at=now))
    return len(open_ids)


@transaction.atomic
def recognise_matching(*, actor: Actor, filters: Filters, now: datetime) -> int:
    """Recognise every proposal of a list that the actor may edit, and return how many there were."""
    editable = models.Specification.objects.filter(permissions.editable_by(actor), status=Status.PROPOSED)
    found = [row.id for row in queries.matching(editable, filters)]
    return recognise_proposed(actor=actor, specification_ids=found, now=now) if found else 0


@transaction.atomic
def withdraw(*, actor: Actor, specification_id: int, now: datetime) -> Specification:
    """Take a specification out of the catalogue from today on and return it; entries that name it stay.

    Refused: one the actor may not know of or not edit, one that is withdrawn.
    """
    row = _locked(actor, specification_id)
    permissions.check_may_edit(actor, row.owner_id)
    rules.check_may_withdraw(Status(row.status))
    row.record_withdrawal(on=timezone.localdate(now))
    evidence.append(facts.specification_withdrawn(actor=actor, specification=row.as_value(), at=now))
    return row.as_value()


def _locked(actor: Actor, specification_id: int) -> models.Specification:
    visible = models.Specification.objects.filter(permissions.visible_to(actor))
    row = visible.select_for_update(of=("self",), no_key=True).filter(id=specification_id).first()
    if row is None:
        raise errors.SpecificationNotFound
    return row


def _course_ids(organization_id: int, keys: Iterable[str]) -> dict[str, int]:
    """Return the id of the newest edition of each course the institution has among the keys."""
    rows = (
        models.Specification.objects.filter(
            issuer_id=organization_id, kind=SpecificationKind.COURSE, level="", name_key__in=list(keys)
        )
        .order_by("name_key", "edition")
        .values_list("name_key", "id")
    )
    return dict(rows)


def _row(new: NewSpecification, today: date, status: Status = Status.RECOGNISED) -> models.Specification:
    name = Text(rules.check_name(new.name.zh), " ".join(new.name.en.split()))
    period = Period(new.starts or today, new.ends)
    code = new.code.strip()
    return models.Specification(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        owner_id=new.owner_id,
        issuer_id=new.issuer_id,
        uri=new.uri or None,
        kind=new.kind,
        code=code,
        name_zh=name.zh,
        name_en=name.en,
        name_key=fold(name.zh),
        sort_key=pinyin_key(name.zh),
        search_text=models.searchable(name, code),
        level=new.level.strip(),
        framework_level=new.framework_level,
        credits=new.credits,
        unit_id=new.unit_id if new.credits is not None else None,
        hours=new.hours,
        category=new.category.strip(),
        valid_months=new.valid_months,
        supersedes=new.supersedes,
        starts=period.starts,
        ends=period.ends,
        status=status,
    )
