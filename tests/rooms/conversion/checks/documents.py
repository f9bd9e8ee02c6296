"""Small books for the tests of checks: a sound one, and what is changed in it."""

import json
from pathlib import Path
from typing import Any

from creditbank.conversion.rules.book import Book

DATA = Path(__file__).parents[3] / "data" / "rules"
SHIPPED = sorted(path.name for path in DATA.glob("[01][0-9]_*.json") if path.name < "13")


def shipped(name: str) -> Book:
    return Book.model_validate(json.loads((DATA / name).read_text(encoding="utf-8")))


def spec(*names: str) -> dict[str, Any]:
    return {"is": "spec", "in": list(names)}


def level(**bounds: str) -> dict[str, Any]:
    return {"is": "level", "scale": "x", **bounds}


def rule(name: str = "R1", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "cites": ["C"],
        "from": {"one": [spec("web")]},
        "gives": [{"course": "K1"}],
        "credits": {"mode": "target"},
        **changes,
    }


def case(name: str = "one", **expect: Any) -> dict[str, Any]:
    return {
        "id": name,
        "given": {
            "as_of": "2026-03-01",
            "programme": {"code": "P", "unit": "u", "courses": [{"code": "K1", "credits": "4"}]},
            "achievements": [{"id": "a", "acquired": "2025-06-01", "spec": "web"}],
        },
        "expect": expect,
    }


def book(*rules: dict[str, Any], **changes: Any) -> Book:
    return Book.model_validate(
        {
            "format": "creditbank-rules/1",
            "id": "b",
            "edition": "1",
            "kind": "institutional",
            "owner": {"name": {"zh": "某校"}},
            "title": {"zh": "规则"},
            "effective": {"from": "2026-01-01"},
            "cites": [{"id": "C", "title": {"zh": "办法"}}],
            "unit": "u",
            "words": {
                "levels": {"x": ["初级", "中级", "高级"], "y": ["一", "二"]},
                "scales": {"percent": {"kind": "numeric", "pass": "60", "max": "100"}},
                "frameworks": ["F"],
            },
            "rules": list(rules or (rule(),)),
            **changes,
        }
    )
