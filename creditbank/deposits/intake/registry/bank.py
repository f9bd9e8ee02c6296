"""Checks against the other rows and against what the bank knows: accounts, courses, credits."""

from typing import Final

from creditbank.deposits.intake.registry.check import Check

CHECKS: Final = (
    Check(
        "deposits.row.contradicts_row",
        "course",
        "文件里互相矛盾",
        "Contradicted within the file",
        "与第{value}行是同一人、同一课程、同一时间，学分、学时或成绩却不同",
        "Row {value} has the same person, course and date but other credits, hours or grade",
        "核对后只留正确的一行",
        "Check them and keep only the right row",
    ),
    Check(
        "deposits.row.account_unknown",
        "account",
        "没有这个账户",
        "No such account",
        "没有账号是“{value}”的账户",
        "There is no account with the number “{value}”",
        "核对账号；原在别的银行的账户要先转入",
        "Check the number; an account of another bank must be taken over first",
    ),
    Check(
        "deposits.row.account_closed",
        "document",
        "账户已注销",
        "Account closed",
        "证件号{value}的账户已经注销",
        "The account of {value} is closed",
        "请学员到受理窗口重新开户，或删去这一行",
        "Ask the learner to open an account at a counter again, or delete the row",
    ),
    Check(
        "deposits.row.name_differs_from_account",
        "person_name",
        "姓名与账户不一致",
        "Name differs from the account",
        "姓名“{value}”与这一证件号的账户不一致",
        "The name “{value}” differs from that of the account with this identity number",
        "多为生僻字或改名，核对证件后改",
        "Often a rare character or a change of name: check the document and correct it",
    ),
    Check(
        "deposits.row.course_unknown",
        "course",
        "课程不在名录里",
        "Course not in the catalogue",
        "名录里没有“{value}”",
        "The catalogue has no “{value}”",
        "登记课程，或改为名录里的名称",
        "Register the course, or use the name the catalogue has",
    ),
    Check(
        "deposits.row.credits_differ",
        "credits",
        "学分与课程标准不一致",
        "Credits differ from the course standard",
        "表中{0}，标准是{1}",
        "The file says {0}, the standard says {1}",
        "改表，或换课程版本",
        "Change the file, or pick another edition of the course",
    ),
    Check(
        "deposits.row.not_accredited",
        "course",
        "当时不在认可期内",
        "Not accredited at that time",
        "“{0}”在{1}不在本行的认可期内",
        "The bank had not accredited “{0}” in {1}",
        "请向管理中心申请认可，写明项目和期限；认可后重新上传这一行",
        "Apply to the management centre with the project and the period; upload the row again once it is accredited",
    ),
)
