"""Two frameworks to try the bank with, written for this software, marked as examples, published by nobody."""

from typing import Final

from creditbank.framework.types import (
    AchievementType,
    Alignment,
    DescriptorKind,
    Level,
    NewEdition,
    OtherFramework,
    Trust,
)
from creditbank.kernel.text import Text

_TYPES: Final = (
    AchievementType("academic", Text("学历教育", "Academic education")),
    AchievementType("vocational", Text("职业培训与证书", "Vocational training and certificates")),
    AchievementType("experience", Text("业绩与经历", "Experience and merit")),
)

# Knowledge, skills and competence, each in Chinese and English, from the first level to the tenth.
_DESCRIPTORS: Final = (
    (
        ("知道日常生活和学习所需的基本事实。", "Knows basic facts of daily life and learning."),
        ("在指导下完成简单、重复的任务。", "Carries out simple, repeated tasks under guidance."),
        ("在他人直接帮助下参与活动，能说明自己的需要。", "Takes part with direct help and states own needs."),
    ),
    (
        ("了解某一活动领域的基本常识和安全要求。", "Knows the basics and the safety rules of a field of activity."),
        ("按既定步骤使用常用工具完成任务。", "Uses common tools and follows set steps."),
        ("在监督下对自己的工作结果负部分责任。", "Answers in part for own results, under supervision."),
    ),
    (
        ("掌握某一领域的基本概念、规则和术语。", "Knows the basic concepts, rules and terms of a field."),
        ("选择基本方法和材料解决常见问题。", "Chooses basic methods and materials for common problems."),
        ("在熟悉的环境中独立完成常规工作。", "Works independently on routine tasks in familiar settings."),
    ),
    (
        ("掌握某一领域较广的事实性和原理性知识。", "Has broad factual and theoretical knowledge of a field."),
        ("针对具体问题提出办法并加以实施。", "Devises and applies solutions to particular problems."),
        (
            "在可能变化的环境中自我管理，并指导他人的常规工作。",
            "Manages own work amid change and guides others' routine.",
        ),
    ),
    (
        ("掌握系统的专业知识，并了解其边界。", "Has comprehensive specialised knowledge and knows its limits."),
        ("运用专业技能处理较复杂的技术问题。", "Uses specialised skills on fairly complex technical problems."),
        (
            "在不确定的情境中组织和检查自己与他人的工作。",
            "Organises and reviews own and others' work amid uncertainty.",
        ),
    ),
    (
        (
            "掌握某一学科或职业的高深知识，能批判地理解理论。",
            "Has advanced knowledge and understands theory critically.",
        ),
        ("以熟练和创新的方式解决专业领域中的复杂问题。", "Solves complex problems with mastery and innovation."),
        (
            "管理复杂的专业活动或项目，并对决策负责。",
            "Manages complex activities or projects and answers for decisions.",
        ),
    ),
    (
        ("掌握学科前沿的部分知识，并了解相邻领域。", "Knows parts of the forefront of a field and its neighbours."),
        ("综合不同领域的知识，提出并论证新的办法。", "Joins knowledge of several fields into new, argued approaches."),
        ("带领团队完成目标，并促进他人的专业发展。", "Leads teams to their goals and furthers others' development."),
    ),
    (
        (
            "掌握高度专门化的前沿知识，作为原创思考的基础。",
            "Has highly specialised knowledge as a basis for original thought.",
        ),
        ("为研究或革新开发新的知识、程序和标准。", "Develops new knowledge, procedures and standards."),
        (
            "在复杂、难以预料的环境中制定战略并承担责任。",
            "Sets strategy and takes charge in complex, unforeseeable settings.",
        ),
    ),
    (
        (
            "掌握一个领域最前沿的知识，并能与相邻领域融通。",
            "Has knowledge at the frontier of a field and across its borders.",
        ),
        (
            "运用最先进的方法解决研究与革新中的关键问题。",
            "Solves critical problems of research with the most advanced methods.",
        ),
        ("以学术与职业的自主和诚信，持续产生新思想。", "Keeps producing new ideas with autonomy and integrity."),
    ),
    (
        ("开创或重新界定一个知识领域。", "Opens up or redefines a field of knowledge."),
        ("建立为同行采用的理论、方法或技术体系。", "Builds theories, methods or technologies that peers adopt."),
        (
            "引领一个领域的长期发展，并为其社会影响负责。",
            "Leads a field in the long run and answers for its effect on society.",
        ),
    ),
)

