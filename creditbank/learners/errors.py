"""Refusals of this room: the fact first, then the way on."""

from creditbank.kernel.errors import Refusal, RefusalKind


class LearnerNotFound(Refusal):
    """There is no such account, or the actor may not know of it."""

    code = "learners.account.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到账户。请对照证件核对姓名和号码；确实没有账户的，可当场开立。"
    en = "No account was found. Compare name and number with the document; if there is none, open one now."


class AccountExists(Refusal):
    """The person has an account already; one person has one account for life."""

    code = "learners.account.exists"
    kind = RefusalKind.CONFLICT
    zh = "这个证件已有账户{account}，不再另开。要并入另一账户的，请管理中心办理账户合并。"
    en = "This document has the account {account} already. To join two accounts, the management centre merges them."


class AccountNotOpen(Refusal):
    """The account is suspended, closed or merged, and the act needs an open one."""

    code = "learners.account.not_open"
    kind = RefusalKind.CONFLICT
    zh = "账户{account}已停用、注销或并入他户，现在不能办这件事。请到网点查明原因。"
    en = "The account {account} is suspended, closed or merged; this cannot be done now. An outlet can say why."


class StatusUnchanged(Refusal):
    """The account cannot go from its present status to the wanted one."""

    code = "learners.account.status"
    kind = RefusalKind.CONFLICT
    zh = "账户现在的状态是{present}，不能改为{wanted}。刷新页面可看现状。"
    en = "The account is {present} now and cannot become {wanted}. Reload the page to see where it stands."


class AlreadyClaimed(Refusal):
    """The account has a holder who signs in."""

    code = "learners.claim.already"
    kind = RefusalKind.CONFLICT
    zh = "这个账户已经认领，可直接登录。忘了密码的，可重设密码或到网点办理。"
    en = "This account is claimed already; sign in. If the password is lost, reset it or go to an outlet."


class ClaimMismatch(Refusal):
    """What was stated does not fit an account. Does not say which part, nor whether an account exists."""

    code = "learners.claim.mismatch"
    zh = (
        "认领码、姓名、证件号码三项对不上。请对照证件和认领单再填；仍对不上的，"
        "带证件到任一网点当场认领，或改用网上身份核验。"
    )
    en = (
        "Code, name and document number do not fit together. Compare them with your document and slip; if they still "
        "do not, claim at any outlet with your document, or by the online identity check."
    )


class ClaimNeedsRepair(Refusal):
    """The code is right and the person's data are not; a repair case was opened."""

    code = "learners.claim.repair"
    kind = RefusalKind.CONFLICT
    zh = (
        "认领码有效，但姓名或证件号码与登记的不一致。{days}个工作日内核对，受理号{repair}；"
        "也可带证件到任一网点当场办理。"
    )
    en = (
        "The code is right, but name or number differ from what is registered. A clerk compares them within {days} "
        "working days, case {repair}; any outlet settles it at once with your document."
    )


class ClaimLocked(Refusal):
    """Too many attempts; the account rests until an instant."""

    code = "learners.claim.locked"
    kind = RefusalKind.CONFLICT
    zh = "连续5次对不上，这个账户在{until}前不能用认领码认领。现在可带证件到任一网点认领。"
    en = "After five mismatches this account cannot be claimed by code before {until}. Any outlet can do it now."


class CodeExpired(Refusal):
    """A claim code was used, withdrawn, or is older than its days."""

    code = "learners.claim.code_expired"
    kind = RefusalKind.CONFLICT
    zh = "这个认领码已用过、已换新或已过期。请向学校或网点要一张新的认领单。"
    en = "This code was used, replaced or has expired. Ask your school or an outlet for a new slip."


class ShownDocumentDiffers(Refusal):
    """At the counter the document does not fit the account."""

    code = "learners.claim.document_differs"
    kind = RefusalKind.CONFLICT
    zh = "出示的证件与账户登记的姓名或号码不一致。核对件{repair}已登记，更正姓名或更换证件后即可认领。"
    en = (
        "The document differs from the account in name or number. Case {repair} was opened: "
        "correct the name or replace the document, then claim."
    )


