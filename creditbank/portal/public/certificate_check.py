"""For everybody: is this certificate registered and valid, for the holder whose name stands on it?"""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.errors import Refusal
from creditbank.portal.people_forms import typed, wrong
from creditbank.register import queries
from creditbank.register.types import Confirmation


@sensitive_post_parameters("name", "number")
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: BankRequest) -> HttpResponse:
    """Say what the register knows of a certificate, to whoever has it in hand; nobody is named."""
    values, errors = typed(request, "issuer", "number", "name"), {}
    answer: Confirmation | None = None
    if request.method == "POST":
        sentences = {"issuer": _("请选颁发机构。"), "number": _("请填证书编号。"), "name": _("请填证书上的姓名。")}
        errors = {name: sentence for name, sentence in sentences.items() if not values[name]}
        if not errors:
            attempt(request, Gate.REGISTER, queries.counted(values["issuer"], values["number"]))
            try:
                answer = queries.confirm(
                    issuer_id=queries.issuer(values["issuer"]),
                    number=values["number"],
                    name=values["name"],
                    today=timezone.localdate(request.now),
                )
            except Refusal as refusal:
                errors = wrong(refusal, request)
    context = {"issuers": queries.issuers(), "values": values, "errors": errors, "answer": answer}
    return render(request, "public/certificate_check.html", context, status=422 if errors else 200)