# What stands on a level: (academic, vocational, experience); empty where nothing does.
_TEN: Final = (
    (("小学", "Primary school"), ("", ""), ("", "")),
    (("初中", "Junior secondary"), ("入门培训", "Introductory training"), ("", "")),
    (
        ("高中、中专", "Senior secondary"),
        ("初级技能证书", "Elementary certificate"),
        ("一年工作经历", "One year of work"),
    ),
    (("", ""), ("中级技能证书", "Intermediate certificate"), ("三年工作经历", "Three years of work")),
    (("大学专科", "Junior college"), ("高级技能证书", "Advanced certificate"), ("市级竞赛获奖", "City-level award")),
    (("大学本科", "Bachelor"), ("技师", "Technician"), ("省级竞赛获奖", "Province-level award")),
    (("研究生课程", "Postgraduate courses"), ("高级技师", "Senior technician"), ("发明专利", "Patent")),
    (("硕士", "Master"), ("特级技师", "Master technician"), ("国家级竞赛获奖", "National award")),
    (("博士", "Doctor"), ("首席技师", "Chief technician"), ("", "")),
    (("", ""), ("", ""), ("学科开创性贡献", "Contribution that opens a field")),
)
_SEVEN: Final = (
    (("小学", "Primary school"), ("入门培训", "Introductory training"), ("", "")),
    (("初中", "Junior secondary"), ("初级技能证书", "Elementary certificate"), ("一年工作经历", "One year of work")),
    (
        ("高中、中专", "Senior secondary"),
        ("中级技能证书", "Intermediate certificate"),
        ("三年工作经历", "Three years of work"),
    ),
    (("大学专科", "Junior college"), ("高级技能证书", "Advanced certificate"), ("市级竞赛获奖", "City-level award")),
    (("大学本科", "Bachelor"), ("技师", "Technician"), ("省级竞赛获奖", "Province-level award")),
    (("硕士", "Master"), ("高级技师", "Senior technician"), ("发明专利", "Patent")),
    (("博士", "Doctor"), ("首席技师", "Chief technician"), ("国家级竞赛获奖", "National award")),
)
# For seven levels: which of the ten descriptions each level takes.
_SEVEN_FROM: Final = (1, 2, 3, 4, 5, 7, 8)
_DIGITS: Final = "一二三四五六七八九十"

# Number of the level, then the levels it is compared with; an example too, agreed with nobody.
_TEN_EQF: Final = ((3, "3"), (4, "4"), (5, "5"), (6, "6"), (8, "7"), (9, "8"))
_TEN_NCRF: Final = ((3, "4"), (5, "5"), (6, "6"), (8, "7"), (9, "8"))
_SEVEN_EQF: Final = ((3, "4"), (4, "5"), (5, "6"), (6, "7"), (7, "8"))
_SEVEN_NCRF: Final = ((3, "4"), (4, "5"), (5, "6"), (6, "7"), (7, "8"))

Cell = tuple[str, str]


def ten_levels() -> NewEdition:
    """Return the example of ten levels."""
    return NewEdition(
        code="example-10",
        uri="urn:creditbank:framework:example-10:1",
        edition=1,
        name=Text("十级学习成果框架（示例）", "Framework of ten levels (example)"),
        levels=_levels(_DESCRIPTORS, _TEN),
        types=_TYPES,
        alignments=_alignments(_TEN_EQF, _TEN_NCRF),
        example=True,
    )


def seven_levels() -> NewEdition:
    """Return the example of seven levels."""
    return NewEdition(
        code="example-7",
        uri="urn:creditbank:framework:example-7:1",
        edition=1,
        name=Text("七级资历框架（示例）", "Framework of seven levels (example)"),
        levels=_levels(tuple(_DESCRIPTORS[place] for place in _SEVEN_FROM), _SEVEN),
        types=_TYPES,
        alignments=_alignments(_SEVEN_EQF, _SEVEN_NCRF),
        example=True,
    )


def _levels(
    descriptors: tuple[tuple[Cell, Cell, Cell], ...], placements: tuple[tuple[Cell, Cell, Cell], ...]
) -> tuple[Level, ...]:
    return tuple(
        Level(
            number=place + 1,
            title=Text(f"{_DIGITS[place]}级", f"Level {place + 1}"),
            descriptors={kind: Text(*cell) for kind, cell in zip(DescriptorKind, sides, strict=True)},
            placements={kind.code: Text(*cell) for kind, cell in zip(_TYPES, cells, strict=True) if cell[0]},
        )
        for place, (sides, cells) in enumerate(zip(descriptors, placements, strict=True))
    )


def _alignments(eqf: tuple[tuple[int, str], ...], ncrf: tuple[tuple[int, str], ...]) -> tuple[Alignment, ...]:
    pairs = ((OtherFramework.EQF, eqf), (OtherFramework.NCRF, ncrf))
    return tuple(Alignment(level, other, text, Trust.EXAMPLE) for other, rows in pairs for level, text in rows)
