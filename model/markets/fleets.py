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
from numba import njit
from numpy.typing import NDArray

from model.behaviour.choice import CLOSED, nested_logit
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, YEARS
from model.data.parameters import Parameters
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.transport import BEV, PHEV, Offers

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


@njit(nogil=True, cache=True)
def fleet_shares(
    offers: Offers, places: Ints, constants: Floats, price: float, nest: float, km: float, weight: float
) -> Floats:
    """Return the probabilities (F, 12) of the options for a fleet car charged at each of `places` (F,).

    V_j = base_j + constant_j - weight b (cost_j + fixed_j + km run_j), nested as for households.
    """
    made = np.empty((places.size, OPTIONS))
    v = np.empty(OPTIONS)
    for f in range(places.size):
        p = places[f]
        for j in range(OPTIONS):
            if offers.base[p, j] <= CLOSED:
                v[j] = CLOSED
                continue
            fixed = 0.0
            for g in range(offers.fixed.shape[1]):
                fixed += offers.fixed[p, g, j] / offers.fixed.shape[1]
            spend = offers.cost[j] + fixed + km * offers.run_away[j]
            v[j] = offers.base[p, j] + constants[j] - weight * price * spend
        nested_logit(v, CLASS_COUNT, nest, made[f])
    return made


class FleetBuyer(mesa.Agent):  # type: ignore[misc]
    """The fleets of one city; buys each quarter. `cars` (12,) in use, `place` where they are charged."""

    def __init__(self, model: Any, place: int, parameters: Parameters) -> None:
        """Start without cars; the fleet fills up as cohorts are bought."""
        super().__init__(model)
        self.place = place
        self.life = round(parameters["fleet_life"] * MONTHS_A_YEAR)
        self.cars: Ints = np.zeros(OPTIONS, np.int64)
        self.bought: Ints = np.zeros(OPTIONS, np.int64)
        self.retired: Ints = np.zeros(OPTIONS, np.int64)
        self.cohorts: deque[tuple[int, Ints]] = deque()
        self._carry = np.zeros(OPTIONS)

    def renew(self, month: int, wanted: Floats) -> None:
        """Retire cohorts past their life and buy the `wanted` cars (12,); fractions are carried to the
        next time."""
        self.retired = np.zeros(OPTIONS, np.int64)
        while self.cohorts and self.cohorts[0][0] <= month - self.life:
            self.retired += self.cohorts.popleft()[1]
        self._carry += wanted
        self.bought = np.floor(self._carry).astype(np.int64)
        self._carry -= self.bought
        self.cohorts.append((month, self.bought))
        self.cars = self.cars + self.bought - self.retired
