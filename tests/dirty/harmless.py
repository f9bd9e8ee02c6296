"""Ways of writing a cell that only look dirty: the bank reads them as they are meant."""

from typing import Final


def wide(text):
    """Return a text in full width."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def spaced(text):
    """Return a number in groups, as printed on a card."""
    return f"{text[:6]} {text[6:14]}-{text[14:]}"


def of_fifteen(text):
    """Return a resident's number as it was issued before October 1999."""
    return text[:6] + text[8:17] if len(text) == 18 and text[0] == "3" and text[6:8] == "19" else text


HARMLESS: Final = (
    ("document", of_fifteen),
    ("document", wide),
    ("document", spaced),
    ("document", str.lower),
    ("document", '="{}"'.format),
    ("document", "'{}".format),
    ("document", "\u200b{}\ufeff".format),
    ("document", "  {}\u3000".format),
    ("person_name", " {} ".format),
    ("person_name", "{}\u00ad".format),
    ("course", wide),
    ("course", "\u3000{} ".format),
    ("credits", wide),
    ("credits", '="{}"'.format),
    ("hours", wide),
    ("level_code", wide),
    ("category_code", " {}".format),
    ("student_number", "'{}".format),
    ("remark", "{}\u2060".format),
)
