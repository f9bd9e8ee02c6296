"""Which tests go to one worker: those that share a bank or another fixture that is dear to make."""

import time
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

CHECKOUT = Path(__file__).parents[1]
WALK = "tests/journeys/test_every_page.py"  # long enough for a worker of its own
JOURNEYS = "tests/journeys/"  # on one bank and one browser
PAGES = "tests/pages/"  # on a bank for each file
STARTED = time.monotonic()
_ended = {}


@cache
def group(file: str) -> str:
    """Return what the tests of a file are kept together by, or nothing where each may go anywhere."""
    if file.startswith(JOURNEYS) and file != WALK:
        return JOURNEYS
    together = file.startswith((WALK, PAGES)) or 'scope="module"' in (CHECKOUT / file).read_text("utf-8")
    return file if together else ""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put journeys first, which take longest, and groups before what goes one by one and fills up both workers."""
    items.sort(key=lambda item: (not item.nodeid.startswith(JOURNEYS), not group(item.nodeid.partition("::")[0])))


class Sharing(LoadScopeScheduling):
    """Hands out tests one by one, and groups whole."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0]) or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Take the place of xdist's own groups, whose marks pytest 9.2 no longer carries to the scheduler."""
    return Sharing(config, log)


def pytest_runtest_logreport(report):
    """Note when each worker was last heard of."""
    if hasattr(report, "node"):
        _ended[report.node.gateway.id] = time.monotonic() - STARTED


def pytest_terminal_summary(terminalreporter):
    """Say when each worker had nothing left to do: they share well when they end together."""
    for worker, seconds in sorted(_ended.items()):
        terminalreporter.write_line(f"{worker} ended after {seconds:.0f} s")
