"""Publishing editions of programmes and certification units; `operations` is their door."""

import secrets
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from creditbank.catalogue import errors, facts, models, permissions, rules
from creditbank.catalogue.types import CertificationUnit, NewCertificationUnit, NewProgramme, Programme
from creditbank.evidence import operations as evidence
from creditbank.framework import queries as framework
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text, pinyin_key

Edition = TypeVar("Edition", models.Programme, models.CertificationUnit)


@transaction.atomic
def define_programme(*, actor: Actor, new: NewProgramme, now: datetime) -> Programme:
    """Publish the next edition of a programme, with its groups and courses, and return it.

    The edition before ends when this one starts. Refused: no permission at the institution, no code or name,
    a programme that is not whole or out of reach, a start that cannot be or is before the last one's, two at once.
    """
    permissions.check_may_edit(actor, new.organization_id)
    named = {course.specification_id for group in new.groups for course in group.courses}
    known = set(models.Specification.objects.filter(id__in=named).values_list("id", flat=True))
    rules.check_programme(new, known=known, units=framework.units_by_id().keys())
    code, name = rules.check_code(new.code), _name(new.name)
    before = _newest(models.Programme.objects.filter(organization_id=new.organization_id, code=code))
    starts = _start(new.starts, before, now)
    row = models.Programme(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        organization_id=new.organization_id,
        code=code,
        edition=before.edition + 1 if before else 1,
        name_zh=name.zh,
        name_en=name.en,
        sort_key=pinyin_key(name.zh),
        search_text=models.searchable(name, code),
        credits_required=new.credits_required,
        unit_id=new.unit_id,
        level_code=new.level_code,
        category_code=new.category_code,
        starts=starts,
    )
    _insert(row, "programme_once", errors.EditionAtOnce(code=code))
    if before:
        before.record_end(on=row.starts)
    _insert_groups(row, new)
    programme = models.Programme.objects.get(id=row.id).as_value()
    evidence.append(facts.programme_defined(actor=actor, programme=programme, at=now))
    return programme


@transaction.atomic
def define_certification_unit(*, actor: Actor, new: NewCertificationUnit, now: datetime) -> CertificationUnit:
    """Publish the next edition of a certification unit and return it; the edition before ends when this one starts.

    Refused: no permission at its owner, no code or name, values out of range, an unknown unit of credit,
    a unit made of nothing that is known, a start that cannot be or is before the last one's, two at once.
    """
    permissions.check_may_edit(actor, new.owner_id)
    parts = sorted(set(new.specification_ids))
    known = set(models.Specification.objects.filter(id__in=parts).values_list("id", flat=True))
    rules.check_certification_unit(new, known=known, units=framework.units_by_id().keys())
    code, name = rules.check_code(new.code), _name(new.name)
    before = _newest(models.CertificationUnit.objects.filter(owner_id=new.owner_id, code=code))
    starts = _start(new.starts, before, now)
    row = models.CertificationUnit(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        owner_id=new.owner_id,
        code=code,
        edition=before.edition + 1 if before else 1,
        name_zh=name.zh,
        name_en=name.en,
        sort_key=pinyin_key(name.zh),
        search_text=models.searchable(name, code),
        level=new.level,
        framework_level=new.framework_level,
        credits=new.credits,
        unit_id=new.unit_id,
        starts=starts,
    )
    _insert(row, "certification_unit_once", errors.EditionAtOnce(code=code))
    if before:
        before.record_end(on=row.starts)
    models.CertificationUnitPart.objects.bulk_create(
        models.CertificationUnitPart(certification_unit=row, specification_id=part) for part in parts
    )
    unit = models.CertificationUnit.objects.get(id=row.id).as_value()
    evidence.append(facts.certification_unit_defined(actor=actor, unit=unit, at=now))
    return unit


def _name(name: Text) -> Text:
    return Text(rules.check_name(name.zh), " ".join(name.en.split()))


def _newest(rows: QuerySet[Edition]) -> Edition | None:
    """Return the newest of the editions of one code, held until the next one is written."""
    return rows.select_for_update(of=("self",), no_key=True).order_by("-edition").first()


def _start(wanted: date | None, before: models.Programme | models.CertificationUnit | None, now: datetime) -> date:
    """Return the day from which an edition holds, today where none is wanted; refused as `rules.check_days`."""
    today = timezone.localdate(now)
    starts = wanted or today
    rules.check_days(starts=starts, ends=None, before=before.starts if before else None, today=today)
    return starts


def _insert_groups(row: models.Programme, new: NewProgramme) -> None:
    groups = models.RequirementGroup.objects.bulk_create(
        models.RequirementGroup(
            programme=row,
            position=position,
            code=group.code,
            name_zh=group.name.zh,
            name_en=group.name.en,
            credits_min=group.credits_min,
        )
        for position, group in enumerate(new.groups)
    )
    models.ProgrammeCourse.objects.bulk_create(
        models.ProgrammeCourse(
            group=stored,
            specification_id=course.specification_id,
            nature=course.nature,
            kind=course.kind,
            credits=course.credits,
        )
        for stored, group in zip(groups, new.groups, strict=True)
        for course in group.courses
    )


def _insert(row: models.Programme | models.CertificationUnit, constraint: str, refusal: Refusal) -> None:
    """Insert a row; what the named constraint says no to is that refusal, and anything else is a bug."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise refusal from error
