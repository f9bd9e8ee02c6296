"""Which tests go to one worker: those that share a bank or another fixture that is dear to make."""

import time
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

CHECKOUT = Path(__file__).parents[1]
WALK = "tests/journeys/test_every_page.py"  # long enough for a worker of its own
JOURNEYS = "tests/journeys/"  # on one bank and one browser
DATABASE = {"db", "transactional_db", "django_db_setup", "django_db_blocker"}
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
    """Put journeys, which take longest, before all but what asks the database of this process.

    A browser once opened leaves its event loop in the process, and Django then asks no database there any more.
    """
    items.sort(key=_turn)


def _turn(item):
    if item.nodeid.startswith(JOURNEYS):
        return 1
    asks = item.get_closest_marker("django_db") is not None or not DATABASE.isdisjoint(item.fixturenames)
    return 0 if asks else 2


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
