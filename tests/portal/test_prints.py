"""Paper: a PDF for archives from plain values, whatever is written in them."""

import re
from datetime import UTC, datetime

import pytest
from typst import TypstError

from creditbank.portal.prints import pdf, qr

AT = datetime(2026, 11, 22, 2, 3, 4, 567890, tzinfo=UTC)
ADDRESS = "https://bank.example/claim/"
WORDS = dict.fromkeys(("code", "account", "number", "class", "until", "how"), "词")


def slips(*names, language="zh"):
    data = {"language": language, "bank": "云江学分银行", "title": "认领单", "words": WORDS}
    data |= {"address": ADDRESS, "address_shown": ADDRESS, "qr": qr(ADDRESS)}
    told = {"code": "7Q2M-9KXD-4TTA", "account": "0043", "number": "1", "class": "护理2403", "until": "2027-02-20"}
    return pdf("slips", data | {"slips": [told | {"name": name} for name in names]}, at=AT)


def pages(made):
    return int(re.search(rb"/Type\s*/Pages.*?/Count (\d+)", made, re.DOTALL).group(1))


def test_paper_is_a_pdf_for_archives_with_its_font_in_it():
    made = slips("林晓岚")
    assert made.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"NotoSansSCCreditbank" in made
    assert b"2026-11-22T02:03:04" in made
    assert slips("林晓岚") == made


def test_eight_slips_make_a_page_and_nine_make_two():
    assert [pages(slips(*["林晓岚"] * count)) for count in (1, 8, 9)] == [1, 1, 2]


def test_names_are_never_read_as_markup():
    with_markup = slips('#panic("x") *a* [b] $c$ \\ //')
    assert b"<pdfaid:part>2</pdfaid:part>" in with_markup


def test_rare_characters_of_names_are_in_the_font_and_unknown_ones_do_no_harm():
    assert b"<pdfaid:part>2</pdfaid:part>" in slips("㑇䶮龘𬉼", "買買提•依明")
    assert slips("\U000323af").startswith(b"%PDF-")


def test_data_without_what_the_template_shows_are_a_bug():
    with pytest.raises(TypstError):
        pdf("slips", {"language": "zh"})


def test_qr_code_is_a_picture_without_outside_parts():
    assert qr(ADDRESS).startswith("<svg")
    assert "href" not in qr(ADDRESS)
