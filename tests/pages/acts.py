"""Every act of the portal: what is sent, to which objects, and which column of acts.txt says where it takes effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from creditbank.organizations import queries as organizations
from tests.pages import registered
from tests.pages.addresses import NUMBER, ONE, REPRESENTATIVES, Ids, pick, two
from tests.pages.world import NOW, PASSWORD, TREE, Thing
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.learners.people import document

Data = Callable[[Thing, str], dict[str, Any]]


def representative(thing: Thing) -> bool:
    """Say whether acts are tried on this thing: not on all of a kind, but on one of each sort of place."""
    return thing.place in REPRESENTATIVES[thing.kind]


@dataclass(frozen=True)
class Act:
    """One thing done with POST to each object of a kind. `data` gets the object and the doer's desk (a public id)."""

    label: str
    column: str
    kind: str
    ids: Ids | None
    data: Data
    only: Callable[[Thing], bool] = representative
    query: Callable[[Thing], str] = lambda _: ""

    @property
    def name(self) -> str:
        """The name of the address; what stands in brackets tells two acts of one address apart."""
        return self.label.partition(" ")[0]


def same(**data: Any) -> Data:
    """Return what sends the same for every object, with the desk as the place."""
    return lambda _, desk: {"place": desk, **data}


def at(places: str) -> Callable[[Thing], bool]:
    return lambda thing: thing.place in places


def stage(*stages: str) -> Callable[[Thing], bool]:
    return lambda thing: representative(thing) and thing.ids["stage"] in stages


def upload(thing: Thing, _: str) -> dict[str, Any]:
    return {"place": thing.ids["public_id"], "file": SimpleUploadedFile("rows.csv", sheet(Row()))}


def certificates(thing: Thing, _: str) -> dict[str, Any]:
    file = SimpleUploadedFile("certificates.csv", registered.sheet(thing.place, "9"))
    return {"place": thing.ids["public_id"], "file": file}


def students(thing: Thing, _: str) -> dict[str, Any]:
    content = f"学号,姓名,身份证号,层次,类别,班级\nN1,林晓岚,{document(950).number},本科,普通,护理班\n"
    return {"place": thing.ids["public_id"], "file": SimpleUploadedFile("students.csv", content.encode())}


def foreign(thing: Thing, _: str) -> dict[str, Any]:
    """Return a list of another bank's accounts, for whoever takes them over."""
    content = f"账号,姓名,身份证号\nSH001,林晓岚,{document(951).number}\n"
    file = SimpleUploadedFile("accounts.csv", content.encode())
    return {"place": thing.ids["public_id"], "bank": "SH-31", "file": file}


def person(thing: Thing, desk: str) -> dict[str, Any]:
    """Return what somebody types who has the claimant's papers in hand."""
    return {"place": desk, "name": thing.ids["name"], **paper(thing.ids["document"]), **NEW_SIGN_IN}


def paper(shown: Any) -> dict[str, str]:
    return {"kind": shown.kind.value, "number": shown.number}


def school(thing: Thing) -> str:
    """Return the public id of the school that a thing belongs to."""
    return organizations.by_code(TREE[thing.place][3]).public_id


def unclaimed(thing: Thing) -> bool:
    return representative(thing) and not thing.ids["claimed"]


def paired(thing: Thing) -> bool:
    return representative(thing) and "partner" in thing.ids


REASON: Final = {"reason": "本人到场，材料齐全"}
NEW_SIGN_IN: Final = {"login": "13900000077", "password1": PASSWORD, "password2": PASSWORD}
NEW_STAFF: Final = {"who": "new", "login": "new.person", "name": "新任", "role": "auditor", "extent": "unit"}
NEW_COURSE: Final = {"kind": "course", "name_zh": "新列课程", "issuer": TREE["k"][3], "credits": "2", "unit_id": "1"}
NEW_PROGRAMME: Final = {
    "code": "NEW",
    "name_zh": "新方案",
    "level": "85",
    "category": "322",
    "credits_required": "4",
    "unit_id": "1",
    "groups": "1",
    "group_zh-0": "全部",
}
NEW_UNIT: Final = {"code": "NEW", "name_zh": "新单元", "credits": "2", "unit_id": "2", "parts": f"已认课{TREE['s'][2]}"}
NEW_OCCUPATION: Final = {
    "code": "4-02-06-01",
    "name_zh": "新职业",
    "routes": "1",
    "route_zh-0": "凭课程",
    "needs-0": f"已认课{TREE['s'][2]}",
}
NEW_PLACE: Final = {"kind": "outlet", "code": "YJ-NEW", "name_zh": "新开网点"}
SCHOOLS: Final = at("scS")

