"""Public charging as a two-sided market: investors follow cars, and the public hand builds towards a floor as
far as its money goes (article 7).

Private builders want N* = N_0 (Q / Q_0)^a exp(s(t)) points in all, Q the new-energy cars expected in use, s
the national roll-out beyond what the cars explain (solved for 2018 and 2021, saturating). Form of Li, Tong,
Xing and Zhou (2017). Public points count in N*, so they crowd private ones out. Points are built, never
removed.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters

Floats = NDArray[np.float64]


class ChargingInvestor(mesa.Agent):  # type: ignore[misc]
    """Those who build public points in one place; decides each quarter. `private`, `public` points stand,
    whoever paid for them; `begun` public points are being built."""

    def __init__(self, model: Any, points: float, cars: float, parameters: Parameters) -> None:
        """Start with `points` public points for `cars` new-energy cars in use."""
        super().__init__(model)
        self.first_points = max(points, 1e-9)
        self.first_cars = max(cars, 1e-9)
        self.private = points
        self.public = 0.0
        self.begun = 0.0
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

    def invest(self, month: int, cars: float) -> None:
        """Build private points for `cars` in use, as far as public ones, standing or begun, leave room."""
        wanted = self.first_points * (max(cars, self.first_cars) / self.first_cars) ** self.elasticity
        wanted *= math.exp(self.rollout(month))
        self.private = max(self.private, wanted - self.public - self.begun)


class PublicWorks:
    """What the public hand builds in the region: a yearly budget, places with the largest gap first, and
    months until a point stands."""

    def __init__(self, residents: float, parameters: Parameters) -> None:
        """Plan for a region of `residents`; the budget is in yuan of 2022, as is the cost of a point."""
        self.yearly = residents * parameters["charger_budget"] / parameters["charger_cost"]
        self.lag = round(parameters["charger_build_months"])
        self.left = 0.0
        self.under_way: deque[tuple[int, Floats]] = deque()

    def finish(self, month: int, investors: list[ChargingInvestor]) -> Floats:
        """Hand over the points whose works end by `month`; returns them (P,)."""
        done = np.zeros(len(investors))
        if not self.under_way or self.under_way[0][0] > month:
            return done
        while self.under_way and self.under_way[0][0] <= month:
            done += self.under_way.popleft()[1]
        for investor, points in zip(investors, done.tolist(), strict=True):
            investor.begun = max(investor.begun - points, 0.0)
            investor.public += points
        return done

    def begin(
        self, month: int, quarters: int, cars: Floats, floor: Floats, investors: list[ChargingInvestor]
    ) -> None:
        """Begin works for a quarter where points, standing and begun, fall short of `floor` (P,) per 100 of
        `cars` (P,).

        A year has `quarters` parts of the budget; what a quarter leaves is there for the rest of its calendar
        year. Places are served in the order of their gap per car.
        """
        if month % MONTHS_A_YEAR == 0:
            self.left = 0.0
        self.left += self.yearly / quarters
        have = np.array([investor.points + investor.begun for investor in investors])
        gap = np.maximum(floor * cars / 100.0 - have, 0.0)
        if not gap.any() or self.left <= 0.0:
            return
        order, wanted = np.zeros(gap.size), gap.tolist()
        for p in np.argsort(-gap / np.maximum(cars, 1e-9), kind="stable").tolist():
            begun = min(wanted[p], self.left)
            self.left -= begun
            investors[p].begun += begun
            order[p] = begun
        self.under_way.append((month + self.lag, order))
