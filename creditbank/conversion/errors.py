"""What conversion refuses, each with a stable code and a sentence in both languages."""

from typing import ClassVar

from creditbank.kernel.errors import Refusal, RefusalKind


class _InBoth:
    """Lets a sentence quote what is itself told in both languages: `{first}` is `first_zh` or `first_en`."""

    zh: ClassVar[str]
    en: ClassVar[str]
    details: dict[str, object]

    def sentence(self, language: str) -> str:
        """Return the sentence for a person, in "en" or (for anything else) in Chinese."""
        mark = "_en" if language == "en" else "_zh"
        told = {name.removesuffix(mark): str(said) for name, said in self.details.items() if name.endswith(mark)}
        told = {name: said.rstrip("。.") for name, said in told.items()}
        return (self.en if language == "en" else self.zh).format(**{**self.details, **told})


class BookNotFound(Refusal):
    """There is no such rule book, or the actor may not know of it."""

    code = "conversion.book.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有这部规则，或者它还没有公布。请从规则目录中查找。"
    en = "There is no such rule book, or it is not public yet. Look for it in the list of rule books."


class BookExists(Refusal):
    """Another book has this id, or the book has an edition of this name."""

    code = "conversion.book.exists"
    kind = RefusalKind.CONFLICT
    zh = "规则“{book}”的版本“{edition}”已经有了。请改用新的版本号。"
    en = 'The book "{book}" has an edition "{edition}" already. Give the new one another edition name.'


class BookNotOwned(Refusal):
    """The document names an owner that is not the organization it is handed in for."""

    code = "conversion.book.not_owned"
    zh = "文件中的单位“{named}”不是“{owner}”。请改正文件的 owner，或换到该单位办理。"
    en = 'The document names "{named}" as its owner, not "{owner}". Mend its owner, or hand it in for that one.'


class BookHeadMissing(Refusal):
    """A draft lacks what even a draft needs: id, edition, kind and title."""

    code = "conversion.book.head_missing"
    zh = "草稿缺少“{field}”。规则编号、版本、类型和标题是草稿也必须有的。"
    en = 'The draft lacks "{field}". Even a draft has an id, an edition, a kind and a title.'


class DraftChanged(Refusal):
    """Somebody else saved the draft meanwhile."""

    code = "conversion.draft.changed"
    kind = RefusalKind.CONFLICT
    zh = "这份草稿刚被他人修改过，您的修改没有保存。请另开页面看新内容，再改一次。"
    en = "Somebody else saved this draft meanwhile, and your change was not kept. Look at theirs, then change it again."


class EditionNotThere(Refusal):
    """The edition is not at a stage from which this step is possible."""

    code = "conversion.edition.stage"
    kind = RefusalKind.CONFLICT
    zh = "这个版本现在不能做这一步：可能已有人办过。刷新页面看它到了哪一步。"
    en = "The edition cannot take this step now; somebody may have taken it. Reload the page to see where it stands."


class EditionNotReady(Refusal):
    """Checks or cases of the edition are not green."""

    code = "conversion.edition.not_ready"
    kind = RefusalKind.CONFLICT
    zh = "还有{findings}项检查结果要改、{cases}个用例不符，不能送审。请在草稿页逐项处理。"
    en = "{findings} findings must be mended and {cases} cases fail, so it cannot go to readers. See the draft page."


class PreviewNeedsBook(Refusal):
    """A draft whose form has faults cannot be tried on archives."""

    code = "conversion.preview.draft_faulty"
    kind = RefusalKind.CONFLICT
    zh = "草稿还有写错的地方，不能试算。请在草稿页逐项改好再试。"
    en = "The draft still has mistakes and cannot be tried. Mend them on its page, then try again."


class PreviewNotRunning(Refusal):
    """No preview of this draft is under way, or it was."""

    code = "conversion.preview.not_running"
    kind = RefusalKind.CONFLICT
    zh = "现在没有正在进行的试算：它可能刚好算完，或已被停止。刷新页面再看。"
    en = "No preview is running: it may just have ended or been stopped. Reload the page to see."


class ReaderMayNot(Refusal):
    """Nobody reads an edition twice, nor one that they drafted."""

    code = "conversion.edition.reader"
    kind = RefusalKind.CONFLICT
    zh = "起草人不能审读自己的规则，同一人也不能审读两次。请换一位审读人。"
    en = "Nobody reads what they drafted, nor the same edition twice. Ask another reader."


class RemarksMissing(Refusal):
    """A return or refusal tells the writer why."""

    code = "conversion.edition.remarks_missing"
    zh = "退回或不同意时请写明理由，起草人要看到改什么。"
    en = "Say why you return or refuse it: the writer has to know what to mend."


