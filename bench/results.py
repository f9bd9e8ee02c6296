"""How a figure is kept: one JSON file a benchmark, and one table in the docs."""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TABLE: Final = ROOT / "docs" / "benchmarks.md"
HEAD: Final = """# Benchmarks

Made by `make bench`, and the large ones by `make bench-volumes`, `make bench-44m` and `make bench-peers`; medians of
the runs named, ratios within one run. The raw figures lie in `var/bench/<name>.json`.
A ratio above 1 means faster than the baseline. Sizes on disk are after VACUUM. `asked` is the bound that was set for a
figure beforehand, as a part of its baseline where it has one; nothing fails where it is not met.

Of planning, `value` asks for the first key of the preference only (the home page, worth, cohorts), `plan` for all of
them (somebody applies, or looks at it); `building` comes before either. `worth` is building and value in every
programme, `explanation` building, plan and explanation. All these are processor time of one worker, the fastest of
three rounds in which the contenders take turns. Load is the system's average over the minute before the figure.

| name | value | unit | baseline | ratio | asked | met | runs | machine |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One figure; `asked` is the most it may be, as a part of its baseline or, without a ratio, as it stands."""

    name: str
    value: float
    unit: str
    baseline: str
    ratio: float | None
    runs: int
    machine: str
    asked: float | None = None

    @property
    def met(self) -> bool | None:
        """Tell whether the figure is within what was asked, or None where nothing was."""
        if self.asked is None:
            return None
        return self.value <= self.asked if self.ratio is None else 1 / self.ratio <= self.asked


def machine() -> str:
    """Return the machine, and how busy it is, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}, load {load:.1f}"


def keep(results: Iterable[Result] = (), *, sections: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write each result, and each section of text, to its file, and the page in the docs anew from all files."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sections.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    for result in results:
        (folder / f"{result.name}.json").write_text(json.dumps(asdict(result), indent=1) + "\n", "utf-8")
    rows = [Result(**json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]
    told = [file.read_text("utf-8") for file in sorted(folder.glob("*.md"))]
    TABLE.write_text("".join([HEAD, *(_line(row) for row in rows), *told]), "utf-8")


def _line(row: Result) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    value = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.2f}"  # noqa: PLR2004
    asked = "" if row.asked is None else f"≤ {row.asked:g}" + (" ×" if row.ratio is not None else "")
    cells = (row.name, value, row.unit, row.baseline, ratio, asked, verdict(row), str(row.runs), row.machine)
    return f"| {' | '.join(cells)} |\n"


def verdict(row: Result) -> str:
    """Return whether a figure is within what was asked, in a word; nothing where nothing was asked."""
    return {None: "", True: "yes", False: "no"}[row.met]
