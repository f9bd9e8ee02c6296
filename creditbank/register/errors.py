"""Refusals of this room: the fact first, then the way on."""

from creditbank.kernel.errors import Refusal, RefusalKind


class LoadNotFound(Refusal):
    """There is no such list, or the actor may not know of it."""

    code = "register.list.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这份名单，或不属于您的机构。请从“证书登记”进入。"
    en = "There is no such list at your institution. Open it from the register of certificates."


class LoadNotThere(Refusal):
    """The list is not at a stage from which this step is possible."""

    code = "register.list.stage"
    kind = RefusalKind.CONFLICT
    zh = "这份名单现在不能做这一步：可能已有人办过。刷新页面看它到了哪一步。"
    en = "The list cannot take this step now; somebody may have taken it. Reload the page to see where it stands."


class LoadBusy(Refusal):
    """Another process is at this list at the moment."""

    code = "register.list.busy"
    kind = RefusalKind.CONFLICT
    zh = "这份名单正由另一个进程处理。等它处理完再看。"
    en = "Another process is at this list. Wait until it is done."


class FileEmpty(Refusal):
    """Nothing was handed in."""

    code = "register.list.empty"
    zh = "没有选文件，或文件是空的。请选一份证书名单。"
    en = "No file was chosen, or it is empty. Choose a list of certificates."


class FileTooLarge(Refusal):
    """The file is larger than a list may be."""

    code = "register.list.too_large"
    zh = "文件超过{most}MB。请分成几份，或另存为CSV再传。"
    en = "The file is larger than {most} MB. Split it, or save it as CSV and upload that."


class ListUnreadable(Refusal):
    """The first rows of the file do not hold the headings that a list needs."""

    code = "register.list.unreadable"
    zh = "名单读不出来：前5行里找不到这些列：{missing}。请照模板写表头再传。"
    en = "The list cannot be read: these columns are not in its first five rows: {missing}. Use the template's header."


class ListTooLong(Refusal):
    """The list has more rows than are taken at once."""

    code = "register.list.too_long"
    zh = "名单超过{limit}行。请分成几份上传。"
    en = "The list has more than {limit} rows. Split it."


class CheckFailed(Refusal):
    """The bank itself failed at checking a list three times."""

    code = "register.list.check_failed"
    kind = RefusalKind.UNAVAILABLE
    zh = "银行检查这份名单时三次出错，什么也没有登记。请把名单的编号告诉管理中心。"
    en = "The bank failed at checking this list three times; nothing was entered. Tell the centre its number."


class NothingToEnter(Refusal):
    """No row of the list would change the register."""

    code = "register.list.nothing"
    kind = RefusalKind.CONFLICT
    zh = "这份名单没有要登记的行：都登记过，或都有问题。改好问题行再传。"
    en = "No row of this list changes the register: all are there already, or refused. Mend the refused ones."


class CertificateNotFound(Refusal):
    """The register has no such certificate of this issuer."""

    code = "register.certificate.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "登记里没有这本证书。请对照证书核对编号和颁发机构；刚发的证书等颁发机构登记后再查。"
    en = (
        "The register has no such certificate. Compare number and issuer with the certificate; one issued lately "
        "appears once its issuer has registered it."
    )


class CertificateOfOther(Refusal):
    """The certificate was issued to somebody else, as far as the bank knows the person's documents."""

    code = "register.certificate.other_holder"
    kind = RefusalKind.CONFLICT
    zh = "这本证书登记在别的证件号码下。若是您用旧证件领的，带新旧证件到网点补登旧证件，再来认领。"
    en = (
        "This certificate is registered under another document. If it was issued on an earlier document of yours, "
        "have that one added at an outlet, then claim again."
    )


class CertificateRevoked(Refusal):
    """The issuer has revoked the certificate."""

    code = "register.certificate.revoked"
    kind = RefusalKind.CONFLICT
    zh = "颁发机构已撤销这本证书，不能放进档案。有异议请向颁发机构提出。"
    en = "The issuer has revoked this certificate; it cannot enter the archive. Ask the issuer if you disagree."


class CertificateReplaced(Refusal):
    """The certificate was lost and issued again under another number."""

    code = "register.certificate.replaced"
    kind = RefusalKind.CONFLICT
    zh = "这本证书已挂失补发，旧编号不再有效。请用补发证书的编号。"
    en = "This certificate was reported lost and issued again; its number counts no more. Use the new one's number."


class CertificateExpired(Refusal):
    """The certificate's last day has passed."""

    code = "register.certificate.expired"
    kind = RefusalKind.CONFLICT
    zh = "这本证书的有效期已过，不能放进档案。换发新证后，用新证书的编号。"
    en = "This certificate has expired and cannot enter the archive. Renew it and use the new one's number."


class AlreadyInArchive(Refusal):
    """The learner's archive has this certificate already, from its issuer."""

    code = "register.certificate.in_archive"
    kind = RefusalKind.CONFLICT
    zh = "这本证书已在您的档案里，不用再放一次。"
    en = "This certificate is in your archive already; nothing is left to do."


class WishNotFound(Refusal):
    """There is no such request about a certificate, or the actor may not know of it."""

    code = "register.wish.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这件撤销或恢复的申请，或不属于您的机构。请从“证书登记”进入。"
    en = "There is no such request at your institution. Open it from the register of certificates."


class WishUnfitting(Refusal):
    """The certificate stands where the wish would bring it, or somebody asked already."""

    code = "register.wish.unfitting"
    kind = RefusalKind.CONFLICT
    zh = "这本证书现在不能这样改：它已是这个状态，或已有一件申请在等复核。刷新页面再看。"
    en = "This certificate cannot be changed so: it stands there already, or a request waits. Reload the page."


class ReasonMissing(Refusal):
    """Revoking and restoring need a reason."""

    code = "register.wish.reason"
    zh = "请写明原因，2至200个字。持证人看得到。"
    en = "State the reason in 2 to 200 characters. The holder can read it."
