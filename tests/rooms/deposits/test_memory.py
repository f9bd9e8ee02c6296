"""What a job took goes back to the machine."""

from pathlib import Path

import pytest

from creditbank.deposits import memory

MEGABYTE = 1024 * 1024


def held():
    """Return the megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / MEGABYTE


def test_what_was_freed_among_what_is_kept_is_given_back_at_the_end():
    with memory.sparing():
        texts = [b"%d" % at * 1_000 for at in range(25_000)]
        kept = texts[::1_000]
        texts.clear()
        during = held()
    assert held() < during - 50
    assert len(kept) == 25


def test_a_fault_of_the_job_comes_through():
    with pytest.raises(KeyError), memory.sparing():
        raise KeyError
