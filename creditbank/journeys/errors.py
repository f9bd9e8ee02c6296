"""Refusals of acts through several rooms that are no single room's."""

from creditbank.kernel.errors import Refusal, RefusalKind


class EraserMissing(Refusal):
    """The database server does not let the application become the role that may delete."""

    code = "journeys.eraser.missing"
    kind = RefusalKind.UNAVAILABLE
    zh = "数据库还没有授权删除。请数据库管理员建立角色 creditbank_eraser 并授给应用角色（见运维手册），再办。"
    en = (
        "The database does not let the bank erase yet. Ask its administrator to make the role creditbank_eraser "
        "and grant it to the application's role, as the operating manual says; then erase again."
    )
