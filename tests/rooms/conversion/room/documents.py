"""Rule books small enough to read: one rule, two cases, and the ways tests change them."""

from typing import Any

DEFAULT_RULE = "E1"


def rule(
    rule_id: str = DEFAULT_RULE, *, spec: str = "全国计算机等级考试二级", course: str = "程序设计"
) -> dict[str, Any]:
    return {
        "id": rule_id,
        "from": {"one": [{"is": "spec", "in": [spec]}]},
        "gives": [{"course": course}],
        "credits": {"mode": "target"},
    }


def case(case_id: str, *, spec: str = "全国计算机等级考试二级", gives: str = "4", **expect: Any) -> dict[str, Any]:
    return {
        "id": case_id,
        "given": {
            "as_of": "2026-11-01",
            "learner": {"status": "registered"},
            "programme": {
                "code": "080901",
                "unit": "cn.he.credit",
                "courses": [{"code": "程序设计", "credits": "4"}, {"code": "数据库", "credits": "3"}],
            },
            "achievements": [{"id": "a1", "acquired": "2025-06-01", "spec": spec, "kind": "考试"}],
        },
        "expect": {"credits": gives} | expect,
    }


def book(book_id: str = "yj/ncre", edition: str = "2026", **parts: Any) -> dict[str, Any]:
    """Return an institutional book of the school whose checks and cases are green."""
    return {
        "format": "creditbank-rules/1",
        "id": book_id,
        "edition": edition,
        "kind": "institutional",
        "owner": {"name": {"zh": "云江第二工业大学"}, "code": "4131012044"},
        "title": {"zh": "计算机等级考试转换规则", "en": "Conversion of computer examinations"},
        "effective": {"from": "2026-01-01"},
        "unit": "cn.he.credit",
        "rules": [rule()],
        "cases": [
            case("used", uses_rules=[DEFAULT_RULE]),
            case("other", spec="大学英语四级", gives="0", not_rules={DEFAULT_RULE: "none_held"}),
        ],
    } | parts


def guidance(book_id: str = "yj/guidance", edition: str = "2026", **parts: Any) -> dict[str, Any]:
    """Return a guidance book of the expert group."""
    owner = {"name": {"zh": "云江信息技术专家组"}, "code": "YJ-XG"}
    return book(book_id, edition, kind="guidance", owner=owner, title={"zh": "信息技术指导性规则"}, **parts)


def agreement(book_id: str = "yj/two-schools", edition: str = "2026", **parts: Any) -> dict[str, Any]:
    """Return an agreement in which the school sends and the other school receives."""
    sides = [
        {"name": {"zh": "云江第二工业大学"}, "code": "4131012044"},
        {"name": {"zh": "云江理工大学"}, "code": "4131010251"},
    ]
    return book(book_id, edition, kind="agreement", parties=sides, **parts)
