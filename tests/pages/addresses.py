"""Every address of the portal: which column of the tables speaks about it, and which objects it is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from creditbank.deposits.intake import templates
from tests.pages.world import Thing

Ids = Callable[[Thing], dict[str, Any]]
#: Kinds of objects and the column of seen.txt that says who sees their marks anywhere.
COLUMNS: Final = {
    "organization": "organizations",
    "member": "organizations",
    "client": "clients",
    "batch": "batches",
    "roll": "batches",
    "wish": "batches",
    "account": "accounts",
    "application": "applications",
    "repair": "repairs",
    "enrolment": "enrolments",
    "proposal": "proposals",
    "entry": "archive",
    "draft": "drafts",
    "list": "lists",
}

#: Where pages of one object are asked for: each sort of place on one's own side, and the other side. Lists are whole.
REPRESENTATIVES: Final = {
    "organization": "kzbsS",
    "member": "bsS",
    "client": "bsS",
    "sign-in": "aA",
    "batch": "scS",
    "roll": "scS",
    "wish": "scS",
    "account": "oscS",
    "application": "oO",
    "repair": "osS",
    "enrolment": "scS",
    "proposal": "scS",
    "specification": "scS",
    "programme": "scS",
    "unit": "scS",
    "occupation": "scS",
    "entry": "aA",
    "draft": "scS",
    "list": "scS",
}


def pick(*names: str, **renamed: str) -> Ids:
    """Return what makes the arguments of an address of a thing's numbers."""
    return lambda thing: (
        {name: thing.ids[name] for name in names} | {name: thing.ids[source] for name, source in renamed.items()}
    )


@dataclass(frozen=True)
class Seen:
    """One address asked with GET. A list is asked once; a page of one object once for each object of its kind.

    `tells`: kinds whose marks may stand on the page although their own column does not open them.
    `stage` narrows batches, `only` to things with such a number; `query` is put behind the address. `known` and
    `missing` are the statuses where an object is known but not opened, and where it is not known.
    """

    name: str
    column: str
    kind: str
    ids: Ids | None = None
    tells: frozenset[str] = frozenset()
    stage: str = ""
    query: Callable[[Thing], str] = lambda _: ""
    reads: bool = False
    known: int = 403
    missing: int = 404
    only: str = ""


def seen(name: str, column: str, kind: str, ids: Ids | None = None, tells: Iterable[str] = (), **more: Any) -> Seen:
    return Seen(name, column, kind, ids, frozenset(tells), **more)


ONE: Final = pick("public_id")
NUMBER: Final = pick("number")
ACCOUNT: Final = ("account",)
NOTHING: Final = pick()


def two(thing: Thing) -> str:
    """Return what asks for an account beside another that belongs to the same place."""
    return f"?first={thing.ids['number']}&second={thing.ids['partner']}"


