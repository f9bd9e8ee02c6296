"""Setting a page: a typst template and plain values in, a PDF for archives (PDF/A-2a) out."""

import functools
import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import segno
import typst

FOLDER: Final = Path(__file__).parent
FONTS: Final = FOLDER / "fonts"
STANDARD: Final = "a-2a"


def pdf(template: str, data: Mapping[str, object], *, at: datetime | None = None) -> bytes:
    """Return the PDF that a template (its name, without `.typ`) makes of the data; `at` is the instant it bears.

    The template finds the data, as JSON carries them, in `sys.inputs.data`: values are never read as markup. Sentences
    are handed over in the reader's language. A character that no font has is shown as an empty box; such a document
    is an ordinary PDF, because the standard for archives takes none.
    """
    made_at = None if at is None else at.replace(microsecond=0)  # typst knows no smaller part
    compiler = typst.Compiler(
        input=FOLDER / f"{template}.typ",
        root=FOLDER,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=made_at)
    except typst.TypstError as fault:
        if "could not be displayed" not in fault.message:
            raise
        made = compiler.compile(format="pdf", timestamp=made_at)
    assert isinstance(made, bytes), "typst returns one file for a PDF"
    return made


def qr(address: str) -> str:
    """Return the QR code of an address as an SVG, for the template to show by `image(bytes(...), format: "svg")`."""
    buffer = io.BytesIO()
    segno.make_qr(address, error="m").save(buffer, kind="svg", border=0, xmldecl=False, svgns=True)
    return buffer.getvalue().decode()


@functools.cache
def _fonts() -> typst.Fonts:
    """Return our own font and, for the rarest characters, those of the system; found once a process."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[FONTS])
