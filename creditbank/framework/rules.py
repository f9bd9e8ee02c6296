"""What decides in this room, pure: when an edition is whole."""

from creditbank.framework import errors
from creditbank.framework.types import DescriptorKind, NewEdition
from creditbank.kernel.periods import Period


def check_whole(new: NewEdition) -> None:
    """Refuse an edition with gaps: levels not 1..n, descriptors missing, types or alignments that point nowhere."""
    Period(new.starts, new.ends)
    numbers = [level.number for level in new.levels]
    if not numbers or sorted(numbers) != list(range(1, len(numbers) + 1)):
        raise errors.EditionIncomplete(part="levels")
    codes = {kind.code for kind in new.types}
    for level in new.levels:
        if set(level.descriptors) != set(DescriptorKind) or not all(text.zh for text in level.descriptors.values()):
            raise errors.EditionIncomplete(part=f"descriptors:{level.number}")
        if not codes.issuperset(level.placements):
            raise errors.EditionIncomplete(part=f"types:{level.number}")
    if any(alignment.level not in numbers for alignment in new.alignments):
        raise errors.EditionIncomplete(part="alignments")
