"""What a scenario brings to homes over another: appliances bought for its money, electricity saved, bills."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.books import PAYERS, Books
from experiments.paired import interval, triple
from experiments.pairs import Pair, ratio
from experiments.windows import HOMES
from experiments.winners import decembers
from model.data.months import MONTHS_A_YEAR

Floats = NDArray[np.float64]
NO_MORE, FEWER = "no_more_appliances", "fewer_appliances"


def appliances(pair: Pair, difference: Books) -> dict[str, Any] | None:
    """Return appliances that `treated` adds over the base from the first paying month on, lamps left out.

    `additional` units of all grades, `efficient` units of grades 1 and 2, for which the money is;
    `subsidised` units that drew on what `treated` offers more; `leakage` 1 - efficient / subsidised; `cost`
    of all payers and of the province, CNY of 2022, and that of an additional efficient unit. Where the
    interval of `efficient` touches zero `reason` says so and neither is defined. None where nobody's
    appliances differ.
    """
    window = pair.window
    if window is None:
        return None
    months = slice(window.first, window.last + 1)
    every, efficient = (
        pair.saved(name)[:, months].sum(axis=1) for name in ("appliance_sales", "efficient_appliance_sales")
    )
    mine = [name in HOMES for name in difference.instruments]
    paid = difference.money[:, mine].sum(axis=(1, 4, 5)) / pair.prices
    if not (every.any() or efficient.any() or paid.any()):
        return None
    middle, low, high = interval(efficient)
    reason = FEWER if high < 0.0 else NO_MORE if low <= 0.0 or middle <= 0.0 else ""
    subsidised = pair.subsidised(HOMES)
    costs = {"all": paid.sum(axis=(1, 2)), "province": paid[:, PAYERS.index("province")].sum(axis=1)}
    drew = interval(subsidised)[1] > 0.0
    known = np.where(subsidised > 0.0, subsidised, np.nan)
    return {
        "additional": triple(every),
        "efficient": triple(efficient),
        "subsidised": triple(subsidised) if drew else None,
        "leakage": triple(1.0 - efficient / known) if drew and not reason else None,
        "reason": reason,
        "cost": {who: triple(value) for who, value in costs.items()},
        "cost_per_additional": {
            who: None if reason else ratio(value, efficient) for who, value in costs.items()
        },
        "set": any(pair.is_set(name) for name in difference.instruments if name in HOMES),
    }


def electricity(pair: Pair) -> dict[str, Any] | None:
    """Return what homes use less under `treated` to the end of the run, cars charged at home left out.

    `kwh` saved; `tonnes` of CO2 at the grid factor of each month; `bills` what households pay more, CNY of
    2022, cars charged at home included, over the whole years lived. None where no meter differs.
    """
    saved = pair.saved("home_car_charging") - pair.saved("home_electricity")
    world = pair.ensemble.policies[pair.at[0]].world
    factor = np.asarray(world.get("grid_factor", pair.ensemble.region.series["grid_factor"]))
    bills = _bills(pair)
    if not (saved.any() or bills.any()):
        return None
    tonnes = saved @ factor[: pair.lived] / 1000.0
    return {"kwh": triple(saved.sum(axis=1)), "tonnes": triple(tonnes), "bills": triple(bills)}


def _bills(pair: Pair) -> Floats:
    """Return what all households pay more for electricity over the whole years lived, CNY of 2022 (R,)."""
    years = list(range(pair.lived // MONTHS_A_YEAR))
    bill, homes = (
        decembers(pair.ensemble, pair.at, name, "all", years) for name in ("electricity_bill", "households")
    )
    paid = bill[0] * homes[0] - bill[1] * homes[1]
    return np.asarray((paid / pair.prices[years]).sum(axis=1))
