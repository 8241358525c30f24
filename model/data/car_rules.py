"""Rules beside the calendar that its rows refer to: engine shares, registration dates, caps, mean match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data import calendar
from model.data.calendar import LAST_DAY
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR
from model.data.region import CLASSES, Floats
from model.data.tables import TABLES, Row, read_table

NOBODY = -10_000
"""Last registration month in months without a scrappage bonus: no car qualifies."""


@cache
def eligible_before(renewed: bool) -> NDArray[np.int64]:
    """Return the last registration month of a petrol car that may be scrapped for the bonus, shape (192,)."""
    result = np.full(MONTHS, NOBODY, dtype=np.int64)
    rows = [row for row in _rule_rows() if row["key"] == "registered_by"]
    for row in rows:
        year, month = divmod(int(row.number("value")), 100)
        held = _rule_weight(row, to_end=renewed and row is rows[-1]) > 0
        result[held] = (year - FIRST_YEAR) * MONTHS_A_YEAR + month - 1
    result.setflags(write=False)
    return result


def engine_share(condition: str) -> Floats:
    """Return the share of petrol cars by class that meets an engine condition, shape (4,)."""
    if "1.6 L" in condition:
        return np.array([rules()["engine_le_1_6", name].number("value") for name in CLASSES])
    return np.full(len(CLASSES), rules()["engine_le_2_0_below_ceiling", "all"].number("value"))


@cache
def rules() -> Mapping[tuple[str, str], Row]:
    """Return the rules by key and subgroup (the last row where a key has several periods)."""
    return {(row["key"], row["subgroup"]): row for row in _rule_rows()}


@cache
def rule_path(key: str) -> Floats:
    """Return a rule's value by month, weighted by days, 0 where it does not hold, shape (192,)."""
    return total(_rule_weight(row) * row.number("value") for row in _rule_rows() if row["key"] == key)


def total(paths: Iterable[Floats]) -> Floats:
    """Return the sum of monthly paths, zeros when there are none."""
    result = np.zeros(MONTHS)
    for path in paths:
        result = result + path
    return result


@cache
def _rule_rows() -> tuple[Row, ...]:
    keys = ("key", "subgroup", "from")
    return tuple(read_table(TABLES / "car_rules.csv", keys=keys, numbers=("value", "low", "high")))


def _rule_weight(row: Row, to_end: bool = False) -> Floats:
    start, end = calendar.to_date(row, "from"), calendar.to_date(row, "to")
    if start is None or end is None:
        raise row.fault("from", "empty")
    return calendar.month_weights(start, LAST_DAY if to_end else end)
