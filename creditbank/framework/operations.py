"""Everything that changes the framework: an edition is published whole, and never again touched."""

from datetime import datetime

from django.db import IntegrityError, transaction

from creditbank.evidence import operations as evidence
from creditbank.framework import errors, examples, facts, models, permissions, rules
from creditbank.framework.types import Edition, NewEdition
from creditbank.kernel.actor import Actor


@transaction.atomic
def publish_edition(*, actor: Actor, new: NewEdition, now: datetime) -> Edition:
    """Publish an edition with its levels, types and alignments, and return its head.

    Refused: no permission at its owner, gaps in it, a code or URI that was published before.
    """
    permissions.check_may_publish(actor, new.owner_id)
    rules.check_whole(new)
    row = models.Edition(
        code=new.code,
        uri=new.uri,
        edition=new.edition,
        name_zh=new.name.zh,
        name_en=new.name.en,
        owner_id=new.owner_id,
        example=new.example,
        starts=new.starts,
        ends=new.ends,
        levels_count=len(new.levels),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "edition_code_once" not in str(error) and "edition_uri_once" not in str(error):
            raise
        raise errors.EditionExists(edition=new.code) from error
    _insert_parts(row, new)
    edition = row.as_value()
    evidence.append(facts.edition_published(actor=actor, edition=edition, at=now))
    return edition


@transaction.atomic
def publish_examples(*, actor: Actor, now: datetime) -> tuple[Edition, ...]:
    """Publish the two example frameworks, of ten and of seven levels. Refused: no permission, published before."""
    return tuple(
        publish_edition(actor=actor, new=new, now=now) for new in (examples.ten_levels(), examples.seven_levels())
    )


def _insert_parts(row: models.Edition, new: NewEdition) -> None:
    types = models.AchievementType.objects.bulk_create(
        models.AchievementType(edition=row, position=place, code=kind.code, name_zh=kind.name.zh, name_en=kind.name.en)
        for place, kind in enumerate(new.types)
    )
    levels = models.Level.objects.bulk_create(
        models.Level(edition=row, number=level.number, title_zh=level.title.zh, title_en=level.title.en)
        for level in new.levels
    )
    models.Descriptor.objects.bulk_create(
        models.Descriptor(level=stored, kind=kind, text_zh=text.zh, text_en=text.en)
        for stored, level in zip(levels, new.levels, strict=True)
        for kind, text in level.descriptors.items()
    )
    by_code = {kind.code: kind for kind in types}
    models.Placement.objects.bulk_create(
        models.Placement(level=stored, type=by_code[code], name_zh=text.zh, name_en=text.en)
        for stored, level in zip(levels, new.levels, strict=True)
        for code, text in level.placements.items()
    )
    models.Alignment.objects.bulk_create(
        models.Alignment(
            edition=row, level=each.level, framework=each.framework, other_level=each.other_level, trust=each.trust
        )
        for each in new.alignments
    )
