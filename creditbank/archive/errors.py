"""Refusals of this room."""

from typing import ClassVar

from creditbank.kernel.errors import Refusal, RefusalKind


class EntryNotFound(Refusal):
    """There is no such entry in force, or the actor may not know of it."""

    code = "archive.entry.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "档案里没有这一项。回到“我的档案”看全部成果。"
    en = "The archive has no such entry. Go back to the archive to see everything in it."


class EntryAlreadyClaimed(Refusal):
    """The entry is held or used in this scope already; nothing is spent twice."""

    code = "archive.entry.already_claimed"
    kind = RefusalKind.CONFLICT
    zh = "这项成果在这里已经用过或正在办理，不能再用一次。先撤回原来的申请。"
    en = "This achievement is used or under way here already. Withdraw the earlier request before using it again."


class EntryNotClaimed(Refusal):
    """There is nothing to release or reverse."""

    code = "archive.entry.not_claimed"
    kind = RefusalKind.CONFLICT
    zh = "这项成果没有被占用，不需要退回。"
    en = "This achievement is not in use, so there is nothing to give back."


class PostingClosed(Refusal):
    """The batch is posted; nothing can be added to it."""

    code = "archive.posting.closed"
    kind = RefusalKind.CONFLICT
    zh = "这一批已经入账，不能再加行。另传一批。"
    en = "This batch is posted and takes no more rows. Upload another batch."


class SpentTwice(Refusal):
    """Two accounts of one person claim the same achievement in the same scope."""

    code = "archive.merge.spent_twice"
    kind = RefusalKind.CONFLICT
    zh = "相同的成果有{count}项在两个账户里都已用于同一用途或正在办理，同一成果不能用两次。先撤回其中一边，再合并。"
    en = (
        "In both accounts the same achievements, {count} of them, are used or under way for the same purpose; "
        "nothing is spent twice. Withdraw one side, then merge."
    )


class EntriesUnderWay(Refusal):
    """A batch with entries of this person is being posted."""

    code = "archive.account.under_way"
    kind = RefusalKind.CONFLICT
    zh = "有一批成果正在存入这个账户，现在不能办。等这一批入账后再办。"
    en = "A batch is being posted to this account; this cannot be done now. Try again when the batch is posted."


class PostingNotInForce(Refusal):
    """The batch is not posted, or it is withdrawn already."""

    code = "archive.posting.not_in_force"
    kind = RefusalKind.CONFLICT
    zh = "这一批没有入账，或者已经撤回，不能再撤回。刷新页面看它到了哪一步。"
    en = "This batch is not posted, or it is withdrawn already. Reload the page to see where it stands."


class PostingInUse(Refusal):
    """Entries of the batch are claimed, converted, corrected or moved, so that it can no longer be withdrawn."""

    code = "archive.posting.in_use"
    kind = RefusalKind.CONFLICT
    zh = (
        "这一批有成果已经在用，不能整批撤回：{what}。请先办结或撤销这些申请、撤回后来的批次；"
        "只有几项写错的，请另传一批更正。"
    )
    en = (
        "Achievements of this batch are in use, so it cannot be withdrawn: {what}. Close or reverse those requests and "
        "withdraw the later batches first; where only some values are wrong, deposit a correction instead."
    )
    kinds_zh: ClassVar = {
        "held": "正在办理{}项",
        "used": "已经使用{}项",
        "converted": "已转换为其他成果{}项",
        "corrected": "后来更正过{}项",
        "moved": "账户合并转走{}项",
    }
    kinds_en: ClassVar = {
        "held": "{} set aside",
        "used": "{} used",
        "converted": "{} converted into others",
        "corrected": "{} corrected since",
        "moved": "{} moved with a merged account",
    }

    def sentence(self, language: str) -> str:
        """Return the sentence with the kinds of which there are any."""
        english = language == "en"
        template, kinds, comma = (self.en, self.kinds_en, ", ") if english else (self.zh, self.kinds_zh, "，")
        return template.format(what=comma.join(kinds[name].format(n) for name, n in self.details.items() if n))


class EntriesHeld(Refusal):
    """An account with achievements set aside for requests under way cannot be erased."""

    code = "archive.account.held"
    kind = RefusalKind.CONFLICT
    zh = "这个账户有{count}项成果正在办理转换，不能删除。先办结或撤回申请，再删除。"
    en = (
        "Achievements of this account, {count} of them, are set aside for requests under way; it cannot be erased. "
        "Close or withdraw the requests first."
    )
