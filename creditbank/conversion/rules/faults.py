"""Faults of a document: where each lies, its code, and a sentence in both languages for the one who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]

FAULTS_MAX = 100

# Code → (Chinese, English); `{it}` is what the document says there, `{other}` what it should be or collides with.
SENTENCES: dict[str, tuple[str, str]] = {
    "too_large": (
        "文件超过{other}字节。请把它拆成几部规则。",
        "The document is larger than {other} bytes. Split it into several books.",
    ),
    "not_utf8": ("文件不是 UTF-8 文本。请另存为 UTF-8。", "The document is not UTF-8 text. Save it as UTF-8."),
    "not_json": (
        "不是合法的 JSON：{it}。请在此处改正。",
        "This is not JSON: {it}. Mend it at this place.",
    ),
    "not_yaml": (
        "不是合法的 YAML：{it}。请在此处改正。",
        "This is not YAML: {it}. Mend it at this place.",
    ),
    "too_deep": ("嵌套超过{other}层。请拆开写。", "The nesting is deeper than {other} levels. Take it apart."),
    "several_documents": ("一个文件只写一部规则。", "A file holds one document. Give each its own file."),
    "alias": (
        "规则文件不用锚点和别名。请把内容写出来。",
        "Rule documents use no anchors or aliases. Write the content out.",
    ),
    "tagged": (
        "规则文件不用 YAML 标签“{it}”。请删去。",
        'Rule documents use no YAML tags such as "{it}". Remove it.',
    ),
    "duplicate_key": ("字段“{it}”写了两次。请留一个。", 'The field "{it}" stands twice. Keep one.'),
    "decimal_as_number": (
        "“{it}”要写成带引号的文本，数字写法会丢失原样。",
        '"{it}" is written as text in quotes; a bare number loses what was written.',
    ),
    "number_too_large": ("整数“{it}”太大。", 'The whole number "{it}" is too large.'),
    "forbidden_sign": (
        "文本中不能有「」和控制字符，规则的句子要用它们。请改用“”。",
        "Texts hold no 「, 」 or control characters; the sentences of rules need them. Use other quotes.",
    ),
    "missing_field": ("缺少字段“{it}”。请补上。", 'The field "{it}" is missing. Add it.'),
    "unknown_field": (
        "没有“{it}”这个字段。请核对拼写或删去。",
        'There is no field "{it}". Check its spelling or remove it.',
    ),
    "unknown_tag": ("没有“{it}”这种条件或写法。", 'There is no condition or form "{it}".'),
    "wrong_type": ("这里应为{other}。", "This should be {other}."),
    "not_listed": ("“{it}”不在可选值内：{other}。", '"{it}" is none of the values allowed: {other}.'),
    "wrong_form": ("“{it}”的写法不对，应符合 {other}。", '"{it}" is not written as it should be: {other}.'),
    "not_an_amount": (
        "“{it}”不是数量。请写成带引号的小数，如 '3.5'，小数最多四位。",
        '"{it}" is not an amount. Write a decimal in quotes, such as "3.5", with at most four decimals.',
    ),
    "not_a_day": ("日历上没有“{it}”这一天。", 'No calendar has the day "{it}".'),
    "empty": ("这里不能为空。", "This may not be empty."),
    "too_long": ("这里太长，最多{other}。", "This is too long; at most {other}."),
    "out_of_range": ("“{it}”超出范围：{other}。", '"{it}" is out of range: {other}.'),
    "wrong_value": ("“{it}”不能写在这里。", '"{it}" cannot stand here.'),
    "duplicate_id": ("编号“{it}”用了两次。请改一个。", 'The id "{it}" is used twice. Change one.'),
    "wrong_subject": (
        "条件“{it}”说的是{other}，不能写在这里。",
        'The condition "{it}" is about {other} and cannot stand here.',
    ),
    "no_bound": ("没有写界限。请写“{other}”之一。", "No bound is given. Write one of {other}."),
    "two_forms": ("只能写“{other}”之一。", "Write only one of {other}."),
    "neither_form": ("请写“{other}”之一。", "Write one of {other}."),
    "reversed": (
        "“{it}”在“{other}”之后或比它大。请对调。",
        '"{it}" comes after, or is more than, "{other}". Swap them.',
    ),
    "amount_missing": ("学分方式“{it}”要写“{other}”。", 'The credit mode "{it}" needs "{other}".'),
    "amount_idle": (
        "学分方式“{it}”用不到“{other}”。请删去。",
        'The credit mode "{it}" does not use "{other}". Remove it.',
    ),
    "too_few_branches": ("要选{it}个，只有{other}个分支。", "It asks for {it} but has {other} branches."),
    "unit_missing": ("以“{it}”计量时要写计量单位。", 'Measuring by "{it}" needs a unit.'),
    "parties": ("协议写两方，其他类型不写。", "An agreement names two parties; other books name none."),
    "not_an_award": ("“{it}”只用于学历证书要求（kind: award）。", '"{it}" belongs to books of kind "award" only.'),
    "needs_per": (
        "以成果自身学分为上限时，每（per）应为 achievement。",
        'A bound by a field goes with per "achievement".',
    ),
    "framework_missing": ("按点数计量要写资历框架。", "Measuring points needs a framework."),
    "repeated": ("“{it}”写了两次。", '"{it}" stands twice.'),
    "prefer_first": (
        "取舍次序以“{it}”开头，先比的必须是学分。请把“{other}”之一放在最前。",
        'The preference begins with "{it}", but credits come first. Begin it with one of {other}.',
    ),
    "prefer_last": (
        "取舍次序以“{it}”结尾，方案可能不唯一。请以“{other}”结尾。",
        'The preference ends with "{it}", which may leave two plans alike. End it with "{other}".',
    ),
    "not_credits": (
        "“{it}”不是学分数。请写不小于 0、最多两位小数的数。",
        '"{it}" is no number of credits. Write one not below 0, with at most two decimals.',
    ),
    "circle": ("“{it}”归属于自己。请改正类别。", '"{it}" stands below itself. Mend the categories.'),
    "pass_not_on_scale": ("合格线“{it}”不在成绩制内。", 'The pass mark "{it}" is not on the scale.'),
    "grade_map_not_total": (
        "换算表没有覆盖成绩“{it}”。请补一行。",
        'The grade map has no row for "{it}". Add one.',
    ),
    "grade_map_not_monotone": (
        "更好的成绩“{it}”换算得比“{other}”差。请改正。",
        'The better grade "{it}" is given less than "{other}". Mend the rows.',
    ),
    "grade_map_overlapping": (
        "换算表的“{it}”与“{other}”重叠。",
        'The rows "{it}" and "{other}" of the grade map overlap.',
    ),
    "grade_map_off_scale": ("“{it}”不在成绩制“{other}”内。", '"{it}" is not a grade of the scale "{other}".'),
    "grade_map_not_generated": (
        "换算表与所附的分布不符。请按分布重新生成。",
        "The rows are not those that the distribution gives. Generate them again.",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where in the document, and what is wrong; `line` and `column` count from 1, 0 where not known."""

    path: Path
    code: str
    it: str = ""
    other: str = ""
    line: int = 0
    column: int = 0

    @property
    def pointer(self) -> str:
        """Return the place as a JSON pointer (RFC 6901), empty for the whole document."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    @property
    def zh(self) -> str:
        """Return the Chinese sentence: the fact, then what to do."""
        return SENTENCES[self.code][0].format(it=self.it, other=self.other)

    @property
    def en(self) -> str:
        """Return the English sentence: the fact, then what to do."""
        return SENTENCES[self.code][1].format(it=self.it, other=self.other)


class FaultyError(Exception):
    """What stops the reading of a document, on its way to the one refusal that says all of it."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults."""
        super().__init__(*(fault.code for fault in faults))
        self.faults: Sequence[Fault] = faults
