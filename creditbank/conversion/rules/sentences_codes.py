"""The codes of reasons as short words, in both languages: why a plan has no use for a rule, without its measures."""

from typing import Final

#: Codes of conditions that do not hold, those of what is not known, then those of rules that conditions do not stop.
CODES: Final[dict[str, tuple[str, str]]] = {
    "none_held": ("没有所要求的成果", "nothing held that it asks for"),
    "not_among": ("不在所列之内", "not among those listed"),
    "excluded": ("属于排除的情形", "excluded"),
    "level_low": ("等级不够", "the level is too low"),
    "level_high": ("等级过高", "the level is too high"),
    "other_scale": ("等级制不同", "another scale of levels"),
    "grade_low": ("成绩不够", "the grade is too low"),
    "not_passed": ("没有合格", "not passed"),
    "credits_few": ("学分不够", "too few credits"),
    "hours_few": ("学时不够", "too few hours"),
    "attendance_few": ("出勤不够", "too little attendance"),
    "pool_few": ("合计不够", "too little in all"),
    "other_unit": ("计量单位不同", "another unit"),
    "framework_low": ("资历级别不够", "the framework level is too low"),
    "too_early": ("日期太早", "too early"),
    "too_late": ("日期太晚", "too late"),
    "not_yet": ("还没有取得", "not yet acquired"),
    "one_lacking": ("几项里还缺一项", "one of several is lacking"),
    "too_old": ("取得太久", "acquired too long ago"),
    "wrong_order": ("先后不合要求", "in the wrong order"),
    "expired": ("已过有效期", "no longer valid"),
    "too_soon": ("等候时间未满", "the wait is not over"),
    "overlap_low": ("内容重合不够", "too little overlap of contents"),
    "missing": ("资料不全", "something is not on record"),
    "no_map": ("没有换算表", "no map leads there"),
    "unlisted": ("用语表里没有", "not in the words of the rules"),
    "scope": ("不在适用范围内", "outside the scope of the rules"),
    "audience": ("不适用于这名学习者", "not for this learner"),
    "condition": ("条件不符", "a condition does not hold"),
    "missing_data": ("缺少判断所需的资料", "what would decide it is missing"),
    "requires": ("前提没有满足", "what it requires is not there"),
    "no_amount": ("算不出学分", "no amount of credits follows"),
    "lost": ("另有得学分更多的用法", "another use gives more"),
    "tie": ("另有同样好的用法", "another use is as good"),
    "capped": ("受上限限制", "a cap stops it"),
    "set_aside": ("同类成果只取最高的", "a higher one of its family counts"),
    "spent": ("成果已在别处用过", "already used elsewhere"),
    "avoided": ("学习者选择不用", "the learner keeps it back"),
    "already_or_no_target": ("课程已经免修，或没有可换的目标", "nothing is left to free"),
    "used": ("用到了", "it is used"),
    "unknown_rule": ("没有这条规则", "there is no such rule"),
}
#: How a case came out, but not what it may expect.
FOUND_ALONE: Final = frozenset({"used", "unknown_rule"})


def print_code(code: str) -> tuple[str, str]:
    """Return what a code means, in both languages; one that is not of the language is told as it is."""
    return CODES.get(code, (code, code))
