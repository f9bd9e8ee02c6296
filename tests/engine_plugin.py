"""Starts one throw-away PostgreSQL for the whole run before Django reads its settings; workers share it."""

import atexit
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from creditbank.cli.engine import DATABASE, ephemeral

if "DATABASE_URL" not in os.environ:
    stack = ExitStack()
    engine = stack.enter_context(ephemeral())
    atexit.register(stack.close)
    os.environ["DATABASE_URL"] = engine.url(DATABASE, "creditbank_owner")
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="creditbank-test-")))
    os.environ["CREDITBANK_DATA"] = str(data)
    os.environ["CREDITBANK_SECRET_KEY"] = "only-for-tests"
    os.environ["CREDITBANK_DEMO"] = ""
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has a database of its own, and sweeps away files that its database does not know.
    own = Path(os.environ["CREDITBANK_DATA"]) / os.environ["PYTEST_XDIST_WORKER"]
    own.mkdir(exist_ok=True)
    os.environ["CREDITBANK_DATA"] = str(own)
