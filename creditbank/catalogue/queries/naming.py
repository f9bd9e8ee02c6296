"""What the codes of programmes stand for, for texts that name programmes by their codes."""

from collections.abc import Iterable

from creditbank.catalogue import models
from creditbank.kernel.text import Text


def programme_names(codes: Iterable[str]) -> dict[str, Text]:
    """Return the names of programmes by code, each as its newest edition says it; codes of none are left out."""
    rows = models.Programme.objects.filter(code__in=sorted(set(codes))).order_by("edition", "id")
    return {row.code: Text(row.name_zh, row.name_en) for row in rows}
