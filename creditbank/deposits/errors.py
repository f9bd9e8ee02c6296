"""Refusals of this room. Those of single rows lie with the checks, in intake/."""

from creditbank.kernel.errors import Refusal, RefusalKind


class BatchNotFound(Refusal):
    """There is no such batch, or the actor may not know of it."""

    code = "deposits.batch.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这一批，或者它不属于您所在的机构。到“存入”页看全部批次。"
    en = "There is no such batch, or it is not of your institution. See all batches on the deposits page."


class FileTooLarge(Refusal):
    """The file is larger than one upload takes."""

    code = "deposits.file.too_large"
    zh = "文件有{megabytes} MB，一次最多{most} MB。分成几个文件再传。"
    en = "The file has {megabytes} MB; one upload takes {most} MB at most. Split it and upload the parts."


class FileMissing(Refusal):
    """No file came with the request."""

    code = "deposits.file.missing"
    zh = "还没有选文件。选一个XLSX或CSV文件再上传。"
    en = "No file was chosen. Choose an XLSX or CSV file and upload it."


class NothingToPost(Refusal):
    """No row of the batch would enter the book."""

    code = "deposits.batch.nothing_to_post"
    kind = RefusalKind.CONFLICT
    zh = "这一批没有可以存入的行。改好问题行后重新上传。"
    en = "No row of this batch can be deposited. Mend the refused rows and upload the file again."


class InstitutionNotActive(Refusal):
    """The institution is suspended or closed and may not deposit."""

    code = "deposits.institution.not_active"
    kind = RefusalKind.CONFLICT
    zh = "机构已暂停或注销，不能存入。请联系管理中心。"
    en = "The institution is suspended or closed and cannot deposit. Contact the management centre."


class BatchBusy(Refusal):
    """Another process is working on the batch."""

    code = "deposits.batch.busy"
    kind = RefusalKind.CONFLICT
    zh = "这一批正在处理，做完会自己更新。可以离开这一页。"
    en = "The batch is being worked on and will update by itself. You can leave this page."


class FileTwice(Refusal):
    """The institution handed in the same bytes before, and that batch was not dropped."""

    code = "deposits.file.twice"
    kind = RefusalKind.CONFLICT
    zh = "这个文件已经传过，就是批次{number}。请到那一批接着办；问题行从那里下载，改好再传。"
    en = (
        "This file was handed in before, as batch {number}. Go on with that batch; "
        "download its refused rows there, mend them and upload those."
    )


class OriginalDeleted(Refusal):
    """The sealed original that the answer would be made from was deleted."""

    code = "deposits.batch.original_deleted"
    kind = RefusalKind.CONFLICT
    zh = "这一批的原件已依法删除，不能再从银行下载。请用本机构自己留存的文件。"
    en = "The original of this batch was deleted as the law asks. Use the file that your institution keeps."


class BatchesUnread(Refusal):
    """Files are not checked yet, so nobody can say whether they name the person who is to be erased."""

    code = "deposits.erasing.unread"
    kind = RefusalKind.CONFLICT
    zh = "还有文件没检查完：{batches}，不知道里面有没有这个人。等几分钟再办；检查停住的，请机构停止那一批。"
    en = (
        "Files are still being checked: {batches}. They may name this person. "
        "Try again in some minutes; if a check does not end, ask the institution to stop that batch."
    )


class BatchesBeingPosted(Refusal):
    """Batches that name the person who is to be erased are entering the book."""

    code = "deposits.erasing.posting"
    kind = RefusalKind.CONFLICT
    zh = "有这个人的成果正在存入：{batches}。存完再办，通常几分钟。"
    en = "Results of this person are being posted: {batches}. Try again when that is done, usually in some minutes."


class CheckFailed(Refusal):
    """The bank itself failed at checking a file, as often as it tries."""

    code = "deposits.file.check_failed"
    kind = RefusalKind.CONFLICT
    zh = "银行检查这个文件时出了错，不是您的操作有误。另存为“CSV UTF-8”再传一次；还不行请把文件名告诉管理中心。"
    en = (
        "The bank failed at checking this file; you did nothing wrong. Save it as “CSV UTF-8” and upload it again; "
        "if that fails too, tell the management centre the name of the file."
    )


class PostingFailed(Refusal):
    """The bank itself failed at letting a batch enter the book."""

    code = "deposits.batch.posting_failed"
    kind = RefusalKind.CONFLICT
    zh = "批次{batch}存入时银行出了错（{fault}），数据没有丢，也没有重复。银行会再试；仍不行时到批次页点“再存一次”。"
    en = (
        "The bank failed at posting batch {batch} ({fault}); nothing is lost or doubled. It will try again; "
        "if that fails too, choose “Post again” on the page of the batch."
    )


class PartlyWritten(Refusal):
    """Some rows of a failed batch are in the book already, so that it can only go on."""

    code = "deposits.batch.partly_written"
    kind = RefusalKind.CONFLICT
    zh = "这一批已写入{rows}行，不能停止。请点“再存一次”把它存完。"
    en = "{rows} rows of this batch are written, so it cannot be dropped. Choose “Post again” to finish it."
