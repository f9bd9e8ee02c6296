"""Addresses of signing in. Only what is used of the sign-in library, and what it looks up itself, has one."""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import path

from creditbank.portal.public import account as own

View = Callable[..., HttpResponseBase]


def _whole(view: View) -> View:
    """Let what a view changes stand or fall with its fact."""
    return transaction.atomic(view)


urlpatterns = [
    path("account/login", account.login, name="account_login"),
    path("account/logout", account.logout, name="account_logout"),
    path("account/signup", own.signup, name="account_signup"),
    path("account/inactive", account.account_inactive, name="account_inactive"),
    path("account/reset", own.reset, name="account_reset_password"),
    path("account/reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("account/password", _whole(account.password_change), name="account_change_password"),
    path("account/sessions", own.sessions, name="account_sessions"),
    path("account/contact", own.contact, name="account_contact"),
    path("account/security", factor.index, name="mfa_index"),
    path("account/security/code", factor.authenticate, name="mfa_authenticate"),
    path("account/security/code-again", factor.reauthenticate, name="mfa_reauthenticate"),
    path("account/security/activate", _whole(totp.activate_totp), name="mfa_activate_totp"),
    path("account/security/deactivate", _whole(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/security/recovery", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/security/recovery/new", _whole(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
