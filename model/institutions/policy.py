"""What a scenario means for a region, month by month: resolved paths, before anyone acts on them.

`scenarios` builds a `Policy`; the province reads it. It holds data only and never writes state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]
GROUPS = ("q1", "q2", "q3", "q4", "q5")
POWERTRAINS = ("ice", "phev", "bev")
CARS, APPLIANCES = "cars", "appliances"
GOODS = {CARS: POWERTRAINS, APPLIANCES: ("ac", "fridge", "washer", "heater", "tv")}
"""Goods that a grant can be for, with the options among which it can choose. (Lamps are no such good.)"""
CALENDARS = ("announced", "renewed")
"""The national calendar as announced, or with its last money and tax relief for cars going on to 2030."""


@dataclass(frozen=True)
class Grant:
    """Money offered to a buyer, with its rules.

    `amount` (months, places, groups), CNY a unit, or the share of its price if `of_price`, as ordered;
    0 where nothing is offered.
    `coverage` (months, places), share of eligible claims that the places can carry out (capacity).
    `goods`: cars or appliances; `options`: powertrains or kinds it is for. `cap`: most it may pay,
    `price_ceiling`: dearest eligible price, both CNY. `requires`: "" or "trade_in". `budget`: CNY a calendar
    year, None = unlimited; grants of one `pot` (of one `instrument` where "") draw on one budget. `take_up`:
    key of the parameter that says which share of those entitled claim; "" where all do.
    """

    lever: str
    instrument: str
    article: int
    amount: Levels
    coverage: Levels
    options: tuple[str, ...] = ("phev", "bev")
    cap: float | None = None
    price_ceiling: float | None = None
    requires: str = ""
    budget: float | None = None
    payer: str = "province"
    of_price: bool = False
    take_up: str = ""
    goods: str = CARS
    pot: str = ""


@dataclass(frozen=True)
class Policy:
    """A scenario resolved for one region.

    `ordered` and `delivered`: lever -> (months, places, groups), before and after the capacity and
    the lag of the places. `grants`: the money levers whose claims have eligibility.
    `world`: exogenous series -> (months,), replacing the region's own path.
    `parameters`: parameter -> value, replacing the draw (assumptions about the world, not policy).
    `calendar`: one of CALENDARS.
    """

    name: str
    label: Mapping[str, str]
    region: str
    ordered: Mapping[str, Levels]
    delivered: Mapping[str, Levels]
    grants: tuple[Grant, ...] = ()
    world: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    calendar: str = "announced"
    fingerprint: str = ""

    @property
    def renewed(self) -> bool:
        """Tell whether national money and tax relief go on to the end of 2030."""
        return self.calendar == "renewed"