ACTS: Final = (
    Act("batch_upload", "upload", "organization", None, upload, SCHOOLS),
    Act("api_deposit_submit", "hands", "batch", ONE, same(), stage("reported", "returned")),
    Act("batch_submit", "upload", "batch", ONE, same(), stage("reported", "returned")),
    Act("batch_cancel", "upload", "batch", ONE, same(), stage("reported", "submitted")),
    Act("batch_review (approve)", "review", "batch", ONE, same(verdict="approve"), stage("submitted")),
    Act("batch_review (return)", "review", "batch", ONE, same(verdict="return", note="改"), stage("submitted")),
    Act("waiting_rows", "upload", "batch", ONE, same(act="retry")),
    Act("batch_reopen", "review", "batch", ONE, same(), stage("failed")),
    Act("batch_choose", "upload", "batch", ONE, same(all_or_nothing="1"), stage("reported", "returned")),
    Act("batch_sample", "review", "batch", ONE, same(row="2", question="请给成绩单"), stage("submitted")),
    Act("batch_withdrawal", "upload", "batch", ONE, same(reason="取错了学期"), stage("posted")),
    Act("register_load", "upload", "organization", None, certificates, SCHOOLS),
    Act("register_submit", "upload", "roll", ONE, same(), stage("reported")),
    Act("register_cancel", "upload", "roll", ONE, same(), stage("submitted")),
    Act("register_review (approve)", "review", "roll", ONE, same(verdict="approve"), stage("submitted")),
    Act("register_reopen", "review", "roll", ONE, same(), stage("failed")),
    Act("register_wish", "review", "wish", ONE, same(verdict="approve")),
    Act("enrolments_load", "load", "organization", None, students, SCHOOLS),
    Act("people_list_stop", "stops", "list", ONE, same(), stage("waiting")),
    Act("takeover", "takeover", "organization", None, foreign, lambda thing: thing.place == "z"),
    Act(
        "enrolment",
        "status",
        "enrolment",
        pick("account", "number"),
        same(status="suspended", since=NOW.date().isoformat()),
    ),
    Act(
        "enrolments_slips",
        "slips",
        "organization",
        None,
        lambda thing, _: {"place": thing.ids["public_id"], "class": f"班{TREE[thing.place][2]}"},
        SCHOOLS,
    ),
    Act("account_find (number)", "find", "account", None, lambda t, desk: {"place": desk, "account": t.ids["number"]}),
    Act(
        "account_find (paper)",
        "find",
        "account",
        None,
        lambda t, desk: {"place": desk, "name": t.ids["name"], **paper(t.ids["document"])},
        unclaimed,
    ),
    Act(
        "account_open",
        "open",
        "organization",
        None,
        lambda t, _: {"place": t.ids["public_id"], "name": "林晓岚", **paper(document(951))},
        at("bosOS"),
    ),
    Act("account_claim", "claim", "account", NUMBER, person, unclaimed),
    Act("account_code", "claim", "account", NUMBER, same(), unclaimed),
    Act("account_unmask", "correct", "account", NUMBER, same(row="1", purpose="核对证件")),
    Act("account_name", "correct", "account", NUMBER, same(name="新姓名", **REASON)),
    Act("account_document", "correct", "account", NUMBER, same(**paper(document(952)), **REASON)),
    Act("account_alias", "correct", "account", NUMBER, same(alias="SH-0001", bank_code="0031")),
    Act("account_group", "correct", "account", NUMBER, same(group="veteran")),
    *(
        Act(f"account_standing ({move})", "standing", "account", NUMBER, same(move=move, **REASON))
        for move in ("suspend", "close")
    ),
    Act(
        "merging",
        "merge",
        "account",
        None,
        lambda t, desk: {"place": desk, "survivor": t.ids["number"], "sure": "1", **REASON},
        paired,
        two,
    ),
    Act(
        "erasing",
        "erase",
        "account",
        None,
        lambda t, desk: {"place": desk, "typed": t.ids["number"], **REASON},
        unclaimed,
        lambda t: f"?account={t.ids['number']}",
    ),
    Act("application (accept)", "answer", "application", ONE, same(verdict="accept")),
    Act("application (decline)", "answer", "application", ONE, same(verdict="decline", **REASON)),
    Act("repair (resolve)", "mend", "repair", ONE, same(verdict="resolve", **REASON)),
    Act("repair (dismiss)", "mend", "repair", ONE, same(verdict="dismiss", **REASON)),
    Act("specifications_recognise", "recognise", "proposal", None, lambda t, _: {"specification": t.ids["id"]}),
    Act("specification_withdraw", "withdraw", "specification", ONE, same()),
    Act(
        "specification_matching (accredit)",
        "withdraw",
        "specification",
        ONE,
        same(act="accredit", starts="2026-01-01", decision="2026年第1号"),
    ),
    Act(
        "specification_matching (alias)",
        "names",
        "specification",
        ONE,
        lambda t, _: {"act": "add_alias", "alias": "另一种写法", "organization": school(t)},
    ),
    Act(
        "alias_new",
        "names",
        "specification",
        None,
        lambda t, _: {"course": t.ids["public_id"]},
        query=lambda t: f"?school={school(t)}&name={t.marks[0]}A",
    ),
    Act(
        "specification_new",
        "define",
        "organization",
        None,
        lambda t, _: {**NEW_COURSE, "owner": t.ids["public_id"]},
    ),
    Act(
        "specification_new (next edition)",
        "withdraw",
        "specification",
        None,
        same(**NEW_COURSE),
        query=lambda t: f"?after={t.ids['public_id']}",
    ),
    Act(
        "programme_new",
        "withdraw",
        "specification",
        None,
        lambda t, _: {**NEW_PROGRAMME, "school": TREE[t.place][3], "courses-0": t.ids["public_id"]},
    ),
    Act(
        "programme_new (next edition)",
        "withdraw",
        "programme",
        None,
        lambda t, _: {**NEW_PROGRAMME, "courses-0": f"已认课{TREE[t.place][2]}"},
        query=lambda t: f"?after={t.ids['public_id']}",
    ),
    Act(
        "rulebook_new",
        "draft",
        "organization",
        None,
        lambda t, _: {"way": "blank", "owner": t.ids["public_id"], "id": "rb/new", "edition": "1", "zh": "新规则"},
        only=at("scS"),
    ),
    Act("rulebook_drafted", "draft", "draft", ONE, lambda t, _: {"seen": t.ids["digest"]}),
    Act("rulebook_preview", "draft", "draft", ONE, same(act="start")),
    Act("rulebook_act", "draft", "draft", ONE, same(act="withdraw")),
    Act(
        "certification_unit_new",
        "define",
        "organization",
        None,
        lambda t, _: {**NEW_UNIT, "owner": t.ids["public_id"]},
    ),
    Act(
        "certification_unit_new (next edition)",
        "withdraw",
        "unit",
        None,
        same(**NEW_UNIT),
        query=lambda t: f"?after={t.ids['public_id']}",
    ),
    Act(
        "occupation_new",
        "define",
        "organization",
        None,
        lambda t, _: {**NEW_OCCUPATION, "owner": t.ids["public_id"]},
    ),
    Act(
        "occupation_new (next edition)",
        "withdraw",
        "occupation",
        None,
        same(**NEW_OCCUPATION),
        query=lambda t: f"?after={t.ids['public_id']}",
    ),
    Act(
        "organization_new",
        "manage",
        "organization",
        None,
        same(**NEW_PLACE),
        query=lambda t: f"?below={t.ids['public_id']}",
    ),
    Act("organization_depositing", "manage", "organization", ONE, same(credits_tolerance="0.5"), SCHOOLS),
    Act("organization_rename", "manage", "organization", ONE, same(name_zh="新名称", name_en="New")),
    Act(
        "organization_act (suspend)",
        "manage",
        "organization",
        lambda t: {**ONE(t), "verb": "suspend"},
        same(),
        at("bsS"),
    ),
    Act(
        "organization_act (close)",
        "manage",
        "organization",
        lambda t: {**ONE(t), "verb": "close"},
        same(),
        at("ocOC"),
    ),
    Act("appoint (new person)", "staff", "organization", ONE, same(**NEW_STAFF)),
    Act("membership_end", "staff", "member", pick("public_id", "membership"), same()),
    Act("clients", "clients", "client", pick("organization"), same(name="新接口")),
    Act("client_revoke", "clients", "client", pick("organization", "client"), same()),
    Act("user_sign_in (close)", "staff", "member", pick("user"), same(act="deactivate", cause="left")),
    Act("user_sign_in (factor)", "staff", "member", pick("user"), same(act="clear", cause="device-lost")),
    Act("user_reset (staff)", "staff", "member", pick("user"), same()),
    Act(
        "sign_in_reset",
        "reset",
        "sign-in",
        None,
        lambda t, desk: {"place": desk, "account": t.ids["number"], **paper(t.ids["document"])},
    ),
    Act("my_data_consent", "consent", "entry", None, same(group="veteran"), at("a")),
)
#: Acts on oneself alone, which name nobody else: the tests of their own rooms try them.
OWN: Final = frozenset(
    {
        "my_data_withdraw",
        "apply_for_account",
        "claim",
        "claim_vouched",
        "claim_test_provider",
        "api_upload",
        "api_certificates",  # asks by a number that only who has a certificate knows
    }
)
