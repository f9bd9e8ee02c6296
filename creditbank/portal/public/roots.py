"""Checking a batch's root: whether it is this bank's, whose batch it stands for, and whether that counts."""

import re
from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from creditbank.deposits import queries
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest

ROOT: Final = re.compile(r"[0-9a-f]{64}")


@require_safe
def root(request: BankRequest) -> HttpResponse:
    """Say what the asked root stands for; the receipt's QR code leads here."""
    asked = "".join(request.GET.get("root", "").lower().split())[:100]
    context = {
        "asked": asked,
        "is_root": bool(ROOT.fullmatch(asked)),
        "found": queries.by_root(asked) if ROOT.fullmatch(asked) else None,
    }
    return render(request, "public/root.html", context)
