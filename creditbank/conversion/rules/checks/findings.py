"""What a check at publishing finds: a code, a place in the document, and a sentence in both languages."""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class Severity(StrEnum):
    """Whether a finding stops the publishing, warns, or only proposes a case to confirm."""

    REFUSE = "refuse"
    WARN = "warn"
    PROPOSE = "propose"


class Sentence(NamedTuple):
    """What is said about a finding; placeholders are its details, `{subject}` is the rule, cap, need or map."""

    severity: Severity
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `path` is a JSON pointer into the document, `subject` the id of what it concerns."""

    code: str
    severity: Severity
    path: str
    subject: str
    zh: str
    en: str
    details: dict[str, str] = field(default_factory=dict, hash=False)


SENTENCES: Final = MappingProxyType(
    {
        "undefined_word": Sentence(
            Severity.REFUSE,
            "「{subject}」用到{what_zh}「{word}」，本规则书没有定义它。请补上定义，或改用已有的词。",
            "{subject} uses the {what_en} {word}, which this book does not define. Define it, or use a word that is.",
        ),
        "family_mixed": Sentence(
            Severity.REFUSE,
            "同类「{subject}」规定只取最高，却用到几个等级制：{word}。请统一为一个等级制。",
            "The family {subject} keeps only its highest, but is ranked on several scales: {word}. Use one scale.",
        ),
        "never": Sentence(
            Severity.REFUSE,
            "「{subject}」的条件互相矛盾（{word}），任何情况都不会满足。请改其中一条。",
            "The conditions of {subject} contradict one another ({word}), so they never hold. Change one of them.",
        ),
        "dead_row": Sentence(
            Severity.WARN,
            "「{subject}」表中第{row}行永远用不到。请删去它，或调整各行的条件和次序。",
            "Row {row} in the table of {subject} is never reached. Remove it, or change conditions or order.",
        ),
        "dead_source": Sentence(
            Severity.WARN,
            "「{subject}」所列成果「{word}」{reason_zh}。请更新名称，或删去这一项。",
            "{subject} names the achievement {word}, which {reason_en}. Correct the name, or remove it.",
        ),
        "dead_target": Sentence(
            Severity.WARN,
            "「{subject}」的目标「{word}」{reason_zh}。请改为现行课程。",
            "{subject} gives {word}, which {reason_en}. Name a course that is offered.",
        ),
        "unknown_codes": Sentence(
            Severity.WARN,
            "规则里写到的{count}个成果和课程，目录里一个也没有，例如「{word}」。请核对编号和名称，或先录入目录。",
            "None of the {count} achievements and courses named is in the catalogue, such as {word}. Check the codes.",
        ),
        "shadowed": Sentence(
            Severity.WARN,
            "有了「{other}」，「{subject}」永远用不到：条件更严，所得不多。请删去它，或改写条件。",
            "With {other}, {subject} is never needed: it asks more and gives no more. Remove it, or change it.",
        ),
        "contradiction": Sentence(
            Severity.REFUSE,
            "「{subject}」与「{other}」条件和目标相同，学分却不同。请确定以哪一条为准。",
            "{subject} and {other} have the same conditions and targets, but other credits. Decide which is meant.",
        ),
        "requires_cycle": Sentence(
            Severity.REFUSE,
            "规则互为前提，绕成一圈：{word}。请去掉其中一个前提。",
            "Rules require one another in a ring: {word}. Remove one of these requirements.",
        ),
        "inflation": Sentence(
            Severity.WARN,
            "沿 {word} 逐步转换，1 学分变成 {factor} 学分。请核对各步的学分。",
            "Converted step by step along {word}, 1 credit becomes {factor}. Check the credits of each step.",
        ),
        "inflation_cycle": Sentence(
            Severity.REFUSE,
            "沿 {word} 转换一圈，1 学分变成 {factor} 学分，可以无限增加。请改其中一步。",
            "Converted once around {word}, 1 credit becomes {factor}, without end. Change one of the steps.",
        ),
        "never_binds": Sentence(
            Severity.WARN,
            "上限「{subject}」不起作用：全部用上也只有 {most}，不超过 {limit}。请核对数值，或删去它。",
            "The cap {subject} never binds: everything together comes to {most}, within {limit}. Check or remove it.",
        ),
        "impossible_need": Sentence(
            Severity.REFUSE,
            "「{subject}」的要求无法全部达到：{word}。要求与上限冲突，请改其中一项。",
            "The needs of {subject} cannot all be met: {word}. They collide with a cap; change one of them.",
        ),
        "missing_case": Sentence(
            Severity.WARN,
            "「{subject}」还缺一个用例：{what_zh}。请补写。",
            "{subject} has no case yet that is one {what_en}. Write it.",
        ),
        "no_cases": Sentence(
            Severity.REFUSE,
            "本规则书一个用例也没有，不能证明它算得对。请至少写一个。",
            "The book has no case, so nothing shows that it counts as meant. Write at least one.",
        ),
        "rule_unused": Sentence(
            Severity.REFUSE,
            "没有一个用例用到「{subject}」。请补写一个，写明它换得多少学分。",
            "No case uses {subject}. Write one that says what it frees.",
        ),
        "untried": Sentence(
            Severity.PROPOSE,
            "「{subject}」可以再补一个用例：{what_zh}。",
            "{subject} could have one more case: one {what_en}.",
        ),
        "missing_threshold": Sentence(
            Severity.PROPOSE,
            "「{subject}」的界限「{word}」还缺用例：刚好达到和差一步各一个。已拟好，请确认。",
            "{subject} has no cases at the bound {word} and one step below it. They are drafted; confirm them.",
        ),
        "units": Sentence(
            Severity.REFUSE,
            "「{subject}」把「{one}」与「{other}」放在一起算，却没有换算关系。请写明换算，或改用同一单位。",
            "{subject} counts {one} together with {other} without an exact map. State the map, or use one unit.",
        ),
        "adoption_digest": Sentence(
            Severity.REFUSE,
            "所采用的《{subject}》{word}，正文与公布的不一致。请重新选择要采用的版本。",
            "The text adopted as {subject}, {word}, is not the one that was published. Choose the edition again.",
        ),
        "adoption_frame": Sentence(
            Severity.REFUSE,
            "「{subject}」采用了指导性规则，却另写了{what_zh}。自己的规则请作为“增加”写在改动里，其余沿用。",
            "{subject} adopts guidance but writes its own {what_en}. Add rules as deviations; the rest is taken over.",
        ),
        "deviation_unknown": Sentence(
            Severity.REFUSE,
            "改动所指的规则「{subject}」不在所采用的指导性规则里。请核对编号。",
            "The deviation names {subject}, which the guidance does not have. Check the id.",
        ),
        "deviation_taken": Sentence(
            Severity.REFUSE,
            "要增加的「{subject}」与已有的编号相同。请另取编号。",
            "{subject} is to be added, but that id is taken. Give it another.",
        ),
        "deviation_incomplete": Sentence(
            Severity.REFUSE,
            "对「{subject}」的改动没有写全：{what_zh}。",
            "The deviation on {subject} is not complete: {what_en}.",
        ),
        "deviation_fixed": Sentence(
            Severity.REFUSE,
            "指导性规则不允许改动「{subject}」。请按原文采用。",
            "The guidance does not allow {subject} to be changed. Adopt it as it stands.",
        ),
        "deviation_wider": Sentence(
            Severity.REFUSE,
            "「{subject}」只允许收紧，改动后的{what_zh}却放宽了，或无法证明没有放宽。",
            "{subject} may only be made narrower, but its {what_en} became wider, or cannot be shown not to have.",
        ),
        "too_many_choices": Sentence(
            Severity.REFUSE,
            "「{subject}」的组合太多：按 {held} 项成果、{courses} 门课程算有 {count} 种，最多 {most} 种。请少选几门。",
            "{subject} has too many combinations: {count} for {held} achievements and {courses} courses"
            " (most: {most}). Let fewer courses be chosen, or name them.",
        ),
        "too_many_matches": Sentence(
            Severity.REFUSE,
            "「{subject}」的组合太多：按每人 {held} 项成果算有 {count} 种，最多 {most} 种。请写得更具体。",
            "{subject} has too many combinations: {count} for {held} achievements (most: {most}). Say it narrower.",
        ),
    }
)


def finding(code: str, path: str, subject: str, **details: str) -> Finding:
    """Return the finding of this code with its sentences filled in."""
    severity, zh, en = SENTENCES[code]
    return Finding(
        code,
        severity,
        path,
        subject,
        zh.format(subject=subject, **details),
        en.format(subject=subject, **details),
        details,
    )


def refuses(findings: tuple[Finding, ...]) -> bool:
    """Say whether any of the findings stops the publishing."""
    return any(each.severity is Severity.REFUSE for each in findings)
