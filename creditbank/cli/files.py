"""Files that commands are given: read whole within a limit, or refused with a code; refusals as text and as JSON."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from creditbank.kernel.errors import Refusal, RefusalKind

REFUSED: Final = 1
UNREADABLE: Final = 2
BYTES_MAX: Final = 16_000_000
"""What no rule book, problem or plan comes near; a deposit has limits of its own."""


class FileMissing(Refusal):
    """There is no file at the path that a command was given."""

    code = "cli.file.missing"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这个文件：{path}。请核对路径。"
    en = "There is no such file: {path}. Check the path."


class FileIsFolder(Refusal):
    """The path that a command was given leads to a folder."""

    code = "cli.file.folder"
    zh = "{path} 是文件夹。请给出其中的一个文件。"
    en = "{path} is a folder. Name one of the files in it."


class FileUnreadable(Refusal):
    """The operating system does not let this account read the file."""

    code = "cli.file.unreadable"
    kind = RefusalKind.FORBIDDEN
    zh = "打不开这个文件：{path}。请核对路径和权限。"
    en = "This file cannot be opened: {path}. Check its path and rights."


class FileTooLarge(Refusal):
    """The file is larger than anything of its kind."""

    code = "cli.file.too_large"
    zh = "{path} 超过{most}字节，不会是要找的文件。请核对路径。"
    en = "{path} has more than {most} bytes and cannot be the file that is meant. Check the path."


#: A file that a command was given cannot be read; the command ends with 2.
_UNREAD: Final = (FileMissing, FileIsFolder, FileUnreadable, FileTooLarge)


def content(path: str | Path) -> bytes:
    """Return the bytes of a file or pipe. Refused: none there, a folder, no right to read it, one too large."""
    try:
        with Path(path).open("rb") as file:
            found = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise FileMissing(path=str(path)) from None
    except IsADirectoryError:
        raise FileIsFolder(path=str(path)) from None
    except (OSError, ValueError):  # a path with a null sign is a ValueError
        raise FileUnreadable(path=printable(path)) from None
    if len(found) > BYTES_MAX:
        raise FileTooLarge(path=str(path), most=f"{BYTES_MAX:,}")
    return found


def is_file(path: Path) -> bool:
    """Say whether a path leads to a file that may be read in passing: no folder, no pipe that would be waited for."""
    try:
        return stat.S_ISREG(path.stat().st_mode) and os.access(path, os.R_OK)
    except OSError:
        return False


def printable(path: str | Path) -> str:
    """Return a path without what a terminal would obey or could not print."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(path))


def print_refusal(refusal: Refusal, *, as_json: bool = False) -> int:
    """Print a refusal in both languages with its code and every fault it names, and return how the command ends.

    As JSON it goes where the answer would have gone: `code`, `message` (Chinese), `message_en`, `faults`.
    """
    faults = list(_faults(refusal))
    if as_json:
        told = {"code": refusal.code, "message": refusal.sentence("zh"), "message_en": refusal.sentence("en")}
        print_json({**told, "faults": faults})
    else:
        print(f"{refusal.sentence('zh')}\n{refusal.sentence('en')}\n（{refusal.code}）", file=sys.stderr)
        for each in faults:
            print(f"{each['path']} {each['code']}: {each['zh']} / {each['en']}", file=sys.stderr)
    return UNREADABLE if isinstance(refusal, _UNREAD) else REFUSED


def _faults(refusal: Refusal) -> Iterator[dict[str, str]]:
    """Yield the faults of a document or spreadsheet that a refusal carries."""
    found = refusal.details.get("faults", ())
    for each in found if isinstance(found, tuple) else ():
        place = getattr(each, "pointer", None) or getattr(each, "place", "")
        yield {"path": str(place), "code": each.code, "zh": each.zh, "en": each.en}


def print_json(document: object) -> None:
    """Print a document for machines, and for people who look at what machines get."""
    print(json.dumps(document, ensure_ascii=False, indent=1))
