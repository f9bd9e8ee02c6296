"""`creditbank rules`: rule books as files, checked and compared. Needs no database."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from creditbank.conversion import planning
from creditbank.conversion.errors import BookFaulty, ProblemFaulty
from creditbank.kernel.errors import Refusal

UNREADABLE: Final = 2


def check(path: str, *, as_json: bool) -> int:
    """Print what the checks at publishing find in a book and how its cases come out.

    Exit 0: it may go out; 1: it may not; 2: no such file.
    """
    try:
        report = planning.check_text(Path(path).read_bytes())
    except OSError as problem:
        return unreadable(problem)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    return 0 if report["publishable"] else 1


def _print_report(report: dict[str, Any]) -> None:
    for each in (*report["faults"], *report["findings"]):
        print(f"{each['path'] or '/'} {each['code']}\n  {each['zh']}\n  {each['en']}")
    for case in report["cases"]:
        print(f"{'通过 passes' if case['passes'] else '不符 differs'}  {case['case']}")
        for each in case["differences"]:
            print(f"  {each['field']}: {each['expected']} ≠ {each['found']}")
        if case["refused"]:
            print(f"  {case['refused']}")
    print("可以公布 / may be published" if report["publishable"] else "还不能公布 / may not be published yet")


def compare(old: str, new: str | None, *, as_json: bool) -> int:
    """Print what changed from one edition to the next, in words. Exit 1: refused; 2: no such file."""
    if new is None:
        print("请再给出较新的版本：rules diff FILE NEWER", file=sys.stderr)
        print("Name the newer edition too: rules diff FILE NEWER", file=sys.stderr)
        return 1
    try:
        changes = planning.diff_texts(Path(old).read_bytes(), Path(new).read_bytes())
    except OSError as problem:
        return unreadable(problem)
    except Refusal as refusal:
        return refused(refusal)
    if as_json:
        print_json(changes)
        return 0
    for each in changes:
        print(f"{each['zh']}\n{each['en']}\n")
    return 0


def refused(refusal: Refusal) -> int:
    """Print a refusal in both languages, of a faulty text every fault, and return 1."""
    print(f"{refusal.sentence('zh')}\n{refusal.sentence('en')}", file=sys.stderr)
    faults = refusal.details["faults"] if isinstance(refusal, BookFaulty | ProblemFaulty) else ()
    for each in faults if isinstance(faults, tuple) else ():
        print(f"{each.pointer} {each.code}: {each.zh} / {each.en}", file=sys.stderr)
    return 1


def unreadable(problem: OSError) -> int:
    """Print that a file cannot be opened, in both languages, and return 2."""
    print(f"打不开这个文件：{problem.filename}。请核对路径和权限。", file=sys.stderr)
    print(f"This file cannot be opened: {problem.filename}. Check its path and rights.", file=sys.stderr)
    return UNREADABLE


def print_json(document: object) -> None:
    """Print a document for machines, and for people who look at what machines get."""
    print(json.dumps(document, ensure_ascii=False, indent=1))