class GroupTooSmall(Refusal):
    """Guidance is written by a group of at least five experts in office."""

    code = "conversion.group.too_small"
    kind = RefusalKind.CONFLICT
    zh = "指导性规则须由至少{needed}名在任专家的工作组提出，“{group}”现有{experts}名。请先补足成员。"
    en = '"{group}" has {experts} experts in office; guidance needs a group of at least {needed}. Appoint more first.'


class NoticeRunning(Refusal):
    """The public notice has not ended."""

    code = "conversion.edition.notice_running"
    kind = RefusalKind.CONFLICT
    zh = "公示到{until}结束，之后才能发布。"
    en = "The public notice runs until {until}; it can be published after that."


class PeriodOverlaps(Refusal):
    """The edition would begin before the one it follows has begun."""

    code = "conversion.edition.period"
    kind = RefusalKind.CONFLICT
    zh = "新版本从{starts}起生效，不晚于现行版本的{before}。请把生效日期改到之后。"
    en = "The new edition begins on {starts}, no later than the one in force ({before}). Move its first day."


class NotGuidance(Refusal):
    """Only guidance in force can be adopted."""

    code = "conversion.adoption.not_guidance"
    zh = "只能采用现行的指导性规则。请从规则目录中选择一部指导性规则。"
    en = "Only guidance in force can be adopted. Choose a guidance book from the list."


class RuleNotFound(Refusal):
    """The edition has no rule of this id."""

    code = "conversion.rule.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "这个版本里没有规则“{rule}”。"
    en = 'This edition has no rule "{rule}".'


class ProblemNotOpen(Refusal):
    """The rule has no problem reported by this side, or has one already."""

    code = "conversion.rule.problem_state"
    kind = RefusalKind.CONFLICT
    zh = "规则“{rule}”现在没有可处理的问题报告，或已有人报告过。刷新页面再看。"
    en = 'The rule "{rule}" has no open report to settle, or has one already. Reload the page.'


class GoalUnknown(Refusal):
    """The goal names a programme, an award or an occupation that is not on offer."""

    code = "conversion.goal.unknown"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这个目标。请从列表中选择一个职业、一个专业或一项学历、证书。"
    en = "This goal was not found. Choose an occupation, a programme or an award from the list."


class GoalWishUnknown(Refusal):
    """A goal pins or holds back something that is neither in the archive nor in what the goal leads to."""

    code = "conversion.goal.wish_unknown"
    zh = "您选的“{wish}”不在您的档案里，也不在这个目标的课程里。请回到方案页重新选。"
    en = 'You chose "{wish}", which is neither in your archive nor in this goal. Go back to the plan and choose again.'


class PlanTooHard(Refusal):
    """The best plan was not proved within the effort allowed; a lesser plan is never shown instead."""

    code = "conversion.plan.too_hard"
    kind = RefusalKind.LIMITED
    zh = "可能的组合太多，没有在限定的计算量内证明哪个方案最好。请减少选入的成果或规则后再试。"
    en = (
        "There are too many combinations to prove which plan is best. Choose fewer achievements or books and try again."
    )


class TooManyMatches(Refusal):
    """One rule can be filled, or its targets chosen, in more ways than are looked at one by one."""

    code = "conversion.plan.too_many_matches"
    kind = RefusalKind.LIMITED
    zh = "规则“{rule}”可以用超过 {most} 种方式满足，无法逐一比较。请把来源条件或可选课程写窄一些。"
    en = 'The rule "{rule}" can be met in more than {most} ways. Make its sources or its choice of courses narrower.'


class PoolTooWide(Refusal):
    """A pool can be filled in too many ways to list them, and its rule or a cap asks for them one by one."""

    code = "conversion.plan.pool_too_wide"
    kind = RefusalKind.LIMITED
    zh = (
        "规则“{rule}”的合计有超过 {most} 种凑法，只能用一次，学分应固定或按来源计，并且不能有按来源计数的上限。"
        "请把合计的条件写窄，或按此修改规则。"
    )
    en = (
        'The pool of the rule "{rule}" can be filled in more than {most} ways. It may then be used once, for credits '
        "that are fixed or those of its sources, under no cap that counts sources. Make it narrower or change the rule."
    )


class WishesCollide(Refusal):
    """No plan keeps everything that the learner wants kept."""

    code = "conversion.plan.wishes_collide"
    kind = RefusalKind.CONFLICT
    zh = "没有一个方案能同时保留您选定的各项。请放开其中一项再试。"
    en = "No plan keeps everything you want kept at once. Let go of one of them and try again."


