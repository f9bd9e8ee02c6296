"""Refusals of this room."""

from creditbank.kernel.errors import Refusal, RefusalKind


class LoginInvalid(Refusal):
    """The sign-in name has a form that nobody could type twice alike."""

    code = "identity.login.invalid"
    zh = "登录名用3至64个小写字母、数字或 . _ - @ 组成，也可以是手机号或账户号。请改一改。"
    en = "A sign-in name has 3 to 64 letters, digits or . _ - @; a phone or account number also works. Change it."


class PhoneInvalid(Refusal):
    """A learner signs in by a phone number or the account's own number, and this is neither."""

    code = "identity.login.not_a_phone"
    zh = "这不是手机号。填11位手机号；国外号码写成+国家号加号码；没有手机的，填自己的15位账号。"
    en = (
        "This is not a phone number. Enter a mobile number of 11 digits, or + and country code for one abroad; "
        "without a phone, enter your own account number of 15 digits."
    )


class EmailInvalid(Refusal):
    """The text is no mail address."""

    code = "identity.email.invalid"
    zh = "邮箱写得不对，像name@example.org这样。不想留邮箱，就空着。"
    en = "This is not a mail address such as name@example.org. Leave it empty if you do not want to give one."


class CauseMissing(Refusal):
    """An act on somebody else's sign-in needs its cause."""

    code = "identity.cause.missing"
    zh = "没有选缘由，还没有办。从列表里选一项，它随记录保存。"
    en = "No cause was chosen, so nothing was done. Choose one from the list; it is kept with the record."


class LoginTaken(Refusal):
    """Somebody signs in by this name already."""

    code = "identity.login.taken"
    kind = RefusalKind.CONFLICT
    zh = "“{login}”已有人用来登录。换一个；如果这是您本人的，请凭身份证件到网点重置密码。"
    en = "“{login}” is already in use. Choose another; if it is yours, an outlet can reset the password."


class LearnerHasLogin(Refusal):
    """This learner can sign in already."""

    code = "identity.learner.has_login"
    kind = RefusalKind.CONFLICT
    zh = "这个账户已经可以登录。忘了密码，可以到任一网点领取一次性重置码。"
    en = "This account can already sign in. If the password is forgotten, any outlet issues a one-time reset code."


class PasswordWeak(Refusal):
    """The password does not pass the bank's rules."""

    code = "identity.password.weak"
    zh = "密码至少10位，不能全是数字，也不能是常见密码。换一个再试。"
    en = "A password has at least 10 characters, not only digits, and is not a common one. Choose another."


class UserNotFound(Refusal):
    """There is no such user, or the actor may not know of them."""

    code = "identity.user.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "这里没有这位用户。请核对后从人员名单里再选。"
    en = "There is no such user here. Check, and choose from the list of people again."


class UserIsActor(Refusal):
    """Nobody closes their own sign-in, or issues a reset code to themselves."""

    code = "identity.user.is_actor"
    kind = RefusalKind.CONFLICT
    zh = "不能对自己的登录做这件事。请另一位管理员来办。"
    en = "You cannot do this to your own sign-in. Ask another administrator."


class UserInactive(Refusal):
    """The sign-in is closed."""

    code = "identity.user.inactive"
    kind = RefusalKind.CONFLICT
    zh = "这个登录已停用。先恢复，再办这件事。"
    en = "This sign-in is closed. Reopen it first."


class ResetCodeInvalid(Refusal):
    """Name and code do not belong together, or the code was used or has expired. Which one is not said."""

    code = "identity.reset.invalid"
    zh = "登录名与重置码对不上，或重置码已用过、已过24小时。核对纸条；过期的请到网点或找管理员再领一个。"
    en = "Name and code do not match, or the code is used or over 24 hours old. Check the slip, or ask for a new one."


class TooManyAttempts(Refusal):
    """One network, or one account, tried too often within a span of time; the details say for how many seconds."""

    code = "identity.rate.exceeded"
    kind = RefusalKind.LIMITED
    zh = "试得太多，为保护账户先停一停。{minutes}分钟后再试；急着办的，带身份证件到任一网点，当场办理。"
    en = (
        "Too many attempts; to protect accounts there is a pause. Try again in {minutes} minutes. "
        "If it is urgent, any outlet settles it at once with your document."
    )


class TooManyAttemptsToday(TooManyAttempts):
    """One account was tried too often for hours to come; the details say for how many seconds."""

    code = "identity.rate.exceeded_today"
    zh = "试得太多，为保护账户先停一停。{hours}小时后再试；急着办的，带身份证件到任一网点，当场办理。"
    en = (
        "Too many attempts; to protect accounts there is a pause. Try again in {hours} hours. "
        "If it is urgent, any outlet settles it at once with your document."
    )


class TooManySimulations(TooManyAttempts):
    """One network simulated too often within a span of time; the details say for how many seconds."""

    code = "identity.rate.simulations"
    zh = "这个网络地址试算得太多，先停一停。{minutes}分钟后再试。"
    en = "There were too many simulations from this network address. Wait {minutes} min and try again."


class TooManyRequests(TooManyAttempts):
    """A program asked too often within a span of time; the details say for how many seconds."""

    code = "identity.rate.programs"
    zh = "这个接口密钥查询得太多，先停一停。{minutes}分钟后再试。"
    en = "There were too many requests with this key. Wait {minutes} min and try again."


class ClientNotFound(Refusal):
    """There is no such API client, or the actor may not know of it."""

    code = "identity.client.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "这里没有这个接口客户端。请从名单里再选。"
    en = "There is no such API client here. Choose from the list again."


class ClientNameMissing(Refusal):
    """A client without a name cannot be told from another when one must be revoked."""

    code = "identity.client.name_missing"
    zh = "接口客户端要有名称，100个字以内。写明是哪个程序用，例如“教务系统”。"
    en = "An API client needs a name of at most 100 characters. Say which program uses it, such as “Student records”."


class ClientRevoked(Refusal):
    """The key is revoked already, for good."""

    code = "identity.client.revoked"
    kind = RefusalKind.CONFLICT
    zh = "这个密钥已经撤销，不能恢复。需要时新建一个。"
    en = "This key is already revoked and cannot come back. Create a new one if needed."
