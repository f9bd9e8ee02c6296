"""What an issuer gives besides courses: for the register of certificates."""

from creditbank.catalogue import models
from creditbank.catalogue.types import Specification, SpecificationKind, Status


def certificates_of(issuer_id: int) -> tuple[Specification, ...]:
    """Return every edition of what an issuer gives that is no course, the first editions first; no proposals."""
    rows = models.Specification.objects.filter(issuer_id=issuer_id).exclude(status=Status.PROPOSED)
    found = rows.exclude(kind=SpecificationKind.COURSE).order_by("edition", "id")
    return tuple(row.as_value() for row in found)
