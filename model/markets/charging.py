"""Public charging as a two-sided market: investors follow cars, and the public hand guarantees a floor
(article 7).

Private stock wanted: N* = N_0 (Q / Q_0)^a exp(s(t)), Q the new-energy cars expected in use, s the trend
of national
roll-out (fitted to 2016-2021, then fading). Form of Li, Tong, Xing and Zhou (2017). Points are built,
never removed.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

from model.data.months import FIRST_YEAR, MONTHS_A_YEAR
from model.data.parameters import Parameters

_TREND_END = 2021


class ChargingInvestor(mesa.Agent):  # type: ignore[misc]
    """Those who build public points in one place; decides each quarter."""

    def __init__(self, model: Any, points: float, cars: float, parameters: Parameters) -> None:
        """Start with `points` public points for `cars` new-energy cars in use."""
        super().__init__(model)
        self.first_points = max(points, 1e-9)
        self.first_cars = max(cars, 1e-9)
        self.private = points
        self.public = 0.0
        self.elasticity = parameters["veh_ev_elasticity_chargers"]
        self.trend = parameters["car_investor_trend"]
        self.fade = parameters["car_investor_trend_fade"]

    @property
    def points(self) -> float:
        """Public points of the place, whoever paid for them."""
        return self.private + self.public

    def rollout(self, month: int) -> float:
        """Return s(t): `trend` a year until the fit ends, then shrinking by `fade` a year."""
        years = (month + 1) / MONTHS_A_YEAR
        fitted = min(years, _TREND_END + 1 - FIRST_YEAR)
        later = years - fitted
        grown = later if self.fade >= 1.0 else self.fade * (1.0 - self.fade**later) / (1.0 - self.fade)
        return self.trend * (fitted + grown)

    def invest(self, month: int, cars: float, floor: float) -> float:
        """Build private points for `cars` in use; return the public points needed to reach `floor` per
        100 cars."""
        wanted = self.first_points * (max(cars, self.first_cars) / self.first_cars) ** self.elasticity
        self.private = max(self.private, wanted * math.exp(self.rollout(month)))
        built = max(floor * cars / 100.0 - self.points, 0.0)
        self.public += built
        return built
