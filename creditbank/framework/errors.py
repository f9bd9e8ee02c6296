"""Refusals of this room."""

from creditbank.kernel.errors import Refusal, RefusalKind


class EditionNotFound(Refusal):
    """There is no edition with this code."""

    code = "framework.edition.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到框架版本“{edition}”。请从框架列表中选。"
    en = "There is no framework edition {edition}. Choose one from the list of frameworks."


class EditionExists(Refusal):
    """An edition with this code or address was published before."""

    code = "framework.edition.exists"
    kind = RefusalKind.CONFLICT
    zh = "代码或网址相同的框架版本已经公布，公布后不再改动。请换一个版本号和代码。"
    en = "An edition with this code or URI is published, and published editions never change. Use another code."


class EditionIncomplete(Refusal):
    """A level is missing, doubled or not described from all sides, or something refers to no level."""

    code = "framework.edition.incomplete"
    zh = "框架应从1级起逐级列出，每级都有知识、技能、能力三项描述，类型与对应关系只指向已有的级别。请补齐{part}。"
    en = "Levels run from 1 without gaps, each with knowledge, skills and competence described. Complete {part}."
