"""Checks of single cells, whatever their column."""

from typing import Final

from creditbank.deposits.intake.registry.check import Check

CHECKS: Final = (
    Check(
        "deposits.row.formula",
        "",
        "单元格里是公式",
        "Formula in a cell",
        "单元格里是公式：{value}",
        "The cell holds a formula: {value}",
        "在Excel里选“粘贴为数值”，再另存上传",
        "Paste it as a value in Excel, save and upload again",
    ),
    Check(
        "deposits.row.control_character",
        "",
        "控制字符或乱码",
        "Control or garbled characters",
        "单元格里有看不见的控制字符或乱码：{value}",
        "The cell holds invisible control characters or garbled ones: {value}",
        "清空这一格，重新录入",
        "Empty the cell and type it again",
    ),
    Check(
        "deposits.row.too_many_cells",
        "",
        "单元格比表头多",
        "More cells than headings",
        "这一行的单元格比表头多：{value}",
        "The row has more cells than there are headings: {value}",
        "文字里的逗号要用双引号括住，或改用XLSX",
        "Put text that holds a comma in double quotes, or use XLSX",
    ),
)
