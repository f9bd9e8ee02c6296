"""Enrolments (学籍): who studies what, at which school, under which number, and how it ended."""
