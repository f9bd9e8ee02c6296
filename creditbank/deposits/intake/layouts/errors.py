"""Refusals of a school's own names for columns."""

from creditbank.kernel.errors import Refusal, RefusalKind


class ProfileNotFound(Refusal):
    """There is no such profile in force, or the actor may not know of it."""

    code = "deposits.profile.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这份列名对应，或者它已经停用。到“列名对应”看全部。"
    en = "There is no such set of column names, or it is out of use. See them all under “Column names”."


class ProfileNameMissing(Refusal):
    """A profile has no name to be told by."""

    code = "deposits.profile.name_missing"
    zh = "请给这份列名对应起个名字，最多{most}个字，例如“教务系统导出”。"
    en = "Give this set of column names a name of at most {most} characters, such as “Export of the registry”."


class ProfileNameTaken(Refusal):
    """The institution has another profile in force of the same name."""

    code = "deposits.profile.name_taken"
    kind = RefusalKind.CONFLICT
    zh = "已经有一份列名对应叫“{name}”。换个名字，或者去改那一份。"
    en = "There is a set of column names called “{name}” already. Use another name, or change that one."


class ProfileIncomplete(Refusal):
    """Columns without which nothing can be deposited are neither in the file nor the same in every row."""

    code = "deposits.profile.incomplete"
    zh = "还没有说明这些列在哪里：{columns}。选出您表里的那一列，或者选每行都相同的值。"
    en = "It is not said where these stand: {columns}. Choose the column of your table, or one value for every row."


class ProfileColumnTwice(Refusal):
    """One column of the file is to be two of the bank's."""

    code = "deposits.profile.column_twice"
    zh = "您表里的“{heading}”对应了两列。每一列只能对应一次。"
    en = "“{heading}” of your table stands for two columns. Each may stand for one."


class ProfileUnknown(Refusal):
    """A profile names a layout, a column, a code or a heading that there is none of."""

    code = "deposits.profile.unknown"
    zh = "没有“{what}”这一项。请重新打开这一页再选。"
    en = "There is no “{what}”. Open the page again and choose once more."
