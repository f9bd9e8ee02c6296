"""Which permission a form's act needs somewhere: who holds it nowhere is told so before filling anything in."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.http import HttpResponseBase
from django.urls import URLPattern

from creditbank.entrance.actors import need_permission
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.permissions import Permission

#: By name of the address. Forms about one object ask about that object themselves; operations ask again, at the place.
NEEDED: Final = {
    "account_find": Permission.LEARNERS_ACCOUNT_CLAIM,
    "account_open": Permission.LEARNERS_ACCOUNT_OPEN,
    "batch_upload": Permission.DEPOSITS_BATCH_UPLOAD,
    "enrolments_load": Permission.ENROLMENTS_ENROLMENT_LOAD,
    "enrolments_slips": Permission.LEARNERS_ACCOUNT_CLAIM,
    "organization_new": Permission.ORGANIZATIONS_ORGANIZATION_MANAGE,
    "register_load": Permission.REGISTER_CERTIFICATE_LOAD,
    "sign_in_reset": Permission.LEARNERS_ACCOUNT_CORRECT,
    "takeover": Permission.LEARNERS_ACCOUNT_TAKE_OVER,
    "specification_new": Permission.CATALOGUE_SPECIFICATION_EDIT,
}


def admitting(pattern: URLPattern) -> URLPattern:
    """Return the address with its permission asked first, where it needs one."""
    permission = NEEDED.get(pattern.name or "")
    if permission is None:
        return pattern
    view: Callable[..., HttpResponseBase] = pattern.callback

    @wraps(view)
    def admitted(request: BankRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        need_permission(request, permission)
        return view(request, *args, **kwargs)

    return URLPattern(pattern.pattern, admitted, pattern.default_args, pattern.name)
