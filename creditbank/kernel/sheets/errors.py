"""Refusals of a file that cannot be opened as a table at all."""

from creditbank.kernel.errors import Refusal


class NotASpreadsheet(Refusal):
    """The content, whatever its name, is neither an Excel workbook nor a text table."""

    code = "kernel.sheets.not_a_spreadsheet"
    zh = "“{name}”的内容不是表格。请用Excel或WPS另存为XLSX或CSV再传。"
    en = "The content of “{name}” is not a spreadsheet. Save it as XLSX or CSV in Excel or WPS and upload that."


class EncodingUnreadable(Refusal):
    """The text is neither UTF-8 nor UTF-16 nor GB18030."""

    code = "kernel.sheets.encoding_unreadable"
    zh = "文件的文字编码不是UTF-8、UTF-16或GB18030。在Excel里另存为“CSV UTF-8”或XLSX再传。"
    en = "The text is neither UTF-8, UTF-16 nor GB18030. Save it as “CSV UTF-8” or XLSX in Excel and upload that."


class CellsUnreadable(Refusal):
    """The text cannot be cut into cells, because a quotation mark is opened and not closed."""

    code = "kernel.sheets.cells_unreadable"
    zh = "文件分不成单元格：有双引号没有成对。在Excel里打开核对，另存为XLSX再传。"
    en = "The file cannot be cut into cells: a double quotation mark is not closed. Check it in Excel and save as XLSX."


class EncryptedWorkbook(Refusal):
    """The workbook asks for a password."""

    code = "kernel.sheets.encrypted_workbook"
    zh = "工作簿设了打开密码。在Excel里取消密码，另存后再传。"
    en = "The workbook asks for a password. Remove it in Excel, save, and upload again."


class TooLargeUnpacked(Refusal):
    """The workbook would fill the memory: it unpacks to too much, or its cells are spread over too large an area."""

    code = "kernel.sheets.too_large_unpacked"
    zh = "工作簿解开后太大。删去表格以外的空行、空列，或另存为CSV再传。"
    en = "The workbook is too large once unpacked. Delete empty rows and columns beyond the table, or save as CSV."


class SeveralFiles(Refusal):
    """An archive holds more than one file, and a batch is one."""

    code = "kernel.sheets.several_files"
    zh = "压缩包里有{count}个文件（{names}……）。一个批次只收一个文件，请分开上传。"
    en = "The archive holds {count} files ({names} …). A batch is one file: upload them one by one."


class SeveralSheets(Refusal):
    """More than one sheet of a workbook holds rows under headings, and what is handed in is one."""

    code = "kernel.sheets.several_sheets"
    zh = "工作簿里有{count}张表都填了数据（{names}）。一次只收一张：每张另存为一个文件，分开上传。"
    en = "{count} sheets of the workbook hold rows ({names}). One is taken at a time: save each as a file of its own."


class TooLargeForItsKind(Refusal):
    """A workbook or an archive that would have to be read into memory as a whole."""

    code = "kernel.sheets.too_large_for_its_kind"
    zh = "工作簿或压缩包超过{megabytes}MB。另存为CSV再传，CSV可以大得多。"
    en = "The workbook or archive is larger than {megabytes} MB. Save it as CSV, which may be far larger."
