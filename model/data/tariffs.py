"""What a region's homes pay for electricity by the tariff in force: block prices, peak-valley prices, billing
(article 21)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.data.calendar import LAST_DAY, to_date
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR
from model.data.tables import REGIONS, Row, read_table

Floats = NDArray[np.float64]
BILLING = ("month", "year")
_PRICES = ("first_price", "second_step", "first_ceiling", "second_ceiling")
_HOURS = ("peak", "valley", "peak_hours")


@dataclass(frozen=True)
class Tariffs:
    """The tariff by month, each (M,). `first_price` CNY a kWh of the first block, `second_step` what the
    second adds; `first_ceiling`, `second_ceiling` kWh a month of the blocks at the lever's level of 2022;
    `peak`, `valley` CNY a kWh of the optional prices, `offered` whether they are to be had. `monthly`: blocks
    are counted by the month, else by the calendar year."""

    first_price: Floats
    second_step: Floats
    first_ceiling: Floats
    second_ceiling: Floats
    peak: Floats
    valley: Floats
    offered: NDArray[np.bool_]
    monthly: bool


@cache
def tariffs(region: str) -> Tariffs:
    """Return the tariff of a region; raise InputError(code "table") where a month has none or two.

    A month takes the terms of its first day.
    """
    return read_tariffs(REGIONS / region / "tariffs.csv")


def read_tariffs(path: Path) -> Tariffs:
    """Return the tariff in a file (errors as for `tariffs`)."""
    rows = read_table(path, keys=("key", "from"), numbers=(*_PRICES, *_HOURS, "low", "high"))
    blocks = [row for row in rows if row.one_of("key", ("residential", "peak_valley")) == "residential"]
    hours = [row for row in rows if row["key"] == "peak_valley"]
    held, prices = _by_month(blocks, _PRICES)
    if not blocks or not held.all():
        fault = blocks[-1] if blocks else rows[0]
        raise fault.fault("from", "gap", f"{FIRST_YEAR}-01..")
    billing = {row.one_of("billing", BILLING) for row in blocks}
    if len(billing) > 1:
        raise blocks[-1].fault("billing", "not allowed", blocks[0]["billing"])
    offered, optional = _by_month(hours, _HOURS[:2])
    for array in (*prices, *optional, offered):
        array.setflags(write=False)
    return Tariffs(
        first_price=prices[0],
        second_step=prices[1],
        first_ceiling=prices[2],
        second_ceiling=prices[3],
        peak=optional[0],
        valley=optional[1],
        offered=offered,
        monthly=billing == {"month"},
    )


def _by_month(rows: list[Row], columns: tuple[str, ...]) -> tuple[NDArray[np.bool_], list[Floats]]:
    """Return in which months a row holds, and the rows' numbers by month, 0 where none does."""
    held = np.zeros(MONTHS, np.bool_)
    paths = [np.zeros(MONTHS) for _ in columns]
    for row in rows:
        start, end = to_date(row, "from"), to_date(row, "to") or LAST_DAY
        if start is None or start > end:
            raise row.fault("from", "dates")
        months = [m for m in range(MONTHS) if start <= _first_day(m) <= end]
        if held[months].any():
            raise row.fault("from", "duplicate")
        held[months] = True
        for path, column in zip(paths, columns, strict=True):
            path[months] = row.number(column)
    return held, paths


def _first_day(month: int) -> datetime.date:
    return datetime.date(FIRST_YEAR + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
