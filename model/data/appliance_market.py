"""What the market for appliances offers by kind and efficiency grade: price, use, and what is sold
(articles 8, 17)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.data.tables import TABLES, Row, read_table
from model.errors import InputError

Floats = NDArray[np.float64]
APPLIANCES = ("ac", "fridge", "washer", "heater", "tv", "lamps")
"""Order of the axis of kinds everywhere in the model."""
GRADES = 5
GREEN = 2
"""Grades 1 and 2 count as green (indicator green_appliance_share), and grants pay for them."""

MIDDLE = 2
"""Place of grade 3, at which the parameter `ap_ac_g3_ratio` is measured."""

_TABLE = TABLES / "appliance_market.csv"
_KWH = ("ap_ac_kwh_g1", "ap_fridge_kwh_g1", "ap_washer_kwh_g1", "ap_waterheater_kwh", "ap_tv_kwh",
        "ap_lamps_kwh_g1")  # fmt: skip
_NUMBERS = ("price_2022", "price_low", "price_high", "kwh_ratio", "share_2022", "grade1_2015")


@dataclass(frozen=True)
class ApplianceMarket:
    """By kind and grade (6, 5): `price` CNY of 2022, `kwh_ratio` use over that of grade 1, `share` of those
    sold in 2022; by kind (6,): `grade1_2015` share of grade 1 in 2015, `rebated` by the national rebate."""

    price: Floats
    kwh_ratio: Floats
    share: Floats
    grade1_2015: Floats
    rebated: NDArray[np.bool_]


@cache
def appliance_market() -> ApplianceMarket:
    """Return the market; raise InputError where a row is missing or out of order."""
    rows = read_table(_TABLE, keys=("kind", "grade"), numbers=_NUMBERS)
    wanted = [(kind, str(grade + 1)) for kind in APPLIANCES for grade in range(GRADES)]
    if [(row["kind"], row["grade"]) for row in rows] != wanted:
        raise InputError("table", str(_TABLE), allowed=f"{len(wanted)} rows", values=("rows", str(len(rows))))
    first = rows[::GRADES]
    market = ApplianceMarket(
        price=_by_kind(rows, "price_2022"),
        kwh_ratio=_by_kind(rows, "kwh_ratio"),
        share=_by_kind(rows, "share_2022"),
        grade1_2015=np.array([row.number("grade1_2015") for row in first]),
        rebated=np.array([row.one_of("rebated", ("0", "1")) == "1" for row in first]),
    )
    for row, total in zip(first, market.share.sum(axis=1), strict=True):
        if abs(total - 1.0) > 1e-9:
            raise row.fault("share_2022", "not a share", "sum 1")
    for array in vars(market).values():
        array.setflags(write=False)
    return market


def _by_kind(rows: list[Row], column: str) -> Floats:
    return np.array([row.number(column) for row in rows]).reshape(len(APPLIANCES), GRADES)


def label_kwh(parameters: Parameters) -> Floats:
    """Return kWh a year by kind and grade (6, 5) as the label promises, cooling of a year 1.

    kWh_g = kWh_1 rho_g; rho of air conditioners is stretched to meet `ap_ac_g3_ratio` at grade 3.
    """
    ratio = appliance_market().kwh_ratio.copy()
    ratio[0] = 1.0 + (ratio[0] - 1.0) * (parameters["ap_ac_g3_ratio"] - 1.0) / (ratio[0, MIDDLE] - 1.0)
    return np.array([parameters[key] for key in _KWH])[:, None] * ratio


def sold_shares(parameters: Parameters) -> tuple[Floats, Floats]:
    """Return the shares of grades without public money in 2015 and from 2022 on, both (6, 5).

    Grade 1 of all that is rebated is `ap_grade1_share_base`; the other grades keep their proportions.
    """
    market = appliance_market()
    late = np.where(market.rebated, parameters["ap_grade1_share_base"], market.share[:, 0])
    rest = market.share[:, 1:] / market.share[:, 1:].sum(axis=1, keepdims=True)
    made = []
    for top in (market.grade1_2015, late):
        made.append(np.concatenate([top[:, None], (1.0 - top)[:, None] * rest], axis=1))
    return made[0], made[1]
