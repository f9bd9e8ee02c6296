"""The sign-in library's forms with the bank's words for what is missing. Named by ACCOUNT_FORMS and MFA_FORMS."""

from typing import Final

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm as AuthenticateAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from creditbank.identity import rules

MISSING: Final = {
    "login": _("请填登录名：手机号、账户号或工作人员登录名。"),
    "password": _("请填密码。"),
    "oldpassword": _("请填现在的密码。"),
    "password1": _("请填新密码。"),
    "password2": _("请再填一次新密码。"),
    "code": _("请填验证码。"),
}


class Worded(BaseForm):
    """A form whose fields each say what is missing, in place of “this field is required”."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Set the words."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # whatever the library's form takes
        for name, field in self.fields.items():
            field.error_messages["required"] = MISSING[name]


class SignInForm(Worded, LoginForm):
    """Name and password."""

    def clean_login(self) -> str:
        """Return the name as it is stored, however it was typed."""
        return rules.normal_login(super().clean_login())


class NewPasswordForm(Worded, ChangePasswordForm):
    """The old password, and the new one twice."""

    def clean(self) -> dict[str, object]:
        """Refuse two new passwords that differ, in the bank's words."""
        cleaned: dict[str, object] = super().clean()  # type: ignore[no-untyped-call]
        if "password2" in self.errors and cleaned.get("password1") and self.data.get("password2"):
            del self.errors["password2"]
            self.add_error("password2", _("两次填的新密码不一样。再填一次。"))
        return cleaned


class PasswordAgainForm(Worded, ReauthenticateForm):
    """The password once more, before something sensitive."""


class CodeForm(Worded, AuthenticateForm):
    """The second factor at sign-in."""


class CodeAgainForm(Worded, AuthenticateAgainForm):
    """The second factor once more, before something sensitive."""


class FirstCodeForm(Worded, ActivateTOTPForm):
    """The first code of a new authenticator."""
