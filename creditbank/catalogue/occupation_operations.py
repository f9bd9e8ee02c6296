"""Publishing editions of occupations; `operations` is their door."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from creditbank.catalogue import errors, facts, models, permissions, rules
from creditbank.catalogue.types import NewOccupation, Occupation
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.periods import Period
from creditbank.kernel.text import Text, pinyin_key


@transaction.atomic
def define_occupation(*, actor: Actor, new: NewOccupation, now: datetime) -> Occupation:
    """Publish the next edition of an occupation, with the ways into it, and return it.

    The edition before ends when this one starts. Refused: no permission at the owner, or at that of the edition
    before; a code that is none, no name, texts too long, routes that are not whole, days that cannot be, two at once.
    """
    permissions.check_may_edit(actor, new.owner_id)
    code, name = rules.check_occupation_code(new.code), rules.check_name(new.name.zh)
    _check_routes(new)
    rows = models.Occupation.objects.filter(code=code)
    before = rows.select_for_update(of=("self",), no_key=True).order_by("-edition").first()
    if before:
        permissions.check_may_edit(actor, before.owner_id)
    today = timezone.localdate(now)
    period = Period(new.starts or today, new.ends)
    rules.check_days(starts=period.starts, ends=period.ends, before=before.starts if before else None, today=today)
    row = models.Occupation(
        public_id=ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
        owner_id=new.owner_id,
        code=code,
        edition=before.edition + 1 if before else 1,
        name_zh=name,
        name_en=" ".join(new.name.en.split()),
        about_zh=new.about.zh,
        about_en=new.about.en,
        note_zh=new.note.zh,
        note_en=new.note.en,
        sort_key=pinyin_key(name),
        search_text=models.searchable(Text(name, new.name.en), code),
        starts=period.starts,
        ends=period.ends,
    )
    _insert(row, new)
    if before:
        before.record_end(on=row.starts)
    occupation = models.Occupation.objects.get(id=row.id).as_value()
    evidence.append(facts.occupation_defined(actor=actor, occupation=occupation, at=now))
    return occupation


def _check_routes(new: NewOccupation) -> None:
    needs = [need for route in new.routes for need in route.needs]
    specifications = models.Specification.objects.filter(id__in={each.specification_id for each in needs} - {None})
    programmes = models.Programme.objects.filter(id__in={each.programme_id for each in needs} - {None})
    rules.check_occupation(
        new,
        specifications=set(specifications.values_list("id", flat=True)),
        programmes=set(programmes.values_list("id", flat=True)),
    )


def _insert(row: models.Occupation, new: NewOccupation) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "occupation_once" not in str(error):
            raise
        raise errors.EditionAtOnce(code=row.code) from error
    routes = models.OccupationRoute.objects.bulk_create(
        models.OccupationRoute(occupation=row, position=position, name_zh=route.name.zh, name_en=route.name.en)
        for position, route in enumerate(new.routes)
    )
    models.OccupationNeed.objects.bulk_create(
        models.OccupationNeed(
            route=stored, specification_id=need.specification_id, programme_id=need.programme_id, award=need.award
        )
        for stored, route in zip(routes, new.routes, strict=True)
        for need in route.needs
    )
