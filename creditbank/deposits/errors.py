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