SEEN: Final = (
    seen("organizations", "organizations", "organization"),
    seen("organizations_export", "organizations", "organization"),
    seen("organization", "organizations", "organization", ONE),
    seen("organization_rename", "managed", "organization", ONE),
    seen("organization_depositing", "managed", "organization", ONE),
    seen("organization_act", "managed", "organization", lambda thing: {**ONE(thing), "verb": "suspend"}),
    seen("people", "organizations", "member"),
    seen("people_export", "organizations", "member"),
    seen("appoint", "staffed", "organization", ONE),
    seen("membership_end", "staffed", "member", pick("public_id", "membership")),
    seen("clients", "clients", "client", pick("organization")),
    seen("client_revoke", "clients", "client", pick("organization", "client"), known=404),
    seen("user_reset", "staffed", "member", pick("user"), known=404),
    seen("user_sign_in", "staffed", "member", pick("user"), known=404),
    seen("batches", "batches", "batch"),
    seen("batches_export", "batches", "batch"),
    seen("batch", "batches", "batch", ONE),
    seen("batch_refused", "batches", "batch", ONE, stage="posted"),
    seen("waiting_rows", "batches", "batch", ONE),
    seen("batch_sample", "batches", "batch", ONE),
    seen("batch_original", "batches", "batch", pick("public_id", "number"), only="number"),
    seen("batch_corrections", "batches", "batch", ONE),
    seen("batch_withdrawal", "batches", "batch", ONE),
    seen("batch_receipt", "batches", "batch", ONE, stage="posted"),
    seen("batch_receipt_paper", "batches", "batch", ONE, stage="posted"),
    seen("batch_receipt_file", "batches", "batch", ONE, stage="posted"),
    seen("register", "batches", "roll"),
    seen("register_list", "batches", "roll", ONE),
    seen("register_refused", "batches", "roll", ONE),
    seen("register_wish", "batches", "wish", ONE),
    seen("accounts", "accounts", "account"),
    seen("account", "accounts", "account", NUMBER, reads=True),
    seen("merging", "merged", "account", NOTHING, only="partner", missing=422, query=two),
    seen("erasing", "erased", "account", NOTHING, missing=422, query=lambda t: f"?account={t.ids['number']}"),
    seen("applications", "applications", "application"),
    seen("application", "applications", "application", ONE),
    seen("repairs", "repairs", "repair"),
    seen("repair", "repairs", "repair", ONE, reads=True),
    seen("people_lists", "lists", "list"),
    seen("people_list", "lists", "list", ONE),
    seen("people_list_refused", "lists", "list", ONE, stage="done"),
    seen("enrolments", "enrolments", "enrolment", tells=ACCOUNT),
    seen("enrolments_export", "enrolments", "enrolment", tells=ACCOUNT),
    seen("enrolment", "enrolments", "enrolment", pick("account", "number"), ACCOUNT, reads=True),
    seen("specifications", "proposals", "proposal", tells=["organization"]),
    seen("specifications_export", "proposals", "proposal", tells=["organization"]),
    seen("specification", "proposals", "proposal", ONE, ["organization"]),
    seen("specification_matching", "proposals", "proposal", ONE, ["organization"]),
    seen("specification_withdraw", "withdrawn", "specification", ONE, ["organization"]),
    seen("archive", "archive", "entry", tells=["organization", "account"]),
    seen("archive_export", "archive", "entry", tells=["organization", "account"]),
    seen("archive_document", "archive", "entry", tells=["organization", "account"]),
    seen("entry", "archive", "entry", pick("key"), ["organization", "account", "enrolment", "batch"]),
    seen("entry_proof", "archive", "entry", pick("key"), ["organization", "account", "batch"]),
    seen("rule_desk", "drafts", "draft", tells=["organization"]),
    seen("rulebook_work", "drafts", "draft", ONE, ["organization"]),
    seen("rulebook_preview", "drafts", "draft", ONE, ["organization"]),
    seen("rulebook_head", "written", "draft", ONE, ["organization"]),
    seen("rulebook_text", "written", "draft", ONE, ["organization"]),
    seen("rulebook_rule", "written", "draft", pick("public_id", "number"), ["organization"]),
    seen("rulebook_cap", "written", "draft", pick("public_id", "number"), ["organization"]),
    seen("rulebook_case", "written", "draft", pick("public_id", "number"), ["organization"]),
    seen("api_learner_worth", "worths", "account", NUMBER, ["organization", "account"], reads=True),
    seen("api_deposit", "handed", "batch", ONE, ["batch"]),
    seen("api_deposit_refused", "handed", "batch", ONE, ["batch"], stage="posted"),
    seen("api_deposit_receipt", "handed", "batch", ONE, ["batch", "organization"], stage="posted"),
    seen("entry_proof_file", "archive", "entry", pick("key"), ["organization", "account", "batch"]),
)

