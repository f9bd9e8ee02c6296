"""The published JSON Schema of a rule document, made from the same types that read it."""

from typing import Any

from creditbank.conversion.rules.book import Book

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:creditbank:rules:1"


def book_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `creditbank-rules/1`.

    It states the form: fields, types, tags. The laws between fields, and days that no calendar has, are checked by
    the reader alone.
    """
    made = _without_titles(Book.model_json_schema(by_alias=True))
    description = (
        "A creditbank rule book, format creditbank-rules/1. All decimals are texts; the order of rules is meaning."
    )
    return {"$schema": DIALECT, "$id": ID, **made, "description": description}


def _without_titles(node: Any) -> Any:  # noqa: ANN401 - any piece of a schema
    """Leave out the titles that repeat a field's name; a property that is called `title` stays."""
    if isinstance(node, list):
        return [_without_titles(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without_titles(each) for name, each in value.items()}
        if key in {"properties", "$defs"}
        else _without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
