"""What the forms of rules, caps and cases offer to choose from: conditions, attributes, reasons, names in use."""

from dataclasses import dataclass

from creditbank.conversion import queries
from creditbank.conversion.types import Details, Named
from creditbank.enrolments.types import STATUS_NAMES
from creditbank.framework import queries as framework
from creditbank.kernel.text import Text
from creditbank.portal.staff.rulebooks_held import ATTRIBUTES
from creditbank.portal.staff.rulebooks_rows import COURSE_TAGS, LEARNER_TAGS, SOURCE_TAGS


@dataclass(frozen=True, slots=True)
class Offer:
    """Tags of the conditions on each subject, attributes of achievements, reasons by code, names that the draft uses.

    What is not among them may be in a draft all the same: the forms keep it.
    """

    names: tuple[Named, ...] = ()
    reasons: tuple[tuple[str, Text], ...] = ()
    when: tuple[str, ...] = LEARNER_TAGS
    source: tuple[str, ...] = SOURCE_TAGS
    target: tuple[str, ...] = COURSE_TAGS
    attributes: tuple[str, ...] = ATTRIBUTES
    units: tuple[tuple[str, Text], ...] = tuple((each.unit.code, each.name) for each in framework.unit_details())
    statuses: tuple[tuple[str, Text], ...] = tuple((each.value, name) for each, name in STATUS_NAMES.items())


def offered(found: Details) -> Offer:
    """Return what the forms of one draft offer."""
    return Offer(queries.named_in(found), queries.reasons())
