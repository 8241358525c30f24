"""Lay a region's yearly and monthly figures out as monthly paths with their range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from model.data.months import FIRST_YEAR, LAST_YEAR, MONTHS, MONTHS_A_YEAR, month_index
from model.data.region import Floats
from model.data.tables import Row
from model.errors import InputError

SMOOTH = ("cpi", "income")
"""Series that move between the middles of years; the others are constant within a year."""

_COLUMNS = ("value", "low", "high")


def by_key(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Return the rows of series.csv grouped by series."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["key"], []).append(row)
    return found


def yearly(rows: Sequence[Row], first: int = FIRST_YEAR, column: str = "value") -> Floats:
    """Return one figure a year from `first` to 2030; raise InputError for a missing year."""
    known = {row["time"]: row for row in rows}
    values = []
    for year in range(first, LAST_YEAR + 1):
        if str(year) not in known:
            raise InputError("table", rows[0].file, field=rows[0]["key"], values=("missing year", str(year)))
        row = known[str(year)]
        values.append(row.number(column, row.number("value")))
    return np.array(values)


def monthly(rows: Sequence[Row]) -> tuple[Floats, Floats, Floats]:
    """Return a series' central path and its range, each (192,).

    Rows with time YYYY stand for the year's mean, rows YYYY-MM for one month and win. A row without
    low and high was observed: there the range closes on the value.
    """
    smooth = rows[0]["key"] in SMOOTH
    first = min(int(row["time"]) for row in rows if len(row["time"]) == 4)
    paths = []
    for column in _COLUMNS:
        if smooth:
            path = _line(yearly(rows, first, column), first)
        else:
            path = np.repeat(yearly(rows, FIRST_YEAR, column), MONTHS_A_YEAR)
        for row in rows:
            if len(row["time"]) != 4:
                path[month_index(row["time"])] = row.number(column, row.number("value"))
        paths.append(path)
    low, high = paths[1], paths[2]
    if (low > paths[0] + 1e-12).any() or (high < paths[0] - 1e-12).any():
        raise InputError("table", rows[0].file, field=rows[0]["key"], values=("range",))
    return paths[0], low, high


def index_to_one(path: Floats, year: int, *others: Floats) -> tuple[Floats, ...]:
    """Return paths divided by the mean of the first one over a year, so that it is exactly one."""
    start = (year - FIRST_YEAR) * MONTHS_A_YEAR
    base = path[start : start + MONTHS_A_YEAR].mean()
    return tuple(item / base for item in (path, *others))


def _line(values: Floats, first: int) -> Floats:
    """Join yearly means at mid-year; beyond the last middle the last slope goes on.

    A year's mean of the path differs from the figure by an eighth of the change in growth.
    """
    middles = first + 0.5 + np.arange(len(values))
    months = FIRST_YEAR + (np.arange(MONTHS) + 0.5) / MONTHS_A_YEAR
    path = np.interp(months, middles, values)
    beyond = months > middles[-1]
    path[beyond] = values[-1] + (values[-1] - values[-2]) * (months[beyond] - middles[-1])
    before = months < middles[0]
    path[before] = values[0] + (values[1] - values[0]) * (months[before] - middles[0])
    return path


def yearly_to_table(paths: Mapping[str, Sequence[Row]], keys: Sequence[str]) -> dict[str, Floats]:
    """Return the year-end series (2014-2030) among `keys` that a region has, each (17,)."""
    return {key: yearly(paths[key], FIRST_YEAR - 1) for key in keys if key in paths}
