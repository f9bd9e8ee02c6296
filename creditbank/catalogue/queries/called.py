"""Which specifications carry names that rule books use, in whatever edition and status."""

from collections.abc import Iterable

from django.db.models import Q

from creditbank.catalogue import models


def ids_called(codes: Iterable[str], names: Iterable[str]) -> frozenset[int]:
    """Return the numbers of the specifications with one of the codes, or with no code and it as name, or so named."""
    wanted, named = sorted(set(codes)), sorted(set(names))
    called = Q(code__in=wanted) | Q(code="", name_zh__in=wanted) | Q(name_zh__in=named)
    return frozenset(models.Specification.objects.filter(called).values_list("id", flat=True))
