"""Public charging as a two-sided market: investors follow cars, and the public hand guarantees a floor
(article 7).

Private stock wanted: N* = N_0 (Q / Q_0)^a exp(s(t)), Q the new-energy cars expected in use, s the national
roll-out beyond what the cars explain (solved for 2018 and 2021, saturating). Form of Li, Tong, Xing and Zhou
(2017). Points are built, never removed.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters


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
        self.complete = parameters["car_investor_rollout"]
        self.time = parameters["car_investor_rollout_time"]

    @property
    def points(self) -> float:
        """Public points of the place, whoever paid for them."""
        return self.private + self.public

    def rollout(self, month: int) -> float:
        """Return s(t) = S (1 - exp(-t / T)), t years since January 2015."""
        return self.complete * (1.0 - math.exp(-(month + 1) / MONTHS_A_YEAR / self.time))

    def invest(self, month: int, cars: float, floor: float) -> float:
        """Build private points for `cars` in use; return the public points needed to reach `floor` per
        100 cars."""
        wanted = self.first_points * (max(cars, self.first_cars) / self.first_cars) ** self.elasticity
        self.private = max(self.private, wanted * math.exp(self.rollout(month)))
        built = max(floor * cars / 100.0 - self.points, 0.0)
        self.public += built
        return built
