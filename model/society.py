"""The people of a run: their columns, how they change, and how minds move (articles 3, 7, 26)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour import influence
from model.behaviour.attention import receptivity
from model.behaviour.attitudes import intention_slope
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.rounds import (
    ATTENTION,
    CONSIDERING,
    COUNTS,
    HOUSEHOLDS,
    PERSONS,
    monthly_round,
    monthly_round_parallel,
)
from model.domains.timing import Timing, name_planners
from model.population import columns, turnover
from model.population.columns import Columns
from model.population.synthesis import Population

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Changed(NamedTuple):
    """Rows that dissolved and that formed in a month, and how many of each."""

    gone: Rows
    n_gone: int
    came: Rows
    n_came: int


@njit(nogil=True, cache=True)
def first_minds(c: Columns, exposures: Floats, gain: float, decay: float, spread: float) -> None:
    """Write receptivity and the awareness at which each household rests under the `exposures` (P, 5) of the
    first month."""
    for i in range(c.active.size):
        r = receptivity(float(c.attitude[i]), spread)
        c.receptivity[i] = np.float32(r)
        pull = gain * r * np.log1p(exposures[c.place[i], c.quintile[i]])
        c.awareness[i] = np.float32(pull / (pull + decay))


class Society:
    """Households of a run. `c` their columns, `counts` (P, 5, COUNTS) of the last month, `deciders` (N,) and
    `n_deciders` (P,) who decides about a car this month."""

    def __init__(
        self,
        people: Population,
        parameters: Parameters,
        income_factor: Floats,
        exposures_2022: float,
        seed: np.uint64,
        parallel: bool,
    ) -> None:
        """Take the synthetic people over; `income_factor` (M,) moves their incomes from the region's path."""
        places = len(people.region.places)
        self.people, self.region, self.parameters, self.seed = people, people.region, parameters, seed
        self.income_factor = income_factor
        self.spread = influence.spread_numbers(parameters, exposures_2022)
        self.c = columns.copy(people.columns)
        self.reserve = turnover.Reserve(
            np.zeros(people.rows, np.int64), np.zeros(places, np.int64), np.zeros(places, np.int64)
        )
        self.counts = np.zeros((places, 5, COUNTS))
        self._standing = np.zeros((places, 5, 3))
        self.deciders = np.zeros(people.rows, np.int64)
        self.n_deciders = np.zeros(places, np.int64)
        self._began = np.zeros(people.rows, np.int64)
        self._n_began = np.zeros(places, np.int64)
        self._gone, self._came = np.zeros(people.rows, np.int64), np.zeros(people.rows, np.int64)
        self._round = monthly_round_parallel if parallel else monthly_round
        self._hazard = parameters["hh_dissolution"] / MONTHS_A_YEAR

    @property
    def network(self) -> tuple[float, float]:
        """Chance of a far link, and that it stays in the place."""
        return self.people.rewire, self.people.same_place

    def begin(self, exposures: Floats) -> None:
        """Bring the first households to life and give them minds; `exposures` (P, 5) of the first month."""
        people, q = self.people, self.parameters
        turnover.settle_in(
            self.c,
            people.starts,
            people.order,
            self.region.households[0],
            self.reserve,
            self.seed,
            self._hazard,
        )
        name_planners(self.c.planner, q["car_timing_share"], self.seed)
        self.new_year(0)
        first_minds(self.c, exposures, self.spread.gain, self.spread.decay, self.spread.receptivity_sd)
        influence.first_considerers(
            self.c, people.starts, q["car_consideration_2015"], self.seed, *self.network
        )
        turnover.take_stock(self.c, self._standing)

    def turn_over(self, month: int) -> Changed:
        """Let households form and dissolve; new ones think like their place did last month."""
        people = self.people
        n_gone, n_came = turnover.turn_over(
            self.c, people.starts, self.reserve, self.region.households[month], month,
            self.region.household_size[month // MONTHS_A_YEAR], self.seed, self._hazard, self._gone,
            self._came, self._standing,
        )  # fmt: skip
        sums = self.counts.sum(axis=1)
        heads = np.maximum(sums[:, HOUSEHOLDS], 1.0)
        influence.replace_minds(
            self.c, people.starts, self._gone, n_gone, self._came, n_came, sums[:, CONSIDERING] / heads,
            sums[:, ATTENTION] / heads, self._standing[:, :, turnover.MINDED], month, self.seed,
            *self.network,
        )  # fmt: skip
        return Changed(self._gone, n_gone, self._came, n_came)

    def new_year(self, year: int) -> None:
        """Each January: incomes, sizes and ranks follow the year, and with them openness to new-energy
        cars."""
        region, q = self.region, self.parameters
        income = region.income[year] * self.income_factor[year * MONTHS_A_YEAR]
        turnover.grow_older(
            self.c, self.people.starts, year, region.household_size[year], income, region.income_log_sd,
            q["hh_income_persistence"], self.seed,
        )  # fmt: skip
        turnover.take_stock(self.c, self._standing)
        homes = float(np.average(region.home_charger, weights=region.households[0]))
        influence.take_bearings(
            self.c, np.array([p.urban for p in region.places]), q["car_consideration_income_or"],
            q["car_consideration_rural_or"], intention_slope(q), q["soc_tpb_att"], q["soc_tpb_pbc"], homes,
            float(np.sqrt(homes * (1.0 - homes))),
        )  # fmt: skip

    @property
    def considering(self) -> float:
        """Share of households that considered a new-energy car at the end of last month."""
        heads = self.counts[:, :, HOUSEHOLDS].sum()
        if heads <= 0:
            return self.parameters["car_consideration_2015"]
        return float(self.counts[:, :, CONSIDERING].sum() / heads)

    def change_minds(self, month: int, exposures: Floats, nev_share: float, timing: Timing) -> None:
        """Move attention and consideration by a month and find who decides; `exposures` (P, 5)."""
        considering = self.considering
        self.counts = np.zeros_like(self.counts)
        self._round(
            self.c, self.people.starts, month, exposures, considering, nev_share, self.spread, timing,
            self._began, self._n_began, self.deciders, self.n_deciders, self.counts,
        )  # fmt: skip
        self.counts[:, :, HOUSEHOLDS : PERSONS + 1] = self._standing[:, :, : turnover.MINDED]
        self.counts[:, :, CONSIDERING] = self._standing[:, :, turnover.MINDED]
        influence.begin_considering(
            self.c,
            self.people.starts,
            self._began,
            self._n_began,
            self._standing[:, :, turnover.MINDED],
            *self.network,
        )
