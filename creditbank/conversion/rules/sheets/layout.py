"""The six sheets and their columns: what stands in the first rows, in Chinese and below it in English."""

from typing import Final, NamedTuple


class Column(NamedTuple):
    """A column by its key, its two headings, and the words to choose from, if it has any."""

    key: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """A sheet by its name as it stands on the tab, with its columns from the left."""

    name: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> int:
        """Return the place of a column, from 1."""
        return next(at for at, column in enumerate(self.columns, start=1) if column.key == key)


MODES: Final = {
    "target": "按课程",
    "fixed": "固定",
    "source": "按来源",
    "least": "取较小",
    "table": "查表",
    "none": "不计",
}
WAYS: Final = {
    "course": "课程",
    "credits": "通用学分",
    "part": "部分",
    "level": "等级",
    "award": "证书",
    "where": "按条件选课",
}
MEASURES: Final = {
    "credits": "学分",
    "targets": "课程数",
    "grants": "转换数",
    "achievements": "成果数",
    "points": "积点",
}
PERS: Final = {
    "plan": "计划",
    "achievement": "证书",
    "issuer": "机构",
    "family": "同类",
    "rule": "规则",
    "match": "组合",
    "category": "类别",
    "year": "年",
    "semester": "学期",
}
SHARES: Final = {"programme": "培养方案", "chosen": "所转换"}
TIMES: Final = {"once": "一次", "any": "不限"}
OWN_CREDITS: Final = "成果学分"
PASSED: Final = "合格"

BOOK: Final = Sheet(
    "说明 Book",
    (
        Column("field", "字段", "Field"),
        Column("value", "值", "Value"),
        Column("english", "英文", "English"),
        Column("clause", "条款", "Clause"),
        Column("url", "网址", "URL"),
    ),
)
RULES: Final = Sheet(
    "规则 Rules",
    (
        Column("rule", "规则号", "Rule"),
        Column("group", "组", "Group"),
        Column("spec", "成果", "Achievement"),
        Column("kind", "类型", "Kind"),
        Column("subject", "科目", "Subject"),
        Column("level_from", "等级下限", "Level from"),
        Column("level_to", "等级上限", "Level to"),
        Column("scale", "成绩制", "Grade scale"),
        Column("grade", "成绩下限", "Grade from"),
        Column("amount", "学分/学时下限", "Credits or hours from"),
        Column("since", "取得起", "Acquired from"),
        Column("until", "取得止", "Acquired to"),
        Column("months", "最长月数", "Months at most"),
        Column("overlap", "重合度%", "Overlap %"),
        Column("issuer", "颁发机构", "Issuer"),
        Column("role", "角色", "Role"),
        Column("more", "其他条件", "Other conditions"),
        Column("programme", "适用专业", "For programmes"),
        Column("status", "适用身份", "For learners"),
        Column("audience", "其他适用条件", "Other audience"),
        Column("cites", "依据", "By"),
        Column("note", "备注", "Note"),
        Column("note_en", "备注（英文）", "Note in English"),
        Column("tags", "标签", "Tags"),
        Column("times", "使用次数", "Times", tuple(TIMES.values())),
        Column("order", "条件次序", "Order of conditions"),
    ),
)
TARGETS: Final = Sheet(
    "目标 Targets",
    (
        Column("rule", "规则号", "Rule"),
        Column("option", "选项", "Option"),
        Column("code", "课程代码或类别", "Course or category"),
        Column("way", "方式", "Way", tuple(WAYS.values())),
        Column("mode", "学分方式", "Credit mode", tuple(MODES.values())),
        Column("amount", "学分", "Credits"),
        Column("surplus", "余量转入", "Surplus to"),
        Column("grade", "记录成绩", "Recorded grade"),
        Column("at_least", "至少选", "Choose from"),
        Column("at_most", "至多选", "Choose to"),
    ),
)
AMOUNTS: Final = Sheet(
    "分值 Amounts",
    (
        Column("rule", "规则号", "Rule"),
        Column("first", "条件一", "Condition 1"),
        Column("second", "条件二", "Condition 2"),
        Column("third", "条件三", "Condition 3"),
        Column("amount", "学分", "Credits"),
        Column("add", "调整", "Adjustment"),
        Column("grade", "记录成绩", "Recorded grade"),
    ),
)
CAPS: Final = Sheet(
    "上限 Caps",
    (
        Column("cap", "编号", "Cap"),
        Column("of", "对象", "Of"),
        Column("measure", "计量", "Measure", tuple(MEASURES.values())),
        Column("per", "每", "Per", tuple(PERS.values())),
        Column("at_most", "上限", "At most"),
        Column("share", "占比%", "Share %"),
        Column("share_of", "占比于", "Share of", tuple(SHARES.values())),
        Column("cites", "依据", "By"),
    ),
)
CASES: Final = Sheet(
    "用例 Cases",
    (
        Column("case", "用例号", "Case"),
        Column("note", "备注", "Note"),
        Column("as_of", "日期", "Day"),
        Column("learner", "学习者", "Learner"),
        Column("programme", "专业", "Programme"),
        Column("events", "事件", "Events"),
        Column("id", "成果编号", "Achievement id"),
        Column("spec", "成果", "Achievement"),
        Column("level", "等级", "Level"),
        Column("grade", "成绩", "Grade"),
        Column("acquired", "取得日期", "Acquired"),
        Column("more", "其他", "More"),
        Column("courses", "课程表", "Courses"),
        Column("credits", "期望学分", "Expected credits"),
        Column("uses", "期望规则", "Expected rules"),
        Column("reasons", "期望原因", "Expected reasons"),
        Column("binding", "期望上限", "Expected caps"),
        Column("note_en", "备注（英文）", "Note in English"),
    ),
)
SHEETS: Final = (BOOK, RULES, TARGETS, AMOUNTS, CAPS, CASES)
SENTENCES: Final = Sheet(
    "句子 Sentences",
    (Column("rule", "编号", "Id"), Column("zh", "中文", "Chinese"), Column("en", "英文", "English")),
)
