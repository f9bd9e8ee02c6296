"""Refusals of this room. Those of single rows lie with the checks, in intake/."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from creditbank.kernel.errors import Refusal, RefusalKind

#: How the system says that a disk is full, or somebody's share of it.
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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


class FileCut(Refusal):
    """Fewer bytes came than were announced: the connection broke on the way."""

    code = "deposits.file.cut"
    zh = "文件没有传完：应有{declared}字节，只到了{received}字节。请再传一次。"
    en = "The file did not arrive whole: {received} of {declared} bytes. Send it again."


class DiskFull(Refusal):
    """The bank has no room for the file; nothing of it was kept beyond what was acknowledged."""

    code = "deposits.file.no_room"
    kind = RefusalKind.NO_ROOM
    zh = "银行的存储空间满了，这个文件暂时收不下；已收到的部分都在。请告诉管理中心，过后再传。"
    en = "The bank has run out of storage and cannot take the file now; what arrived before is safe. Tell the centre."


@contextmanager
def room_on_disk() -> Iterator[None]:
    """Refuse what no room is left for. For uploads alone: a job with no room is tried again."""
    try:
        yield
    except OSError as fault:
        if fault.errno in NO_ROOM:
            raise DiskFull from fault
        raise


class FileChanged(Refusal):
    """What arrived has another digest than was announced."""

    code = "deposits.file.changed"
    zh = "收到的文件与预告的指纹不同，没有存下。传的时候文件可能改过，请重新传。"
    en = (
        "What arrived does not have the announced digest and was dropped. The file may have been changed; send it anew."
    )


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


class UploadNotFound(Refusal):
    """There is no such unfinished upload, or it was begun by somebody else."""

    code = "deposits.upload.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这次上传：可能已过一天没传完而删除，或者是别人传的。请重新选文件上传。"
    en = "There is no such upload: it was dropped after a day, or is somebody else's. Choose the file and begin anew."


class UploadBusy(Refusal):
    """Another request is at the upload."""

    code = "deposits.upload.busy"
    kind = RefusalKind.CONFLICT
    zh = "这个文件正在另一页上传。等一会儿，或关掉那一页再传。"
    en = "This file is being uploaded by another page or program. Wait a moment, or close that one."


class OffsetWrong(Refusal):
    """A piece does not begin where the last one ended."""

    code = "deposits.upload.offset"
    kind = RefusalKind.CONFLICT
    zh = "这一段接不上：已收到{offset}字节，请从那里接着传。"
    en = "This piece does not follow: {offset} bytes are here. Go on from there."


class PieceFaulty(Refusal):
    """A piece is empty, larger than a piece may be, or goes past the announced size."""

    code = "deposits.upload.piece"
    zh = "这一段有{size}字节，不合要求：每段1至{most}字节。"
    en = "This piece has {size} bytes; it must have 1 to {most}."


class UploadUnfinished(Refusal):
    """The upload is to end, but pieces are missing."""

    code = "deposits.upload.unfinished"
    kind = RefusalKind.CONFLICT
    zh = "还没有传完：已收到{offset}字节，共{size}字节。请从那里接着传。"
    en = "The upload is not complete: {offset} of {size} bytes are here. Go on from there."


class UploadsTooMany(Refusal):
    """The institution has too many unfinished uploads."""

    code = "deposits.upload.too_many"
    kind = RefusalKind.CONFLICT
    zh = "本机构有{most}个文件还没传完。请先传完或删掉一个；没传完的一天后自动删除。"
    en = "Your institution has {most} unfinished uploads. Finish or drop one; they are dropped after a day."


class AllOrNothing(Refusal):
    """The school wants every row or none, and rows are refused."""

    code = "deposits.batch.all_or_nothing"
    kind = RefusalKind.CONFLICT
    zh = (
        "这一批选了“全部或全不存”，还有{rows}行有问题，所以一行也不能存。"
        "改好这些行，再上传整个文件；或者在这一页改选“先存好行”。"
    )
    en = (
        "This batch was handed in as “all or nothing” and {rows} rows are refused, so none can be posted. "
        "Mend them and upload the whole file; or choose “good rows now” on this page."
    )


class BatchOutdated(Refusal):
    """Since the check a batch was withdrawn, so that rows called duplicates may be new."""

    code = "deposits.batch.outdated"
    kind = RefusalKind.CONFLICT
    zh = "检查以后，本机构撤回过一批，这里“以前存过”的行可能要重新存。请停止这一批，再上传同一个文件。"
    en = (
        "A batch of your institution was withdrawn after this check, so rows called “stored before” may have to be "
        "posted again. Stop this batch and upload the same file once more."
    )


class OriginalsAwaited(Refusal):
    """The second person asked for originals that the school has not given yet."""

    code = "deposits.sample.awaited"
    kind = RefusalKind.CONFLICT
    zh = "还有{count}行的原件没有给，不能复核通过。请经办人在“抽查”页回复，或者退回这一批。"
    en = (
        "Originals of {count} rows are still awaited, so the batch cannot be approved. "
        "The uploader answers on the sample page; or send the batch back."
    )


class RowNotSampled(Refusal):
    """The row is not in the sample, or its original was asked for already."""

    code = "deposits.sample.row"
    kind = RefusalKind.CONFLICT
    zh = "第{row}行不在抽查的行里，或者已经要过原件、还没回复。请从抽查表里选一行。"
    en = "Row {row} is not in the sample, or its original is awaited already. Choose a row of the sample."


class QuestionMissing(Refusal):
    """It is not said what is to be shown, or what the answer is."""

    code = "deposits.sample.words_missing"
    zh = "请写清楚，2至500字：要看什么原件，或者原件怎么说。"
    en = "Write 2 to 500 characters: which original is wanted, or what the original says."


class RequestNotFound(Refusal):
    """There is no such open request for an original."""

    code = "deposits.sample.request_not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这个要原件的请求，或者已经回复。刷新页面看看。"
    en = "There is no such request for an original, or it is answered. Reload the page."


class OriginalUnfit(Refusal):
    """The file given is no picture or PDF, or is too large."""

    code = "deposits.sample.file"
    zh = "原件要用PDF、JPG或PNG文件，最多{most} MB。请另存后再交。"
    en = "An original is given as a PDF, JPG or PNG file of at most {most} MB. Save it so and send it again."


class WithdrawalReasonMissing(Refusal):
    """A withdrawal needs its reason: the learners read it."""

    code = "deposits.withdrawal.reason_missing"
    zh = "撤回要写明原因，4至300字；有关的学习者会看到，请不要写姓名和证件号。"
    en = "A withdrawal needs its reason, 4 to 300 characters. The learners concerned read it: name nobody."


class WithdrawalAskedAlready(Refusal):
    """Somebody has asked for the same already."""

    code = "deposits.withdrawal.asked_already"
    kind = RefusalKind.CONFLICT
    zh = "这一批已有人申请撤回，在等另一位同事确认。"
    en = "Somebody has asked to withdraw this batch already; a colleague has to confirm it."


class WithdrawalNotFound(Refusal):
    """Nobody asked to withdraw the batch, or it is decided."""

    code = "deposits.withdrawal.not_found"
    kind = RefusalKind.CONFLICT
    zh = "没有等确认的撤回申请，可能已有人办过。刷新页面看它到了哪一步。"
    en = "No withdrawal waits for a decision; somebody may have taken it. Reload the page to see where it stands."


class InstitutionPosting(Refusal):
    """A batch of the institution is entering the book, and may rest on the one that is to be withdrawn."""

    code = "deposits.withdrawal.posting"
    kind = RefusalKind.CONFLICT
    zh = "本机构有一批正在存入，或已复核在等存入，现在不能撤回别的批次。存完再办，通常几分钟。"
    en = (
        "A batch of your institution is being posted or is approved and waits; nothing can be withdrawn meanwhile. "
        "Try again when that is done, usually in some minutes."
    )


class ReasonMissing(Refusal):
    """A decision on rows was to be made without a reason, or with one too long."""

    code = "deposits.aside.reason_missing"
    zh = "请写明理由，1至{most}个字，学校和管理中心以后都能看到。"
    en = "Give the reason in 1 to {most} characters; the institution and the management centre will see it."


class NobodyWaits(Refusal):
    """None of these rows waits any more."""

    code = "deposits.waiting.none"
    kind = RefusalKind.CONFLICT
    zh = "这些行已经不在等了：可能刚开户存入，或有人刚放弃。刷新页面再看。"
    en = (
        "None of these rows waits any more: an account may have just opened, or somebody gave them up. Reload the page."
    )


class ConflictNotFound(Refusal):
    """There is no such case, or the actor may not know of it."""

    code = "deposits.conflict.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这一件。请回到“两家不一致”的列表查看。"
    en = "There is no such case. Go back to the list of institutions that disagree."


class ConflictDecided(Refusal):
    """Somebody has decided the case already."""

    code = "deposits.conflict.decided"
    kind = RefusalKind.CONFLICT
    zh = "这一件刚才已经有人定了。刷新页面看结果。"
    en = "Somebody has just decided this case. Reload the page to see how."
