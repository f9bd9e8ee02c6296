"""Writes what docs/reference says of the templates, in both languages, from the layouts that the bank reads by."""

from creditbank.deposits.intake import codes, layouts
from creditbank.deposits.intake.guide import Sheet, sheet_guide
from creditbank.framework.units import UNITS


def english() -> str:
    """Return the page in English."""
    return _page("en")


def chinese() -> str:
    """Return the page in Chinese."""
    return _page("zh")


_WORDS = {
    "en": {
        "title": "Templates",
        "intro": (
            "What the bank reads as a bulk deposit. Columns are known by their headings, in any order; a heading is "
            "read without case, width, spaces and a note in brackets. Rows above the headings and blank rows are "
            "passed over. A column in **bold** must be there. Files: XLSX, XLS, CSV (UTF-8, UTF-16, GB 18030; comma, "
            "tab or semicolon), Parquet, and a ZIP of one of them."
        ),
        "column": "column",
        "also": "also read as",
        "note": "what stands in it",
        "machine": "name in Parquet",
        "examples": "Two rows",
        "codes": "Code lists",
        "code": "code",
        "meaning": "meaning",
        "first": "first generation",
    },
    "zh": {
        "title": "模板",
        "intro": (
            "集中存入收这些表。列按表头认，次序不限；表头不分大小写、全半角，空格和括号里的说明不算。"
            "表头以上的标题行和空行会跳过。**粗体**的列必须有。收XLSX、XLS、CSV（UTF-8、UTF-16、GB 18030；"
            "逗号、制表符或分号）和Parquet，也收只装一个这种文件的ZIP。"
        ),
        "column": "列",
        "also": "也认这些写法",
        "note": "填什么",
        "machine": "Parquet列名",
        "examples": "两行示例",
        "codes": "代码表",
        "code": "代码",
        "meaning": "名称",
        "first": "第一代",
    },
}


def _page(language: str) -> str:
    guide = sheet_guide(UNITS)
    words = _WORDS[language]
    lines = [f"# {words['title']}", "", words["intro"], ""]
    for sheet in guide.sheets:
        lines += [f"## {_said(sheet.name.zh, sheet.name.en, language)} (`{sheet.code}`)", ""]
        lines += [*_columns(sheet, language), "", f"{words['examples']}:", "", *_examples(sheet), ""]
    lines += [f"## {words['codes']}", ""]
    for name, entries in guide.lists.items():
        heading = guide.heading(name)
        lines += [f"### {_said(heading.zh, heading.en, language)} (`{name}`)", "", *_codes(entries, language), ""]
    return "\n".join(lines)


def _said(zh: str, en: str, language: str) -> str:
    return en if language == "en" else zh


def _columns(sheet: Sheet, language: str) -> list[str]:
    words = _WORDS[language]
    own = sheet.layout is layouts.CREDITBANK
    last = (words["note"], words["machine"]) if own else (words["also"],)
    lines = [f"| {' | '.join((words['column'], *last))} |", "|" + "---|" * (1 + len(last))]
    for column in sheet.columns:
        heading = f"**{column.heading}**" if column.required else column.heading
        if own:
            note = layouts.NOTES[column.name]
            cells = [heading, _said(note.zh, note.en, language), f"`{column.name}`"]
        else:
            cells = [heading, ", ".join(column.headings[1:])]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _examples(sheet: Sheet) -> list[str]:
    """Return the rows column by column: wide tables cannot be read on a page."""
    lines = ["| | 1 | 2 |", "|---|---|---|"]
    for heading, *cells in zip(sheet.headings, *sheet.examples, strict=True):
        if any(cells):
            lines.append(f"| {heading} | {' | '.join(cells)} |")
    return lines


def _codes(entries: tuple[codes.Code, ...], language: str) -> list[str]:
    words = _WORDS[language]
    lines = [f"| {words['code']} | {words['meaning']} | {words['first']} |", "|---|---|---|"]
    return lines + [f"| `{e.current}` | {_said(e.zh, e.en, language)} | {e.first or ''} |" for e in entries]
