"""The receipt of a batch: a page, a paper and a document."""

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_GET

from creditbank.deposits import queries
from creditbank.deposits.types import BatchView
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.text import Text
from creditbank.portal import prints

MOMENT: Final = {"zh": "Y年n月j日 H:i", "en": "j M Y, H:i"}


@require_GET
def receipt(request: BankRequest, public_id: str) -> HttpResponse:
    """Show what an institution keeps of a posted batch; made for paper."""
    view = _view(request, public_id)
    context = {"view": view, "batch": view.batch, "check_at": _check_at(request, view)}
    return render(request, "staff/batch_receipt.html", context)


@require_GET
def paper(request: BankRequest, public_id: str) -> HttpResponse:
    """Return the receipt as a PDF for archives."""
    view = _view(request, public_id)
    assert view.batch.posted_at is not None
    content = prints.pdf("receipt", _told(request, view), at=view.batch.posted_at.replace(microsecond=0))
    name = f"{_('存入回执')}-{view.institution_code}-{view.batch.number}.pdf"
    return HttpResponse(content, content_type="application/pdf", headers=_headers(name))


@require_GET
def document(request: BankRequest, public_id: str) -> JsonResponse:
    """Return the receipt as JSON."""
    view = _view(request, public_id)
    told = queries.receipt(view, bank=_bank(), check_at=_check_at(request, view))
    name = f"receipt-{view.institution_code}-{view.batch.number}.json"
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1}, headers=_headers(name))


def _view(request: BankRequest, public_id: str) -> BatchView:
    need_kind(request, ActorKind.STAFF)
    return queries.posted_view(actor=request.actor, public_id=public_id)


def _headers(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return {"Content-Disposition": disposition, "Cache-Control": "no-store"}


def _bank() -> Text:
    return Text(settings.ENVIRONMENT.bank_name_zh, settings.ENVIRONMENT.bank_name_en)


def _check_at(request: BankRequest, view: BatchView) -> str:
    """Return the address at which everybody who has the receipt can check its root."""
    return request.build_absolute_uri(f"{reverse('root')}?{urlencode({'root': view.batch.root})}")


def _told(request: BankRequest, view: BatchView) -> dict[str, Any]:
    """Return the words and values of the paper, in the page's language."""
    batch, counts, lang = view.batch, view.batch.counts, request.lang
    approving = [reading for reading in batch.readings if reading.verdict == "approve"]

    def act(reference: str, at: Any) -> str:  # noqa: ANN401  # an instant, or nothing
        return f"{view.person(reference)}　{date_format(localtime(at), MOMENT[lang])}" if at else ""

    facts = [
        (_("机构"), f"{view.institution.in_language(lang)[0]}　{view.institution_code}"),
        (_("批次"), f"{batch.number}　{batch.title}"),
        (_("文件"), batch.file_name),
        (_("上传"), act(batch.uploaded_by, batch.uploaded_at)),
        (_("复核"), act(approving[-1].reader, approving[-1].at) if approving else _("命令行存入")),
        (pgettext("step", "存入"), date_format(localtime(batch.posted_at), MOMENT[lang]) if batch.posted_at else ""),
        (_("有问题行时"), _("全部或全不存") if batch.all_or_nothing else _("先存好行")),
        (_("检查规则版本"), batch.checks or "—"),
    ]
    if batch.withdrawn_at:
        facts.append((_("撤回"), date_format(localtime(batch.withdrawn_at), MOMENT[lang])))
    sums = [
        (_("文件里的行"), counts.file_rows if counts.several else counts.rows),
        *([(_("这些行里的成果"), counts.rows)] if counts.several else []),
        (_("新存入"), counts.kept),
        (_("更正"), counts.corrections),
        (_("以前存过，没有重复存"), counts.duplicates),
        (_("有问题，没有存"), counts.refused_rows),
        *([(_("等开户或等决定"), counts.waiting + counts.conflicts)] if counts.waiting + counts.conflicts else []),
        (_("新开账户"), counts.accounts_opened),
    ]
    address = _check_at(request, view)
    return {
        "language": lang,
        "bank": _bank().in_language(lang)[0],
        "title": _("存入回执"),
        "head": _("%(n)s项成果已存入") % {"n": f"{counts.postable:,}"},
        "facts": facts,
        "sums": [(name, f"{value:,}") for name, value in sums],
        "digests": [(_("文件SHA-256"), batch.file_sha256), (_("这一批的根"), batch.root)],
        "kinds_title": _("问题按种类"),
        "kinds": [(kind.name_en if lang == "en" else kind.name_zh, f"{kind.rows:,}") for kind in view.kinds],
        "check": _("扫码或打开网址，核对这个根是不是这家银行的："),
        "address": address,
        "qr": prints.qr(address),
        "note": _(
            "“根”由这一批每一项成果的承诺值算出（RFC 6962）。任何一项被改动，根就对不上；"
            "学习者可以用它核对自己的每一项成果。"
        ),
    }