#: Forms and pages about oneself: what (nobody, learners, staff) get, and kinds whose marks all may see there.
PLAIN: Final[dict[str, tuple[tuple[int, int, int], tuple[str, ...]]]] = {
    "home": ((200, 200, 302), ("account", "organization", "enrolment")),
    "help": ((200, 200, 200), ()),
    "accessibility": ((200, 200, 200), ()),
    "privacy": ((200, 200, 200), ()),
    "templates": ((200, 200, 200), ()),
    "template_file": ((200, 200, 200), ()),
    "style": ((200, 200, 200), ()),
    "catalogue": ((200, 200, 200), ("organization",)),
    "catalogue_export": ((200, 200, 200), ("organization",)),
    "programmes": ((200, 200, 200), ("organization",)),
    "programmes_export": ((200, 200, 200), ("organization",)),
    "certification_units": ((200, 200, 200), ("organization",)),
    "certification_units_export": ((200, 200, 200), ("organization",)),
    "occupations": ((200, 200, 200), ("organization",)),
    "frameworks": ((200, 200, 200), ()),
    "framework": ((200, 200, 200), ()),
    "claim": ((200, 200, 200), ()),
    "claim_provider": ((302, 302, 302), ()),
    "claim_vouched": ((302, 302, 302), ()),
    "claim_test_provider": ((302, 302, 302), ()),
    "apply_for_account": ((200, 200, 200), ("organization",)),
    "account_login": ((200, 302, 302), ()),
    "account_logout": ((302, 200, 200), ()),
    "account_signup": ((200, 200, 200), ()),
    "account_inactive": ((200, 200, 200), ()),
    "account_reset_password": ((200, 200, 200), ()),
    "account_reauthenticate": ((302, 200, 200), ()),
    "account_change_password": ((302, 200, 200), ()),
    "account_contact": ((302, 200, 403), ()),
    "account_sessions": ((302, 200, 200), ()),
    "mfa_index": ((302, 200, 200), ()),
    "mfa_authenticate": ((302, 302, 302), ()),
    "mfa_reauthenticate": ((302, 302, 302), ()),
    "mfa_activate_totp": ((302, 302, 302), ()),
    "mfa_deactivate_totp": ((302, 404, 404), ()),
    "mfa_view_recovery_codes": ((302, 404, 404), ()),
    "mfa_generate_recovery_codes": ((302, 302, 302), ()),
    "simulator": ((200, 200, 200), ("organization",)),
    "ways": ((200, 200, 200), ("organization",)),
    "pathways": ((200, 200, 200), ("organization",)),
    "simulator_file": ((404, 404, 404), ()),
    "worth": ((302, 200, 403), ("organization",)),
    "plan": ((302, 404, 403), ()),
    "plan_file": ((302, 404, 403), ()),
    "goal": ((302, 200, 403), ("organization",)),
    "audit": ((302, 200, 403), ("organization",)),
    "rulebooks": ((200, 200, 200), ("organization",)),
    "rulebooks_export": ((200, 200, 200), ("organization",)),
    "rulebook": ((404, 404, 404), ()),
    "rulebook_file": ((404, 404, 404), ()),
    "rulebook_changes": ((404, 404, 404), ()),
    "api_deposits": ((405, 405, 405), ()),
    "api_uploads": ((405, 405, 405), ()),
    "api_upload_finish": ((405, 405, 405), ()),
    "api_simulate": ((422, 422, 422), ()),
    "api_worth": ((403, 200, 403), ("organization",)),
    "api_plan": ((403, 404, 403), ()),
    "api_replay": ((405, 405, 405), ()),
    "api_rules": ((200, 200, 200), ()),
    "api_rule_book": ((404, 404, 404), ()),
    "api_ruling": ((404, 404, 404), ()),
    "my_data": ((302, 200, 403), ("account", "organization", "enrolment")),
    "my_data_export": ((302, 200, 403), ()),
    "account_open": ((302, 403, 200), ()),
    "batch_upload": ((302, 403, 200), ()),
    "deposit_figures": ((302, 403, 200), ("organization",)),
    "deposit_figures_export": ((302, 403, 200), ("organization",)),
    "deposit_figures_one": ((302, 403, 404), ()),
    "root": ((200, 200, 200), ()),
    "waiting": ((302, 403, 200), ()),
    "conflicts": ((302, 403, 200), ()),
    "conflict": ((302, 403, 404), ()),
    "alias_new": ((302, 403, 404), ()),
    "column_names": ((302, 403, 200), ("organization",)),
    "column_names_edit": ((302, 403, 404), ()),
    "column_names_end": ((405, 405, 405), ()),
    "batch_columns": ((302, 403, 404), ()),
    "upload_start": ((405, 405, 405), ()),
    "upload": ((302, 403, 404), ()),
    "upload_finish": ((405, 405, 405), ()),
    "upload_drop": ((405, 405, 405), ()),
    "enrolments_load": ((302, 403, 200), ()),
    "register_certificate": ((302, 403, 200), ("organization",)),
    "register_load": ((302, 403, 200), ()),
    "register_template": ((302, 403, 200), ()),
    "my_certificates": ((302, 200, 403), ("organization",)),
    "certificate_check": ((200, 200, 200), ("organization",)),
    "api_confirm": ((405, 405, 405), ()),
    "enrolments_template": ((302, 403, 200), ()),
    "takeover": ((302, 403, 200), ()),
    "takeover_template": ((302, 403, 200), ()),
    "organization_new": ((302, 403, 200), ()),
    "specification_new": ((302, 403, 200), ("organization",)),
    "rulebook_new": ((302, 403, 200), ("organization",)),
    "rulebook_template": ((302, 403, 200), ()),
    "sign_in_reset": ((302, 403, 200), ()),
}
#: Forms without an object, by the column of acts.txt that says who may do it somewhere; the others are told so at once.
FORMS: Final = {
    "account_open": "open",
    "batch_upload": "upload",
    "certification_unit_new": "define",
    "enrolments_load": "load",
    "takeover": "takeover",
    "occupation_new": "define",
    "organization_new": "manage",
    "register_load": "upload",
    "programme_new": "define",
    "rulebook_new": "draft",
    "rulebook_template": "draft",
    "sign_in_reset": "reset",
    "specification_new": "define",
}
#: Those that say the same to everybody, or speak of the person's own sign-in only.
STATIC: Final = (
    frozenset(
        name
        for name in PLAIN
        if name.startswith(("account_", "mfa_", "catalogue", "framework", "template", "claim", "programmes"))
    )
    - {"account_open"}
    | {"help", "accessibility", "privacy", "style", "apply_for_account", "enrolments_template", "takeover_template"}
    | {"certification_units", "certification_units_export", "occupations", "root"}
)
#: Forms that offer places: the column of acts.txt that says which, of these.
OFFERS: Final = {
    "batch_upload": ("upload", "scSC"),
    "register_load": ("upload", "scSC"),
    "enrolments_load": ("load", "scSC"),
    "account_open": ("open", "zboscBOSC"),
}
#: Public pages about one object: everybody sees every object of the first kind, and none of the second.
PUBLIC: Final = {
    "catalogue_entry": ("specification", "proposal"),
    "programme": ("programme", "proposal"),
    "certification_unit": ("unit", "proposal"),
    "occupation": ("occupation", "proposal"),
    "application_progress": ("application", "repair"),
}
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "template_file": {"code": templates.SECOND.code, "kind": "csv"},
    "framework": {"code": "example-10"},
    "plan": {"public_id": "0" * 20},
    "plan_file": {"public_id": "0" * 20},
    "rulebook": {"public_id": "0" * 20},
    "rulebook_file": {"public_id": "0" * 20, "form": "json"},
    "rulebook_changes": {"public_id": "0" * 20, "earlier": "1" * 20},
    "api_rule_book": {"public_id": "0" * 20},
    "api_ruling": {"public_id": "0" * 20},
    "api_upload_finish": {"public_id": "0" * 20},
    "upload": {"public_id": "0" * 20},
    "conflict": {"public_id": "0" * 20, "row": 2, "item": 0},
    "deposit_figures_one": {"public_id": "0" * 20},
    "upload_finish": {"public_id": "0" * 20},
    "upload_drop": {"public_id": "0" * 20},
    "column_names_edit": {"public_id": "0" * 20},
    "column_names_end": {"public_id": "0" * 20},
    "batch_columns": {"public_id": "0" * 20},
}
