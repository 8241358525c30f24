"""The national calendar: what Beijing decided on cars and homes, with the days on which it held."""

from __future__ import annotations

import calendar as days
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data.months import FIRST_YEAR, LAST_YEAR, MONTHS, MONTHS_A_YEAR
from model.data.tables import TABLES, Row, read_table

NUMBERS = ("eligible_range_min_km", "eligible_range_max_km", "amount", "rate", "cap", "price_ceiling")
POWERTRAINS = ("ICE", "PHEV", "BEV")
LAST_DAY = datetime.date(LAST_YEAR, 12, 31)


@dataclass(frozen=True)
class Measure:
    """One row of the calendar. `weight` (M,): share of each month's days on which it held.

    `powertrains`: indices into ice, phev, bev; empty for what is no car. `province`: share of the
    province in the money, None where no share is stated. Amounts and caps in CNY, rates as shares.
    """

    lever: str
    region: str
    powertrains: tuple[int, ...]
    other: str
    range_min: float
    range_max: float
    amount: float | None
    rate: float | None
    cap: float
    price_ceiling: float
    payer: str
    province: float | None
    announced: datetime.date | None
    start: datetime.date
    end: datetime.date
    weight: NDArray[np.float64]


def measures(lever: str, region: str = "China") -> tuple[Measure, ...]:
    """Return the calendar's rows of one lever that hold in a region, in the order of the table."""
    return _by_lever().get((lever, region), ())


def as_known(rows: tuple[Measure, ...], day: datetime.date) -> tuple[Measure, ...]:
    """Return the rows as people knew them on a day: what was not yet announced is absent.

    An end inside a year whose successor was not announced is not known: people expect the year's end.
    """
    told = [row for row in rows if row.announced is None or row.announced <= day]
    starts = {row.start for row in told}
    made = []
    for row in told:
        year_end = datetime.date(row.end.year, 12, 31)
        if row.end < year_end and row.end + datetime.timedelta(days=1) not in starts:
            row = replace(row, end=year_end, weight=month_weights(row.start, year_end))
        made.append(row)
    return tuple(made)


def levers() -> tuple[str, ...]:
    """Return the names of all context levers."""
    return tuple(dict.fromkeys(lever for lever, _ in _by_lever()))


@cache
def month_weights(start: datetime.date, end: datetime.date) -> NDArray[np.float64]:
    """Return the share of each month's days between two dates, both included, shape (192,)."""
    weights = np.zeros(MONTHS)
    for month in range(MONTHS):
        year, number = FIRST_YEAR + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
        length = days.monthrange(year, number)[1]
        first = max(start, datetime.date(year, number, 1))
        last = min(end, datetime.date(year, number, length))
        weights[month] = max(0, (last - first).days + 1) / length
    weights.setflags(write=False)
    return weights


def to_date(row: Row, field: str) -> datetime.date | None:
    """Return a cell as a date, None when it is empty; raise InputError otherwise."""
    if not row[field]:
        return None
    try:
        return datetime.date.fromisoformat(row[field])
    except ValueError:
        raise row.fault(field, "not a date", "YYYY-MM-DD") from None


@cache
def _by_lever() -> Mapping[tuple[str, str], tuple[Measure, ...]]:
    found: dict[tuple[str, str], list[Measure]] = {}
    for row in read_table(TABLES / "calendar.csv", numbers=NUMBERS):
        measure = _measure(row)
        found.setdefault((measure.lever, measure.region), []).append(measure)
    return {key: tuple(rows) for key, rows in found.items()}


def _measure(row: Row) -> Measure:
    start, end = to_date(row, "from"), to_date(row, "to") or LAST_DAY
    if start is None or start > end:
        raise row.fault("from", "dates")
    names = row["eligible_powertrain"].split("|") if row["eligible_powertrain"] else []
    for name in names:
        if name not in POWERTRAINS:
            raise row.fault("eligible_powertrain", "not allowed", "|".join(POWERTRAINS))
    rate = row.number("rate") if row["rate"] else None
    if rate is not None and not 0 <= rate <= 1:
        raise row.fault("rate", "not a share", "0 to 1")
    return Measure(
        lever=row["lever"],
        region=row["region"],
        powertrains=tuple(POWERTRAINS.index(name) for name in names),
        other=row["eligible_other"],
        range_min=row.number("eligible_range_min_km", 0.0),
        range_max=row.number("eligible_range_max_km", np.inf),
        amount=row.number("amount") if row["amount"] else None,
        rate=rate,
        cap=row.number("cap", np.inf),
        price_ceiling=row.number("price_ceiling", np.inf),
        payer=row["payer"],
        province=_province_share(row["payer"]),
        announced=to_date(row, "announced"),
        start=start,
        end=end,
        weight=month_weights(start, end),
    )


def _province_share(payer: str) -> float | None:
    """Read the province's share out of, e.g., "centre 90 %, province 10 % (central region)"."""
    for part in payer.split(","):
        words = part.split()
        if len(words) > 1 and words[0] == "province" and words[1].isdigit():
            return int(words[1]) / 100
    return {"centre": 0.0, "province and city": 1.0}.get(payer)
