"""What a school's list may say: other words for its columns, codes, names of codes, and the sentences of refusals."""

from typing import Final

from creditbank.enrolments.types import CATEGORY_NAMES, LEVEL_NAMES, STATUS_NAMES, Status

SAME: Final = {
    "专业名称": "专业",
    "教育层次": "层次",
    "教育层次代码": "层次",
    "教育类别": "类别",
    "教育类别代码": "类别",
}
SAME_MORE: Final = {
    "证件号码": "身份证号",
    "证件号": "身份证号",
    "身份证号码": "身份证号",
    "入学年": "入学年份",
    "学籍状态": "状态",
    "学分银行账号": "账号",
    "原账号": "账号",
    "开户日": "开户日期",
    "开户时间": "开户日期",
}
FIRST_CODES: Final = {"20": "85", "21": "86", "22": "783", "23": "784"}
FIRST_CATEGORY_CODES: Final = {"30": "321", "31": "322", "32": "1221", "33": "1381", "34": "1421"}
SHORT_CATEGORIES: Final = {"成人": "321", "普通": "322", "普高": "322", "网络": "1221", "中职": "1381", "自考": "1421"}
LEVELS: Final = {name.zh: code for code, name in LEVEL_NAMES.items()} | {c: c for c in LEVEL_NAMES} | FIRST_CODES
CATEGORIES: Final = (
    {name.zh: code for code, name in CATEGORY_NAMES.items()}
    | {code: code for code in CATEGORY_NAMES}
    | FIRST_CATEGORY_CODES
    | SHORT_CATEGORIES
)
STATUSES: Final = {name.zh: status for status, name in STATUS_NAMES.items()} | {"": None, "在校": Status.REGISTERED}
REASONS: Final = {
    "student_number": (
        "学号",
        "没有填学号，或超过40个字符。补填后再传这一行。",
        "The student number is missing or longer than 40 characters. Fill it in.",
    ),
    "name": (
        "姓名",
        "姓名读不出来：应有1至60个字，不含数字。照证件改正。",
        "The name cannot be read: 1 to 60 characters, no digits. Correct it by the document.",
    ),
    "document": (
        "身份证号",
        "证件号位数、日期或校验位不对。照证件逐位核对；护照、港澳台和外国人证件也可以填。",
        "Length, date or check digit is wrong. Compare every digit; passports and permits are taken too.",
    ),
    "document_damaged": (
        "身份证号",
        "证件号被Excel改坏，后几位已经丢失。把这一列设为文本格式，按证件重录。",
        "Excel damaged the number; its last digits are lost. Format the column as text and enter it again.",
    ),
    "student_number_damaged": (
        "学号",
        "学号被Excel改坏，后几位已经丢失。把这一列设为文本格式，重录学号。",
        "Excel damaged the student number; its last digits are lost. Format the column as text and enter it again.",
    ),
    "example": (
        "姓名",
        "这是模板里的示例行，不是学生。删去这一行，填本校学生再传。",
        "This is the example of the template, no student. Delete it and fill in your students.",
    ),
    "major": (
        "专业",
        "没有填专业，或超过100个字。补填后再传这一行。",
        "The major is missing or longer than 100 characters. Fill it in.",
    ),
    "level": (
        "层次",
        "层次不在代码表里。改为本科、专科、专升本或高起本。",
        "The level is not in the code list. Use 本科, 专科, 专升本 or 高起本.",
    ),
    "category": (
        "类别",
        "类别不在代码表里。改为成人、普通、网络、中职或自考。",
        "The category is not in the code list. Use 成人, 普通, 网络, 中职 or 自考.",
    ),
    "entry_year": (
        "入学年份",
        "入学年份不是年份。填四位数字，如2024。",
        "The entry year is not a year. Write four digits, such as 2024.",
    ),
    "class_name": (
        "班级",
        "班级超过60个字。改短后再传这一行。",
        "The class has more than 60 characters. Shorten it.",
    ),
    "status": (
        "状态",
        "状态不在代码表里。改为在籍、休学、毕业、结业或肄业。",
        "The status is not in the code list. Use 在籍, 休学, 毕业, 结业 or 肄业.",
    ),
    "twice": (
        "学号",
        "同一人同一学籍在名册里出现过。留一行，删去这一行。",
        "The same enrolment of the same person stands above. Keep one row.",
    ),
    "name_differs": (
        "姓名",
        "这个身份证号已有账户，登记的姓名不同。照证件核对，确是改名的请到网点更正。",
        "This number has an account under another name. Compare them; a change of name is entered at an outlet.",
    ),
    "two_names": (
        "姓名",
        "同一个证件号在名册里有几个姓名。照证件核对，留下正确的姓名再传。",
        "One document number has several names in this list. Check the document and keep the right name.",
    ),
    "alias": (
        "账号",
        "账号应为3至32位大写字母、数字和横线。照那家学分银行的账户卡改正。",
        "The account number has 3 to 32 capitals, digits or hyphens. Correct it by the card of the other bank.",
    ),
    "since": (
        "开户日期",
        "开户日期不是过去的一天。写成2013-05-06、2013/5/6或20130506，不知道的留空。",
        "The opening day is no day of the past. Write 2013-05-06, 2013/5/6 or 20130506, or leave it empty.",
    ),
    "alias_example": (
        "姓名",
        "这是模板里的示例行，不是账户。删去这一行再传。",
        "This is the example of the template, no account. Delete it.",
    ),
    "alias_twice": (
        "账号",
        "这一行在名单里出现过。留一行，删去这一行。",
        "The same row stands above. Keep one.",
    ),
    "number_twice": (
        "账号",
        "同一个账号在名单里给了几个人。请原银行核对，一个账号只留一人。",
        "One account number is given to several people. Ask the other bank; keep one person for each number.",
    ),
    "number_taken": (
        "账号",
        "这个账号在本行已指向另一个人。请原银行核对账号和证件号；两个账户确是一人的，先合并账户。",
        "This number leads to somebody else here. Ask the other bank; accounts of one person are merged first.",
    ),
    "account_closed": (
        "身份证号",
        "这个证件号的账户已经注销。请学生到网点重新开户，或删去这一行。",
        "The account of this number is closed. Ask the student to have it reopened at an outlet, or delete the row.",
    ),
}
