"""Checks of when, and how studying ended: date, cohort, outcome, season."""

from typing import Final

from creditbank.deposits.intake.registry.check import Check

CHECKS: Final = (
    Check(
        "deposits.row.obtained_missing",
        "obtained",
        "没有填获得时间",
        "Date obtained missing",
        "没有填获得时间",
        "The date obtained is missing",
        "补填获得年月，如202606",
        "Fill in year and month, such as 202606",
    ),
    Check(
        "deposits.row.obtained_malformed",
        "obtained",
        "获得时间不是年月",
        "Date obtained unreadable",
        "获得时间“{value}”不是年月",
        "The date obtained “{value}” is not a year and month",
        "写成年月，如202606",
        "Write year and month, such as 202606",
    ),
    Check(
        "deposits.row.obtained_future",
        "obtained",
        "获得时间晚于今天",
        "Date obtained in the future",
        "获得时间{value}晚于今天",
        "The date obtained {value} is later than today",
        "核对年月后改正",
        "Check year and month and correct them",
    ),
    Check(
        "deposits.row.cohort_malformed",
        "cohort",
        "届别不是年份",
        "Cohort not a year",
        "届别“{value}”不是年份",
        "The cohort “{value}” is not a year",
        "写四位年份，如2026，或留空",
        "Write a year of four digits, such as 2026, or leave the cell empty",
    ),
    Check(
        "deposits.row.outcome_unknown",
        "outcome_code",
        "毕业结业肄业代码不认识",
        "Outcome code unknown",
        "毕业结业肄业代码“{value}”不在代码表里",
        "The outcome code “{value}” is not in the code list",
        "改为1261毕业、1262结业或1690在校",
        "Use 1261 graduated, 1262 completed or 1690 enrolled",
    ),
    Check(
        "deposits.row.season_unknown",
        "season_code",
        "毕业季代码不认识",
        "Season code unknown",
        "毕业季代码“{value}”不在代码表里",
        "The season code “{value}” is not in the code list",
        "改为1321春季或1322秋季",
        "Use 1321 spring or 1322 autumn",
    ),
)
