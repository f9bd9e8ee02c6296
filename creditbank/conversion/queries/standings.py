"""Where each side of an agreement stands on each rule, by the readings of its text and the reports that came after."""

from creditbank.conversion.shown import Standing
from creditbank.conversion.types import BookKind, Details, Side, Verdict
from creditbank.kernel.text import Text


def standings(found: Details, rule: str) -> tuple[tuple[Text, Standing], ...]:
    """Return for one rule of an agreement the owner and the partner by name, each with where it stands.

    Empty for every other kind of book.
    """
    if found.edition.book.kind is not BookKind.AGREEMENT or found.partner is None:
        return ()
    names = {Side.OWNER: found.owner, Side.PARTNER: found.partner}
    return tuple((name, _standing(found, side, rule)) for side, name in names.items())


def _standing(found: Details, side: Side, rule: str) -> Standing:
    """A report counts more than the approval of the whole text; what came into force unread was agreed elsewhere."""
    reports = [each for each in found.reports if each.side is side and each.rule == rule]
    if any(each.settled_at is None for each in reports):
        return Standing.PROBLEM
    if reports:
        return Standing.RESOLVED
    if any(each.side is side and each.verdict is Verdict.APPROVE for each in found.readings):
        return Standing.APPROVED
    return Standing.ELSEWHERE if found.edition.published_at and not found.readings else Standing.UNREAD
