"""How a figure is kept: as a row of one table in the docs, until it is measured again."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TABLE: Final = ROOT / "docs" / "benchmarks.md"
HEAD: Final = """# Benchmarks

Made by `make bench`, and the large ones by `make bench-volumes`, `make bench-44m`, `make bench-22m` and
`make bench-peers`; medians of the runs named, ratios within one run. A figure stays until it is measured again, and
machines of one kind differ by a factor of two and more from day to day: seconds are of their day, ratios are to be
read.
A ratio above 1 means faster than the baseline. Sizes on disk are after VACUUM. `asked` is the bound that was set for a
figure beforehand, as a part of its baseline where it has one; nothing fails where it is not met.

Of planning, `value` asks for the first key of the preference only (the home page, worth, cohorts), `plan` for all of
them (somebody applies, or looks at it); `building` comes before either. `worth` is building and value in every
programme, `explanation` building, plan and explanation. All these are processor time of one worker, the fastest of
three rounds in which the contenders take turns. `deposit_least` is what any deposit comes to in these words: rows cut,
numbered, put in order piece by piece, sealed and copied, with no row judged and nobody looked for; `unsealed` also
without canonical texts, commitments and tree. The bare COPY has the machine to itself, while a deposit's threads and
the server share its cores, which on the machines measured slow each other down by a third: what a bank does beyond the
least (files sealed and opened, cells read and judged, people and courses found, stored entries compared) comes on top
of it, and has kept `deposit_1m` below its bound. `read_ours` is the question for an archive with courses and schools
joined to it as the bare query has them, `read_asked` what the bank asks, which knows what these are called; both and
the bare query are about anybody, `read_json` and `read_page` about 2,000 learners who signed in, whose entries stay in
nearer memory. Load is the system's average over the minute before the figure.

| name | value | unit | baseline | ratio | asked | met | runs | machine |
"""
RULE: Final = "|---|---|---|---|---|---|---|---|---|\n"
SECTION: Final = "\n## "


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
    """Put each result, and each section of text by its title, into the page in the docs; what else it has stays."""
    figures, *others = TABLE.read_text("utf-8").partition(RULE)[2].split(SECTION)
    lines = {line.split()[1]: line for line in figures.splitlines(keepends=True)}
    lines |= {result.name: _line(result) for result in results}
    told = {**dict(each.split("\n", 1) for each in others), **sections}
    page = [HEAD, RULE, *(lines[name] for name in sorted(lines))]
    TABLE.write_text("".join([*page, *(f"{SECTION}{title}\n{told[title]}" for title in sorted(told))]), "utf-8")


def _line(row: Result) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    value = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:.2f}"  # noqa: PLR2004
    asked = "" if row.asked is None else f"≤ {row.asked:g}" + (" ×" if row.ratio is not None else "")
    cells = (row.name, value, row.unit, row.baseline, ratio, asked, verdict(row), str(row.runs), row.machine)
    return f"| {' | '.join(cells)} |\n"


def verdict(row: Result) -> str:
    """Return whether a figure is within what was asked, in a word; nothing where nothing was asked."""
    return {None: "", True: "yes", False: "no"}[row.met]