class ProviderUnavailable(Refusal):
    """No identity provider is connected to this bank."""

    code = "learners.provider.unavailable"
    kind = RefusalKind.UNAVAILABLE
    zh = "本行没有接入网上身份核验。请用认领码认领，或带证件到网点认领。"
    en = "This bank has no online identity check. Claim with a code, or at an outlet with your document."


class VouchingInvalid(Refusal):
    """A provider's token cannot be read."""

    code = "learners.provider.token"
    zh = "身份核验没有成功，或已过15分钟。请重新核验一次，或用认领码认领。"
    en = "The identity check gave no answer, or one older than 15 minutes. Check again, or claim with a code."


class VouchingUnasked(Refusal):
    """An answer came that this browser did not ask for, or one that was used."""

    code = "learners.provider.state"
    zh = "这次身份核验不是从这里开始的，或已经用过。请从认领页重新开始。"
    en = "This identity check did not begin here, or was used already. Begin again on the claiming page."


class VouchedWithoutAccount(Refusal):
    """The provider knows the person, and the bank has no account for the document."""

    code = "learners.provider.no_account"
    kind = RefusalKind.NOT_FOUND
    zh = "身份已核验，但这个证件还没有账户。可以向网点申请开户，或请学校核对报送的证件号码。"
    en = (
        "You are identified, and there is no account for this document. Apply for one at an outlet, "
        "or ask your school to compare the number it sent."
    )


class VouchedNeedsRepair(Refusal):
    """The document leads to an account of another name; a repair case was opened."""

    code = "learners.provider.repair"
    kind = RefusalKind.CONFLICT
    zh = "身份已核验，但姓名与登记的不一致。{days}个工作日内核对，受理号{repair}；也可带证件到任一网点当场办理。"
    en = (
        "You are identified, but the name differs from what is registered. A clerk compares them within {days} "
        "working days, case {repair}; any outlet settles it at once with your document."
    )


class AccountUnclaimed(Refusal):
    """Nobody has claimed the account, so there is no sign-in."""

    code = "learners.reset.unclaimed"
    kind = RefusalKind.CONFLICT
    zh = "账户{account}还没有人认领，没有密码可重设。请核对证件，在账户页当场认领。"
    en = "Nobody has claimed the account {account}, so it has no password. Compare the document and claim it now."


class ResetMismatch(Refusal):
    """Account number and document do not lead to the same account, or to none."""

    code = "learners.reset.mismatch"
    zh = "账号与证件对不上，没有发重置码。请对照本人出示的证件和账户卡再填；没有账号的，先按证件查找本人。"
    en = (
        "Account number and document do not fit together; no code was issued. Compare them with what the person shows, "
        "or find the person by the document first."
    )


class ResetDocumentDiffers(Refusal):
    """The document shown is not one of the account; a repair case was opened."""

    code = "learners.reset.document_differs"
    kind = RefusalKind.CONFLICT
    zh = "出示的证件与账户登记的不一致，没有发重置码。核对件{repair}已登记；核对原件、更换证件后即可再发。"
    en = (
        "The document is not the one registered; no code was issued. Case {repair} was opened: "
        "compare the original, replace the document, then issue the code."
    )


class ResetLocked(Refusal):
    """Too many documents that did not fit; no code is issued before an instant."""

    code = "learners.reset.locked"
    kind = RefusalKind.CONFLICT
    zh = "连续5次对不上，这个账户在{until}前不发重置码。请核对证件原件，在核对件里办结后即可再发。"
    en = (
        "After five mismatches no code is issued for this account before {until}. "
        "Compare the original document and settle the case; then a code can be issued."
    )


class PurposeMissing(Refusal):
    """A full number is shown for a stated purpose only."""

    code = "learners.document.purpose_missing"
    zh = "查看完整证件号码要写明用途，本人看得到。请填写用途，2至120字。"
    en = "State why you need the full number; its holder will read it. Write 2 to 120 characters."