class BookTwice(Refusal):
    """One book is handed in twice for one plan, in one edition or in two."""

    code = "conversion.plan.book_twice"
    kind = RefusalKind.CONFLICT
    zh = "规则“{book}”给了两次（版本“{one}”和“{other}”），一个方案只依据一个版本。请留下其中一个。"
    en = 'The book "{book}" is given twice (editions "{one}" and "{other}"); a plan rests on one edition. Keep one.'


class PreferencesDiffer(Refusal):
    """Books of one plan prefer different plans, so there is no one best plan under both."""

    code = "conversion.plan.preferences_differ"
    kind = RefusalKind.CONFLICT
    zh = "规则“{one}”与“{other}”的取舍次序（prefer）不同，无法一起选出一个最好的方案。请分别测算。"
    en = (
        'The books "{one}" and "{other}" prefer different plans (prefer), so no plan is best under both.'
        " Work them out one by one."
    )


class AwardUnknown(Refusal):
    """The problem asks for an award that none of the books states."""

    code = "conversion.plan.award_unknown"
    kind = RefusalKind.NOT_FOUND
    zh = "所给的规则中没有学历或证书“{award}”。请核对编号，或换一部规则。"
    en = 'None of the books given states the award "{award}". Check its id, or take another book.'


class ReplayBookChanged(Refusal):
    """A stored plan was made under other books than those at hand."""

    code = "conversion.replay.book_changed"
    kind = RefusalKind.CONFLICT
    zh = "保存的方案依据规则“{book}”的版本“{edition}”，手头的文本缺失或已被改动。请找回当时公布的文本。"
    en = (
        'The stored plan rests on "{book}", edition "{edition}"; the text is missing or was changed. Find the original.'
    )


class ReplayFaulty(Refusal):
    """What is handed in to be replayed is no stored plan."""

    code = "conversion.replay.faulty"
    zh = "这不是保存的方案：缺少或写错了“{field}”。请使用 simulate --json 输出的文件。"
    en = 'This is no stored plan: "{field}" is missing or not written as it should be. Use what simulate --json prints.'


class ReplayDiffers(Refusal):
    """The same problem and books do not come to what was stored."""

    code = "conversion.replay.differs"
    kind = RefusalKind.CONFLICT
    zh = "重新计算的结果与保存的方案不同，保存的方案可能被改动过。请以重新计算的结果为准并查明原因。"
    en = "Running it again comes to something else than what was stored; the stored plan may have been changed."


class BookFaulty(_InBoth, Refusal):
    """The text of a rule book cannot be read, breaks the form of the language, or one of its laws."""

    code = "conversion.book.faulty"
    zh = "规则文件有{count}处要改。第一处在 {place}：{first}。"
    en = "The rule document has {count} faults. The first is at {place}: {first}."


class ProblemFaulty(_InBoth, Refusal):
    """The text of a problem (learner, programme, achievements) cannot be read or breaks its form."""

    code = "conversion.problem.faulty"
    zh = "所给的学习者、专业和成果有{count}处要改。第一处在 {place}：{first}。"
    en = "The facts given have {count} faults. The first is at {place}: {first}."


class SentenceUnread(Refusal):
    """A sentence is none that the language prints."""

    code = "conversion.sentence.unread"
    zh = "没有读懂“{text}”。请用规则的标准句式改写。"
    en = '"{text}" was not understood. Write it in the sentences of the rule language.'


class DeviationRefused(Refusal):
    """The adopted guidance is another text, or a deviation goes further than the guidance allows."""

    code = "conversion.adoption.deviation"
    zh = "不能这样采用指导性规则：有{count}处要改，第一处在 {place}。请按所列各项修改后再采用。"
    en = "The guidance cannot be adopted like this: {count} findings, the first at {place}. Mend them, then adopt it."


class SheetLosesBook(Refusal):
    """The book says something that the office spreadsheet has no place for."""

    code = "conversion.sheet.loses"
    zh = "这部规则有{count}处内容表格里放不下，写成表格会丢失。请用 YAML 或 JSON 编写。"
    en = (
        "The spreadsheet has no place for {count} things this book says, and would lose them. Write it in YAML or JSON."
    )


class SheetFaulty(Refusal):
    """The office spreadsheet cannot be read as a rule book."""

    code = "conversion.sheet.faulty"
    zh = "规则表格有{count}处要改，第一处在“{place}”。请按所列各项改正后再上传。"
    en = 'The spreadsheet has {count} faults, the first at "{place}". Mend them as listed, then hand it in again.'
