"""The rule books of the demonstration bank: public examples, published as regulations in force elsewhere would be."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from creditbank.cli.demo_house import BUILDER, House
from creditbank.conversion import operations as conversion

FOLDER: Final = Path(__file__).parent / "demo_data" / "rules"


def documents() -> dict[str, dict[str, Any]]:
    """Return the books by the names of their files; guidance stands before what adopts it."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def publish(house: House, *, now: datetime) -> int:
    """Publish every book for its owner and return how many there are. Refused: checks or cases that are not green."""
    found = documents()
    for document in found.values():
        owner = house.places[document["owner"]["code"]]
        conversion.import_edition(actor=BUILDER, owner_id=owner.id, document=document, now=now)
    return len(found)
