"""`creditbank rules check` and `rules diff`: rule books as files, checked and compared. Needs no database."""

from typing import Any

from creditbank.cli.files import REFUSED, content, print_json, print_refusal
from creditbank.conversion import planning
from creditbank.kernel.errors import Refusal


def check(path: str, *, as_json: bool) -> int:
    """Print what the checks at publishing find in a book and how its cases come out.

    Exit 0: it may go out; 1: it may not; 2: the file cannot be read.
    """
    try:
        report = planning.check_text(content(path))
    except Refusal as refusal:
        return print_refusal(refusal, as_json=as_json)
    if as_json:
        print_json(report)
    else:
        print_report(report)
        print("可以公布 / may be published" if report["publishable"] else "还不能公布 / may not be published yet")
    return 0 if report["publishable"] else REFUSED


def print_report(report: dict[str, Any]) -> None:
    """Print faults, findings and cases of a report, each in both languages."""
    for each in (*report["faults"], *report["findings"]):
        print(f"{each['path'] or '/'} {each['code']}\n  {each['zh']}\n  {each['en']}")
    for case in report["cases"]:
        print(f"{'通过 passes' if case['passes'] else '不符 differs'}  {case['case']}")
        for each in case["differences"]:
            print(f"  {each['field']}: {each['expected']} ≠ {each['found']}")
        if case["refused"]:
            print(f"  {case['refused']}")


def compare(old: str, new: str, *, as_json: bool) -> int:
    """Print what changed from one edition to the next, in words.

    Exit 0: compared; 1: a text that is no rule book; 2: a file cannot be read.
    """
    try:
        changes = planning.diff_texts(content(old), content(new))
    except Refusal as refusal:
        return print_refusal(refusal, as_json=as_json)
    if as_json:
        print_json(changes)
        return 0
    for each in changes:
        print(f"{each['zh']}\n{each['en']}\n")
    if not changes:
        print("没有不同 / nothing differs")
    return 0
