"""The calendar of a run: months are numbered from January 2015 (0) to December 2030 (191)."""

from __future__ import annotations

import re

FIRST_YEAR = 2015
LAST_YEAR = 2030
YEARS = LAST_YEAR - FIRST_YEAR + 1
MONTHS = 12 * YEARS
MONTHS_A_YEAR = 12
QUARTER = 3
"""Months of a quarter."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_index(text: str) -> int:
    """Return the index of a month given as YYYY-MM; raise ValueError if it is not one of the run's."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValueError(f"not a month YYYY-MM: {text!r}")
    index = (int(match[1]) - FIRST_YEAR) * MONTHS_A_YEAR + int(match[2]) - 1
    if not 0 <= index < MONTHS:
        raise ValueError(f"{text} is outside {FIRST_YEAR}-01..{LAST_YEAR}-12")
    return index


def month_text(index: int) -> str:
    """Return the month of an index as YYYY-MM."""
    return f"{FIRST_YEAR + index // MONTHS_A_YEAR}-{index % MONTHS_A_YEAR + 1:02d}"


def december(year: int) -> int:
    """Return the index of December of a year."""
    return (year - FIRST_YEAR) * MONTHS_A_YEAR + 11


PLAN_ISSUED = month_index("2022-06")
"""First month in which scenarios may differ (the plan is dated 2022-05-23)."""
