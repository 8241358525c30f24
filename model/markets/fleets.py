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
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, QUARTER, YEARS
from model.data.parameters import Parameters
from model.domains.car_choice import BEV, ICE, PHEV, Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def fleet_constants(parameters: Parameters) -> Floats:
    """Return utils (Y, 12) that fleets add to the common utilities; after the last fitted year its values
    hold."""
    last = round(parameters["car_fit_last_year"])
    made = np.zeros((YEARS, 3, CLASS_COUNT))
    for y in range(YEARS):
        year = min(FIRST_YEAR + y, last)
        made[y, BEV] = parameters.get(f"fit_fleet_bev_{year}", 0.0)
        made[y, PHEV] = parameters.get(f"fit_fleet_phev_{year}", 0.0)
    return made.reshape(YEARS, OPTIONS)


@kernel
def fleet_shares(
    offers: Offers,
    places: Ints,
    constants: Floats,
    price: float,
    nest: float,
    km: float,
    weight: float,
    v: Floats,
    made: Floats,
) -> None:
    """Write the probabilities `made` (F, 12) of the options for a fleet car charged at each of `places` (F,);
    `v` (12,) is scratch.

    V_j = base_j + constant_j - weight b (cost_j + fixed_j + km run_j), nested as for households.
    """
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
        nested_logit(v, OPTIONS, CLASS_COUNT, nest, made[f])


@kernel
def _buy_and_retire(wanted: Floats, carry: Floats, bought: Ints, retired: Ints, cars: Ints) -> None:
    """Buy the whole cars (12,) of what is `wanted` and carried, carry on the fractions, and retire cars."""
    for j in range(OPTIONS):
        carry[j] += wanted[j]
        bought[j] = int(np.floor(carry[j]))
        carry[j] -= bought[j]
        cars[j] += bought[j] - retired[j]


class FleetBuyer(mesa.Agent):  # type: ignore[misc]
    """The fleets of one city; buys each quarter. `cars` (12,) in use, `place` where they are charged."""

    def __init__(self, model: Any, place: int, parameters: Parameters) -> None:
        """Start without cars; `begin` gives the first ones."""
        super().__init__(model)
        self.place = place
        self.life = round(parameters["fleet_life"] * MONTHS_A_YEAR)
        self.cars: Ints = np.zeros(OPTIONS, np.int64)
        self.bought: Ints = np.zeros(OPTIONS, np.int64)
        self.retired: Ints = np.zeros(OPTIONS, np.int64)
        self.cohorts: deque[tuple[int, Ints]] = deque()
        self.carry = np.zeros(OPTIONS)

    @property
    def counts(self) -> dict[str, NDArray[Any]]:
        """What the fleet carries from quarter to quarter, besides its cohorts."""
        return {"cars": self.cars, "bought": self.bought, "retired": self.retired, "carry": self.carry}

    def begin(self, sales: Floats, mix: Floats, nev_share: float, nev_oldest: int) -> None:
        """Give the fleet the cars that it bought over the last `life` months, one cohort a quarter.

        `sales` (life,) cars a month before January 2015, the latest first; classes by `mix` (4,); of all
        cars the share `nev_share` is BEVs, bought within the last `nev_oldest` months. A fleet keeps every
        car to the end of its life, so this stock is the steady state of buying `sales`. Fractions are
        carried from the oldest cohort on.
        """
        quarters = np.add.reduceat(sales[: self.life], np.arange(0, self.life, QUARTER))
        young = max((nev_oldest + 1) // QUARTER, 1)
        odds = min(nev_share * quarters.sum() / max(quarters[:young].sum(), 1e-9), 1.0)
        nev = np.where(np.arange(quarters.size) < young, odds, 0.0) * quarters
        wanted = np.zeros((quarters.size, 3, CLASS_COUNT))
        wanted[:, BEV] = nev[:, None] * mix
        wanted[:, ICE] = quarters[:, None] * mix - wanted[:, BEV]
        for k in range(quarters.size - 1, -1, -1):
            self.renew(-1 - QUARTER * k, wanted[k].reshape(OPTIONS))

    def renew(self, month: int, wanted: Floats) -> None:
        """Retire cohorts past their life and buy the `wanted` cars (12,); fractions are carried to the
        next time."""
        self.retired[:] = 0
        while self.cohorts and self.cohorts[0][0] <= month - self.life:
            self.retired += self.cohorts.popleft()[1]
        _buy_and_retire(wanted, self.carry, self.bought, self.retired, self.cars)
        self.cohorts.append((month, self.bought.copy()))
