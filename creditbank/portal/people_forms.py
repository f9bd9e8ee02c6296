"""What several pages ask of a person: name, document, sign-in; and at which field a refusal belongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from creditbank.entrance.actors import BANK_ZONE
from creditbank.entrance.requests import BankRequest
from creditbank.identity import queries as users
from creditbank.kernel.documents import Document, DocumentKind, read
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations
from creditbank.learners.types import AccessKind, OpenedThrough, SignIn, Status

FIELDS: Final = {
    "documents.number.malformed": "number",
    "documents.number.check_digit": "number",
    "documents.number.birth_date": "number",
    "documents.number.region": "number",
    "kernel.text.not_a_name": "name",
    "kernel.ids.account_number_malformed": "account",
    "learners.account.reason_missing": "reason",
    "learners.document.purpose_missing": "purpose",
    "learners.name.unchanged": "name",
}
"""Refusals that do not say their field; the others stand above the form."""

GUESSES: Final = frozenset({"learners.claim.mismatch", "learners.claim.repair", "learners.claim.locked"})
"""Refusals of claiming that count as a guess at the gate; a weak password, say, is none."""

TYPED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the bank's lists in the language of the page, by code."""

    kinds: Mapping[str, str]
    statuses: Mapping[str, str]
    tones: Mapping[str, str]
    ways: Mapping[str, str]
    looks: Mapping[str, str]
    causes: Mapping[str, str]


def words() -> Words:
    """Return the words of the lists that pages about people use."""
    return Words(
        kinds={
            DocumentKind.RESIDENT_ID: _("居民身份证"),
            DocumentKind.PASSPORT: _("护照"),
            DocumentKind.HK_MACAU_PERMIT: _("港澳居民来往内地通行证"),
            DocumentKind.HK_MACAU_RESIDENCE: _("港澳台居民居住证"),
            DocumentKind.TAIWAN_PERMIT: _("台湾居民来往大陆通行证"),
            DocumentKind.FOREIGN_RESIDENCE: _("外国人永久居留身份证"),
        },
        statuses={
            Status.UNCLAIMED: _("未认领"),
            Status.ACTIVE: _("已认领"),
            Status.SUSPENDED: _("已停用"),
            Status.CLOSED: _("已注销"),
            Status.MERGED: _("已并入"),
        },
        tones={
            Status.UNCLAIMED: "teng",
            Status.ACTIVE: "qing",
            Status.SUSPENDED: "zhu",
            Status.CLOSED: "",
            Status.MERGED: "",
        },
        ways={
            OpenedThrough.OUTLET: _("网点开户"),
            OpenedThrough.APPLICATION: _("本人申请"),
            OpenedThrough.BULK: _("机构批量"),
            OpenedThrough.TAKEOVER: _("从他行接收"),
        },
        looks={
            AccessKind.FOUND: _("查到账户"),
            AccessKind.UNMASKED: _("看了完整证件号"),
            AccessKind.RESET: _("发了密码重置码"),
            AccessKind.CODE: _("打印了认领单"),
            AccessKind.PAGE: _("打开了账户页或学籍页"),
        },
        causes={
            "name-differs": _("姓名不一致"),
            "document-differs": _("证件号码不一致"),
            "both-differ": _("姓名和证件号码都不一致"),
            "code-differs": _("认领码不对"),
        },
    )


def record_look(request: BankRequest, learner_id: int) -> None:
    """Keep for the holder that this member of staff opened a page with the name; a refused form opens nothing new."""
    if request.method != "GET":
        return
    place = users.user(request.actor.id).organization_id
    assert place is not None, "staff belong to an organization"
    operations.open_page(actor=request.actor, organization_id=place, learner_id=learner_id, now=request.now)


def typed(request: BankRequest, *names: str) -> dict[str, str]:
    """Return what was typed into the fields, to be shown again; passwords are never among them."""
    return {name: request.POST.get(name, "")[:TYPED_MAX].strip() for name in names}


def document(values: Mapping[str, str], request: BankRequest) -> Document:
    """Return the document that was typed, or refuse its number."""
    kind = values["kind"] if values["kind"] in set(DocumentKind) else DocumentKind.RESIDENT_ID
    return read(DocumentKind(kind), values["number"], today=request.now.astimezone(BANK_ZONE).date())


def shown(values: Mapping[str, str], request: BankRequest) -> tuple[Document | None, dict[str, str]]:
    """Return the document that was typed, or what is wrong with its number, by field."""
    try:
        return document(values, request), {}
    except Refusal as refusal:
        return None, wrong(refusal, request)


def sign_in(request: BankRequest) -> SignIn:
    """Return the sign-in that was chosen."""
    return SignIn(login=request.POST.get("login", "").strip(), password=request.POST.get("password1", ""))


def missing(request: BankRequest, sentences: Mapping[str, str]) -> dict[str, str]:
    """Return the sentence of each field that was left empty, and of two passwords that differ."""
    wrong = {name: sentence for name, sentence in sentences.items() if not request.POST.get(name, "").strip()}
    if not wrong and request.POST.get("password1") != request.POST.get("password2"):
        wrong = {"password2": _("两次填的密码不一样。再填一次。")}
    return wrong


def wrong(refusal: Refusal, request: BankRequest) -> dict[str, str]:
    """Return a refusal's sentence by the field that it belongs to; "" stands for the whole form."""
    field = str(refusal.details.get("field") or FIELDS.get(refusal.code, ""))
    field = {"password": "password1"}.get(field, field)
    return {field: refusal.sentence(request.lang)}
