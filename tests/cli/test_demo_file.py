"""The demo's own files, in which a claim code and passwords stand in the clear, are the bank's account's alone."""

import stat
from pathlib import Path

from creditbank.cli import demonstrating


def test_nobody_else_reads_what_the_demo_wrote_even_over_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / demonstrating.MARK
    beside = path.with_suffix(".new")
    beside.write_text("left by a crash", "utf-8")
    beside.chmod(0o644)
    demonstrating._write(path, {"claim": "code"})  # noqa: SLF001  # it writes both files, and nothing else
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not beside.exists()
