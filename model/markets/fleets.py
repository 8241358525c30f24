"""Cars that persons do not buy: firms, hire and public bodies of a city renew by cost (article 7).

A fleet buyer weighs the same offers as households, with the km of a working car, a heavier weight on
money and
constants of its own fitted to the national fleet share of 2015-2021. Neither grants for households nor social
influence reach it.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from model.behaviour.choice import CLOSED, nested_logit
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, YEARS
from model.data.parameters import Parameters
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.transport import BEV, PHEV, Offers, Tastes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_FIT_END = 2021


def fleet_constants(parameters: Parameters) -> Floats:
    """Return utils (Y, 12) that fleets add to the common utilities; after 2021 the last values hold."""
    made = np.zeros((YEARS, 3, CLASS_COUNT))
    for y in range(YEARS):
        year = min(FIRST_YEAR + y, _FIT_END)
        made[y, BEV] = parameters.get(f"fit_fleet_bev_{year}", 0.0)
        made[y, PHEV] = parameters.get(f"fit_fleet_phev_{year}", 0.0)
    return made.reshape(YEARS, OPTIONS)


class FleetBuyer(mesa.Agent):  # type: ignore[misc]
    """The fleets of one city; buys each quarter. `cars` (12,) in use, `place` where they are charged."""

    def __init__(self, model: Any, place: int, parameters: Parameters, constants: Floats) -> None:
        """Start without cars; the fleet fills up as cohorts are bought."""
        super().__init__(model)
        self.place = place
        self.km = parameters["fleet_km"]
        self.price_weight = parameters["fleet_price_weight"]
        self.life = round(parameters["fleet_life"] * MONTHS_A_YEAR)
        self.constants = constants
        self.cars: Ints = np.zeros(OPTIONS, np.int64)
        self.bought: Ints = np.zeros(OPTIONS, np.int64)
        self.retired: Ints = np.zeros(OPTIONS, np.int64)
        self.cohorts: deque[tuple[int, Ints]] = deque()
        self._carry = np.zeros(OPTIONS)

    def shares(self, month: int, offers: Offers, tastes: Tastes) -> Floats:
        """Return the probabilities of the options for a fleet car bought in `month`."""
        spend = offers.cost + offers.fixed[self.place].mean(axis=0) + self.km * offers.run_away
        v = offers.base[self.place] + self.constants[month // MONTHS_A_YEAR]
        v = v - self.price_weight * tastes.price * spend
        v[offers.base[self.place] <= CLOSED] = CLOSED
        p = np.empty(OPTIONS)
        nested_logit(v, CLASS_COUNT, tastes.nest, p)
        return p

    def renew(self, month: int, number: float, offers: Offers, tastes: Tastes) -> None:
        """Retire cohorts past their life and buy `number` cars (fractions are carried to the next time)."""
        self.retired = np.zeros(OPTIONS, np.int64)
        while self.cohorts and self.cohorts[0][0] <= month - self.life:
            self.retired += self.cohorts.popleft()[1]
        self._carry += number * self.shares(month, offers, tastes)
        self.bought = np.floor(self._carry).astype(np.int64)
        self._carry -= self.bought
        self.cohorts.append((month, self.bought))
        self.cars = self.cars + self.bought - self.retired
