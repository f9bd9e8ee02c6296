"""Refusals of a whole file, before any row of it is looked at."""

from creditbank.kernel.errors import Refusal


class FileEmpty(Refusal):
    """There is nothing in the file, or nothing under the headings."""

    code = "deposits.file.empty"
    zh = "文件里没有一行数据。请在表头下面填好再传。"
    en = "The file holds no row of data. Fill in rows under the headings and upload it again."


class NoHeader(Refusal):
    """None of the first ten rows names the columns of the template."""

    code = "deposits.file.no_header"
    zh = "前{rows}行里没有表头。表头应有：{columns}。补上表头，或把数据贴进模板再传。"
    en = (
        "The first {rows} rows hold no headings. Expected: {columns}. "
        "Add the headings, or paste the data into the template."
    )


class ColumnMissing(Refusal):
    """There is a heading row, but columns without which nothing can be deposited are not in it."""

    code = "deposits.file.column_missing"
    zh = "表里缺这些列：{columns}。补上后再传；列的次序不限。"
    en = "These columns are missing: {columns}. Add them and upload again; their order does not matter."


class ColumnTwice(Refusal):
    """Two columns go by headings of the same meaning, so that it is open which one counts."""

    code = "deposits.file.column_twice"
    zh = "表里有两列都是：{columns}。留下一列再传。"
    en = "Two columns both mean: {columns}. Keep one of them and upload again."


class TooManyRows(Refusal):
    """There are more rows than one batch takes."""

    code = "deposits.file.too_many_rows"
    zh = "文件有{rows}行，一批最多{limit}行。分成几个文件再传。"
    en = "The file has {rows} rows; one batch takes {limit}. Split it into several files."


class TooManyColumns(Refusal):
    """A text table is far wider than the template: its rows are not separated, or it is another table."""

    code = "deposits.file.too_many_columns"
    zh = "表超过{limit}列。删去模板以外的列再传；如果各行连成了一行，请在Excel里打开另存。"
    en = (
        "The table has more than {limit} columns. Delete columns beyond the template; "
        "if all rows ran into one line, open it in Excel and save it again."
    )
