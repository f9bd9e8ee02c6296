"""Refusals of a whole file, before any row of it is looked at."""

from creditbank.kernel.errors import Refusal


class FileEmpty(Refusal):
    """There is nothing in the file, or nothing under the headings."""

    code = "deposits.file.empty"
    zh = "文件里没有一行数据。请在表头下面填好再传。"
    en = "The file holds no row of data. Fill in rows under the headings and upload it again."


class NotASpreadsheet(Refusal):
    """The content, whatever its name, is neither an Excel workbook nor a text table."""

    code = "deposits.file.not_a_spreadsheet"
    zh = "“{name}”的内容不是表格。请用Excel或WPS另存为XLSX或CSV再传。"
    en = "The content of “{name}” is not a spreadsheet. Save it as XLSX or CSV in Excel or WPS and upload that."


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


class EncodingUnreadable(Refusal):
    """The text is neither UTF-8 nor UTF-16 nor GB18030."""

    code = "deposits.file.encoding_unreadable"
    zh = "文件的文字编码不是UTF-8、UTF-16或GB18030。在Excel里另存为“CSV UTF-8”或XLSX再传。"
    en = "The text is neither UTF-8, UTF-16 nor GB18030. Save it as “CSV UTF-8” or XLSX in Excel and upload that."


class CellsUnreadable(Refusal):
    """The text cannot be cut into cells, because a quotation mark is opened and not closed."""

    code = "deposits.file.cells_unreadable"
    zh = "文件分不成单元格：有双引号没有成对。在Excel里打开核对，另存为XLSX再传。"
    en = "The file cannot be cut into cells: a double quotation mark is not closed. Check it in Excel and save as XLSX."


class EncryptedWorkbook(Refusal):
    """The workbook asks for a password."""

    code = "deposits.file.encrypted_workbook"
    zh = "工作簿设了打开密码。在Excel里取消密码，另存后再传。"
    en = "The workbook asks for a password. Remove it in Excel, save, and upload again."


class TooManyRows(Refusal):
    """There are more rows than one batch takes."""

    code = "deposits.file.too_many_rows"
    zh = "文件有{rows}行，一批最多{limit}行。分成几个文件再传。"
    en = "The file has {rows} rows; one batch takes {limit}. Split it into several files."


class TooLargeUnpacked(Refusal):
    """The workbook would fill the memory: it unpacks to too much, or its cells are spread over too large an area."""

    code = "deposits.file.too_large_unpacked"
    zh = "工作簿解开后太大。删去表格以外的空行、空列，或另存为CSV再传。"
    en = "The workbook is too large once unpacked. Delete empty rows and columns beyond the table, or save as CSV."


class TooManyColumns(Refusal):
    """A text table is far wider than the template: its rows are not separated, or it is another table."""

    code = "deposits.file.too_many_columns"
    zh = "表超过{limit}列。删去模板以外的列再传；如果各行连成了一行，请在Excel里打开另存。"
    en = (
        "The table has more than {limit} columns. Delete columns beyond the template; "
        "if all rows ran into one line, open it in Excel and save it again."
    )