class ReasonMissing(Refusal):
    """A change of a person's data needs a reason."""

    code = "learners.account.reason_missing"
    zh = "更改要写明缘由，随历史一同保存。请填写缘由，2至120字。"
    en = "A change needs its reason, which is kept with the history. Write 2 to 120 characters."


class NameUnchanged(Refusal):
    """The corrected name is the present one."""

    code = "learners.name.unchanged"
    zh = "新姓名与现有姓名相同，没有要更正的。请核对后再填。"
    en = "The new name is the present one; nothing changes. Compare and enter it again."


class OwnAccounts(Refusal):
    """Accounts are to be taken over from this very bank."""

    code = "learners.alias.own_bank"
    zh = "这是本行自己的代码，本行的账户不用接收。请填账户原来所在学分银行的代码。"
    en = "This is this bank's own code; its accounts are here. Enter the code of the bank that they come from."


class AliasInvalid(Refusal):
    """The text is no account number, or no code, of another bank."""

    code = "learners.alias.invalid"
    zh = "账号用3至32位、代码用2至16位的大写字母、数字和横线。请照那家学分银行的账户卡再填。"
    en = (
        "The number has 3 to 32, the code 2 to 16 capitals, digits or hyphens. "
        "Copy them from the card of the other bank."
    )


class SameAccount(Refusal):
    """An account cannot be merged into itself."""

    code = "learners.merge.same_account"
    zh = "两个账号是同一个账户，没有要合并的。请填写另一个账号。"
    en = "Both numbers are the same account; there is nothing to merge. Enter the other number."


class MergeKeepsTheClaimed(Refusal):
    """Merging keeps the account that its holder signs in to."""

    code = "learners.merge.keep_claimed"
    kind = RefusalKind.CONFLICT
    zh = "要并掉的账户已被认领，留下的却没有。请对调两个账户，留下本人在用的那个。"
    en = "The account to go is claimed and the one to stay is not. Exchange them, so that the one in use stays."


class RepairClosed(Refusal):
    """The repair case has ended."""

    code = "learners.repair.closed"
    kind = RefusalKind.CONFLICT
    zh = "这件核对件已经办结。刷新页面可看结果。"
    en = "This case is closed. Reload the page to see how it ended."


class RepairNotFound(Refusal):
    """There is no such repair case within the actor's reach."""

    code = "learners.repair.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这件核对件，或不在您的办理范围内。请从核对件列表进入。"
    en = "There is no such case within your reach. Open it from the list of cases."


class ApplicationNotFound(Refusal):
    """There is no such application, or the actor may not know of it."""

    code = "learners.application.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这份开户申请。请核对申请编号，或从申请列表进入。"
    en = "There is no such application. Check its number, or open it from the list."


class PlaceUnknown(Refusal):
    """The organization that was chosen is not one where the actor may do this."""

    code = "learners.place.unknown"
    kind = RefusalKind.NOT_FOUND
    zh = "没有选办理机构，或您在那里没有这项权限。请从列表中选择。"
    en = "No office was chosen, or you may not do this there. Choose one from the list."


class ApplicationPending(Refusal):
    """The person applied already and the application is being read."""

    code = "learners.application.pending"
    kind = RefusalKind.CONFLICT
    zh = "这个证件已有一份开户申请在办理中，不必重复申请。凭申请编号可查进度。"
    en = "An application with this document is being read. Follow it by its number; a second one is not needed."


class GroupAlreadySet(Refusal):
    """The account is counted in this group already."""

    code = "learners.attribute.already"
    kind = RefusalKind.CONFLICT
    zh = "已经登记过这一群体，没有要更改的。要取消登记，请撤回同意。"
    en = "This group is on record already; nothing changes. To leave it, withdraw the consent."


class AttributeNotFound(Refusal):
    """The account is not counted in this group."""

    code = "learners.attribute.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有登记这一群体，或已撤回同意。刷新页面可看现状。"
    en = "This group is not on record, or its consent was withdrawn. Reload the page."
