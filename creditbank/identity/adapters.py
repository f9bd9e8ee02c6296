"""Where the sign-in library asks the bank: words, keys, what it may do. Named by ACCOUNT_ADAPTER and MFA_ADAPTER."""

from base64 import urlsafe_b64encode
from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import make

from creditbank.identity import models, rules
from creditbank.identity.apps import IdentityConfig

#: What the library would say by its own templates, in the bank's words.
SENTENCES: Final = {
    "account/messages/password_changed.txt": _("密码已改。您在别处的登录都已退出。"),
    "mfa/messages/totp_activated.txt": _("双重验证已开启。下次登录时，输入密码后还要输入验证器上的6位数字。"),
    "mfa/messages/totp_deactivated.txt": _("双重验证已关闭。"),
    "mfa/messages/recovery_codes_generated.txt": _("备用码已生成。打印或抄下，与手机分开放；更早的备用码都不能再用。"),
}
SIGN_IN_REFUSALS: Final = {
    **DefaultAccountAdapter.error_messages,
    "account_inactive": _("这个登录已停用。要恢复，请联系本机构的管理员或任一网点。"),
    "enter_current_password": _("现在的密码不对。再输入一次；忘了可以用重置码。"),
    "incorrect_code": _("验证码对不上。等验证器换一组数字，再输入一次。"),
    "incorrect_password": _("密码不对。再输入一次。"),
    "username_password_mismatch": _("登录名与密码对不上。核对后再试；忘了密码可以用重置码。"),
    "too_many_login_attempts": _("连续输错5次，为保护账户，15分钟内不能再试。忘了密码可以用重置码。"),
    "rate_limited": _("一分钟内试得太多。过一分钟再试。"),
}
SECOND_FACTOR_REFUSALS: Final = {
    **DefaultMFAAdapter.error_messages,
    "incorrect_code": _("验证码对不上。等验证器换一组数字，再输入一次；手机时间不准也会这样。"),
    "cannot_generate_recovery_codes": _("先开启双重验证，才有备用码。"),
}


class SignInAdapter(DefaultAccountAdapter):
    """Sign-in by name and password; accounts are opened by the bank, never here."""

    error_messages = SIGN_IN_REFUSALS

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # the library's signature
        """Nobody opens a sign-in by themselves: an account is claimed."""
        return False

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Return a password that may be used, or say in one sentence what it takes."""
        try:
            return str(super().clean_password(password, user))
        except ValidationError as weak:
            raise ValidationError(_("密码至少10位，不能全是数字，也不能是常见密码。换一个再试。")) from weak

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Write the password that the person chose."""
        assert isinstance(user, models.User)
        user.record_password(password, must_change=False)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  # the library's signature
        """Go back to the page about sign-in and security."""
        return reverse("mfa_index")

    def add_message(  # noqa: PLR0917  # the library's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, object] | None = None,  # noqa: ARG002
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what the bank has a sentence for, and be quiet otherwise (“signed in as …”)."""
        sentence = message or SENTENCES.get(message_template or "")
        if sentence:
            messages.add_message(request, level, str(sentence), extra_tags=extra_tags)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:  # noqa: ARG002
        """Count attempts on a name however it is typed, and whichever host name was used."""
        return f"sign-in:{rules.normal_login(credentials.get('username', ''))}"

    def forget_failures(self, request: HttpRequest, *, login: str) -> None:
        """Let a person in again who has just reset the password."""
        self._delete_login_attempts_cached_email(request, username=login)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factor by an authenticator app; its secrets lie encrypted."""

    error_messages = SECOND_FACTOR_REFUSALS

    def build_totp_svg(self, url: str) -> str:
        """Return the picture to scan, on white, so that it is read on a dark page too."""
        image = make(url, image_factory=SvgPathFillImage)  # type: ignore[no-untyped-call]
        return str(image.to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret in the clear; what a retired key encrypted is still read."""
        return _locks().decrypt(encrypted_text.encode()).decode()


def _locks() -> MultiFernet:
    """Return the keys for second factors, derived from the process's secrets."""
    config = apps.get_app_config("identity")
    assert isinstance(config, IdentityConfig)
    return MultiFernet([_lock(secret) for secret in config.secret_keys])


def _lock(secret: str) -> Fernet:
    """Derive one key: the same secret signs sessions, so it is not used as it is."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"creditbank.identity.second-factor")
    return Fernet(urlsafe_b64encode(derived.derive(secret.encode())))
